/* See document.h. */
#include "store/document.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json_walk.h"
#include "base/text.h"
#include "store/sql.h"

#define PIECE (64 * 1024)
#define DATABASE_BEGINS "SQLite format 3"

static struct list table_names(struct store *s, struct arena *a)
{
    struct list names = { 0 };
    struct rows *r =
        store_query(s, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", NULL);
    while (rows_next(r))
        strs_add(a, &names, rows_text(r, 0, a));
    return names;
}

/* Nouns keep their row numbers: they are the order of creation and what page tokens stand for. */
static struct list columns_of(struct store *s, struct arena *a, const char *table)
{
    struct list names = { 0 };
    struct rows *r =
        store_query(s, "SELECT name FROM pragma_table_info(?)", SQL_ARGS(SQL_TEXT(table)));
    while (rows_next(r))
        strs_add(a, &names, rows_text(r, 0, a));
    bool rowid =
        store_number(s,
                     "SELECT 1 FROM sqlite_master WHERE name = ?"
                     " AND sql NOT LIKE '%WITHOUT ROWID%' AND sql NOT LIKE '%INTEGER PRIMARY KEY%'",
                     SQL_ARGS(SQL_TEXT(table)))
        != ABSENT;
    if (rowid)
        strs_add(a, &names, "rowid");
    return names;
}

/* ---- Out ---- */

struct document {
    struct store *s;
    struct list tables;
    size_t next; /* the table that comes after this one */
    struct prepared *rows; /* of this one; NULL: between two */
    int columns;
    bool first; /* none of its rows is out */
};

struct document *document_begin(struct store *s, struct arena *a)
{
    struct document *d = arena_new(a, struct document);
    d->s = s;
    d->tables = table_names(s, a);
    return d;
}

static void add_cell(struct arena *a, struct buffer *out, sqlite3_stmt *stmt, int column)
{
    char number[24];
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        snprintf(number, sizeof number, "%lld", (long long)sqlite3_column_int64(stmt, column));
        buffer_add_text(a, out, number);
        return;
    case SQLITE_TEXT:
        json_add_text(a, out, sql_text(stmt, column, a));
        return;
    case SQLITE_BLOB:
        buffer_add_text(a, out, "{\"base64\":\"");
        buffer_add_text(a, out,
                        base64_encode(a, sqlite3_column_blob(stmt, column),
                                      (size_t)sqlite3_column_bytes(stmt, column)));
        buffer_add_text(a, out, "\"}");
        return;
    default:
        buffer_add_text(a, out, "null");
    }
}

static void add_row(struct document *d, struct arena *a, struct buffer *out)
{
    buffer_add_text(a, out, d->first ? "[" : ",[");
    d->first = false;
    for (int i = 0; i < d->columns; i++) {
        if (i)
            buffer_add_text(a, out, ",");
        add_cell(a, out, d->rows->stmt, i);
    }
    buffer_add_text(a, out, "]");
}

static void begin_table(struct document *d, struct arena *a, struct buffer *out)
{
    const char *table = *list_at(&d->tables, const char *, d->next);
    struct list columns = columns_of(d->s, a, table);
    buffer_add_text(a, out, d->next++ ? "," : "");
    json_add_text(a, out, table);
    buffer_add_text(a, out, ":{\"columns\":[\"");
    buffer_add_text(a, out, strs_join(a, &columns, "\",\""));
    buffer_add_text(a, out, "\"],\"rows\":[");
    d->rows = sql_take(
        d->s, arena_printf(a, "SELECT %s FROM \"%s\"", strs_join(a, &columns, ", "), table), NULL);
    d->columns = (int)columns.count;
    d->first = true;
}

/* One row more, or what stands between rows. False: that was all. */
static bool add_next(struct document *d, struct arena *a, struct buffer *out)
{
    if (d->rows && sql_step(d->s, d->rows)) {
        add_row(d, a, out);
        return true;
    }
    if (d->rows) {
        sql_give_back(d->rows);
        d->rows = NULL;
        buffer_add_text(a, out, "]}");
        return true;
    }
    if (d->next < d->tables.count) {
        begin_table(d, a, out);
        return true;
    }
    buffer_add_text(a, out, "}}");
    return false;
}

const char *document_more(struct document *d, struct arena *a, size_t *ret_n, bool *ret_ends)
{
    struct buffer out = { 0 };
    if (!d->next)
        buffer_add_text(a, &out, arena_printf(a, "{\"version\":%d,\"tables\":{", STORE_VERSION));
    *ret_ends = false;
    while (out.n < PIECE && !*ret_ends)
        *ret_ends = !add_next(d, a, &out);
    *ret_n = out.n;
    return out.at;
}

/* ---- In ---- */

struct import {
    struct store *s;
    struct arena *a;
    struct json_walk walk;
    struct list known; /* tables */
};

static bool enter(struct import *in, char sign)
{
    return json_peek(&in->walk) == sign && json_enter(&in->walk, sign);
}

/* {"base64": …}. False: it is something else. */
static bool read_bytes(struct import *in, struct sql_arg *ret)
{
    struct json_walk *w = &in->walk;
    const char *key = json_enter(w, '{') && json_next(w) ? json_key(w, &in->s->row) : NULL;
    struct value *text = text_is(key, "base64") ? json_value(w, &in->s->row) : NULL;
    if (!text || text->type != VALUE_TEXT || json_next(w) || w->error)
        return false;
    ret->type = SQL_ARG_BLOB;
    ret->bytes = base64_decode(&in->s->row, text->text, &ret->size);
    return ret->bytes != NULL;
}

/* Bound as it is, for the row is written before it goes. */
static bool bind_cell(struct import *in, struct prepared *p, int at)
{
    struct sql_arg b = { .type = SQL_ARG_INT, .number = ABSENT };
    if (json_peek(&in->walk) == '{') {
        if (!read_bytes(in, &b))
            return false;
        sql_bind(in->s, p, at, &b);
        return true;
    }
    const struct value *v = json_value(&in->walk, &in->s->row);
    if (!v || (v->type != VALUE_INT && v->type != VALUE_TEXT && v->type != VALUE_NULL))
        return false;
    if (v->type == VALUE_INT)
        b.number = v->number;
    else if (v->type == VALUE_TEXT)
        b = (struct sql_arg)SQL_TEXT(v->text);
    sql_bind(in->s, p, at, &b);
    return true;
}

static const char *import_row(struct import *in, struct prepared *p, size_t columns)
{
    size_t count = 0;
    if (!enter(in, '['))
        return "a row is no list";
    while (json_next(&in->walk)) {
        if (count++ == columns)
            break;
        if (!bind_cell(in, p, (int)count))
            return "a value is no text, number, null or base64";
    }
    if (in->walk.error || count != columns)
        return "a row has not as many values as columns";
    return sql_try(in->s, p) ? NULL : "a row does not fit";
}

static const char *import_rows(struct import *in, const char *sql, size_t columns)
{
    const char *wrong = NULL;
    if (!enter(in, '['))
        return "columns and rows were expected";
    struct prepared *p = sql_take_own(in->s, sql, NULL);
    while (!wrong && json_next(&in->walk)) {
        wrong = import_row(in, p, columns);
        sqlite3_reset(p->stmt);
        arena_reset(&in->s->row);
    }
    sql_give_back(p);
    return wrong;
}

/* Columns are taken by name, and only those that the table has: nothing of the document becomes
 * SQL. */
static const char *read_columns(struct import *in, const char *table, struct list *ret)
{
    struct list known = columns_of(in->s, in->a, table);
    if (!enter(in, '['))
        return "columns and rows were expected";
    while (json_next(&in->walk)) {
        const struct value *v = json_value(&in->walk, in->a);
        const char *name = v && v->type == VALUE_TEXT ? v->text : "";
        if (!strs_have(&known, name))
            return "a column is not known here";
        if (strs_have(ret, name))
            return "a column is there twice";
        strs_add(in->a, ret, name);
    }
    return ret->count ? NULL : "a row has not as many values as columns";
}

static const char *insertion(struct arena *a, const char *table, const struct list *columns)
{
    struct list places = { 0 };
    for (size_t i = 0; i < columns->count; i++)
        strs_add(a, &places, "?");
    return arena_printf(a, "INSERT INTO \"%s\" (%s) VALUES (%s)", table,
                        strs_join(a, columns, ", "), strs_join(a, &places, ", "));
}

static bool next_key_is(struct import *in, const char *key)
{
    return json_next(&in->walk) && text_is(json_key(&in->walk, in->a), key);
}

static const char *import_table(struct import *in, const char *table)
{
    struct list columns = { 0 };
    if (!enter(in, '{') || !next_key_is(in, "columns"))
        return "columns and rows were expected";
    const char *wrong = read_columns(in, table, &columns);
    if (wrong)
        return wrong;
    if (!next_key_is(in, "rows"))
        return "columns and rows were expected";
    wrong = import_rows(in, insertion(in->a, table, &columns), columns.count);
    return !wrong && json_next(&in->walk) ? "it has more than columns and rows" : wrong;
}

static const char *import_tables(struct import *in)
{
    struct list seen = { 0 };
    if (!enter(in, '{'))
        return "this is no state of this or an older amisim";
    while (json_next(&in->walk)) {
        const char *name = json_key(&in->walk, in->a);
        const char *table = name ? schema_table_now(in->s, name) : NULL;
        if (!table)
            break;
        if (!strs_have(&in->known, table))
            return arena_printf(in->a, "there is no table %s", name);
        if (strs_have(&seen, name))
            return arena_printf(in->a, "table %s is there twice", name);
        strs_add(in->a, &seen, name);
        const char *wrong = import_table(in, table);
        if (wrong)
            return arena_printf(in->a, "table %s: %s", name, wrong);
    }
    return NULL;
}

/* Wherever in the document it stands; 0: this is none. */
static int64_t version_of(struct arena *a, const char *text, size_t n)
{
    struct json_walk w = json_walk(text, n);
    json_enter(&w, '{');
    while (json_next(&w)) {
        if (!text_is(json_key(&w, a), "version")) {
            json_skip(&w);
            continue;
        }
        const struct value *v = json_value(&w, a);
        return v && v->type == VALUE_INT ? v->number : 0;
    }
    return 0;
}

static const char *import_members(struct import *in)
{
    bool version = false, tables = false;
    json_enter(&in->walk, '{');
    while (json_next(&in->walk)) {
        const char *key = json_key(&in->walk, in->a), *wrong = NULL;
        bool *seen = text_is(key, "version") ? &version : text_is(key, "tables") ? &tables : NULL;
        if (!key)
            break;
        if (!seen || *seen)
            return arena_printf(in->a, "'%s' is not expected there", key);
        *seen = true;
        if (seen == &tables)
            wrong = import_tables(in);
        else
            json_value(&in->walk, in->a);
        if (wrong)
            return wrong;
    }
    return tables || in->walk.error ? NULL : "this is no state of this or an older amisim";
}

static const char *import(struct import *in, const char *text, size_t n)
{
    int64_t version = version_of(in->a, text, n);
    if (n >= sizeof DATABASE_BEGINS - 1
        && memcmp(text, DATABASE_BEGINS, sizeof DATABASE_BEGINS - 1) == 0)
        return "this is a database file: a simulator takes it when it starts, with --db FILE";
    if (version < 1 || version > STORE_VERSION)
        return "this is no state of this or an older amisim";
    store_clear(in->s);
    schema_tables_of(in->s, version);
    in->known = table_names(in->s, in->a);
    const char *wrong = import_members(in);
    if (in->walk.error || (!wrong && !json_is_passed(&in->walk)))
        return arena_printf(in->a, "byte %zu: %s", (size_t)(in->walk.at - text),
                            in->walk.error ? in->walk.error : "the document ends before it");
    if (!wrong)
        schema_move_from(in->s, version);
    return wrong;
}

const char *store_import(struct store *s, struct arena *a, const char *text, size_t n)
{
    struct import in = { .s = s, .a = a, .walk = json_walk(text, n) };
    bool watch_paused = store_pause_watch(s, true);
    const char *wrong = import(&in, text, n);
    store_pause_watch(s, watch_paused);
    arena_release(&s->row);
    return wrong;
}
