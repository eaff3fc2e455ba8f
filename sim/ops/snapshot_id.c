/* Snapshot identifiers in requests. It does not look whether there is such a snapshot. */
#include "ops/snapshot_id.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"

#define PREFIX "snap-"

int snapshot_id_check(struct call *c, const char *id, enum snapshot_id_words words)
{
    if (id_well_shaped(PREFIX, id))
        return 0;
    const char *digits = text_starts(id, PREFIX) ? id + strlen(PREFIX) : "";
    if (!*digits || digits[strspn(digits, "0123456789abcdef")])
        return fail(c, E_SnapshotIdExpected, id);
    return words == SNAPSHOT_ID_LISTED ? fail(c, E_SnapshotIdMalformed, id)
                                       : fail(c, E_SnapshotIdValue, id);
}

int snapshot_ids_check(struct call *c, const struct list *ids)
{
    LIST_EACH(const char *, id, ids) {
        if (snapshot_id_check(c, *id, SNAPSHOT_ID_LISTED))
            return -1;
    }
    return 0;
}
