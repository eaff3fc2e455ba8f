/* See snapshot_take.h. */
#include "world/snapshot/snapshot_take.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "store/block.h"
#include "store/store.h"

#define MIB (INT64_C(1) << 20)

static const char *last_of_volume(struct call *c, const char *volume)
{
    return store_word(c,
                      "SELECT id FROM snapshot WHERE volume = ? AND status <> 'error'"
                      " ORDER BY rowid DESC LIMIT 1",
                      SQL_ARGS(SQL_TEXT(volume)));
}

void snapshot_of_volume(struct call *c, const struct volume *from, const char *description,
                        struct snapshot *ret)
{
    struct snapshot s = snapshot_new(c);
    s.volume = from->id;
    s.description = description ? description : "";
    s.size = from->size;
    s.layer = volume_freeze(c, from->id);
    s.content = from->content;
    s.lineage = from->lineage;
    s.full_size = s.content.declared_bytes + layer_count(c->store, s.layer) * BLOCK_SIZE;
    s.encrypted = tri_of(from->encrypted);
    s.key = from->encrypted == YES ? from->key : NULL;
    s.parent = last_of_volume(c, from->id);
    if (!s.parent && !text_blank(from->snapshot))
        s.parent = from->snapshot;
    /* half a megabyte took 46 s [recorded]; how it grows with the data is a guess */
    snapshot_start(c, &s, 50, 45 * SECOND_MS + s.full_size / (100 * MIB) * SECOND_MS);
    *ret = s;
}
