/* See image_forget.h. */
#include "world/image/image_forget.h"

#include "base/timefmt.h"
#include "store/noun.h"
#include "world/image/image.h"

/* What leads to the image ?1. */
static const char *const leads[] = {
    "SELECT 1 FROM instance WHERE image = ?1 LIMIT 1",
    "SELECT 1 FROM image WHERE source_image = ?1 LIMIT 1",
    "SELECT 1 FROM image_mappings m JOIN snapshot s ON s.id = m.former WHERE m.parent = ?1"
    " AND NOT EXISTS (SELECT 1 FROM image_mappings o CROSS JOIN image i ON i.id = o.parent"
    " WHERE o.former = m.former AND i.rowid > (SELECT rowid FROM image WHERE id = ?1)) LIMIT 1",
};

static bool is_led_to(struct call *c, const char *id)
{
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        if (store_number(c->store, leads[i], SQL_ARGS(SQL_TEXT(id))) != ABSENT)
            return true;
    }
    return false;
}

/* It was gone before: nobody is told of it now. */
static void forget(struct call *c, const char *id)
{
    bool watch_paused = store_pause_watch(c->store, true);
    store_remove(c, &image_schema, id);
    store_pause_watch(c->store, watch_paused);
}

static void look_again(struct call *c, const char *id)
{
    struct image image;
    if (!is_led_to(c, id)) {
        forget(c, id);
    } else if (store_get(c, &image_schema, id, &image)) {
        image.look_again = c->now + DAY_MS;
        image_put(c, &image);
    }
}

/* So many for each that is deregistered: they are forgotten faster than new ones come. */
#define LOOKED_AT "4"

static void forget_some(struct call *c)
{
    struct list due = { 0 };
    struct rows *r = store_query(c->store,
                                 "SELECT id FROM image WHERE look_again <= ?"
                                 " ORDER BY look_again LIMIT " LOOKED_AT,
                                 SQL_ARGS(SQL_INT(c->now)));
    while (rows_next(r))
        strs_add(c->a, &due, rows_text(r, 0, c->a));
    LIST_EACH (const char *, id, &due)
        look_again(c, *id);
}

void image_forget_later(struct call *c, struct image *image)
{
    forget_some(c);
    image->look_again = c->now + DAY_MS;
    LIST_EACH (struct mapping, m, &image->mappings) {
        m->former = mapping_snapshot(m);
        m->snapshot = NULL;
    }
}
