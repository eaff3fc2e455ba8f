/* Indexes on the tables of nouns, as their field tables ask for them. */
#include "base/text.h"
#include "store/noun.h"
#include "store/sql.h"

static bool is_regional(const struct schema *k)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (f->column && text_is(f->column, "region"))
            return true;
    }
    return false;
}

/* What an account looks for is its own in one Region (MINE). */
static bool is_owner_in_region(const struct schema *k, const struct field *f)
{
    return f->flags & FIELD_OWNER && is_regional(k);
}

const char *schema_index(struct arena *a, const struct schema *k, const char *table,
                         const struct field *f)
{
    if (!f->column || f->type == FIELD_LIST || f->type == FIELD_TAGS)
        return NULL;
    if (is_owner_in_region(k, f))
        return arena_printf(a, "%s_by_%s_and_region", table, f->column);
    return f->flags & FIELD_INDEXED ? arena_printf(a, "%s_by_%s", table, f->column) : NULL;
}

/* What is not there is never looked for: it need not be in the index. */
static const char *declared_index(struct arena *a, const struct schema *k, const char *table,
                                  const struct field *f)
{
    const char *name = schema_index(a, k, table, f);
    const char *region = is_owner_in_region(k, f) ? ", region" : "";
    return name
               ? arena_printf(a, "%s ON %s (%s%s) WHERE %s IS NOT NULL%s%s", name, table, f->column,
                              region, f->column, k->live ? " AND " : "", k->live ? k->live : "")
               : NULL;
}

struct list schema_indexes(struct arena *a, const struct schema *k, const char *table)
{
    struct list indexes = { 0 };
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        const char *index = declared_index(a, k, table, f);
        if (index)
            strs_add(a, &indexes, index);
    }
    for (const char *const *index = k->indexes; index && *index; index++)
        strs_add(a, &indexes, *index);
    return indexes;
}
