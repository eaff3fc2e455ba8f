/* Opens and closes the store: the file, its version, the tables that are no nouns. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "store/sql.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS tag (account TEXT, resource TEXT, key TEXT, value TEXT,"
    " region TEXT, type TEXT, place INTEGER, PRIMARY KEY (account, resource, key)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS tag_by_resource ON tag (resource);"
    "CREATE INDEX IF NOT EXISTS tag_by_value ON tag (account, key, value);"
    "CREATE TABLE IF NOT EXISTS token (account TEXT, region TEXT, operation TEXT, token TEXT,"
    " fingerprint TEXT, resource TEXT, noun TEXT, due INTEGER, gone INTEGER,"
    " PRIMARY KEY (account, region, operation, token)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, due INTEGER, kind TEXT, account TEXT,"
    " region TEXT, subject TEXT, argument TEXT, begun INTEGER);"
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

/* Version 1 had a block and its bytes in one row. */
static const char from_version_1[] = "INSERT INTO content SELECT id, bytes FROM block;"
                                     "ALTER TABLE block DROP COLUMN bytes;";
/* Version 2 did not know in which order a resource got its tags or when work had begun, and kept
 * tokens for ever. */
static const char from_version_2[] = "ALTER TABLE tag ADD COLUMN place INTEGER;"
                                     "ALTER TABLE token ADD COLUMN noun TEXT;"
                                     "ALTER TABLE token ADD COLUMN due INTEGER;"
                                     "ALTER TABLE token ADD COLUMN gone INTEGER;"
                                     "ALTER TABLE job ADD COLUMN begun INTEGER;";
/* When every table has the columns that this version knows. */
static const char indexes[] = "CREATE INDEX IF NOT EXISTS token_by_due ON token (ifnull(due, 0));";

/* ---- Whose file it is ---- */

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

/* Files of 0.1.0 bear no name: they are known by tables that no other program has together. */
static bool has_our_tables(struct store *s)
{
    return one_number(s, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN"
                         " ('setting', 'tag', 'token', 'job', 'block', 'layer', 'layer_block')")
               == 7
           && one_number(s, "SELECT count(*) FROM pragma_table_info('layer_block')"
                            " WHERE name IN ('layer', 'position', 'block')")
                  == 3;
}

static const char *problem(struct store *s, struct arena *a, const char *path)
{
    return arena_printf(a, "%s: %s", path ? path : "in memory", sqlite3_errmsg(s->db));
}

/* Looked at before anything is changed. */
static const char *check_owner(struct store *s, struct arena *a, const char *path)
{
    int64_t version = one_number(s, "PRAGMA user_version");
    int64_t application = one_number(s, "PRAGMA application_id");
    int64_t objects = one_number(s, "SELECT count(*) FROM sqlite_master");
    if (version < 0 || application < 0 || objects < 0)
        return problem(s, a, path);
    bool empty = version == 0 && application == 0 && objects == 0;
    bool old = version > 0 && version <= STORE_VERSION && application == 0 && has_our_tables(s);
    if (!empty && !old && application != STORE_APPLICATION)
        return arena_printf(a, "%s: a database of another program", path);
    if (version > STORE_VERSION)
        return arena_printf(a,
                            "%s: made by a newer amisim (database version %lld, this one knows %d)",
                            path, (long long)version, STORE_VERSION);
    s->version = version;
    return NULL;
}

/* A new file is its owner's alone. The mode of one that is there was somebody's
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

/* ---- Opening ---- */

/* What lies in it is its owner's alone; the log beside it gets the same mode from SQLite. */
static void create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd >= 0)
        close(fd);
}

static const char *open_file(struct store *s, struct arena *a, const char *path)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (path)
        create(path);
    s->memory = memo_open(&s->a);
    if (sqlite3_open_v2(path ? path : ":memory:", &s->db, flags, NULL) != SQLITE_OK)
        return problem(s, a, path);
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, 0);
    if (sqlite3_db_readonly(s->db, "main") == 1)
        return arena_printf(a, "%s: it can be read, but not written", path);
    /* One process owns the file, a second one is told so at once; and nothing is mapped that a
     * third could cut short. */
    if (sqlite3_exec(s->db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK)
        return problem(s, a, path);
    return check_owner(s, a, path);
}

/* A view that says which declarations the tables were made by. It goes with them wherever they go;
 * documents and an emptied world know nothing of it. */
static const char *fingerprint(struct store *s, struct arena *a)
{
    return arena_printf(a, "CREATE VIEW declared AS SELECT '%d-%016llx'", STORE_VERSION,
                        (unsigned long long)s->print);
}

static bool has_print(struct store *s, const char *print)
{
    return store_number(s, "SELECT 1 FROM sqlite_master WHERE name = 'declared' AND sql = ?",
                        SQL_ARGS(SQL_TEXT(print)))
           != ABSENT;
}

static void make_tables(struct store *s, struct arena *a, const char *print)
{
    sql_run(s, schema);
    if (s->version == 1)
        sql_run(s, from_version_1);
    if (s->version == 1 || s->version == 2)
        sql_run(s, from_version_2);
    sql_run(s, indexes);
    schema_tables(s);
    sql_run(s, arena_printf(a,
                            "DROP VIEW IF EXISTS declared; %s;"
                            "PRAGMA user_version = %d; PRAGMA application_id = %d",
                            print, STORE_VERSION, STORE_APPLICATION));
}

struct opening {
    struct store *s;
    struct arena *a;
    const char *path;
    const struct schema *const *schemas;
};

static void prepare(void *with)
{
    const struct opening *o = with;
    struct store *s = o->s;
    sql_run(s, o->path ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                         "BEGIN IMMEDIATE; COMMIT;"
                       : "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;");
    /* Debian's SQLite writes zeros over what is deleted; nothing here is secret */
    sql_run(s, "PRAGMA secure_delete = OFF");
    sql_run(s, "PRAGMA temp_store = MEMORY"); /* where the triggers of watch.c are */
    watch_open(s);
    store_begin(s);
    s->print = hash_text(schema) ^ hash_text(indexes);
    schema_declare(s, o->schemas);
    const char *print = fingerprint(s, o->a);
    if (s->version != STORE_VERSION || !has_print(s, print))
        make_tables(s, o->a, print);
    schema_watch(s);
    sql_guard(s);
}

struct store *store_open(struct arena *a, const char *path, const struct schema *const *schemas,
                         const char **ret_error)
{
    struct store *s = arena_new(a, struct store);
    struct opening o = { s, a, path, schemas };
    /* One thread, and nobody asks how much memory SQLite uses. Refused, without harm, when a store
     * was open before in this process. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    pool_begin();
    *ret_error = open_file(s, a, path);
    if (!*ret_error && (!store_try(s, prepare, &o) || !store_commit(s)))
        *ret_error = arena_printf(a, "%s: %s", path ? path : "in memory", store_refusal(s));
    if (!*ret_error) {
        look_at_mode(a, path);
        return s;
    }
    store_release(s);
    return NULL;
}

void store_close(struct store *s)
{
    checkpoint_drop_all(s);
    beside_close_since(s, 0);
    store_release(s);
}
