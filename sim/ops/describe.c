/* See describe.h. */
#include "ops/describe.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "scenario/consistency_hidden.h"

/* ---- Tokens: base64 of a little JSON, as AWS's are [recorded]; opaque to clients ---- */

static const char *token_text(struct call *c, int64_t after)
{
    struct value *v = value_new(c->a, VALUE_MAP);
    value_add_text(c->a, v, "v", "1");
    value_add_int(c->a, v, "s", after);
    const char *json = value_to_json(c->a, v, 0);
    return base64_encode(c->a, json, strlen(json));
}

static int token_read(struct call *c, const char *token, int64_t *ret_after)
{
    size_t n = 0;
    const char *error, *json = base64_decode(c->a, token, &n);
    struct value *v = json ? value_from_json(c->a, json, n, &error) : NULL;
    v = value_get(v, "s");
    if (!v || v->type != VALUE_INT || v->number < 0)
        return fail(c, E_PageToken);
    *ret_after = v->number;
    return 0;
}

static int check_page(struct call *c, int64_t max_results, int64_t least, const char *token,
                      int64_t *ret_after)
{
    *ret_after = 0;
    /* "greater than 5" is what AWS says though 5 itself is taken [recorded]; there is no upper
     * limit */
    if (max_results != ABSENT && max_results < least)
        return fail(c, E_PageTooSmall, (long long)max_results, (long long)least);
    return token ? token_read(c, token, ret_after) : 0;
}

/* ---- Nouns of the store ---- */

struct walk {
    struct call *c;
    const struct describe *d;
    const struct schema *schema; /* of what is shown */
    void *noun, *item; /* the noun, and what is shown of it: the same unless d->shown */
    struct list *into; /* where the nouns go; NULL: into the answer */
    int64_t shown, last_row;
};

static const struct schema *shown_schema(const struct describe *d)
{
    return d->shown ? d->shown : d->schema;
}

static struct walk walk_of(struct call *c, const struct describe *d, struct list *into)
{
    struct walk w = { .c = c, .d = d, .schema = shown_schema(d), .into = into };
    w.noun = arena_alloc(c->a, d->schema->size);
    w.item = d->shown ? arena_alloc(c->a, d->shown->size) : w.noun;
    return w;
}

static int check(struct call *c, const struct describe *d, int64_t *ret_after)
{
    if (d->ids && d->ids->count && (d->max_results != ABSENT || d->next_token))
        return fail(c, E_PageWithIds, d->ids_name,
                    d->max_results != ABSENT ? "maxResults" : "nextToken");
    if (d->filters && filters_check(c, shown_schema(d), d->filters))
        return -1;
    if (d->bad_token && d->next_token && token_read(c, d->next_token, ret_after)) {
        call_clear_error(c);
        return fail(c, E_ParameterValue, d->bad_token);
    }
    return check_page(c, d->max_results, d->least ? d->least : 5, d->next_token, ret_after);
}

/* The noun as this caller is shown it; false: hidden. */
static bool prepare(struct walk *w)
{
    const struct schema *k = w->d->schema;
    if (w->d->prepare && !w->d->prepare(w->c, w->noun))
        return false;
    if (hidden_is(w->c, *(const char **)((char *)w->noun + k->fields[0].at)))
        return false;
    if (w->d->shown) {
        memset(w->item, 0, w->schema->size);
        schema_init(w->schema, w->item);
        w->d->show(w->c, w->noun, w->item);
    }
    return true;
}

static bool matches(struct walk *w)
{
    return !w->d->filters || filters_match(w->c, w->schema, w->item, w->d->filters);
}

static void show(struct walk *w)
{
    w->shown++;
    if (w->into) {
        memcpy(list_add_sized(w->c->a, w->into, w->schema->size), w->item, w->schema->size);
        return;
    }
    emit_noun_item(w->c, w->schema, w->item, w->d->view ? w->d->view : VIEW_DESCRIBED);
}

/* The caller's binds and one more behind them. */
static const struct sql_arg *binds_and(struct call *c, const struct sql_arg *binds,
                                       struct sql_arg last)
{
    size_t n = 0;
    while (binds && binds[n].type != SQL_ARG_END)
        n++;
    struct sql_arg *all = arena_array(c->a, struct sql_arg, n + 2);
    if (n)
        memcpy(all, binds, n * sizeof *all);
    all[n] = last;
    return all;
}

static bool find_one(struct walk *w, const char *id)
{
    struct call *c = w->c;
    const char *where =
        arena_printf(c->a, "(%s) AND %s = ?", w->d->visible, w->d->schema->fields[0].column);
    return store_first(c, w->d->schema, where,
                       binds_and(c, w->d->binds, (struct sql_arg)SQL_TEXT(id)), w->noun);
}

static int by_ids(struct walk *w)
{
    struct list seen = { 0 }, missing = { 0 };
    struct call *c = w->c;
    LIST_EACH (const char *, id, w->d->ids) {
        if (strs_have(&seen, *id))
            continue;
        strs_add(c->a, &seen, *id);
        if (!find_one(w, *id) || !prepare(w))
            strs_add(c->a, &missing, *id);
        else if (matches(w))
            show(w);
    }
    return missing.count && w->d->missing ? w->d->missing(c, &missing) : 0;
}

/* One more match than fits on the page says that there is a next one. */
static const char *by_visibility(struct walk *w, int64_t after)
{
    struct call *c = w->c;
    const char *where = arena_printf(c->a, "(%s) AND rowid > ?", w->d->visible);
    struct cursor *cur = store_find(c, w->d->schema, where,
                                    binds_and(c, w->d->binds, (struct sql_arg)SQL_INT(after)));
    while (cursor_next(cur, w->noun)) {
        if (!prepare(w) || !matches(w))
            continue;
        if (w->d->max_results != ABSENT && w->shown == w->d->max_results) {
            cursor_end(cur);
            return token_text(c, w->last_row);
        }
        show(w);
        w->last_row = cursor_row(cur);
    }
    return NULL;
}

static int take_walk(struct walk *w, const char **ret_token)
{
    int64_t after;
    *ret_token = NULL;
    if (check(w->c, w->d, &after))
        return -1;
    if (!w->into)
        emit_list(w->c, w->d->set);
    if (w->d->ids && w->d->ids->count)
        return by_ids(w);
    *ret_token = by_visibility(w, after);
    return 0;
}

int describe(struct call *c, const struct describe *d)
{
    struct walk w = walk_of(c, d, NULL);
    const char *token;
    if (take_walk(&w, &token))
        return -1;
    emit_close(c);
    emit_text(c, "nextToken", token);
    return 0;
}

int describe_find(struct call *c, const struct describe *d, struct list *ret,
                  const char **ret_token)
{
    struct walk w = walk_of(c, d, ret);
    *ret = (struct list){ 0 };
    return take_walk(&w, ret_token);
}

/* ---- Lists that are not in the store ---- */

int describe_items(struct call *c, const struct describe *d, const struct list *items)
{
    struct list matching = { 0 };
    size_t from, to, size = d->schema->size;
    const char *token;
    if (d->filters && filters_check(c, d->schema, d->filters))
        return -1;
    for (size_t i = 0; i < items->count; i++) {
        const void *item = (const char *)items->items + i * size;
        if (!d->filters || filters_match(c, d->schema, item, d->filters))
            memcpy(list_add_sized(c->a, &matching, size), item, size);
    }
    if (page_of(c, d->max_results, d->least ? d->least : 5, d->next_token, matching.count, &from,
                &to, &token))
        return -1;
    struct list page = { .items = matching.count ? (char *)matching.items + from * size : NULL,
                         .count = to - from };
    emit_nouns(c, d->set, d->schema, &page, d->view ? d->view : VIEW_DESCRIBED);
    emit_text(c, "nextToken", token);
    return 0;
}

int page_of(struct call *c, int64_t max_results, int64_t least, const char *next_token,
            size_t count, size_t *ret_from, size_t *ret_to, const char **ret_token)
{
    int64_t after;
    if (check_page(c, max_results, least, next_token, &after))
        return -1;
    *ret_from = (uint64_t)after < count ? (size_t)after : count;
    *ret_to = count;
    *ret_token = NULL;
    if (max_results != ABSENT && count - *ret_from > (uint64_t)max_results) {
        *ret_to = *ret_from + (size_t)max_results;
        *ret_token = token_text(c, (int64_t)*ret_to);
    }
    return 0;
}
