/* See narrow.h. */
#include "request/narrow.h"

#include <string.h>

#include "base/text.h"
#include "base/value.h"

#define WILD "*?\\"
#define MOST_BEGINNINGS 8 /* each is a search of its own */

/* How few rows are to be expected, the fewest first. */
enum rank { RANK_ID, RANK_EXACT, RANK_TAG, RANK_BEGINNING, RANK_MANY, RANK_UNKNOWN };

/* The values of a filter. */
struct wanted {
    struct list exact; /* const char * */
    struct list beginnings; /* const char *: of patterns, up to what is not fixed */
};

/* Searches for the row numbers of a noun; together they find all that a filter can match. */
struct search {
    struct call *c;
    const struct narrowed *n;
    const struct filter *filter;
    struct wanted wanted;
    enum rank rank;
    struct list selects; /* const char * */
    struct list binds; /* struct sql_arg, of all selects */
    const char *index, *column; /* the one index that has the one value; NULL: not so simple */
};

/* ---- Values ---- */

static bool read_wanted(struct call *c, const struct filter *f, struct wanted *ret)
{
    *ret = (struct wanted){ 0 };
    LIST_EACH (const char *, value, &f->values) {
        size_t fixed = strcspn(*value, WILD);
        if (!(*value)[fixed]) {
            strs_add(c->a, &ret->exact, *value);
            continue;
        }
        if (!fixed || (unsigned char)(*value)[fixed - 1] == 0xff
            || ret->beginnings.count == MOST_BEGINNINGS)
            return false;
        strs_add(c->a, &ret->beginnings, arena_strndup(c->a, *value, fixed));
    }
    return true;
}

const struct list *narrow_exact(const struct list *filters, const char *name)
{
    const struct filter *f = LIST_FIND(struct filter, filters, name, name);
    if (!f)
        return NULL;
    LIST_EACH (const char *, value, &f->values) {
        if (strpbrk(*value, WILD))
            return NULL;
    }
    return &f->values;
}

/* The first text that is behind all that begin so. */
static const char *behind(struct arena *a, const char *beginning)
{
    char *next = arena_strdup(a, beginning);
    next[strlen(next) - 1]++;
    return next;
}

/* ---- Searches ---- */

static void add_bind(struct search *s, const char *text)
{
    *list_add(s->c->a, &s->binds, struct sql_arg) = (struct sql_arg)SQL_TEXT(text);
}

/* head: up to the condition on the column; before: what the ? in it stand for (const char *). */
static void add_select(struct search *s, const char *head, const struct list *before,
                       const char *condition)
{
    LIST_EACH (const char *, text, before)
        add_bind(s, *text);
    strs_add(s->c->a, &s->selects, arena_printf(s->c->a, "%s%s", head, condition));
}

static void add_selects(struct search *s, const char *head, const struct list *before,
                        const char *column)
{
    struct arena *a = s->c->a;
    const struct list *exact = &s->wanted.exact;
    if (exact->count == 1) {
        add_select(s, head, before, arena_printf(a, "%s = ?", column));
        add_bind(s, *list_at(exact, const char *, 0));
    } else if (exact->count) {
        add_select(s, head, before,
                   arena_printf(a, "%s IN (SELECT value FROM json_each(?))", column));
        add_bind(s, texts_to_json(a, exact));
    }
    LIST_EACH (const char *, beginning, &s->wanted.beginnings) {
        add_select(s, head, before, arena_printf(a, "%s >= ? AND %s < ?", column, column));
        add_bind(s, *beginning);
        add_bind(s, behind(a, *beginning));
    }
}

static void expect(struct search *s, enum rank rank)
{
    if (s->wanted.beginnings.count && rank < RANK_BEGINNING)
        rank = RANK_BEGINNING;
    if (rank > s->rank)
        s->rank = rank;
}

/* The noun's own field that a field of what is shown is; NULL: it is computed. */
static const struct field *stored_field(const struct narrowed *n, const struct field *shown)
{
    for (const struct field *f = n->stored->fields; f->type != FIELD_END; f++) {
        if (f->type == shown->type && f->at + n->at == shown->at
            && (f->column || f->type == FIELD_TAGS))
            return f;
    }
    return NULL;
}

/* What the index of a field has rows of. */
static const char *live(const struct schema *k)
{
    return k->live ? k->live : "1";
}

static bool search_column(struct search *s, const struct field *f)
{
    struct arena *a = s->c->a;
    const struct schema *k = s->n->stored;
    const char *index = schema_index(a, k, k->name, f);
    bool id = f == k->fields, many = f->flags & (FIELD_OWNER | FIELD_STATE);
    if (f->type != FIELD_TEXT || (!id && !index))
        return false;
    bool simple = !id && s->wanted.exact.count == 1 && !s->wanted.beginnings.count;
    s->index = simple ? index : NULL;
    s->column = f->column;
    add_selects(s, arena_printf(a, "SELECT rowid FROM %s WHERE %s AND ", k->name, live(k)),
                &(struct list){ 0 }, f->column);
    expect(s, id ? RANK_ID : many ? RANK_MANY : RANK_EXACT);
    return true;
}

static bool carries(const struct schema *k, const char *name);

static bool is_about(const struct field *f, const char *name)
{
    if (f->type == FIELD_TAGS)
        return text_starts(name, "tag:") || text_is(name, "tag-key") || text_is(name, "tag-value");
    return f->type == FIELD_LIST ? carries(f->of, name) : text_is(f->filter, name);
}

static bool carries(const struct schema *k, const char *name)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (is_about(f, name))
            return true;
    }
    return false;
}

/* Joined in this order: the items that match, then the nouns that they are of. */
#define OF_THEM " x CROSS JOIN %s n ON n.%s = x.%s WHERE "

static bool search_list(struct search *s, const struct field *list)
{
    struct arena *a = s->c->a;
    const struct schema *k = s->n->stored;
    const char *table = arena_printf(a, "%s_%s", k->name, list->column);
    const char *head = arena_printf(a, "SELECT n.rowid FROM %s" OF_THEM, table, k->name,
                                    k->fields[0].column, "parent");
    for (const struct field *f = list->of->fields; f->type != FIELD_END; f++) {
        if (!is_about(f, s->filter->name))
            continue;
        if (f->type != FIELD_TEXT || !schema_index(a, list->of, table, f))
            return false;
        add_selects(s, head, &(struct list){ 0 }, arena_printf(a, "x.%s", f->column));
        expect(s, RANK_EXACT);
    }
    return true;
}

static bool search_tags(struct search *s)
{
    struct arena *a = s->c->a;
    const struct schema *k = s->n->stored;
    const char *name = s->filter->name;
    const char *head = arena_printf(a, "SELECT n.rowid FROM tag" OF_THEM "x.account = ? AND ",
                                    k->name, k->fields[0].column, "resource");
    struct list before = { 0 };
    strs_add(a, &before, s->c->account);
    if (text_is(name, "tag-key")) {
        add_selects(s, head, &before, "x.key");
        expect(s, RANK_MANY);
        return true;
    }
    if (!text_starts(name, "tag:"))
        return false;
    strs_add(a, &before, name + strlen("tag:"));
    add_selects(s, arena_printf(a, "%sx.key = ? AND ", head), &before, "x.value");
    expect(s, RANK_TAG);
    return true;
}

static bool search_field(struct search *s, const struct field *shown)
{
    const struct field *f = stored_field(s->n, shown);
    if (shown->type == FIELD_NEVER)
        return true;
    if (!f)
        return false;
    if (f->type == FIELD_TAGS)
        return search_tags(s);
    if (f->type == FIELD_LIST)
        return f->of == shown->of && search_list(s, f);
    return search_column(s, f);
}

/* Where one of the fields that a filter is about has no index, all rows must be looked at. */
static struct search search_for(struct call *c, const struct narrowed *n,
                                const struct filter *filter)
{
    struct search s = { .c = c, .n = n, .filter = filter };
    bool found = !text_blank(filter->name) && read_wanted(c, filter, &s.wanted);
    for (const struct field *f = n->shown->fields; found && f->type != FIELD_END; f++)
        found = !is_about(f, filter->name) || search_field(&s, f);
    if (!found)
        s.rank = RANK_UNKNOWN;
    if (s.selects.count != 1)
        s.index = NULL;
    return s;
}

/* ---- Finding ---- */

static const struct sql_arg *binds_and(struct call *c, const struct sql_arg *binds,
                                       const struct list *more)
{
    struct list all = { 0 };
    for (; binds && binds->type != SQL_ARG_END; binds++)
        *list_add(c->a, &all, struct sql_arg) = *binds;
    LIST_EACH (struct sql_arg, bind, more)
        *list_add(c->a, &all, struct sql_arg) = *bind;
    list_add(c->a, &all, struct sql_arg)->type = SQL_ARG_END;
    return all.items;
}

static struct cursor *find_by(const struct search *s, const char *where,
                              const struct sql_arg *binds)
{
    struct arena *a = s->c->a;
    const char *by = " NOT INDEXED", *also = "0";
    if (s->index) {
        by = arena_printf(a, " INDEXED BY %s", s->index);
        also = arena_printf(a, "%s AND %s = ?", live(s->n->stored), s->column);
    } else if (s->selects.count) {
        also = arena_printf(a, "rowid IN (%s)", strs_join(a, &s->selects, " UNION ALL "));
    }
    return store_find_by(s->c, s->n->stored, by, arena_printf(a, "%s AND %s", where, also),
                         binds_and(s->c, binds, &s->binds));
}

struct cursor *narrow_find(struct call *c, const struct narrowed *n, const char *where,
                           const struct sql_arg *binds)
{
    struct search best = { .rank = RANK_UNKNOWN };
    static const struct list none;
    LIST_EACH (struct filter, filter, n->filters ? n->filters : &none) {
        struct search s = search_for(c, n, filter);
        if (s.rank < best.rank)
            best = s;
    }
    return best.rank == RANK_UNKNOWN ? store_find(c, n->stored, where, binds)
                                     : find_by(&best, where, binds);
}

struct list narrow_list(struct call *c, const struct narrowed *n, const char *where,
                        const struct sql_arg *binds)
{
    struct list nouns = { 0 };
    size_t size = n->stored->size;
    void *one = arena_alloc(c->a, size);
    struct cursor *cur = narrow_find(c, n, where, binds);
    while (cursor_next(cur, one))
        memcpy(list_add_sized(c->a, &nouns, size), one, size);
    return nouns;
}
