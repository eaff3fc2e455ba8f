/* What a call changed, by SQLite's session extension. */
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/sql.h"

struct changes {
    sqlite3_session *session;
};

/* Nouns and tags; not blocks, not work, not what is only remembered. */
static int is_watched(void *context, const char *table)
{
    static const char *const own[] = { "block", "content", "layer",   "layer_block",
                                       "job",   "token",   "setting", NULL };
    return !text_any(table, own) && !schema_is_unwatched(context, table);
}

struct changes *changes_begin(struct store *s, struct arena *a)
{
    struct changes *changes = arena_new(a, struct changes);
    if (sqlite3session_create(s->db, "main", &changes->session) != SQLITE_OK
        || sqlite3session_attach(changes->session, NULL) != SQLITE_OK)
        BUG("%s", sqlite3_errmsg(s->db));
    sqlite3session_table_filter(changes->session, is_watched, s);
    return changes;
}

const void *changes_end(struct changes *changes, struct arena *a, size_t *ret_size)
{
    void *made = NULL, *back = NULL, *kept = NULL;
    int made_size = 0, back_size = 0;
    if (sqlite3session_changeset(changes->session, &made_size, &made) == SQLITE_OK && made_size
        && sqlite3changeset_invert(made_size, made, &back_size, &back) == SQLITE_OK) {
        kept = arena_bytes(a, (size_t)back_size);
        memcpy(kept, back, (size_t)back_size);
    }
    *ret_size = (size_t)back_size;
    sqlite3_free(made);
    sqlite3_free(back);
    sqlite3session_delete(changes->session);
    return kept;
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
    sqlite3changeset_apply(s->db, (int)size, (void *)(uintptr_t)back, NULL, on_conflict, NULL);
    store_pause_watch(s, watch_paused);
}
