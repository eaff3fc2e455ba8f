/* See resource_id.h. */
#include "request/resource_id.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"

int volume_id_check(struct call *c, const char *id)
{
    if (text_blank(id))
        return fail(c, E_VolumeIdNone, id ? id : "null");
    if (id_well_shaped("vol-", id))
        return 0;
    return text_starts(id, "vol-")
               ? fail(c, E_VolumeIdValue, id)
               : fail(c, E_ValueInvalid, id, "volumeId", "Expected: 'vol-...'.");
}

int volume_ids_check(struct call *c, const struct list *ids)
{
    LIST_EACH (const char *, id, ids) {
        if (volume_id_check(c, *id))
            return -1;
    }
    return 0;
}

int volume_id_malformed(struct call *c, const char *id, const char *code)
{
    return id_well_shaped("vol-", id) ? 0
                                      : fail(c, 400, code, "The volume ID '%s' is malformed", id);
}

int snapshot_id_check(struct call *c, const char *id, enum snapshot_id_words words)
{
    if (id_well_shaped("snap-", id))
        return 0;
    if (words == SNAPSHOT_ID_QUOTED)
        return fail(c, E_SnapshotIdQuoted, id);
    const char *digits = text_starts(id, "snap-") ? id + strlen("snap-") : "";
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

/* ---- Accounts ---- */

int accounts_read(struct call *c, const struct list *given, const char *const *words,
                  const char **ret)
{
    struct value *all = value_new(c->a, VALUE_LIST);
    LIST_EACH (const char *, account, given) {
        bool self = text_is(*account, "self");
        if (!self && !text_any(*account, words) && !text_digits(*account, 12))
            return fail(c, E_OwnerShape, *account);
        value_add_text(c->a, all, NULL, self ? c->account : *account);
    }
    *ret = given->count ? value_to_json(c->a, all, 0) : NULL;
    return 0;
}
