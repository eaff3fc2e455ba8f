/* See block.h. */
#include "store/block.h"

#include <string.h>

#include "base/log.h"
#include "store/sql.h"

/* A layer and those under it, nearest first. */
#define CHAIN                                                                                      \
    "WITH RECURSIVE chain (id, parent, depth) AS (SELECT id, parent, 0 FROM layer WHERE id = ?1"   \
    " UNION ALL SELECT l.id, l.parent, depth + 1 FROM layer l JOIN chain ON l.id = chain.parent) "

/* 0 in C, NULL in a column of a noun that never held a block. */
static bool is_none(int64_t layer)
{
    return layer == 0 || layer == ABSENT;
}

int64_t layer_new(struct store *s, int64_t parent)
{
    layer_ref(s, parent);
    store_exec(s, "INSERT INTO layer (parent, refs) VALUES (?, 1)",
               SQL_ARGS(SQL_INT(is_none(parent) ? 0 : parent)));
    return sqlite3_last_insert_rowid(s->db);
}

void layer_ref(struct store *s, int64_t layer)
{
    if (!is_none(layer))
        store_exec(s, "UPDATE layer SET refs = refs + 1 WHERE id = ?", SQL_ARGS(SQL_INT(layer)));
}

int64_t layer_parent(struct store *s, int64_t layer)
{
    return store_number(s, "SELECT parent FROM layer WHERE id = ?", SQL_ARGS(SQL_INT(layer)));
}

/* ---- Blocks ---- */

static void block_drop(struct store *s, int64_t block)
{
    store_exec(s, "UPDATE block SET refs = refs - 1 WHERE id = ?", SQL_ARGS(SQL_INT(block)));
    store_exec(s, "DELETE FROM block WHERE id = ? AND refs = 0", SQL_ARGS(SQL_INT(block)));
}

/* The block of these bytes, held once more. */
static int64_t block_take(struct store *s, const void *bytes, const unsigned char *digest)
{
    unsigned char own[SHA256_SIZE];
    if (!digest) {
        sha256(bytes, BLOCK_SIZE, own);
        digest = own;
    }
    int64_t block = store_number(s, "SELECT id FROM block WHERE hash = ?",
                                 SQL_ARGS(SQL_BLOB(digest, SHA256_SIZE)));
    if (block != ABSENT) {
        store_exec(s, "UPDATE block SET refs = refs + 1 WHERE id = ?", SQL_ARGS(SQL_INT(block)));
        return block;
    }
    store_exec(s, "INSERT INTO block (hash, refs) VALUES (?, 1)",
               SQL_ARGS(SQL_BLOB(digest, SHA256_SIZE)));
    block = sqlite3_last_insert_rowid(s->db);
    store_exec(s, "INSERT INTO content (block, bytes) VALUES (?, ?)",
               SQL_ARGS(SQL_INT(block), SQL_BLOB(bytes, BLOCK_SIZE)));
    return block;
}

void layer_write(struct store *s, int64_t layer, int64_t position, const void *bytes,
                 const unsigned char *digest)
{
    int64_t block = block_take(s, bytes, digest);
    store_exec(s, "INSERT OR IGNORE INTO layer_block (layer, position, block) VALUES (?, ?, ?)",
               SQL_ARGS(SQL_INT(layer), SQL_INT(position), SQL_INT(block)));
    if (store_changed(s))
        return;
    int64_t before =
        store_number(s, "SELECT block FROM layer_block WHERE layer = ? AND position = ?",
                     SQL_ARGS(SQL_INT(layer), SQL_INT(position)));
    store_exec(s, "UPDATE layer_block SET block = ? WHERE layer = ? AND position = ?",
               SQL_ARGS(SQL_INT(block), SQL_INT(layer), SQL_INT(position)));
    block_drop(s, before);
}

/* The block at a position, ABSENT where there is none. Most are near the top: a step a layer. */
static int64_t find_block(struct store *s, int64_t layer, int64_t position)
{
    static const char sql[] = "SELECT l.parent, lb.block FROM layer l LEFT JOIN layer_block lb"
                              " ON lb.layer = l.id AND lb.position = ?2 WHERE l.id = ?1";
    while (!is_none(layer)) {
        struct rows *r = store_query(s, sql, SQL_ARGS(SQL_INT(layer), SQL_INT(position)));
        if (!rows_next(r))
            sql_refuse_for(s, "there is no layer %lld", (long long)layer);
        int64_t block = rows_int(r, 1);
        layer = rows_int(r, 0);
        rows_end(r);
        if (block != ABSENT)
            return block;
    }
    return ABSENT;
}

/* Straight from SQLite's pages to where it is wanted: a column would be a copy of its own. */
static void read_content(struct store *s, int64_t block, void *ret_bytes)
{
    sqlite3_blob *blob = NULL;
    int rc = sqlite3_blob_open(s->db, "main", "content", "bytes", block, 0, &blob);
    if (rc == SQLITE_OK && sqlite3_blob_bytes(blob) != BLOCK_SIZE)
        rc = SQLITE_CORRUPT;
    if (rc == SQLITE_OK)
        rc = sqlite3_blob_read(blob, ret_bytes, BLOCK_SIZE, 0);
    sqlite3_blob_close(blob);
    if (rc != SQLITE_OK)
        sql_refuse_for(s, "block %lld cannot be read: %s", (long long)block, sqlite3_errstr(rc));
}

bool layer_read(struct store *s, int64_t layer, int64_t position, void *ret_bytes)
{
    int64_t block = find_block(s, layer, position);
    if (block == ABSENT)
        memset(ret_bytes, 0, BLOCK_SIZE);
    else
        read_content(s, block, ret_bytes);
    return block != ABSENT;
}

/* The hash of the row that comes next. */
static void copy_digest(struct store *s, struct rows *r, int64_t block, unsigned char *to)
{
    size_t size = 0;
    const void *digest = rows_next(r) ? rows_blob(r, 0, &size) : NULL;
    if (size != SHA256_SIZE)
        sql_refuse_for(s, "block %lld has no digest", (long long)block);
    memcpy(to, digest, SHA256_SIZE);
}

bool layer_read_digest(struct store *s, int64_t layer, int64_t position, void *ret_bytes,
                       unsigned char ret_digest[SHA256_SIZE])
{
    int64_t block = find_block(s, layer, position);
    if (block == ABSENT) {
        memset(ret_bytes, 0, BLOCK_SIZE);
        sha256(ret_bytes, BLOCK_SIZE, ret_digest);
        return false;
    }
    read_content(s, block, ret_bytes);
    struct rows *r =
        store_query(s, "SELECT hash FROM block WHERE id = ?", SQL_ARGS(SQL_INT(block)));
    copy_digest(s, r, block, ret_digest);
    rows_end(r);
    return true;
}

/* ---- Layers ---- */

static void forget_rows(struct store *s, int64_t layer)
{
    store_exec(s,
               "UPDATE block SET refs = refs - (SELECT count(*) FROM layer_block"
               " WHERE layer = ?1 AND block = block.id)"
               " WHERE id IN (SELECT block FROM layer_block WHERE layer = ?1)",
               SQL_ARGS(SQL_INT(layer)));
    store_exec(s,
               "DELETE FROM block WHERE refs = 0"
               " AND id IN (SELECT block FROM layer_block WHERE layer = ?)",
               SQL_ARGS(SQL_INT(layer)));
    store_exec(s, "DELETE FROM layer_block WHERE layer = ?", SQL_ARGS(SQL_INT(layer)));
    store_exec(s, "DELETE FROM layer WHERE id = ?", SQL_ARGS(SQL_INT(layer)));
}

/* A layer that only one layer above still needs joins that one: chains stay short. */
static void merge_upwards(struct store *s, int64_t layer)
{
    int64_t above =
        store_number(s, "SELECT id FROM layer WHERE parent = ?", SQL_ARGS(SQL_INT(layer)));
    if (above == ABSENT)
        return;
    store_exec(s,
               "UPDATE layer_block SET layer = ?2 WHERE layer = ?1 AND position NOT IN"
               " (SELECT position FROM layer_block WHERE layer = ?2)",
               SQL_ARGS(SQL_INT(layer), SQL_INT(above)));
    store_exec(s, "UPDATE layer SET parent = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(layer_parent(s, layer)), SQL_INT(above)));
    forget_rows(s, layer); /* what the layer above has itself; the parent's hold went along */
}

void layer_unref(struct store *s, int64_t layer)
{
    while (!is_none(layer)) {
        store_exec(s, "UPDATE layer SET refs = refs - 1 WHERE id = ?", SQL_ARGS(SQL_INT(layer)));
        int64_t refs =
            store_number(s, "SELECT refs FROM layer WHERE id = ?", SQL_ARGS(SQL_INT(layer)));
        if (refs == 1)
            merge_upwards(s, layer);
        if (refs != 0)
            return;
        int64_t parent = layer_parent(s, layer);
        forget_rows(s, layer);
        layer = parent;
    }
}

/* ---- Many layers at once ---- */

/* Layers that are held so many times less, and those that nothing holds any more. */
static const char *const letting_go[] = {
    "CREATE TEMP TABLE IF NOT EXISTS less_held (layer INTEGER PRIMARY KEY, times INTEGER)",
    "CREATE TEMP TABLE IF NOT EXISTS below (layer INTEGER PRIMARY KEY, times INTEGER)",
    "CREATE TEMP TABLE IF NOT EXISTS unheld (layer INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS held_once (layer INTEGER PRIMARY KEY)",
    NULL,
};

/* The layers of less_held are held less; those under what nothing holds then come next. */
static const char *const one_storey[] = {
    "UPDATE layer SET refs = refs - times FROM less_held WHERE id = layer",
    "INSERT OR IGNORE INTO held_once SELECT layer FROM less_held JOIN main.layer l ON l.id = layer"
    " WHERE refs = 1",
    "DELETE FROM less_held WHERE (SELECT refs FROM main.layer WHERE id = less_held.layer) <> 0",
    "INSERT INTO unheld SELECT layer FROM less_held",
    "INSERT INTO below SELECT parent, count(*) FROM main.layer"
    " WHERE id IN (SELECT layer FROM less_held) AND parent <> 0 GROUP BY parent",
    "DELETE FROM less_held",
    "INSERT INTO less_held SELECT layer, times FROM below",
    "DELETE FROM below",
    NULL,
};

static const char count_down[] =
    "UPDATE block SET refs = refs - times FROM (SELECT block AS held, count(*) AS times"
    " FROM layer_block WHERE layer IN (SELECT layer FROM unheld) GROUP BY block) WHERE id = held";

static const char *const forgetting[] = {
    count_down,
    "DELETE FROM block WHERE refs = 0",
    "DELETE FROM layer_block WHERE layer IN (SELECT layer FROM unheld)",
    "DELETE FROM layer WHERE id IN (SELECT layer FROM unheld)",
    "DELETE FROM held_once WHERE layer IN (SELECT layer FROM unheld)",
    "DELETE FROM unheld",
    NULL,
};

static void exec_all(struct store *s, const char *const *statements)
{
    for (; *statements; statements++)
        store_exec(s, *statements, NULL);
}

/* The newest first: then none has to join one that itself joins another. */
static void merge_held_once(struct store *s)
{
    static const char newest[] = "SELECT max(layer) FROM held_once";
    int64_t layer;
    while ((layer = store_number(s, newest, NULL)) != ABSENT) {
        store_exec(s, "DELETE FROM held_once WHERE layer = ?", SQL_ARGS(SQL_INT(layer)));
        merge_upwards(s, layer);
    }
}

void layers_unref(struct store *s, const char *holders, const struct sql_arg *binds)
{
    exec_all(s, letting_go);
    store_exec(s, holders, binds);
    while (store_number(s, "SELECT 1 FROM less_held LIMIT 1", NULL) != ABSENT)
        exec_all(s, one_storey);
    exec_all(s, forgetting);
    merge_held_once(s);
}

bool layer_is_empty(struct store *s, int64_t layer)
{
    return store_number(
               s, CHAIN "SELECT 1 FROM chain JOIN layer_block lb ON lb.layer = chain.id LIMIT 1",
               SQL_ARGS(SQL_INT(layer)))
           == ABSENT;
}

int64_t layer_own_count(struct store *s, int64_t layer)
{
    return store_number(s, "SELECT count(*) FROM layer_block WHERE layer = ?",
                        SQL_ARGS(SQL_INT(layer)));
}

int64_t layer_freeze(struct store *s, int64_t *volume_layer)
{
    int64_t parent = layer_parent(s, *volume_layer);
    if (parent && layer_own_count(s, *volume_layer) == 0) {
        layer_ref(s, parent); /* nothing was written since */
        return parent;
    }
    int64_t frozen = *volume_layer;
    *volume_layer = layer_new(s, frozen);
    return frozen; /* the volume's hold becomes the snapshot's */
}

int64_t layer_flatten(struct store *s, int64_t layer)
{
    int64_t flat = layer_new(s, 0);
    store_exec(s,
               CHAIN "INSERT INTO layer_block (layer, position, block)"
                     " SELECT ?2, position, block FROM (SELECT lb.position, lb.block, min(depth)"
                     " FROM chain JOIN layer_block lb ON lb.layer = chain.id GROUP BY lb.position)",
               SQL_ARGS(SQL_INT(layer), SQL_INT(flat)));
    store_exec(s,
               "UPDATE block SET refs = refs + (SELECT count(*) FROM layer_block"
               " WHERE layer = ?1 AND block = block.id)"
               " WHERE id IN (SELECT block FROM layer_block WHERE layer = ?1)",
               SQL_ARGS(SQL_INT(flat)));
    return flat;
}

struct list layer_blocks(struct store *s, struct arena *a, int64_t layer, int64_t from,
                         int64_t most)
{
    struct list blocks = { 0 };
    /* the block beside min(depth) is that of the same row: SQLite's rule for bare columns */
    struct rows *r = store_query(s,
                                 CHAIN "SELECT lb.position, lb.block, min(depth) FROM chain"
                                       " JOIN layer_block lb ON lb.layer = chain.id"
                                       " WHERE lb.position >= ?2 GROUP BY lb.position"
                                       " ORDER BY lb.position LIMIT ?3",
                                 SQL_ARGS(SQL_INT(layer), SQL_INT(from), SQL_INT(most)));
    while (rows_next(r)) {
        struct placed *p = list_add(a, &blocks, struct placed);
        p->position = rows_int(r, 0);
        p->block = rows_int(r, 1);
    }
    return blocks;
}

/* Those in ?1, a JSON list, and all under them. */
#define FOREST                                                                                     \
    "WITH RECURSIVE forest (id, parent) AS (SELECT id, parent FROM layer"                          \
    " WHERE id IN (SELECT value FROM json_each(?1))"                                               \
    " UNION SELECT l.id, l.parent FROM layer l JOIN forest ON l.id = forest.parent) "

void layers_under(struct store *s, struct arena *a, const struct list *layers,
                  struct list *ret_layers, struct list *ret_blocks)
{
    struct value *ids = value_new(a, VALUE_LIST);
    *ret_layers = *ret_blocks = (struct list){ 0 };
    LIST_EACH (int64_t, layer, layers) {
        if (!is_none(*layer))
            value_add_int(a, ids, NULL, *layer);
    }
    const char *json = value_to_json(a, ids, 0);
    struct rows *r = store_query(s, FOREST "SELECT id, parent FROM forest ORDER BY id",
                                 SQL_ARGS(SQL_TEXT(json)));
    while (rows_next(r))
        *list_add(a, ret_layers, struct stacked) =
            (struct stacked){ rows_int(r, 0), rows_int(r, 1) };
    r = store_query(s,
                    FOREST "SELECT layer, position, block FROM forest"
                           " CROSS JOIN layer_block ON layer = forest.id",
                    SQL_ARGS(SQL_TEXT(json)));
    while (rows_next(r))
        *list_add(a, ret_blocks, struct layered) =
            (struct layered){ rows_int(r, 0), rows_int(r, 1), rows_int(r, 2) };
}

int64_t layer_count(struct store *s, int64_t layer)
{
    return store_number(s,
                        CHAIN "SELECT count(DISTINCT lb.position) FROM chain"
                              " JOIN layer_block lb ON lb.layer = chain.id",
                        SQL_ARGS(SQL_INT(layer)));
}

unsigned char *layer_digests(struct store *s, struct arena *a, int64_t layer, size_t *ret_size)
{
    size_t size, n = 0;
    unsigned char *digests = arena_alloc(a, (size_t)layer_own_count(s, layer) * SHA256_SIZE + 1);
    struct rows *r = store_query(s,
                                 "SELECT b.hash FROM layer_block lb JOIN block b ON b.id = lb.block"
                                 " WHERE lb.layer = ? ORDER BY lb.position",
                                 SQL_ARGS(SQL_INT(layer)));
    while (rows_next(r)) {
        const void *digest = rows_blob(r, 0, &size);
        if (size != SHA256_SIZE)
            sql_refuse_for(s, "a block of layer %lld has no digest", (long long)layer);
        memcpy(digests + n, digest, SHA256_SIZE);
        n += SHA256_SIZE;
    }
    *ret_size = n;
    return digests;
}
