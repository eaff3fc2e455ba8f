/* What a document may bring, cell by cell, and no call could work with: see document.h. */
#include <string.h>

#include "base/text.h"
#include "store/block.h"
#include "store/document.h"
#include "store/sql.h"

/* A query that finds something, and what is wrong then. */
struct check {
    const char *sql, *wrong;
};

static const struct check checks[] = {
    { "SELECT 1 FROM layer WHERE id < 1 OR ifnull(typeof(refs) <> 'integer' OR refs < 0, 1)",
      "table layer: one is not counted" },
    { "SELECT 1 FROM layer WHERE parent IS NULL OR parent >= id OR parent < 0",
      "table layer: one stands on itself" },
    { "SELECT 1 FROM layer l WHERE parent <> 0 AND NOT EXISTS"
      " (SELECT 1 FROM layer WHERE id = l.parent)",
      "table layer: one stands on none" },
    { "SELECT 1 FROM layer l JOIN (SELECT parent, count(*) AS n FROM layer GROUP BY parent) above"
      " ON above.parent = l.id WHERE l.refs < n",
      "table layer: one has more above it than it counts" },
    { "SELECT 1 FROM block WHERE typeof(hash) <> 'blob' OR length(hash) <> 32",
      "table block: a digest has not 32 bytes" },
    { "SELECT 1 FROM block b LEFT JOIN content ON block = b.id"
      " WHERE typeof(bytes) <> 'blob' OR length(bytes) <> 524288",
      "table content: a block has not 524288 bytes" },
    { "SELECT 1 FROM content WHERE block NOT IN (SELECT id FROM block)",
      "table content: bytes of no block" },
    { "SELECT 1 FROM layer_block WHERE typeof(position) <> 'integer' OR position < 0"
      " OR position >= 134217728",
      "table layer_block: no disk is that large" }, /* 64 TiB */
    { "SELECT 1 FROM layer_block WHERE ifnull(layer, 0) NOT IN (SELECT id FROM layer)"
      " OR ifnull(block, 0) NOT IN (SELECT id FROM block)",
      "table layer_block: there is no such layer or block" },
    { "SELECT 1 FROM block b LEFT JOIN (SELECT block, count(*) AS n FROM layer_block"
      " GROUP BY block) held ON held.block = b.id WHERE b.refs IS NOT ifnull(n, 0) OR b.refs < 1",
      "table block: one is counted wrongly" },
    { "SELECT 1 FROM job WHERE typeof(due) <> 'integer' OR due < 0 OR kind IS NULL"
      " OR account IS NULL OR region IS NULL OR subject IS NULL",
      "table job: one lacks what it needs" },
    { "SELECT 1 FROM tag WHERE account IS NULL OR resource IS NULL OR key IS NULL"
      " OR value IS NULL OR region IS NULL OR type IS NULL",
      "table tag: one lacks what it needs" },
    { "SELECT 1 FROM setting WHERE name IS NULL OR typeof(value) <> 'integer'",
      "table setting: one is no number" },
};

static const char *first_wrong(struct store *s)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (store_number(s, checks[i].sql, NULL) != ABSENT)
            return checks[i].wrong;
    }
    return NULL;
}

/* Checksums are answered as they are stored. */
static const char *check_digests(struct store *s)
{
    bool good = true;
    struct rows *r =
        store_query(s, "SELECT hash, bytes FROM block JOIN content ON block = block.id", NULL);
    while (good && rows_next(r)) {
        unsigned char digest[SHA256_SIZE];
        size_t n;
        sha256(rows_blob(r, 1, &n), BLOCK_SIZE, digest);
        good = memcmp(digest, rows_blob(r, 0, &n), sizeof digest) == 0;
        if (!good)
            rows_end(r);
    }
    return good ? NULL : "table block: a digest is not that of the bytes";
}

/* SQLite takes NULL for the key of a row, and bytes for anything. */
static const char *check_columns(struct store *s, struct arena *a, const char *table)
{
    struct list wrong = { 0 };
    struct rows *r = store_query(s, "SELECT name, pk, type FROM pragma_table_info(?)",
                                 SQL_ARGS(SQL_TEXT(table)));
    while (rows_next(r)) {
        const char *name = rows_text(r, 0, a);
        bool always =
            rows_int(r, 1) || text_is(name, "region") || schema_has_always(s, table, name);
        strs_add(a, &wrong,
                 arena_printf(a, "typeof(\"%s\") NOT IN (%s%s)", name,
                              text_is(rows_text(r, 2, a), "TEXT") ? "'text'" : "'integer'",
                              always ? "" : ", 'null'"));
        if (text_is(name, "layer")) /* a noun that holds blocks */
            strs_add(a, &wrong,
                     "(layer <> 0 AND NOT EXISTS (SELECT 1 FROM main.layer WHERE id = x.layer))");
    }
    const char *sql =
        arena_printf(a, "SELECT 1 FROM \"%s\" x WHERE %s", table, strs_join(a, &wrong, " OR "));
    return store_number(s, sql, NULL) == ABSENT
               ? NULL
               : arena_printf(a, "table %s: a value is not of its column", table);
}

const char *store_unsound(struct store *s, struct arena *a)
{
    static const char *const others[] = { "block", "content", "layer", "layer_block", NULL };
    struct list tables = { 0 };
    const char *wrong = first_wrong(s);
    struct rows *r = store_query(s, "SELECT name FROM sqlite_master WHERE type = 'table'", NULL);
    while (rows_next(r))
        strs_add(a, &tables, rows_text(r, 0, a));
    for (size_t i = 0; !wrong && i < tables.count; i++) {
        const char *table = *list_at(&tables, const char *, i);
        if (!text_any(table, others))
            wrong = check_columns(s, a, table);
    }
    return wrong ? wrong : check_digests(s);
}
