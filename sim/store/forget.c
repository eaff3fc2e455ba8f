/* Everything of one account goes, as the schemas tell it: set by set, for a row at a time a large
 * world would take minutes. */
#include "store/noun.h"
#include "store/sql.h"

/* Ids of nouns that go, each with its table. */
static const char *const forgotten[] = {
    "CREATE TEMP TABLE IF NOT EXISTS forgotten"
    " (noun TEXT, id TEXT, PRIMARY KEY (noun, id)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS temp.forgotten_by_id ON forgotten (id)",
};
/* Ids by which an account owns things begin with it and a slash: a range that an index finds. */
static void note_owned(struct call *c, const struct schema *k)
{
    const struct field *owner = schema_flagged(k, FIELD_OWNER);
    if (!owner)
        return;
    sql_exec_own(c->store,
                 arena_printf(c->a,
                              "INSERT OR IGNORE INTO forgotten SELECT ?2, %s FROM %s WHERE %s = ?1"
                              " OR (%s > ?1 || '/' AND %s < ?1 || '0')",
                              k->fields[0].column, k->name, owner->column, owner->column,
                              owner->column),
                 SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(k->name)));
}

static void note_parts(struct call *c, const struct schema *k)
{
    const struct field *whole = schema_flagged(k, FIELD_PART_OF);
    if (whole)
        sql_exec_own(
            c->store,
            arena_printf(c->a,
                         "INSERT OR IGNORE INTO forgotten SELECT ?, %s FROM %s WHERE EXISTS"
                         " (SELECT 1 FROM forgotten f WHERE f.id = %s.%s)",
                         k->fields[0].column, k->name, k->name, whole->column),
            SQL_ARGS(SQL_TEXT(k->name)));
}

/* Lists inside a list have keys "parent/position": those whose item is gone go as well. */
static void remove_inner_lists(struct call *c, const struct schema *k, const char *table)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (f->type != FIELD_LIST || !f->column)
            continue;
        const char *list = arena_printf(c->a, "%s_%s", table, f->column);
        sql_exec_own(c->store,
                     arena_printf(c->a,
                                  "DELETE FROM %s WHERE parent NOT IN"
                                  " (SELECT parent || '/' || position FROM %s)",
                                  list, table),
                     NULL);
        remove_inner_lists(c, f->of, list);
    }
}

static void remove_rows(struct call *c, const struct schema *k, const char *table, const char *key)
{
    sql_exec_own(
        c->store,
        arena_printf(c->a, "DELETE FROM %s WHERE %s IN (SELECT id FROM forgotten WHERE noun = ?)",
                     table, key),
        SQL_ARGS(SQL_TEXT(k->name)));
}

static void remove_nouns(struct call *c, const struct schema *k)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (f->type != FIELD_LIST || !f->column)
            continue;
        const char *list = arena_printf(c->a, "%s_%s", k->name, f->column);
        remove_rows(c, k, list, "parent");
        remove_inner_lists(c, f->of, list);
    }
    remove_rows(c, k, k->name, k->fields[0].column);
}

void store_forget_account(struct call *c, const struct schema *const *schemas)
{
    static const char *const own[] = { "DELETE FROM job WHERE account = ?",
                                       "DELETE FROM tag WHERE account = ?",
                                       "DELETE FROM token WHERE account = ?",
                                       "DELETE FROM setting WHERE instr(name, ?)" };
    c->store->undone++; /* sets of rows are not forgotten one by one */
    for (size_t i = 0; i < sizeof forgotten / sizeof *forgotten; i++)
        sql_exec_own(c->store, forgotten[i], NULL);
    for (const struct schema *const *k = schemas; *k; k++)
        note_owned(c, *k);
    for (const struct schema *const *k = schemas; *k; k++)
        note_parts(c, *k);
    for (const struct schema *const *k = schemas; *k; k++)
        remove_nouns(c, *k);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sql_exec_own(c->store, own[i], SQL_ARGS(SQL_TEXT(c->account)));
    sql_exec_own(
        c->store,
        "DELETE FROM tag WHERE EXISTS (SELECT 1 FROM forgotten f WHERE f.id = tag.resource)", NULL);
    sql_exec_own(c->store, "DELETE FROM forgotten", NULL);
}
