/* See checkpoint.h. */
#include "store/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/sql.h"

/* ---- Checkpoints ---- */

struct kept {
    struct kept *next;
    char *name;
    sqlite3 *copy;
};

static struct kept **find(struct store *s, const char *name)
{
    struct kept **at = &s->kept;
    while (*at && !text_is((*at)->name, name))
        at = &(*at)->next;
    return at;
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

static void release(struct kept *k)
{
    sqlite3_close(k->copy);
    free(k->name);
    free(k);
}

static void forget(struct kept **at)
{
    struct kept *k = *at;
    *at = k->next;
    release(k);
}

void checkpoint_make(struct store *s, const char *name)
{
    struct kept *k = calloc(1, sizeof *k);
    if (!k || !(k->name = strdup(name)))
        BUG("out of memory");
    if (sqlite3_open(":memory:", &k->copy) != SQLITE_OK || !copy_all(k->copy, s->db)) {
        const char *why = sqlite3_errstr(sqlite3_errcode(k->copy));
        release(k);
        sql_refuse_for(s, "a checkpoint cannot be made: %s", why);
    }
    checkpoint_drop(s, name);
    *find(s, name) = k;
}

bool checkpoint_restore(struct store *s, const char *name)
{
    struct kept *k = *find(s, name);
    if (!k)
        return false;
    s->undone++;
    if (!copy_all(s->db, k->copy))
        sql_refuse(s);
    return true;
}

bool checkpoint_drop(struct store *s, const char *name)
{
    struct kept **at = find(s, name);
    if (!*at)
        return false;
    forget(at);
    return true;
}

void checkpoint_drop_all(struct store *s)
{
    while (s->kept)
        forget(&s->kept);
}

static int64_t pragma(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t n = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK
        && sqlite3_step(stmt) == SQLITE_ROW)
        n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

struct list checkpoint_list(struct store *s, struct arena *a)
{
    struct list l = { 0 };
    for (struct kept *k = s->kept; k; k = k->next) {
        struct checkpoint *one = list_add(a, &l, struct checkpoint);
        one->name = arena_strdup(a, k->name);
        one->bytes = pragma(k->copy, "PRAGMA page_count") * pragma(k->copy, "PRAGMA page_size");
    }
    return l;
}

/* ---- The portable document ---- */

static struct list table_names(struct store *s, struct arena *a)
{
    struct list names = { 0 };
    struct rows *r =
        store_query(s, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", NULL);
    while (rows_next(r))
        strs_add(a, &names, rows_text(r, 0, a));
    return names;
}

static struct value *cell(struct arena *a, sqlite3_stmt *stmt, int column)
{
    struct value *v = value_new(a, VALUE_NULL);
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        v->type = VALUE_INT;
        v->number = sqlite3_column_int64(stmt, column);
        break;
    case SQLITE_TEXT:
        v->type = VALUE_TEXT;
        v->text = arena_strdup(a, (const char *)sqlite3_column_text(stmt, column));
        break;
    case SQLITE_BLOB:
        v->type = VALUE_MAP;
        value_add_text(a, v, "base64",
                       base64_encode(a, sqlite3_column_blob(stmt, column),
                                     (size_t)sqlite3_column_bytes(stmt, column)));
        break;
    default:
        break;
    }
    return v;
}

/* Nouns keep their row numbers: they are the order of creation and what page tokens stand for. */
static const char *columns_of(struct store *s, struct arena *a, const char *table,
                              struct list *names)
{
    struct rows *r =
        store_query(s, "SELECT name FROM pragma_table_info(?)", SQL_ARGS(SQL_TEXT(table)));
    while (rows_next(r))
        strs_add(a, names, rows_text(r, 0, a));
    bool rowid =
        store_number(s,
                     "SELECT 1 FROM sqlite_master WHERE name = ?"
                     " AND sql NOT LIKE '%WITHOUT ROWID%' AND sql NOT LIKE '%INTEGER PRIMARY KEY%'",
                     SQL_ARGS(SQL_TEXT(table)))
        != ABSENT;
    if (rowid)
        strs_add(a, names, "rowid");
    return strs_join(a, names, ", ");
}

static void export_table(struct store *s, struct arena *a, const char *table, struct value *tables)
{
    struct list names = { 0 };
    const char *columns = columns_of(s, a, table, &names);
    struct value *v = value_add_new(a, tables, table, VALUE_MAP);
    struct value *heads = value_add_new(a, v, "columns", VALUE_LIST);
    struct value *rows = value_add_new(a, v, "rows", VALUE_LIST);
    LIST_EACH (const char *, name, &names)
        value_add_text(a, heads, NULL, *name);
    struct prepared *p =
        sql_take(s, arena_printf(a, "SELECT %s FROM \"%s\"", columns, table), NULL);
    while (sql_step(s, p)) {
        struct value *row = value_add_new(a, rows, NULL, VALUE_LIST);
        for (int i = 0; i < (int)names.count; i++)
            value_add(row, NULL, cell(a, p->stmt, i));
    }
    sql_give_back(p);
}

struct value *store_export(struct store *s, struct arena *a)
{
    struct value *document = value_new(a, VALUE_MAP);
    value_add_int(a, document, "version", STORE_VERSION);
    struct value *tables = value_add_new(a, document, "tables", VALUE_MAP);
    struct list names = table_names(s, a);
    LIST_EACH (const char *, name, &names)
        export_table(s, a, *name, tables);
    return document;
}

static bool bind_cell(struct store *s, struct arena *a, struct prepared *p, int at,
                      const struct value *v)
{
    struct sql_arg b = { .type = SQL_ARG_INT, .number = ABSENT };
    const char *base64 = value_text(v, "base64");
    size_t n = 0;
    if (v->type == VALUE_INT)
        b.number = v->number;
    else if (v->type == VALUE_TEXT)
        b = (struct sql_arg)SQL_TEXT(v->text);
    else if (base64 && (b.bytes = base64_decode(a, base64, &n)))
        b = (struct sql_arg)SQL_BLOB(b.bytes, n);
    else if (v->type != VALUE_NULL)
        return false;
    sql_bind(s, p, at, &b);
    return true;
}

/* Columns are taken by name, and only those that the table has: nothing of the document becomes
 * SQL. */
static const char *import_table(struct store *s, struct arena *a, const char *table,
                                const struct value *v)
{
    struct list known = { 0 }, used = { 0 }, places = { 0 };
    const struct value *heads = value_get(v, "columns"), *rows = value_get(v, "rows");
    columns_of(s, a, table, &known);
    if (!heads || !rows)
        return arena_printf(a, "table %s: columns and rows were expected", table);
    for (const struct value *head = heads->first; head; head = head->next) {
        if (head->type != VALUE_TEXT || !strs_have(&known, head->text))
            return arena_printf(a, "table %s: a column is not known here", table);
        strs_add(a, &used, head->text);
        strs_add(a, &places, "?");
    }
    const char *sql = arena_printf(a, "INSERT OR REPLACE INTO \"%s\" (%s) VALUES (%s)", table,
                                   strs_join(a, &used, ", "), strs_join(a, &places, ", "));
    for (const struct value *row = rows->first; row; row = row->next) {
        if (row->count != used.count || !used.count)
            return arena_printf(a, "table %s: a row has not as many values as columns", table);
        struct prepared *p = sql_take(s, sql, NULL);
        int at = 1;
        bool good = true;
        for (const struct value *one = row->first; one && good; one = one->next)
            good = bind_cell(s, a, p, at++, one);
        bool taken = good && sql_try(s, p);
        sql_give_back(p);
        if (!good)
            return arena_printf(a, "table %s: a value is no text, number, null or base64", table);
        if (!taken)
            return arena_printf(a, "table %s: a row does not fit", table);
    }
    return NULL;
}

static const char *import(struct store *s, struct arena *a, const struct value *document)
{
    const struct value *version = value_get(document, "version");
    const struct value *tables = value_get(document, "tables");
    if (!version || version->number > STORE_VERSION || !tables || tables->type != VALUE_MAP)
        return "this is no state of this or an older amisim";
    store_clear(s);
    schema_tables_of(s, version->number);
    struct list names = table_names(s, a);
    for (const struct value *v = tables->first; v; v = v->next) {
        const char *table = schema_table_now(s, v->key);
        if (!strs_have(&names, table))
            return arena_printf(a, "there is no table %s", v->key);
        const char *error = import_table(s, a, table, v);
        if (error)
            return error;
    }
    schema_move_from(s, version->number);
    return NULL;
}

const char *store_import(struct store *s, struct arena *a, const struct value *document)
{
    bool watch_paused = store_pause_watch(s, true);
    const char *error = import(s, a, document);
    store_pause_watch(s, watch_paused);
    return error;
}
