/* What the snapshot operations ask of their inputs. It does not look whether there is such a
 * snapshot. */
#include "ops/snapshot/snapshot_input.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"

#define PREFIX "snap-"
#define LONGEST_DESCRIPTION 255

int snapshot_id_check(struct call *c, const char *id, enum snapshot_id_words words)
{
    if (id_well_shaped(PREFIX, id))
        return 0;
    if (words == SNAPSHOT_ID_QUOTED)
        return fail(c, E_SnapshotIdQuoted, id);
    const char *digits = text_starts(id, PREFIX) ? id + strlen(PREFIX) : "";
    if (!*digits || digits[strspn(digits, "0123456789abcdef")])
        return fail(c, E_SnapshotIdExpected, id);
    return words == SNAPSHOT_ID_LISTED ? fail(c, E_SnapshotIdMalformed, id)
                                       : fail(c, E_SnapshotIdValue, id);
}

int snapshot_ids_check(struct call *c, const struct list *ids)
{
    LIST_EACH (const char *, id, ids) {
        if (snapshot_id_check(c, *id, SNAPSHOT_ID_LISTED))
            return -1;
    }
    return 0;
}

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
        return fail(c, E_ValueInvalid, description, "description",
                    "The description can't be longer than 255 characters."); /* [guess] */
    return 0;
}

int snapshot_check_key(struct call *c, const char *given, struct kms_key_permitted *ret,
                       enum key_verdict *ret_verdict)
{
    switch (*ret_verdict = kms_key_resolve(c, given, ret)) {
    case KEY_DISABLED:
        return fail(c, E_SnapshotKey, ret->arn, "disabled");
    case KEY_PENDING_DELETION:
        return fail(c, E_SnapshotKey, ret->arn, "pending deletion"); /* [guess] */
    case KEY_UNKNOWN:
    case KEY_UNSUITABLE: /* [guess] */
        return fail(c, E_SnapshotKey, given, "invalid");
    case KEY_FORBIDDEN:
        return fail(c, E_SnapshotKeyForbidden, ret->arn);
    case KEY_INACCESSIBLE:
    case KEY_USABLE:
        break;
    }
    return 0;
}
