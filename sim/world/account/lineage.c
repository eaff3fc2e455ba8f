/* See lineage.h.
 *
 * The layers are a forest, and the snapshots stand at its nodes. Put in a row, each tree after the
 * other and each node before what is above it, the snapshots above a node are neighbours. A block
 * is seen by those above its layer, but for those above layers that have another block there. */
#include "world/account/lineage.h"

#include <stdlib.h>

#include "base/list.h"
#include "store/block.h"

/* A layer: the places of the snapshots above it, its own ones first. */
struct node {
    int64_t layer, parent;
    size_t own, all; /* snapshots at it; at it and above it */
    size_t from, next; /* its first place; that of what comes next above it */
};

/* A block in a layer, and who sees it. */
struct row {
    int64_t position, block, bytes;
    const struct node *node;
    size_t at; /* the first place that nobody has taken from it */
    size_t first, count; /* the oldest snapshot that sees it; how many do */
};

struct forest {
    struct arena *a;
    struct list nodes; /* struct node, by layer: a parent before what stands on it */
    size_t n, *places; /* which snapshot stands where */
    size_t **oldest; /* oldest[k][i]: the least of 2^k places from i on */
};

/* ---- The forest ---- */

static int by_layer(const void *key, const void *node)
{
    int64_t a = *(const int64_t *)key, b = ((const struct node *)node)->layer;
    return (a > b) - (a < b);
}

static struct node *node_of(const struct forest *f, int64_t layer)
{
    return f->nodes.count
               ? bsearch(&layer, f->nodes.items, f->nodes.count, sizeof(struct node), by_layer)
               : NULL;
}

static void read_nodes(struct forest *f, const struct list *layers)
{
    LIST_EACH (struct stacked, l, layers)
        *list_add(f->a, &f->nodes, struct node) =
            (struct node){ .layer = l->layer, .parent = l->parent };
}

/* Counts from above to below, then gives out places from below to above. */
static void give_places(struct forest *f, const struct share *shares)
{
    size_t next = 0;
    struct node *nodes = f->nodes.items, *node;
    for (size_t i = 0; i < f->n; i++) {
        if ((node = node_of(f, shares[i].layer)))
            node->own++;
    }
    for (size_t i = f->nodes.count; i-- > 0;) {
        nodes[i].all += nodes[i].own;
        if ((node = node_of(f, nodes[i].parent)))
            node->all += nodes[i].all;
    }
    for (size_t i = 0; i < f->nodes.count; i++) {
        struct node *below = node_of(f, nodes[i].parent);
        size_t *free_place = below ? &below->next : &next;
        nodes[i].from = *free_place;
        *free_place += nodes[i].all;
        nodes[i].next = nodes[i].from + nodes[i].own;
    }
    f->places = arena_array(f->a, size_t, f->n + 1);
    for (size_t i = f->n; i-- > 0;) {
        if ((node = node_of(f, shares[i].layer)))
            f->places[node->from + --node->own] = i;
    }
}

static void find_oldest(struct forest *f)
{
    size_t levels = 1;
    while ((size_t)1 << levels <= f->n)
        levels++;
    f->oldest = arena_array(f->a, size_t *, levels);
    f->oldest[0] = f->places;
    for (size_t k = 1; k < levels; k++) {
        size_t half = (size_t)1 << (k - 1), *before = f->oldest[k - 1];
        f->oldest[k] = arena_array(f->a, size_t, f->n + 1);
        for (size_t i = 0; i + 2 * half <= f->n; i++)
            f->oldest[k][i] = before[i] < before[i + half] ? before[i] : before[i + half];
    }
}

static size_t oldest_between(const struct forest *f, size_t from, size_t to)
{
    size_t k = 0;
    while ((size_t)2 << k <= to - from)
        k++;
    size_t left = f->oldest[k][from], right = f->oldest[k][to - ((size_t)1 << k)];
    return left < right ? left : right;
}

/* ---- Who sees a block ---- */

static void see(const struct forest *f, struct row *r, size_t to)
{
    if (r->at >= to)
        return;
    size_t oldest = oldest_between(f, r->at, to);
    if (!r->count || oldest < r->first)
        r->first = oldest;
    r->count += to - r->at;
    r->at = to;
}

static size_t end_of(const struct row *r)
{
    return r->node->from + r->node->all;
}

/* By position, and there as the nodes stand in the row, those below first. */
static int as_they_stand(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    if (x->node->from != y->node->from)
        return x->node->from < y->node->from ? -1 : 1;
    return (x->node->layer > y->node->layer) - (x->node->layer < y->node->layer);
}

/* rows: of one position. under: those that have the row in hand above them, the nearest last. */
static void look_through(const struct forest *f, struct row *rows, size_t n, struct row **under)
{
    size_t depth = 0;
    for (size_t i = 0; i <= n; i++) {
        while (depth && (i == n || end_of(under[depth - 1]) <= rows[i].node->from)) {
            struct row *done = under[--depth];
            see(f, done, end_of(done));
        }
        if (i == n)
            return;
        if (depth) {
            see(f, under[depth - 1], rows[i].node->from);
            under[depth - 1]->at = end_of(&rows[i]);
        }
        rows[i].at = rows[i].node->from;
        under[depth++] = &rows[i];
    }
}

static void look_through_all(const struct forest *f, struct list *rows)
{
    struct row *r = rows->items, **under = arena_array(f->a, struct row *, rows->count + 1);
    if (rows->count)
        qsort(r, rows->count, sizeof *r, as_they_stand);
    for (size_t i = 0, next; i < rows->count; i = next) {
        next = i + 1;
        while (next < rows->count && r[next].position == r[i].position)
            next++;
        look_through(f, r + i, next - i, under);
    }
}

/* ---- Sharing ---- */

static int by_block(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return (x->block > y->block) - (x->block < y->block);
}

/* Equal blocks at one position are one, in whatever layers they are. */
static void share_out(struct list *rows, struct share *shares)
{
    struct row *r = rows->items;
    if (rows->count)
        qsort(r, rows->count, sizeof *r, by_block);
    for (size_t i = 0, next; i < rows->count; i = next) {
        size_t first = SIZE_MAX, count = 0;
        for (next = i; next < rows->count && by_block(&r[next], &r[i]) == 0; next++) {
            if (r[next].count && r[next].first < first)
                first = r[next].first;
            count += r[next].count;
        }
        if (count)
            shares[first].bytes += r[i].bytes;
        if (count == 1)
            shares[first].alone += r[i].bytes;
    }
}

static void add_declared(struct arena *a, struct list *rows, const struct share *shares, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t bytes = shares[i].declared;
        if (bytes != ABSENT && bytes > 0)
            *list_add(a, rows, struct row) = (struct row){
                .position = -1, .block = bytes, .bytes = bytes, .first = i, .count = 1
            };
    }
}

void lineage_share(struct store *s, struct arena *a, struct share *shares, size_t n)
{
    struct forest f = { .a = a, .n = n };
    struct list tops = { 0 }, layers, blocks, rows = { 0 };
    for (size_t i = 0; i < n; i++) {
        shares[i].bytes = shares[i].alone = 0;
        *list_add(a, &tops, int64_t) = shares[i].layer;
    }
    layers_under(s, a, &tops, &layers, &blocks);
    read_nodes(&f, &layers);
    give_places(&f, shares);
    find_oldest(&f);
    LIST_EACH (struct layered, b, &blocks)
        *list_add(a, &rows, struct row) = (struct row){ .position = b->position,
                                                        .block = b->block,
                                                        .bytes = BLOCK_SIZE,
                                                        .node = node_of(&f, b->layer) };
    look_through_all(&f, &rows);
    add_declared(a, &rows, shares, n);
    share_out(&rows, shares);
}
