/* Deregistered images are forgotten a day later, unless something leads to them. */
#include "tests/fresh.h"

#include "base/timefmt.h"
#include "world/image/image.h"
#include "world/image/image_forget.h"
#include "world/instance/instance.h"
#include "world/snapshot/snapshot.h"

static struct fresh f;
static struct call c;

static void open_fresh(void)
{
    fresh_open(&f, NULL, NULL);
    c = fresh_call(&f);
}

static void close_fresh(void)
{
    fresh_close(&f);
}

/* An image of that snapshot and made of that image, which is deregistered now. */
static const char *deregister(const char *id, const char *snapshot, const char *source)
{
    NOUN(struct image, image_schema, image);
    image.id = id;
    image.owner = c.account;
    image.region = c.region;
    image.state = "deregistered";
    image.source_image = source;
    *list_add(c.a, &image.mappings, struct mapping) =
        (struct mapping){ .device = "/dev/xvda", .snapshot = snapshot };
    image_forget_later(&c, &image);
    image_put(&c, &image);
    return id;
}

static int number; /* of the others */

/* A while in which others come and go, so that all are looked at. */
static void pass(int days)
{
    for (int i = 0; i < days * 10; i++) {
        c.now += DAY_MS / 10;
        deregister(arena_printf(c.a, "ami-other-%d", number++), NULL, NULL);
    }
}

static bool is_remembered(const char *id)
{
    struct image image;
    return store_get(&c, &image_schema, id, &image);
}

START_TEST(test_they_do_not_grow)
{
    for (int i = 0; i < 1000; i++) {
        deregister(arena_printf(c.a, "ami-%d", i), "snap-gone", NULL);
        c.now += IMAGE_REMEMBERED / 20;
    }
    ck_assert_int_le(store_count(&c, &image_schema, "1", NULL), 22);
    ck_assert_int_le(
        store_number(c.store, "SELECT count(*) FROM image_mappings WHERE former IS NOT NULL", NULL),
        22);
}
END_TEST

START_TEST(test_a_week_at_least)
{
    const char *id = deregister("ami-1", NULL, NULL);
    c.now += IMAGE_REMEMBERED - 1;
    deregister("ami-2", NULL, NULL);
    ck_assert(is_remembered(id));
    c.now += 1;
    deregister("ami-3", NULL, NULL);
    ck_assert(!is_remembered(id));
}
END_TEST

START_TEST(test_by_an_instance)
{
    NOUN(struct instance, instance_schema, instance);
    instance.id = "i-1";
    instance.owner = c.account;
    instance.state = "terminated";
    instance.image = deregister("ami-1", NULL, NULL);
    instance_put(&c, &instance);
    pass(12);
    ck_assert(is_remembered("ami-1"));
    store_remove(&c, &instance_schema, instance.id);
    pass(10);
    ck_assert(!is_remembered("ami-1"));
}
END_TEST

/* A line of three, of which the last one is there. */
START_TEST(test_by_what_was_made_of_it)
{
    NOUN(struct image, image_schema, last);
    last.id = "ami-3";
    last.owner = c.account;
    last.state = "available";
    last.source_image = deregister("ami-2", NULL, deregister("ami-1", NULL, NULL));
    image_put(&c, &last);
    pass(12);
    ck_assert(is_remembered("ami-1") && is_remembered("ami-2"));
    store_remove(&c, &image_schema, last.id);
    pass(12);
    ck_assert(!is_remembered("ami-1") && !is_remembered("ami-2"));
}
END_TEST

/* GET cost says why a snapshot is still charged: the image that left it last. */
START_TEST(test_by_a_snapshot)
{
    NOUN(struct snapshot, snapshot_schema, snapshot);
    snapshot.id = "snap-1";
    snapshot.owner = c.account;
    snapshot.region = c.region;
    snapshot.status = "completed";
    store_add(&c, &snapshot_schema, &snapshot);
    deregister("ami-1", "snap-1", NULL);
    deregister("ami-2", "snap-1", NULL);
    pass(12);
    ck_assert(!is_remembered("ami-1") && is_remembered("ami-2"));
    store_remove(&c, &snapshot_schema, "snap-1");
    pass(10);
    ck_assert(!is_remembered("ami-2"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("image_forget");
    TCase *t = tcase_create("image_forget");
    tcase_add_checked_fixture(t, open_fresh, close_fresh);
    tcase_add_test(t, test_they_do_not_grow);
    tcase_add_test(t, test_a_week_at_least);
    tcase_add_test(t, test_by_an_instance);
    tcase_add_test(t, test_by_what_was_made_of_it);
    tcase_add_test(t, test_by_a_snapshot);
    suite_add_tcase(s, t);
    return run_suite(s);
}
