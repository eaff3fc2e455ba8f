/* What a call changed, by SQLite's session extension. */
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/sql.h"

struct changes {
    struct store *s;
    sqlite3_session *session;
};

/* Nouns and tags; not blocks, not work, not what is only remembered. */
static int is_watched(void *context, const char *table)
{
    static const char *const own[] = { "block", "content", "layer",   "layer_block",
                                       "job",   "token",   "setting", NULL };
    return !text_any(table, own) && !schema_is_unwatched(context, table);
}

static void look_away(struct changes *changes, bool paused)
{
    sqlite3session_enable(changes->session, !paused);
}

static void drop(struct changes *changes)
{
    sqlite3session_delete(changes->session);
    changes->s->changes = NULL;
}

struct changes *changes_begin(struct store *s, struct arena *a)
{
    struct changes *changes = arena_new(a, struct changes);
    changes->s = s;
    if (sqlite3session_create(s->db, "main", &changes->session) != SQLITE_OK)
        sql_refuse(s);
    s->changes = changes;
    s->changes_drop = drop;
    s->changes_pause = look_away;
    if (sqlite3session_attach(changes->session, NULL) != SQLITE_OK)
        sql_refuse(s);
    sqlite3session_table_filter(changes->session, is_watched, s);
    return changes;
}

/* The way back, NULL where nothing changed. */
static const void *invert(struct changes *changes, struct arena *a, size_t *ret_size, int *ret_rc)
{
    void *made = NULL, *back = NULL, *kept = NULL;
    int made_size = 0, back_size = 0;
    *ret_rc = sqlite3session_changeset(changes->session, &made_size, &made);
    if (*ret_rc == SQLITE_OK && made_size)
        *ret_rc = sqlite3changeset_invert(made_size, made, &back_size, &back);
    if (*ret_rc == SQLITE_OK && made_size) {
        kept = arena_bytes(a, (size_t)back_size);
        memcpy(kept, back, (size_t)back_size);
    }
    *ret_size = (size_t)back_size;
    sqlite3_free(made);
    sqlite3_free(back);
    return kept;
}

const void *changes_end(struct changes *changes, struct arena *a, size_t *ret_size)
{
    int rc;
    const void *back = invert(changes, a, ret_size, &rc);
    if (rc != SQLITE_OK)
        sql_refuse_for(changes->s, "what changed: %s", sqlite3_errstr(rc));
    drop(changes);
    return back;
}

/* What changed again since then gets the old values all the same; what is gone stays away. */
static int on_conflict(void *context, int kind, sqlite3_changeset_iter *at)
{
    (void)context;
    (void)at;
    return kind == SQLITE_CHANGESET_DATA || kind == SQLITE_CHANGESET_CONFLICT
               ? SQLITE_CHANGESET_REPLACE
               : SQLITE_CHANGESET_OMIT;
}

void changes_take_back(struct store *s, const void *back, size_t size)
{
    bool watch_paused = store_pause_watch(s, true);
    s->undone++;
    bool door = sql_door(s, true);
    int rc =
        sqlite3changeset_apply(s->db, (int)size, (void *)(uintptr_t)back, NULL, on_conflict, NULL);
    sql_door(s, door);
    store_pause_watch(s, watch_paused);
    if (rc != SQLITE_OK)
        sql_refuse_for(s, "the way back: %s", sqlite3_errstr(rc));
}
