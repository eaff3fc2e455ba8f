/* The public images: what a Region gets, when, and at which row numbers. */
#include "base/text.h"
#include "catalog/fixtures.h"
#include "catalog/public_image.h"
#include "catalog/region.h"
#include "contents/contents.h"
#include "store/noun.h"
#include "tests/suite.h"
#include "world/image/image.h"
#include "world/seed.h"
#include "world/snapshot/snapshot.h"

static struct arena arena;
static struct sim sim;
static struct call call;

static void all_ready(void)
{
    LIST_EACH (struct region, region, region_all(&sim))
        region_ready(&sim, region->name);
}

static void set_up(void)
{
    const char *error = NULL;
    sim = (struct sim){ 0 };
    call = (struct call){ .a = &arena, .sim = &sim };
    sim.fixtures = fixtures_load(&arena, &(struct list){ 0 }, &error);
    ck_assert_msg(sim.fixtures != NULL, "%s", error);
    call.store = sim.store = store_open(&arena, NULL, contents.schemas, &error);
    ck_assert_msg(sim.store != NULL, "%s", error);
    all_ready();
}

static void tear_down(void)
{
    store_close(sim.store);
    arena_release(&arena);
}

static struct image image_named(const char *region, const char *name)
{
    struct image image = { 0 };
    ck_assert(store_first(&call, &image_schema, "region = ? AND name = ?",
                          SQL_ARGS(SQL_TEXT(region), SQL_TEXT(name)), &image));
    return image;
}

START_TEST(test_seeded_image)
{
    struct image image =
        image_named("eu-west-1", "al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64");
    ck_assert_str_eq(image.id, "ami-087fc0fcee2c7570a");
    ck_assert_str_eq(image.location, "amazon/al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64");
    ck_assert_str_eq(image.source_region, "us-west-2");
    ck_assert_str_eq(image.source_image, "ami-0d53cc9bd365ad65b");
    ck_assert_int_eq(image.public, YES);
    ck_assert_str_eq(image.machine.root_device, "/dev/xvda");
    const struct mapping *root = image_root(&image);
    ck_assert_int_eq(root->iops, 3000);
    ck_assert_int_eq(root->delete_on_termination, YES);
    struct snapshot s;
    ck_assert(store_get(&call, &snapshot_schema, root->snapshot, &s));
    ck_assert_str_eq(s.owner, "137112412989");
    ck_assert_str_eq(s.owner_alias, "amazon");
    ck_assert_str_eq(s.status, "completed");
    ck_assert_int_eq(s.size, 8);
    ck_assert_uint_eq(s.permissions.count, 1);
}
END_TEST

START_TEST(test_seeded_kinds_of_images)
{
    struct image image = image_named("eu-central-1", "amzn-ami-pv-2018.03.0.20231218.0-x86_64-s3");
    ck_assert_str_eq(image.machine.kernel, "aki-931fe3fc");
    ck_assert_str_eq(image.machine.root_type, "instance-store");
    ck_assert_ptr_null(image.machine.root_device);
    ck_assert_int_eq(image.machine.ena, UNSET);
    image = image_named("us-east-1", "Windows_Server-2022-English-Full-Base-2026.09.17");
    ck_assert_str_eq(image.machine.platform, "windows");
    ck_assert_uint_eq(image.mappings.count, 27);
    const struct mapping *last = list_at(&image.mappings, struct mapping, 26);
    ck_assert_str_eq(last->device, "xvdcz");
    ck_assert_str_eq(last->virtual_name, "ephemeral25");
    image = image_named("us-west-1", "pv-grub-hd0_1.05-x86_64.gz");
    ck_assert_str_eq(image.id, "aki-59cc8239");
    ck_assert_str_eq(image.type, "kernel");
    ck_assert_int_eq(store_number(sim.store, "SELECT count(DISTINCT region) FROM image", NULL), 34);
}
END_TEST

/* A Region that has its images keeps what became of them; in an emptied world it gets them anew. */
START_TEST(test_seeded_once)
{
    static const char count[] = "SELECT count(*) FROM image";
    int64_t all = store_number(sim.store, count, NULL);
    store_remove(&call, &image_schema, image_named("us-west-1", "pv-grub-hd0_1.05-x86_64.gz").id);
    all_ready();
    ck_assert_int_lt(store_number(sim.store, count, NULL), all);
    store_clear(sim.store);
    all_ready();
    ck_assert_int_eq(store_number(sim.store, count, NULL), all);
}
END_TEST

/* What tells each row of a table and its number. */
static uint64_t rows_of(const char *table)
{
    uint64_t sum = 0;
    struct rows *r = store_query(
        sim.store, arena_printf(&arena, "SELECT rowid || ' ' || id FROM %s ORDER BY rowid", table),
        NULL);
    while (rows_next(r))
        sum = sum * 31 + hash_text(rows_text(r, 0, &arena));
    return sum;
}

/* Page tokens say row numbers: they must not tell which Region was asked for first. */
START_TEST(test_rows_whoever_is_first)
{
    uint64_t images = rows_of("image"), snapshots = rows_of("snapshot");
    store_clear(sim.store);
    const struct list *regions = region_all(&sim);
    for (size_t i = regions->count; i-- > 0;)
        region_ready(&sim, list_at(regions, struct region, i)->name);
    ck_assert(rows_of("image") == images && rows_of("snapshot") == snapshots);
    NOUN(struct image, image_schema, own);
    own.id = "ami-0aaaaaaaaaaaaaaaa";
    store_put(&call, &image_schema, &own);
    ck_assert_int_eq(store_number(sim.store, "SELECT max(rowid) FROM image", NULL),
                     PUBLIC_ROWS + 1);
}
END_TEST

/* What a Region got is undone with the call that asked for it, and comes again. */
START_TEST(test_seeding_is_undone)
{
    static const char count[] = "SELECT count(*) FROM image";
    store_clear(sim.store);
    store_savepoint(sim.store);
    region_ready(&sim, "eu-west-3");
    int64_t there = store_number(sim.store, count, NULL);
    ck_assert_int_gt(there, 0);
    store_undo(sim.store);
    ck_assert_int_eq(store_number(sim.store, count, NULL), 0);
    region_ready(&sim, "eu-west-3");
    ck_assert_int_eq(store_number(sim.store, count, NULL), there);
}
END_TEST

/* A file that began with other fixtures may have images where these would stand. */
START_TEST(test_rows_that_are_taken)
{
    store_clear(sim.store);
    NOUN(struct image, image_schema, other);
    other.id = "ami-0aaaaaaaaaaaaaaaa";
    store_add_at(&call, &image_schema, &other, 1);
    const struct region *first = list_at(region_all(&sim), struct region, 0);
    region_ready(&sim, first->name);
    ck_assert_int_gt(store_number(sim.store, "SELECT max(rowid) FROM image", NULL), PUBLIC_ROWS);
    ck_assert_int_gt(
        store_count(&call, &image_schema, "region = ?", SQL_ARGS(SQL_TEXT(first->name))), 60);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("seed");
    TCase *t = tcase_create("seed");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_seeded_image);
    tcase_add_test(t, test_seeded_kinds_of_images);
    tcase_add_test(t, test_seeded_once);
    tcase_add_test(t, test_rows_whoever_is_first);
    tcase_add_test(t, test_seeding_is_undone);
    tcase_add_test(t, test_rows_that_are_taken);
    suite_add_tcase(s, t);
    return run_suite(s);
}
