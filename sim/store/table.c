/* What the schemas declare of tables, columns and indexes: as SQL, as a fingerprint, and made in a
 * file that has not all of it. */
#include <string.h>

#include "base/text.h"
#include "store/sql.h"

static const char *column_type(const struct field *f)
{
    return f->type == FIELD_TEXT || f->type == FIELD_TEXTS ? "TEXT" : "INTEGER";
}

static bool has_column(struct store *s, const char *table, const char *column)
{
    return store_number(s, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?",
                        SQL_ARGS(SQL_TEXT(table), SQL_TEXT(column)))
           != ABSENT;
}

static bool has_table(struct store *s, const char *table)
{
    return store_number(s, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
                        SQL_ARGS(SQL_TEXT(table)))
           != ABSENT;
}

/* A table had another name once. Indexes keep theirs when their table gets a new one: they go, and
 * are made again. */
static void rename_table(struct store *s, const char *was, const char *table)
{
    struct list indexes = { 0 };
    if (!has_table(s, was))
        return;
    struct rows *rows = store_query(
        s,
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        SQL_ARGS(SQL_TEXT(was)));
    while (rows_next(rows))
        strs_add(&s->a, &indexes, rows_text(rows, 0, &s->a));
    LIST_EACH (const char *, index, &indexes)
        sql_run(s, arena_printf(&s->a, "DROP INDEX %s", *index));
    sql_run(s, arena_printf(&s->a, "ALTER TABLE %s RENAME TO %s", was, table));
}

const char *schema_table_now(const struct store *s, const char *was)
{
    for (const struct renamed *r = s->renamed; r; r = r->next) {
        if (text_is(r->was, was))
            return r->table;
    }
    return was;
}

/* ---- Tables as SQL ---- */

/* A column and its type. */
static struct list declared_columns(struct arena *a, const struct schema_statements *q)
{
    struct list parts = { 0 };
    for (const struct field *f = q->schema->fields; f->type != FIELD_END; f++) {
        if (is_column(f))
            strs_add(a, &parts, arena_printf(a, "%s %s", f->column, column_type(f)));
    }
    if (q->has_lists)
        strs_add(a, &parts, "lists INTEGER");
    return parts;
}

static const char *declared_table(struct arena *a, const struct schema_statements *q)
{
    bool part = q->schema->part;
    struct list columns = declared_columns(a, q);
    return arena_printf(a, "CREATE TABLE %s (%s%s, PRIMARY KEY (%s%s)) %s", q->table,
                        part ? "parent TEXT, position INTEGER, " : "", strs_join(a, &columns, ", "),
                        q->key, part ? ", position" : "", part ? "WITHOUT ROWID" : "");
}

/* ---- Making tables ---- */

/* A database of an older amisim may lack a column. */
static void add_columns(struct store *s, struct arena *a, const struct schema_statements *q)
{
    struct list columns = declared_columns(a, q);
    LIST_EACH (const char *, column, &columns) {
        const char *name = arena_strndup(a, *column, strcspn(*column, " "));
        if (!has_column(s, q->table, name))
            sql_run(s, arena_printf(a, "ALTER TABLE %s ADD COLUMN %s", q->table, *column));
    }
}

static void make_table(struct store *s, struct arena *a, const struct schema_statements *q)
{
    bool old = s->version != 0; /* what is new has no tables */
    if (old && q->was)
        rename_table(s, q->was, q->table);
    if (old && has_table(s, q->table))
        add_columns(s, a, q);
    else
        sql_run(s, declared_table(a, q));
    struct list indexes = schema_indexes(a, q->schema, q->table);
    LIST_EACH (const char *, index, &indexes)
        sql_run(s, arena_printf(a, "CREATE INDEX IF NOT EXISTS %s", *index));
}

/* One table, then those of the lists inside it. */
static void each_table(struct store *s, struct arena *a, const struct schema_statements *q,
                       void (*visit)(struct store *, struct arena *,
                                     const struct schema_statements *))
{
    visit(s, a, q);
    for (size_t i = 0; q->schema->fields[i].type != FIELD_END; i++) {
        if (q->lists[i])
            each_table(s, a, q->lists[i], visit);
    }
}

static void each_schema(struct store *s, void (*visit)(struct store *, struct arena *,
                                                       const struct schema_statements *))
{
    struct arena a = { 0 };
    for (const struct schema_statements *q = s->schemas; q; q = q->next)
        each_table(s, &a, q, visit);
    arena_release(&a);
}

static void add_to_print(struct store *s, struct arena *a, const struct schema_statements *q)
{
    struct list texts = schema_indexes(a, q->schema, q->table);
    strs_add(a, &texts, declared_table(a, q));
    LIST_EACH (const char *, text, &texts)
        s->print = (s->print ^ hash_text(*text)) * UINT64_C(0x100000001b3);
}

static bool is_moved(const struct schema *k, int64_t version)
{
    return k->from_version_2 && version > 0 && version <= 2;
}

void schema_tables_of(struct store *s, int64_t version)
{
    for (const struct schema_statements *q = s->schemas; q; q = q->next) {
        if (is_moved(q->schema, version))
            sql_run(s, q->schema->table_of_version_2);
    }
}

void schema_move_from(struct store *s, int64_t version)
{
    for (const struct schema_statements *q = s->schemas; q; q = q->next) {
        if (is_moved(q->schema, version))
            sql_run(s, q->schema->from_version_2);
    }
}

void schema_print(struct store *s)
{
    each_schema(s, add_to_print);
}

void schema_tables(struct store *s)
{
    each_schema(s, make_table);
    schema_tables_of(s, s->version);
    schema_move_from(s, s->version);
}
