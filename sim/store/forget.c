/* Everything of one account goes, as the schemas tell it. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/noun.h"
#include "store/store.h"

static struct list ids_where(struct call *c, const struct schema *k, const char *condition,
                             const struct sql_arg *binds)
{
    struct list ids = { 0 };
    struct rows *r = store_query(
        c->store,
        arena_printf(c->a, "SELECT %s FROM %s WHERE %s", k->fields[0].column, k->name, condition),
        binds);
    while (rows_next(r))
        strs_add(c->a, &ids, rows_text(r, 0, c->a));
    return ids;
}

static void remove_all(struct call *c, const struct schema *k, const struct list *ids,
                       struct list *removed)
{
    LIST_EACH (const char *, id, ids) {
        store_remove(c, k, *id);
        strs_add(c->a, removed, *id);
    }
}

static void remove_owned(struct call *c, const struct schema *k, struct list *removed)
{
    const struct field *owner = schema_flagged(k, FIELD_OWNER);
    if (!owner)
        return;
    const char *condition = arena_printf(c->a, "%s = ?1 OR substr(%s, 1, 13) = ?1 || '/'",
                                         owner->column, owner->column);
    struct list ids = ids_where(c, k, condition, SQL_ARGS(SQL_TEXT(c->account)));
    remove_all(c, k, &ids, removed);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each table is read once, whatever was removed: `wholes` is in order. */
static void remove_parts_of(struct call *c, const struct schema *k, const struct list *wholes,
                            struct list *removed)
{
    const struct field *whole = schema_flagged(k, FIELD_PART_OF);
    struct list ids = { 0 };
    if (!whole || !wholes->count)
        return;
    struct rows *r = store_query(
        c->store,
        arena_printf(c->a, "SELECT %s, %s FROM %s", k->fields[0].column, whole->column, k->name),
        NULL);
    while (rows_next(r)) {
        const char *of = rows_text(r, 1, c->a);
        if (of && bsearch(&of, wholes->items, wholes->count, sizeof of, by_text))
            strs_add(c->a, &ids, rows_text(r, 0, c->a));
    }
    remove_all(c, k, &ids, removed);
}

static struct list sorted(struct call *c, const struct list *texts)
{
    struct list copy = { 0 };
    LIST_EACH (const char *, text, texts)
        strs_add(c->a, &copy, *text);
    if (copy.count)
        qsort(copy.items, copy.count, sizeof(const char *), by_text);
    return copy;
}

void store_forget_account(struct call *c, const struct schema *const *schemas, struct list *removed)
{
    static const char *const own[] = { "DELETE FROM job WHERE account = ?",
                                       "DELETE FROM tag WHERE account = ?",
                                       "DELETE FROM token WHERE account = ?",
                                       "DELETE FROM setting WHERE instr(name, ?)" };
    for (const struct schema *const *k = schemas; *k; k++)
        remove_owned(c, *k, removed);
    struct list wholes = sorted(c, removed);
    for (const struct schema *const *k = schemas; *k; k++)
        remove_parts_of(c, *k, &wholes, removed);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        store_exec(c->store, own[i], SQL_ARGS(SQL_TEXT(c->account)));
}
