/* Volume identifiers in requests: AWS has other words for a bad one in nearly every operation. */
#ifndef OPS_VOLUME_ID_H
#define OPS_VOLUME_ID_H

#include "call/call.h"

/* ModifyVolume, DescribeVolumeAttribute and their neighbours: "Value (…) for parameter volumeId …"; NULL
 * is a missing one, "" an empty one [recorded]. */
int volume_id_check(struct call *c, const char *id);
/* DeleteVolume, ModifyVolumeAttribute: "The volume ID '…' is malformed", each with its code [recorded]. */
int volume_id_malformed(struct call *c, const char *id, const char *code);

#endif
