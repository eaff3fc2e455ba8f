/* Identifiers of volumes, snapshots and accounts in requests: AWS has other words for a bad one in
 * nearly every operation. Whether there is such a resource is not looked at. */
#ifndef REQUEST_RESOURCE_ID_H
#define REQUEST_RESOURCE_ID_H

#include "call/call.h"

/* ---- Volumes ---- */

/* ModifyVolume, DescribeVolumeAttribute and their neighbours: "Value (…) for parameter volumeId …";
 * NULL is a missing one, "" an empty one [recorded]. */
int volume_id_check(struct call *c, const char *id);
/* The same of a list: the syntax of all comes before the existence of any. */
int volume_ids_check(struct call *c, const struct list *ids);
/* DeleteVolume, ModifyVolumeAttribute: "The volume ID '…' is malformed", each with its code
 * [recorded]. */
int volume_id_malformed(struct call *c, const char *id, const char *code);

/* ---- Snapshots ---- */

/* Each family of operations has its own words for a bad identifier. */
enum snapshot_id_words {
    SNAPSHOT_ID_LISTED, /* DescribeSnapshots: Invalid id: "…" */
    SNAPSHOT_ID_VALUE, /* CreateVolume, attributes: Value ( … ) for parameter SNAPSHOT … */
    SNAPSHOT_ID_QUOTED, /* ResetSnapshotAttribute: The snapshot ID '…' is malformed, for both */
};

/* What is no snap- and lower-case hex digits is an InvalidParameterValue for most; what only fails
 * the inner check is InvalidSnapshotID.Malformed [recorded]. */
int snapshot_id_check(struct call *c, const char *id, enum snapshot_id_words words);
/* The syntax of all comes before the existence of any [recorded]. */
int snapshot_ids_check(struct call *c, const struct list *ids);

/* ---- Accounts ---- */

/* Whose a list is to show: 12 digits, self, or one of these words (ends with NULL). As a JSON list
 * with the caller in the place of self, for json_each(); NULL for none. */
int accounts_read(struct call *c, const struct list *given, const char *const *words,
                  const char **ret);

#endif
