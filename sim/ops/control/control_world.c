/* GET /_amisim/world: what there is and what came of what, over all Regions, as nodes and edges.
 * What is deregistered, in the Recycle Bin or gone is among it where something came of it.
 *
 * It reads columns, not nouns: lists and tags of thousands are not loaded for a few words of each.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/account/account.h"
#include "world/account/cost.h"

#define MOST_NODES 50000

struct node {
    const char *id, *kind, *name, *state, *account, *region, *platform;
    int64_t created, begun, due; /* begun, due: of what makes it, where that is under way */
    int64_t size; /* GiB */
    enum tri encrypted;
};

struct edge {
    const char *from, *to, *kind;
};

struct map {
    const char *account, *region; /* NULL: all */
    struct list nodes, edges;
    struct list others; /* const char *: ends of edges that are no nodes */
};

/* ---- Nodes ---- */

/* Columns of a node. A condition that was not given is NULL; public images of fixtures have an
 * owner whom nobody asks about. */
#define NODE(kind, name, state, created, begun, due, size, encrypted, platform)                    \
    "SELECT x.id, '" kind "', " name ", " state ", x.owner, x.region, " created ", " begun         \
    ", " due ", " size ", " encrypted ", " platform " FROM " kind " x"
#define WHERE_ASKED " WHERE (?1 IS NULL OR x.owner = ?1) AND (?2 IS NULL OR x.region = ?2)"
#define TAG_NAME                                                                                   \
    "(SELECT value FROM tag t WHERE t.account = x.owner AND t.resource = x.id AND t.key = 'Name')"
#define BINNED(state) "CASE WHEN x.recycle_enter IS NULL THEN " state " ELSE 'recycled' END"
#define OF_JOB(what)                                                                               \
    "CASE WHEN x.state = 'pending' THEN (SELECT " what " FROM job j WHERE j.subject = x.id) END"

static const char image_sql[] =
    NODE("image", "x.name", BINNED("x.state"), "x.created", OF_JOB("min(begun)"),
         OF_JOB("max(due)"), "(SELECT sum(size) FROM image_mappings m WHERE m.parent = x.id)",
         "EXISTS (SELECT 1 FROM image_mappings m WHERE m.parent = x.id AND m.encrypted = 1)",
         "x.platform");
static const char snapshot_sql[] =
    NODE("snapshot", TAG_NAME,
         "CASE WHEN x.recycle_enter IS NULL AND x.tier = 'archive' AND x.status = 'completed'"
         " THEN 'archived' ELSE " BINNED("x.status") " END",
         "x.start", "CASE WHEN x.status = 'pending' THEN x.start END",
         "CASE WHEN x.status = 'pending' THEN x.due END", "x.size", "x.encrypted", "NULL");
static const char volume_sql[] = NODE("volume", TAG_NAME, BINNED("x.status"), "x.created", "NULL",
                                      "NULL", "x.size", "x.encrypted", "NULL");
static const char instance_sql[] = NODE("instance", TAG_NAME, "x.state", "x.launched", "NULL",
                                        "NULL", "NULL", "NULL", "x.platform");

static struct node read_node(struct call *c, struct rows *r)
{
    int64_t encrypted = rows_int(r, 10);
    return (struct node){ .id = rows_text(r, 0, c->a),
                          .kind = rows_text(r, 1, c->a),
                          .name = rows_text(r, 2, c->a),
                          .state = rows_text(r, 3, c->a),
                          .account = rows_text(r, 4, c->a),
                          .region = rows_text(r, 5, c->a),
                          .platform = rows_text(r, 11, c->a),
                          .created = rows_int(r, 6),
                          .begun = rows_int(r, 7),
                          .due = rows_int(r, 8),
                          .size = rows_int(r, 9),
                          .encrypted = encrypted == ABSENT ? UNSET
                                       : encrypted         ? YES
                                                           : NO };
}

/* Rows come by owner, so that whose images are the fixtures' is asked once for each. */
static int add_nodes(struct call *c, struct map *map, const char *sql)
{
    const char *owner = NULL;
    bool left_out = false;
    struct rows *r = store_query(c->store, arena_printf(c->a, "%s ORDER BY x.owner, x.rowid", sql),
                                 SQL_ARGS(SQL_TEXT(map->account), SQL_TEXT(map->region)));
    while (rows_next(r)) {
        struct node node = read_node(c, r);
        if (!map->account && !text_is(owner, node.account)) {
            owner = node.account;
            left_out = account_has_fixtures(c->sim, owner);
        }
        if (left_out)
            continue;
        if (map->nodes.count == MOST_NODES) {
            rows_end(r);
            return fail(c, 400, "WorldTooLarge",
                        "There is more than %d of it: ask for an account, or for a Region of it",
                        MOST_NODES);
        }
        *list_add(c->a, &map->nodes, struct node) = node;
    }
    return 0;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct node *)a)->id, ((const struct node *)b)->id);
}

static bool has_node(const struct map *map, const char *id)
{
    struct node key = { .id = id };
    return map->nodes.count && bsearch(&key, map->nodes.items, map->nodes.count, sizeof key, by_id);
}

/* ---- Edges ---- */

/* A deregistered image remembers what it was made of. */
#define MADE_OF "ifnull(m.snapshot, m.former)"

/* Each is a fact that one end remembers of the other: FROM, TO, KIND and whose. */
static const char *const edges_sql[] = {
    "SELECT x.source_instance, x.id, 'CreateImage' FROM image x" WHERE_ASKED
    " AND x.source_instance IS NOT NULL",
    "SELECT x.source_image, x.id, 'CopyImage' FROM image x" WHERE_ASKED
    " AND x.source_image IS NOT NULL AND x.source_instance IS NULL",
    "SELECT " MADE_OF ", x.id, 'RegisterImage' FROM image x JOIN image_mappings m"
    " ON m.parent = x.id" WHERE_ASKED " AND " MADE_OF " IS NOT NULL"
    " AND x.source_instance IS NULL AND x.source_image IS NULL",
    "SELECT x.id, " MADE_OF ", 'made-of' FROM image x JOIN image_mappings m"
    " ON m.parent = x.id" WHERE_ASKED " AND " MADE_OF " IS NOT NULL"
    " AND (x.source_instance IS NOT NULL OR x.source_image IS NOT NULL)",
    "SELECT x.source, x.id, 'CopySnapshot' FROM snapshot x" WHERE_ASKED " AND x.source IS NOT NULL",
    "SELECT x.volume, x.id, 'CreateSnapshot' FROM snapshot x" WHERE_ASKED
    " AND x.volume IN (SELECT id FROM volume)",
    "SELECT x.snapshot, x.id, 'CreateVolume' FROM volume x" WHERE_ASKED " AND x.snapshot <> ''",
    "SELECT x.id, a.instance, 'attached' FROM volume x JOIN volume_attachments a"
    " ON a.parent = x.id" WHERE_ASKED,
    "SELECT x.image, x.id, 'RunInstances' FROM instance x" WHERE_ASKED " AND x.image IS NOT NULL",
};

static void note_end(struct call *c, struct map *map, const char *id)
{
    if (!has_node(map, id))
        strs_add(c->a, &map->others, id);
}

/* An edge of what was left out (an image of the fixtures) is none. */
static void add_edges(struct call *c, struct map *map, const char *sql)
{
    struct rows *r =
        store_query(c->store, sql, SQL_ARGS(SQL_TEXT(map->account), SQL_TEXT(map->region)));
    while (rows_next(r)) {
        struct edge edge = { rows_text(r, 0, c->a), rows_text(r, 1, c->a), rows_text(r, 2, c->a) };
        if (!has_node(map, edge.from) && !has_node(map, edge.to))
            continue;
        note_end(c, map, edge.from);
        note_end(c, map, edge.to);
        *list_add(c->a, &map->edges, struct edge) = edge;
    }
}

/* ---- What stands at the other end ---- */

static struct node other_node(struct call *c, const char *id)
{
    static const struct {
        const char *prefix, *kind, *sql;
    } kinds[] = { { "ami-", "image", image_sql },
                  { "snap-", "snapshot", snapshot_sql },
                  { "vol-", "volume", volume_sql },
                  { "i-", "instance", instance_sql } };
    struct node node = { .id = id,
                         .kind = "unknown",
                         .state = "gone",
                         .created = ABSENT,
                         .begun = ABSENT,
                         .due = ABSENT,
                         .size = ABSENT };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!text_starts(id, kinds[i].prefix))
            continue;
        node.kind = kinds[i].kind;
        struct rows *r =
            store_query(c->store, arena_printf(c->a, "%s WHERE x.id = ?", kinds[i].sql),
                        SQL_ARGS(SQL_TEXT(id)));
        if (rows_next(r)) {
            node = read_node(c, r);
            rows_end(r);
        }
        break;
    }
    return node;
}

/* ---- Telling ---- */

static void emit_charge(struct call *c, const struct node *node)
{
    struct snapshot_charge charge;
    if (!text_is(node->kind, "snapshot")
        || !store_get(c, &snapshot_charge_schema, node->id, &charge))
        return;
    emit_real(c, "perMonth", (double)snapshot_charge_per_month(c, &charge) / NANODOLLAR_PER_DOLLAR);
}

static void emit_node(struct call *c, const struct node *node)
{
    emit_item(c);
    emit_text(c, "id", node->id);
    emit_text(c, "kind", node->kind);
    emit_text(c, "name", node->name);
    emit_text(c, "state", node->state);
    emit_text(c, "account", node->account);
    emit_text(c, "region", node->region);
    emit_text(c, "platform", node->platform);
    emit_time(c, "created", node->created);
    if (node->begun != ABSENT && node->due != ABSENT)
        emit_int(c, "progress", progress_percent(node->begun, node->due, c->now));
    emit_int(c, "size", node->size);
    if (node->encrypted == YES)
        emit_bool(c, "encrypted", true);
    emit_charge(c, node);
    emit_close(c);
}

static void emit_others(struct call *c, struct map *map)
{
    const char *last = NULL;
    strs_sort(&map->others);
    LIST_EACH (const char *, id, &map->others) {
        struct node node;
        if (text_is(*id, last))
            continue;
        last = *id;
        node = other_node(c, *id);
        emit_node(c, &node);
    }
}

static void emit_map(struct call *c, struct map *map)
{
    emit_list(c, "nodes");
    LIST_EACH (struct node, node, &map->nodes)
        emit_node(c, node);
    emit_others(c, map);
    emit_close(c);
    emit_list(c, "edges");
    LIST_EACH (struct edge, edge, &map->edges) {
        emit_item(c);
        emit_text(c, "from", edge->from);
        emit_text(c, "to", edge->to);
        emit_text(c, "kind", edge->kind);
        emit_close(c);
    }
    emit_close(c);
}

struct get_world {
    const char *account, *region;
};

static const struct param get_world_params[] = {
    { "account", TEXT(struct get_world, account), .flags = PARAM_QUERY },
    { "region", TEXT(struct get_world, region), .flags = PARAM_QUERY },
    { 0 },
};

static int emit_world(struct call *c, const struct get_world *in)
{
    struct map map = { .account = in->account, .region = in->region };
    static const char *const nodes_sql[] = { image_sql, snapshot_sql, volume_sql, instance_sql };
    for (size_t i = 0; i < sizeof nodes_sql / sizeof *nodes_sql; i++) {
        if (add_nodes(c, &map, arena_printf(c->a, "%s" WHERE_ASKED, nodes_sql[i])))
            return -1;
    }
    if (map.nodes.count)
        qsort(map.nodes.items, map.nodes.count, sizeof(struct node), by_id);
    for (size_t i = 0; i < sizeof edges_sql / sizeof *edges_sql; i++)
        add_edges(c, &map, edges_sql[i]);
    emit_map(c, &map);
    return 0;
}

static int get_world(struct call *c, const struct get_world *in)
{
    emit_time(c, "now", c->now);
    store_begin(c->store); /* it reads: what is found out about charges is not kept */
    cost_close_all(c);
    int result = emit_world(c, in);
    store_rollback(c->store);
    return result;
}

OPERATION(control, GetWorld, get_world, .route = "GET /_amisim/world", .flags = OP_ALONE,
          .errors = "WorldTooLarge");
