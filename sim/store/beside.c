/* See beside.h. */
#include "store/beside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/temp_file.h"
#include "base/text.h"
#include "store/memo.h"
#include "store/sql.h"

size_t beside_read(struct store *beside, int64_t at, void *ret_bytes, size_t n)
{
    ssize_t count = beside->file < 0 ? -1 : pread(beside->file, ret_bytes, n, at);
    if (count < 0)
        sql_refuse_for(beside, "a copy cannot be read: %s",
                       beside->file < 0 ? "no file can be written" : strerror(errno));
    return (size_t)count;
}

static struct store *begin(struct store *s)
{
    struct store *beside = calloc(1, sizeof *beside);
    if (!beside)
        BUG("out of memory");
    beside->served = s;
    beside->schemas = s->schemas;
    beside->renamed = s->renamed;
    beside->version = s->version;
    beside->file = -1;
    beside->memory = memo_open(&beside->a);
    memo_limit(beside, 0);
    beside->opened = ++s->turn;
    beside->next = s->besides;
    s->besides = beside;
    return beside;
}

/* ---- Files and connections ---- */

static void connect(struct store *beside, const char *path)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &beside->db, flags, NULL) != SQLITE_OK)
        sql_refuse(beside);
    sqlite3_extended_result_codes(beside->db, 1);
    /* Where something goes wrong in it all of it goes: nothing has to be undone. */
    sql_run(beside, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF;"
                    "PRAGMA synchronous = OFF; PRAGMA secure_delete = OFF;"
                    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384");
}

static const char *make_file(struct store *beside)
{
    const char *path;
    beside->file = temp_file(&beside->a, &path);
    if (beside->file < 0)
        sql_refuse_for(beside, "%s: %s", path, strerror(errno));
    return path;
}

/* All or nothing: SQLite's copy is a transaction. */
static bool copy_all(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b)
        return false;
    sqlite3_backup_step(b, -1);
    return sqlite3_backup_finish(b) == SQLITE_OK;
}

/* The copy of a file that has a log beside it says that it has one, too; it has none, and none is
 * to be made under its name. */
static void forget_log(struct store *beside)
{
    static const unsigned char versions[] = { 1, 1 };
    if (pwrite(beside->file, versions, sizeof versions, 18) != sizeof versions)
        sql_refuse_for(beside, "a copy cannot be written: %s", strerror(errno));
}

/* ---- Making ---- */

struct filling {
    struct store *beside;
    bool copy;
    const char *path;
};

static void copy_into(struct store *beside, const char *path)
{
    if (!copy_all(beside->db, beside->served->db))
        sql_refuse(beside);
    if (beside->file < 0)
        return;
    sqlite3_close(beside->db);
    beside->db = NULL;
    forget_log(beside);
    connect(beside, path);
}

static void fill_file(void *with)
{
    struct filling *f = with;
    f->path = make_file(f->beside);
    connect(f->beside, f->path);
    if (f->copy)
        copy_into(f->beside, f->path);
}

/* False: no file can be written. */
static bool make_in_file(struct store *beside, bool copy)
{
    struct filling f = { beside, copy, NULL };
    bool filled = store_try(beside->served, fill_file, &f);
    if (f.path)
        unlink(f.path);
    return filled;
}

static struct store *make(struct store *s, enum beside where, bool copy)
{
    struct store *beside = begin(s);
    if (where == BESIDE_IN_A_FILE && make_in_file(beside, copy))
        return beside;
    if (where == BESIDE_IN_A_FILE) { /* a full disk must not be in the way of a copy */
        beside_close(beside);
        beside = begin(s);
    }
    connect(beside, ":memory:");
    if (copy)
        copy_into(beside, NULL);
    return beside;
}

static void make_tables(struct store *beside)
{
    struct arena *a = &beside->a;
    struct list all = { 0 };
    struct rows *r = store_query(beside->served,
                                 "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL"
                                 " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
                                 NULL);
    while (rows_next(r))
        strs_add(a, &all, rows_text(r, 0, a));
    store_begin(beside);
    sql_run(beside, strs_join(a, &all, "\n"));
    sql_run(beside, arena_printf(a, "PRAGMA user_version = %d; PRAGMA application_id = %d",
                                 STORE_VERSION, STORE_APPLICATION));
}

struct store *beside_new(struct store *s, enum beside where)
{
    struct store *beside = make(s, where, false);
    make_tables(beside);
    return beside;
}

struct store *beside_copy(struct store *s, enum beside where)
{
    return make(s, where, true);
}

void beside_take_place(struct store *beside)
{
    if (!store_commit(beside))
        store_leave(beside);
    beside->served->undone++;
    if (!copy_all(beside->served->db, beside->db))
        sql_refuse(beside->served);
}
