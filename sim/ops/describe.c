/* See describe.h. */
#include "ops/describe.h"

#include <string.h>

#include "base/text.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "request/narrow.h"
#include "store/memo.h"

/* ---- Nouns of the store ---- */

struct walk {
    struct call *c;
    const struct describe *d;
    const struct listing *in;
    const struct sql_arg *binds;
    const struct schema *schema; /* of what is shown */
    struct memo *memo; /* of the noun; NULL: it is not remembered */
    void *noun, *item; /* the noun, and what is shown of it: the same unless d->show */
    struct list *into; /* where the nouns go; NULL: into the answer */
    int64_t shown, last_row;
    int64_t newest; /* what has a later row is not looked at */
    size_t room; /* bytes of the answer after which it goes on in pieces; 0: it is whole */
    bool full; /* there were as many, and there is more */
};

static const struct schema *shown_schema(const struct describe *d)
{
    return d->shown ? d->shown : d->schema;
}

static struct walk walk_of(struct call *c, const struct describe *d, const struct listing *in,
                           const struct sql_arg *binds, struct list *into)
{
    struct walk w = { .c = c,
                      .d = d,
                      .in = in,
                      .binds = binds,
                      .schema = shown_schema(d),
                      .into = into,
                      .newest = INT64_MAX };
    w.noun = arena_alloc(c->a, d->schema->size);
    w.item = d->show ? arena_alloc(c->a, d->shown->size) : w.noun;
    return w;
}

static int walk_begin(struct walk *w, struct page *ret)
{
    const struct describe *d = w->d;
    if (d->before)
        d->before(w->c);
    if (d->check_ids && d->check_ids(w->c, &w->in->ids))
        return -1;
    if ((!d->page.unpaged && page_without_ids(w->c, &w->in->page, &w->in->ids, d->ids_name))
        || filters_check(w->c, w->schema, &w->in->filters))
        return -1;
    return page_open(w->c, &d->page, &w->in->page, NULL, ret);
}

static const char *id_of(const struct schema *k, const void *noun)
{
    return *(const char *const *)((const char *)noun + k->fields[0].at);
}

/* The noun as this caller is shown it; false: hidden. */
static bool walk_prepare(struct walk *w)
{
    const struct schema *k = w->d->schema;
    if (w->d->prepare && !w->d->prepare(w->c, w->noun))
        return false;
    if (w->c->sim->is_hidden && w->c->sim->is_hidden(w->c, id_of(k, w->noun)))
        return false;
    if (w->d->show) {
        schema_init(w->schema, w->item);
        w->d->show(w->c, w->noun, w->item);
    }
    return true;
}

static bool walk_matches(struct walk *w)
{
    return filters_match(w->c, w->schema, w->item, &w->in->filters);
}

/* A noun that is shown as it was shown before is not written anew. */
static void walk_emit(struct walk *w, enum view view)
{
    struct emit_mark mark;
    size_t size;
    if (!w->memo || w->d->show || !emit_mark(w->c, &mark)) {
        emit_noun_item(w->c, w->schema, w->item, view);
        return;
    }
    int kind = mark.place << 8 | (int)view;
    const char *bytes = memo_made(w->memo, w->item, kind, &size);
    if (bytes) {
        emit_again(w->c, bytes, size);
        return;
    }
    emit_noun_item(w->c, w->schema, w->item, view);
    bytes = emit_since(w->c, &mark, &size);
    memo_make(w->c->store, w->memo, w->item, kind, bytes, size);
}

static void walk_show(struct walk *w)
{
    w->shown++;
    if (w->into) {
        memcpy(list_add_sized(w->c->a, w->into, w->schema->size), w->item, w->schema->size);
        return;
    }
    walk_emit(w, w->d->view ? w->d->view : VIEW_DESCRIBED);
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

static bool walk_find(struct walk *w, const char *id)
{
    struct call *c = w->c;
    const char *where =
        arena_printf(c->a, "(%s) AND %s = ?", w->d->visible, w->d->schema->fields[0].column);
    struct cursor *cur =
        store_find(c, w->d->schema, where, binds_and(c, w->binds, (struct sql_arg)SQL_TEXT(id)));
    bool found = cursor_next(cur, w->noun);
    w->memo = cursor_memo(cur);
    if (found)
        cursor_end(cur);
    return found;
}

static int walk_ids(struct walk *w)
{
    struct list seen = { 0 }, missing = { 0 };
    struct call *c = w->c;
    LIST_EACH (const char *, id, &w->in->ids) {
        if (strs_have(&seen, *id))
            continue;
        strs_add(c->a, &seen, *id);
        if (!walk_find(w, *id) || !walk_prepare(w))
            strs_add(c->a, &missing, *id);
        else if (walk_matches(w))
            walk_show(w);
    }
    return missing.count && w->d->missing ? w->d->missing(c, &missing) : 0;
}

/* One more match than fits on the page says that there is a next one. */
static const char *walk_all(struct walk *w, const struct page *page)
{
    struct call *c = w->c;
    const char *where = arena_printf(c->a, "(%s) AND rowid > ?", w->d->visible);
    /* what is shown of a noun by a function of its own may have nothing that is stored */
    const struct narrowed n = { .stored = w->d->schema,
                                .shown = w->schema,
                                .filters = w->d->show ? NULL : &w->in->filters };
    struct cursor *cur =
        narrow_find(c, &n, where, binds_and(c, w->binds, (struct sql_arg)SQL_INT(page->from)));
    while (cursor_next(cur, w->noun)) {
        if (w->full || cursor_row(cur) > w->newest) {
            cursor_end(cur);
            return NULL;
        }
        w->memo = cursor_memo(cur);
        if (!walk_prepare(w) || !walk_matches(w))
            continue;
        if (w->shown == page->size) {
            cursor_end(cur);
            return page_token(c, page, w->last_row);
        }
        walk_show(w);
        w->last_row = cursor_row(cur);
        w->full = w->room && emit_size(c) >= w->room;
    }
    w->full = false; /* nothing is left */
    return NULL;
}

static int walk(struct walk *w, const char **ret_token)
{
    struct page page;
    *ret_token = NULL;
    if (walk_begin(w, &page))
        return -1;
    if (!w->into)
        emit_list(w->c, w->d->set);
    if (w->in->ids.count)
        return walk_ids(w);
    if (page.size != INT64_MAX)
        w->room = 0;
    *ret_token = walk_all(w, &page);
    return 0;
}

/* ---- Long answers leave in pieces ---- */

#define LONG_ANSWER ((size_t)256 * 1024)
#define PIECE ((size_t)64 * 1024)

/* What is left of the call: in its own arena, which stays. */
struct long_answer {
    struct stream stream;
    struct call call;
    struct describe d;
    struct listing in;
    const struct sql_arg *binds;
    struct page page;
    int64_t newest;
    bool begun; /* what the call itself emitted was given */
};

static const char *next_piece(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n)
{
    struct long_answer *l = (struct long_answer *)s; /* its first member */
    struct call c = l->call;
    if (!l->begun) {
        l->begun = true;
        return emit_piece(&c, false, ret_n);
    }
    c.a = a;
    sim->now = c.now;
    emit_go_on(&c);
    struct walk w = walk_of(&c, &l->d, &l->in, l->binds, NULL);
    w.newest = l->newest;
    w.room = PIECE;
    walk_all(&w, &l->page);
    l->page.from = w.last_row;
    s->ends = !w.full;
    return emit_piece(&c, s->ends, ret_n);
}

/* Others change the world from now on: what is shown later is shown as it is then. */
static void go_on_in_pieces(struct walk *w)
{
    struct call *c = w->c;
    struct cursor *newest = store_find(c, w->d->schema, "1 ORDER BY rowid DESC", NULL);
    struct long_answer *l = arena_new(c->a, struct long_answer);
    *l = (struct long_answer){ .stream.more = next_piece,
                               .call = *c,
                               .d = *w->d,
                               .in = *w->in,
                               .page = { .from = w->last_row, .size = INT64_MAX } };
    l->binds = binds_and(c, w->binds, (struct sql_arg){ .type = SQL_ARG_END });
    if (cursor_next(newest, w->noun)) {
        l->newest = cursor_row(newest);
        cursor_end(newest);
    }
    c->stream = &l->stream;
}

int describe_with(struct call *c, const struct describe *d, const struct listing *in,
                  const struct sql_arg *binds)
{
    struct walk w = walk_of(c, d, in, binds, NULL);
    const char *token;
    w.room = c->may_stream ? LONG_ANSWER : 0;
    if (walk(&w, &token))
        return -1;
    if (w.full) {
        go_on_in_pieces(&w);
        return 0;
    }
    emit_close(c);
    page_emit_next(c, token);
    return 0;
}

int describe(struct call *c, const struct describe *d, const struct listing *in)
{
    return describe_with(c, d, in, SQL_ARGS(MINE_ARGS(c)));
}

int describe_find(struct call *c, const struct describe *d, const struct listing *in,
                  struct list *ret, const char **ret_token)
{
    struct walk w = walk_of(c, d, in, SQL_ARGS(MINE_ARGS(c)), ret);
    *ret = (struct list){ 0 };
    return walk(&w, ret_token);
}

/* ---- Lists that are not in the store ---- */

int describe_items(struct call *c, const struct describe *d, const struct listing *in,
                   const struct list *items)
{
    struct list matching = { 0 };
    size_t size = d->schema->size;
    if (filters_check(c, d->schema, &in->filters))
        return -1;
    for (size_t i = 0; i < items->count; i++) {
        const void *item = (const char *)items->items + i * size;
        if (filters_match(c, d->schema, item, &in->filters))
            memcpy(list_add_sized(c->a, &matching, size), item, size);
    }
    return describe_page(c, d, &in->page, &matching);
}

int describe_page(struct call *c, const struct describe *d, const struct paging *page,
                  const struct list *items)
{
    struct list shown = *items;
    const char *token;
    if (page_cut(c, &d->page, page, &shown, d->schema->size, &token))
        return -1;
    emit_nouns(c, d->set, d->schema, &shown, d->view ? d->view : VIEW_DESCRIBED);
    page_emit_next(c, token);
    return 0;
}

/* ---- Lists that are only declared ---- */

static const void *item_with_id(const struct schema *k, const struct list *items, const char *id)
{
    for (size_t i = 0; i < items->count; i++) {
        const void *item = (const char *)items->items + i * k->size;
        if (text_is(id_of(k, item), id))
            return item;
    }
    return NULL;
}

/* Those that are asked for, in that order, each once; fails for the first that there is not. */
static int items_by_id(struct call *c, const struct describe *d, const struct list *ids,
                       const struct list *items, struct list *ret)
{
    struct list seen = { 0 };
    size_t size = d->schema->size;
    LIST_EACH (const char *, id, ids) {
        const void *item = item_with_id(d->schema, items, *id);
        if (!item)
            return d->missing(c, &(struct list){ .items = (void *)id, .count = 1 });
        if (strs_have(&seen, *id))
            continue;
        strs_add(c->a, &seen, *id);
        memcpy(list_add_sized(c->a, ret, size), item, size);
    }
    return 0;
}

static int describe_computed(struct call *c, const struct describe *d, const struct listing *in)
{
    struct list all = { 0 }, asked = { 0 };
    if ((!d->page.unpaged && page_without_ids(c, &in->page, &in->ids, d->ids_name))
        || filters_check(c, d->schema, &in->filters))
        return -1;
    if (d->compute)
        d->compute(c, &all);
    if (items_by_id(c, d, &in->ids, &all, &asked))
        return -1;
    return describe_items(c, d, in, in->ids.count ? &asked : &all);
}

int describe_listed(struct call *c, const struct listing *in)
{
    const struct describe *d = c->op->lists;
    return d->visible ? describe(c, d, in) : describe_computed(c, d, in);
}
