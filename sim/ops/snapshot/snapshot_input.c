/* See snapshot_input.h. */
#include "ops/snapshot/snapshot_input.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"

#define LONGEST_DESCRIPTION 255

const struct param snapshot_id_params[] = {
    { "SnapshotId", TEXT(struct snapshot_id, id), .flags = PARAM_REQUIRED },
    { 0 },
};

const char *const snapshot_locations[] = { "regional", "local", NULL };

int snapshot_check_place(struct call *c, const char *location)
{
    if (text_is(location, "local"))
        return fail(c, E_NotSimulated, "Location", "Local Zones keep no snapshots");
    return 0;
}

int snapshot_check_description(struct call *c, const char *description)
{
    if (!description)
        return 0;
    for (const char *at = description; *at; at++) {
        if ((unsigned char)*at > 0x7f)
            return fail(c, E_ValueInvalid, description, "description",
                        "Character sets beyond ASCII are not supported.");
    }
    if (strlen(description) > LONGEST_DESCRIPTION)
        return fail(c, E_ValueInvalid, description, "description", "It exceeds 255 characters");
    return 0;
}
