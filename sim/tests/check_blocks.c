/* Blocks against a model: whatever is written, frozen, copied and dropped in whatever order reads
 * back equal, and in the end nothing is left. */
#include "tests/fresh.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "store/block.h"

#define POSITIONS 12
#define HOLDERS 16

/* The model: a holder (volume or snapshot) and what one reads from it, one number for each block.
 */
struct holder {
    bool used, is_volume;
    int64_t layer;
    unsigned char content[POSITIONS]; /* 0: never written */
};

static struct fresh f;
static unsigned char buffer[BLOCK_SIZE], back[BLOCK_SIZE];

static const unsigned char *block_of(unsigned char number)
{
    memset(buffer, number, sizeof buffer);
    return buffer;
}

/* The digest that is kept is that of the bytes, of zeros too. */
static void compare_digest(const struct holder *h, int position)
{
    unsigned char digest[SHA256_SIZE], own[SHA256_SIZE];
    memset(back, 0xee, sizeof back);
    bool there = layer_read_digest(f.sim.store, h->layer, position, back, digest);
    ck_assert_int_eq(there, h->content[position] != 0);
    ck_assert_mem_eq(back, block_of(h->content[position]), BLOCK_SIZE);
    sha256(back, BLOCK_SIZE, own);
    ck_assert_mem_eq(digest, own, SHA256_SIZE);
}

static void compare(const struct holder *h)
{
    int64_t written = 0;
    for (int i = 0; i < POSITIONS; i++) {
        bool there = layer_read(f.sim.store, h->layer, i, back);
        ck_assert_int_eq(there, h->content[i] != 0);
        ck_assert_mem_eq(back, block_of(h->content[i]), BLOCK_SIZE);
        written += there;
    }
    compare_digest(h, (int)(h->layer % POSITIONS)); /* one: digests are slow */
    ck_assert_int_eq(layer_count(f.sim.store, h->layer), written);
    struct list l = layer_blocks(f.sim.store, &f.request, h->layer, 0, 100);
    ck_assert_int_eq((int64_t)l.count, written);
    int64_t last = -1;
    LIST_EACH (struct placed, p, &l) {
        ck_assert_int_gt(p->position, last);
        ck_assert_int_ne(h->content[p->position], 0);
        last = p->position;
    }
}

static struct holder *free_one(struct holder *holders)
{
    for (int i = 0; i < HOLDERS; i++) {
        if (!holders[i].used)
            return &holders[i];
    }
    return NULL;
}

static void step(struct rng *r, struct holder *holders)
{
    struct store *s = f.sim.store;
    struct holder *h = &holders[rng_below(r, HOLDERS)], *fresh = free_one(holders);
    uint64_t what = rng_below(r, 10);
    if (!h->used) {
        *h = (struct holder){ .used = true, .is_volume = true, .layer = layer_new(s, 0) };
    } else if (what < 4 && h->is_volume) {
        int position = (int)rng_below(r, POSITIONS);
        h->content[position] = (unsigned char)(1 + rng_below(r, 4));
        layer_write(s, h->layer, position, block_of(h->content[position]), NULL);
    } else if (what < 6 && fresh && h->is_volume) { /* snapshot */
        *fresh = *h;
        fresh->is_volume = false;
        fresh->layer = layer_freeze(s, &h->layer);
    } else if (what < 7 && fresh && !h->is_volume) { /* launch */
        *fresh = *h;
        fresh->is_volume = true;
        fresh->layer = layer_new(s, h->layer);
    } else if (what < 8 && fresh) { /* copy under another key */
        *fresh = *h;
        fresh->is_volume = false;
        fresh->layer = layer_flatten(s, h->layer);
    } else if (what >= 8) {
        layer_unref(s, h->layer);
        h->used = false;
    }
}

static int64_t rows(const char *sql)
{
    return store_number(f.sim.store, sql, NULL);
}

/* One in two, at once; two may hold the same layer. */
static void drop_many(struct rng *r, struct holder *holders)
{
    struct store *s = f.sim.store;
    store_exec(s, "CREATE TEMP TABLE IF NOT EXISTS dropped (layer INTEGER)", NULL);
    store_exec(s, "DELETE FROM dropped", NULL);
    for (int i = 0; i < HOLDERS; i++) {
        if (!holders[i].used || rng_below(r, 2))
            continue;
        store_exec(s, "INSERT INTO dropped VALUES (?)", SQL_ARGS(SQL_INT(holders[i].layer)));
        holders[i].used = false;
    }
    layers_unref(s, LAYERS_UNREF "SELECT layer, count(*) FROM dropped GROUP BY layer", NULL);
    /* nothing of it is left over for the next time */
    ck_assert_int_eq(rows("SELECT count(*) FROM held_once"), 0);
    ck_assert_int_eq(rows("SELECT count(*) FROM unheld"), 0);
}

START_TEST(test_reads_back_and_leaks_nothing)
{
    struct rng r = { (uint64_t)_i };
    struct holder holders[HOLDERS] = { 0 };
    fresh_open(&f, NULL, NULL);
    store_begin(f.sim.store);
    for (int i = 0; i < 400; i++) {
        step(&r, holders);
        if (i % 40 == 30)
            drop_many(&r, holders);
        if (i % 20 == 0 || i % 40 == 30) {
            for (int j = 0; j < HOLDERS; j++) {
                if (holders[j].used)
                    compare(&holders[j]);
            }
            ck_assert_int_le(rows("SELECT count(*) FROM block"), 4); /* equal blocks are one */
            ck_assert_int_eq(rows("SELECT count(*) FROM content JOIN block ON block.id = block"),
                             rows("SELECT count(*) FROM content"));
        }
    }
    for (int j = 0; j < HOLDERS; j++) {
        if (holders[j].used) {
            compare(&holders[j]);
            layer_unref(f.sim.store, holders[j].layer);
        }
    }
    ck_assert_int_eq(rows("SELECT count(*) FROM layer"), 0);
    ck_assert_int_eq(rows("SELECT count(*) FROM layer_block"), 0);
    ck_assert_int_eq(rows("SELECT count(*) FROM block"), 0);
    ck_assert_int_eq(rows("SELECT count(*) FROM content"), 0);
    store_commit(f.sim.store);
    fresh_close(&f);
}
END_TEST

START_TEST(test_chains_stay_short)
{
    fresh_open(&f, NULL, NULL);
    struct store *s = f.sim.store;
    int64_t volume = layer_new(s, 0), last = 0;
    for (int i = 0; i < 20; i++) {
        layer_write(s, volume, i, block_of((unsigned char)(i + 1)), NULL);
        int64_t snapshot = layer_freeze(s, &volume);
        layer_unref(s, last);
        last = snapshot;
    }
    ck_assert_int_eq(layer_freeze(s, &volume), last); /* nothing written: the same again */
    ck_assert_int_le(rows("SELECT count(*) FROM layer"), 2);
    ck_assert_int_eq(layer_count(s, last), 20);
    fresh_close(&f);
}
END_TEST

/* A file as version 1 left it: a block and its bytes in one row. */
START_TEST(test_blocks_of_version_1)
{
    static const char *const back_to_1[] = {
        "ALTER TABLE block ADD COLUMN bytes BLOB",
        "UPDATE block SET bytes = (SELECT bytes FROM content WHERE block = id)",
        "DROP TRIGGER block_gone",
        "DROP TABLE content",
        "ALTER TABLE tag DROP COLUMN place",
        "DROP INDEX token_by_due",
        "ALTER TABLE token DROP COLUMN noun",
        "ALTER TABLE token DROP COLUMN due",
        "ALTER TABLE token DROP COLUMN gone",
        "ALTER TABLE job DROP COLUMN begun",
        "PRAGMA user_version = 1",
    };
    char path[] = "/tmp/amisim-check-XXXXXX", wal[sizeof path + 4];
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    fresh_open(&f, NULL, path);
    int64_t layer = layer_new(f.sim.store, 0);
    layer_write(f.sim.store, layer, 7, block_of(5), NULL);
    for (size_t i = 0; i < sizeof back_to_1 / sizeof *back_to_1; i++)
        store_exec(f.sim.store, back_to_1[i], NULL);
    fresh_close(&f);
    for (int turn = 0; turn < 2; turn++) { /* once over, and as it is then */
        fresh_open(&f, NULL, path);
        ck_assert(layer_read(f.sim.store, layer, 7, back));
        ck_assert_mem_eq(back, block_of(5), BLOCK_SIZE);
        ck_assert_int_eq(rows("PRAGMA user_version"), STORE_VERSION);
        fresh_close(&f);
    }
    unlink(path);
    snprintf(wal, sizeof wal, "%s-wal", path);
    unlink(wal);
}
END_TEST

int main(void)
{
    log_open(LOG_OFF);
    Suite *s = suite_create("blocks");
    TCase *t = tcase_create("blocks");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_reads_back_and_leaks_nothing, 1, 6);
    tcase_add_test(t, test_chains_stay_short);
    tcase_add_test(t, test_blocks_of_version_1);
    suite_add_tcase(s, t);
    return run_suite(s);
}
