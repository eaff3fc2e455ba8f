/* See store.h and sql.h. Only this room knows SQLite. */
#include "store/store.h"

#include <string.h>

#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "store/sql.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS tag (account TEXT, resource TEXT, key TEXT, value TEXT,"
    " region TEXT, type TEXT, PRIMARY KEY (account, resource, key)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS tag_by_resource ON tag (resource);"
    "CREATE TABLE IF NOT EXISTS token (account TEXT, region TEXT, operation TEXT, token TEXT,"
    " fingerprint TEXT, resource TEXT, PRIMARY KEY (account, region, operation, token)) WITHOUT "
    "ROWID;"
    "CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, due INTEGER, kind TEXT, account TEXT,"
    " region TEXT, subject TEXT, argument TEXT);"
    "CREATE INDEX IF NOT EXISTS job_by_due ON job (due, id);"
    "CREATE INDEX IF NOT EXISTS job_by_subject ON job (subject, kind);"
    /* the bytes apart: a row that changes is written anew as a whole, and refs changes often */
    "CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, hash BLOB UNIQUE, refs INTEGER);"
    "CREATE TABLE IF NOT EXISTS content (block INTEGER PRIMARY KEY, bytes BLOB);"
    "CREATE TRIGGER IF NOT EXISTS block_gone AFTER DELETE ON block"
    " BEGIN DELETE FROM content WHERE block = old.id; END;"
    "CREATE TABLE IF NOT EXISTS layer (id INTEGER PRIMARY KEY, parent INTEGER, refs INTEGER);"
    "CREATE INDEX IF NOT EXISTS layer_by_parent ON layer (parent);"
    "CREATE TABLE IF NOT EXISTS layer_block (layer INTEGER, position INTEGER, block INTEGER,"
    " PRIMARY KEY (layer, position)) WITHOUT ROWID;";

void sql_run(struct store *s, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(s->db, sql, NULL, NULL, &error) != SQLITE_OK)
        BUG("%s: %s", error ? error : "SQLite", sql);
}

static int64_t one_number(struct store *s, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t n = -1;
    if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK
        && sqlite3_step(stmt) == SQLITE_ROW)
        n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

/* Version 1 had a block and its bytes in one row. */
static const char from_version_1[] = "INSERT INTO content SELECT id, bytes FROM block;"
                                     "ALTER TABLE block DROP COLUMN bytes;";

static const char *open_file(struct store *s, struct arena *a, const char *path)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path ? path : ":memory:", &s->db, flags, NULL) != SQLITE_OK)
        return arena_printf(a, "%s: %s", path, sqlite3_errmsg(s->db));
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, 0);
    int64_t version = one_number(s, "PRAGMA user_version");
    if (version < 0)
        return arena_printf(a, "%s: %s", path, sqlite3_errmsg(s->db));
    if (version > STORE_VERSION)
        return arena_printf(a,
                            "%s: made by a newer amisim (database version %lld, this one knows %d)",
                            path, (long long)version, STORE_VERSION);
    if (version == 0 && one_number(s, "SELECT count(*) FROM sqlite_master") > 0)
        return arena_printf(a, "%s: a database of another program", path);
    s->version = version;
    /* one process owns the file: a second one is told so at once */
    if (path
        && sqlite3_exec(s->db,
                        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                        "PRAGMA mmap_size = 1073741824;"
                        "PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT;",
                        NULL, NULL, NULL)
               != SQLITE_OK)
        return arena_printf(a, "%s: %s", path, sqlite3_errmsg(s->db));
    if (!path)
        sql_run(s, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;");
    /* Debian's SQLite writes zeros over what is deleted; nothing here is secret */
    sql_run(s, "PRAGMA secure_delete = OFF");
    sql_run(s, "PRAGMA temp_store = MEMORY"); /* where the triggers of watch.c are */
    return NULL;
}

/* A new file is its owner's alone, by the umask. The mode of one that is there was somebody's
 * choice, or that of an older amisim: it stays, and the log says so. */
static void look_at_mode(struct arena *a, const char *path)
{
    struct stat file;
    if (!path || stat(path, &file) != 0 || !(file.st_mode & (S_IRWXG | S_IRWXO)))
        return;
    struct value *facts = value_new(a, VALUE_MAP);
    value_add_text(a, facts, "file", path);
    value_add_text(a, facts, "mode", arena_printf(a, "%03o", (unsigned)file.st_mode & 0777));
    log_event(a, "others can open the state", facts);
}

struct store *store_open(struct arena *a, const char *path, const struct schema *const *schemas,
                         const char **ret_error)
{
    struct store *s = arena_new(a, struct store);
    /* One thread, and nobody asks how much memory SQLite uses. Refused, without harm, when a store
     * was open before in this process. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    *ret_error = open_file(s, a, path);
    if (*ret_error) {
        sqlite3_close(s->db);
        return NULL;
    }
    look_at_mode(a, path);
    sql_run(s, "BEGIN");
    sql_run(s, schema);
    if (s->version == 1)
        sql_run(s, from_version_1);
    watch_open(s);
    schema_tables(s, schemas);
    sql_run(s, arena_printf(a, "PRAGMA user_version = %d", STORE_VERSION));
    sql_run(s, "COMMIT");
    return s;
}

void store_close(struct store *s)
{
    checkpoint_drop_all(s);
    for (size_t i = 0; i < sizeof s->statements / sizeof *s->statements; i++) {
        for (struct prepared *p = s->statements[i]; p; p = p->next)
            sqlite3_finalize(p->stmt);
    }
    sqlite3_close(s->db);
    arena_release(&s->a);
}

bool store_is_new(const struct store *s)
{
    return s->version == 0;
}

/* ---- Transactions ---- */

bool store_in_transaction(const struct store *s)
{
    return s->in_transaction;
}

void store_begin(struct store *s)
{
    if (s->in_transaction)
        return;
    store_exec(s, "BEGIN", NULL);
    s->in_transaction = true;
    s->rolled_back = false;
}

/* When the disk is full SQLite may end the transaction by itself. What comes after it must not be
 * kept one by one. */
static void stay_in_transaction(struct store *s)
{
    if (!s->in_transaction || !sqlite3_get_autocommit(s->db))
        return;
    s->rolled_back = true;
    store_exec(s, "BEGIN", NULL);
}

bool store_commit(struct store *s)
{
    if (!s->in_transaction)
        return true;
    s->in_transaction = false;
    if (!s->failed && !s->rolled_back)
        store_exec(s, "COMMIT", NULL);
    if (!s->failed && !s->rolled_back)
        return true;
    store_rollback(s);
    return false;
}

void store_rollback(struct store *s)
{
    s->in_transaction = false;
    if (!sqlite3_get_autocommit(s->db))
        store_exec(s, "ROLLBACK", NULL);
    s->failed = s->rolled_back = false;
}

void store_savepoint(struct store *s)
{
    stay_in_transaction(s);
    store_exec(s, "SAVEPOINT call", NULL);
}

void store_keep(struct store *s)
{
    store_exec(s, "RELEASE call", NULL);
}

void store_undo(struct store *s)
{
    if (sqlite3_get_autocommit(s->db)) {
        stay_in_transaction(s); /* the savepoint went with the transaction */
        return;
    }
    store_exec(s, "ROLLBACK TO call", NULL);
    store_exec(s, "RELEASE call", NULL);
}

bool store_refuses(const struct store *s)
{
    return s->failed;
}

bool store_failed(struct store *s)
{
    bool failed = s->failed;
    s->failed = false;
    return failed;
}

int64_t store_setting(struct store *s, const char *name, int64_t otherwise)
{
    int64_t n =
        store_number(s, "SELECT value FROM setting WHERE name = ?", SQL_ARGS(SQL_TEXT(name)));
    return n == ABSENT ? otherwise : n;
}

void store_set(struct store *s, const char *name, int64_t value)
{
    store_exec(s, "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
               SQL_ARGS(SQL_TEXT(name), SQL_INT(value)));
}

void store_clear(struct store *s)
{
    struct list tables = { 0 };
    struct rows *r = store_query(s, "SELECT name FROM sqlite_master WHERE type = 'table'", NULL);
    struct arena a = { 0 };
    bool watch_paused = store_pause_watch(s, true);
    while (rows_next(r))
        strs_add(&a, &tables, rows_text(r, 0, &a));
    LIST_EACH (const char *, table, &tables)
        store_exec(s, arena_printf(&a, "DELETE FROM \"%s\"", *table), NULL);
    store_pause_watch(s, watch_paused);
    arena_release(&a);
}

/* ---- Statements ---- */

static struct prepared *sql_prepare(struct store *s, const char *sql)
{
    struct prepared *p = arena_new(&s->a, struct prepared);
    p->sql = arena_strdup(&s->a, sql);
    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &p->stmt, NULL) != SQLITE_OK)
        BUG("%s: %s", sqlite3_errmsg(s->db), sql);
    return p;
}

/* The end of a statement and its length tell it from most others; some are a thousand bytes long.
 */
static struct prepared **slot_of(struct store *s, const char *sql)
{
    size_t n = strlen(sql), tail = n < 32 ? n : 32;
    return &s->statements[(hash_text(sql + n - tail) + n) % 256];
}

struct prepared *sql_take(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct prepared **slot = slot_of(s, sql), *p = *slot;
    while (p && (p->busy || strcmp(p->sql, sql) != 0))
        p = p->next;
    if (!p) {
        p = sql_prepare(s, sql);
        p->next = *slot;
        *slot = p;
    }
    p->busy = true;
    for (int i = 0; binds && binds[i].type != SQL_ARG_END; i++)
        sql_bind(s, p, i + 1, &binds[i]);
    return p;
}

void sql_bind(struct store *s, struct prepared *p, int at, const struct sql_arg *b)
{
    int rc = SQLITE_OK;
    if (b->type == SQL_ARG_TEXT && b->text)
        rc = sqlite3_bind_text(p->stmt, at, b->text, -1, SQLITE_STATIC);
    else if (b->type == SQL_ARG_INT && b->number != ABSENT)
        rc = sqlite3_bind_int64(p->stmt, at, b->number);
    else if (b->type == SQL_ARG_BLOB && b->bytes)
        rc = sqlite3_bind_blob64(p->stmt, at, b->bytes, b->size, SQLITE_STATIC);
    else
        rc = sqlite3_bind_null(p->stmt, at);
    if (rc != SQLITE_OK)
        BUG("%s: %s", sqlite3_errmsg(s->db), p->sql);
}

static void log_refusal(struct store *s)
{
    struct arena a = { 0 };
    struct value *facts = value_new(&a, VALUE_MAP);
    value_add_text(&a, facts, "message", sqlite3_errmsg(s->db));
    log_event(&a, "store refused", facts);
    arena_release(&a);
}

bool sql_step(struct store *s, struct prepared *p)
{
    int rc = sqlite3_step(p->stmt);
    if (rc == SQLITE_ROW)
        return true;
    if (rc == SQLITE_DONE)
        return false;
    if ((rc & 0xff) == SQLITE_CONSTRAINT || (rc & 0xff) == SQLITE_MISUSE)
        BUG("%s: %s", sqlite3_errmsg(s->db), p->sql);
    log_refusal(s);
    s->failed = true;
    return false;
}

bool sql_try(struct store *s, struct prepared *p)
{
    int rc = sqlite3_step(p->stmt), kind = rc & 0xff;
    s->failed |= rc != SQLITE_DONE && kind != SQLITE_CONSTRAINT && kind != SQLITE_MISMATCH;
    return rc == SQLITE_DONE;
}

void sql_give_back(struct prepared *p)
{
    sqlite3_reset(p->stmt);
    p->busy = false;
}

void store_exec(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct prepared *p = sql_take(s, sql, binds);
    while (sql_step(s, p))
        ;
    sql_give_back(p);
}

int64_t store_changed(struct store *s)
{
    return sqlite3_changes64(s->db);
}

struct rows *store_query(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct prepared *p = sql_take(s, sql, binds);
    p->rows = (struct rows){ s, p };
    return &p->rows;
}

bool rows_next(struct rows *r)
{
    if (sql_step(r->s, r->p))
        return true;
    rows_end(r);
    return false;
}

void rows_end(struct rows *r)
{
    sql_give_back(r->p);
}

int64_t sql_int(sqlite3_stmt *stmt, int column)
{
    int64_t number = sqlite3_column_int64(stmt, column);
    return number || sqlite3_column_type(stmt, column) != SQLITE_NULL ? number : ABSENT;
}

int64_t rows_int(struct rows *r, int column)
{
    return sql_int(r->p->stmt, column);
}

const char *sql_text(sqlite3_stmt *stmt, int column, struct arena *a)
{
    if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return NULL;
    /* as a blob: for sqlite3_column_text SQLite would make a copy of its own, to put a NUL behind
     * it */
    const char *bytes = sqlite3_column_blob(stmt, column);
    return bytes ? arena_strndup(a, bytes, (size_t)sqlite3_column_bytes(stmt, column)) : "";
}

const char *rows_text(struct rows *r, int column, struct arena *a)
{
    return sql_text(r->p->stmt, column, a);
}

const void *rows_blob(struct rows *r, int column, size_t *ret_size)
{
    const void *bytes = sqlite3_column_blob(r->p->stmt, column);
    *ret_size = (size_t)sqlite3_column_bytes(r->p->stmt, column);
    return bytes;
}

int64_t store_number(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct rows *r = store_query(s, sql, binds);
    if (!rows_next(r))
        return ABSENT;
    int64_t n = rows_int(r, 0);
    rows_end(r);
    return n;
}

const char *store_word(struct call *c, const char *sql, const struct sql_arg *binds)
{
    struct rows *r = store_query(c->store, sql, binds);
    if (!rows_next(r))
        return NULL;
    const char *text = rows_text(r, 0, c->a);
    rows_end(r);
    return text;
}
