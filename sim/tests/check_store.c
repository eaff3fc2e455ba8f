/* The store: field tables as SQL, transactions, versions; and the jobs and the clock that live in
 * it. */
#include "tests/fresh.h"

#include "base/timefmt.h"

#include <unistd.h>

#include "call/id.h"
#include "store/tag_row.h"

struct leaf {
    const char *name;
};

struct branch {
    int64_t length;
    struct list leaves;
};

struct tree {
    const char *id, *name;
    int64_t height, planted;
    enum tri evergreen;
    struct list branches, names, tags;
};

static const struct schema leaf_schema = {
    .name = "leaf",
    .size = sizeof(struct leaf),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct leaf, name), .column = "name" }, { 0 } },
};

static const struct schema branch_schema = {
    .name = "branch",
    .size = sizeof(struct branch),
    .part = true,
    .fields = (const struct field[]){ { INT_FIELD(struct branch, length), .column = "length" },
                                      { LIST_FIELD(struct branch, leaves, &leaf_schema),
                                        .column = "leaves" },
                                      { 0 } },
};

static const struct schema tree_schema = {
    .name = "tree",
    .noun = "tree",
    .size = sizeof(struct tree),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct tree, id), .column = "id" },
            { TEXT_FIELD(struct tree, name), .column = "name", .flags = FIELD_INDEXED },
            { INT_FIELD(struct tree, height), .column = "height" },
            { TIME_FIELD(struct tree, planted), .column = "planted" },
            { BOOL_FIELD(struct tree, evergreen), .column = "evergreen" },
            { LIST_FIELD(struct tree, branches, &branch_schema), .column = "branches" },
            { TEXTS_FIELD(struct tree, names), .column = "names" },
            { TAGS_FIELD(struct tree, tags) },
            { 0 } },
};

/* The same table as an older amisim would have made it. */
static const struct schema small_schema = {
    .name = "tree",
    .size = sizeof(struct tree),
    .fields = (const struct field[]){ { TEXT_FIELD(struct tree, id), .column = "id" }, { 0 } },
};

static const struct schema *const schemas[] = { &tree_schema, NULL };

static struct tree oak(struct call *c, const char *id, int branches)
{
    struct tree t;
    memset(&t, 0, sizeof t);
    schema_init(&tree_schema, &t);
    t.id = id;
    t.name = "oak";
    t.height = 12;
    t.evergreen = NO;
    strs_add(c->a, &t.names, "Eiche\n\"quoted\"");
    strs_add(c->a, &t.names, "chêne");
    for (int i = 0; i < branches; i++) {
        struct branch *b = list_add(c->a, &t.branches, struct branch);
        b->length = i;
        list_add(c->a, &b->leaves, struct leaf)->name = arena_printf(c->a, "leaf %d", i);
    }
    return t;
}

static int64_t count(struct fresh *f, const char *sql)
{
    return store_number(f->sim.store, sql, NULL);
}

START_TEST(test_nouns_come_back)
{
    struct fresh f;
    fresh_open(&f, schemas, NULL);
    struct call c = fresh_call(&f);
    struct tree t = oak(&c, "tree-1", 12), back;
    store_put(&c, &tree_schema, &t);
    tags_put(&c, "tree", "tree-1",
             &(struct list){ .items = &(struct tag){ "key", "value" }, .count = 1 });
    ck_assert(store_get(&c, &tree_schema, "tree-1", &back));
    ck_assert_str_eq(back.name, "oak");
    ck_assert_int_eq(back.height, 12);
    ck_assert(back.planted == ABSENT);
    ck_assert_int_eq(back.evergreen, NO);
    ck_assert_uint_eq(back.branches.count, 12);
    struct branch *last = list_at(&back.branches, struct branch, 11);
    ck_assert_int_eq(last->length, 11);
    ck_assert_str_eq(list_at(&last->leaves, struct leaf, 0)->name, "leaf 11");
    ck_assert_str_eq(*list_at(&back.names, const char *, 0), "Eiche\n\"quoted\"");
    ck_assert_uint_eq(back.tags.count, 1);
    c.account = "999999999999"; /* tags are each account's own */
    ck_assert(store_get(&c, &tree_schema, "tree-1", &back));
    ck_assert_uint_eq(back.tags.count, 0);
    ck_assert(!store_get(&c, &tree_schema, "tree-2", &back));
    fresh_close(&f);
}
END_TEST

START_TEST(test_put_replaces_and_remove_leaves_nothing)
{
    struct fresh f;
    fresh_open(&f, schemas, NULL);
    struct call c = fresh_call(&f);
    struct tree t = oak(&c, "tree-1", 5), other = oak(&c, "tree-10", 1);
    store_put(&c, &tree_schema, &t);
    store_put(&c, &tree_schema, &other);
    t.branches.count = 2;
    t.name = "beech";
    store_put(&c, &tree_schema, &t);
    ck_assert_int_eq(count(&f, "SELECT count(*) FROM tree"), 2);
    ck_assert_int_eq(count(&f, "SELECT count(*) FROM tree_branches"), 3);
    ck_assert_int_eq(count(&f, "SELECT count(*) FROM tree_branches_leaves"), 3);
    ck_assert_int_eq(count(&f, "SELECT rowid FROM tree WHERE name = 'beech'"), 1);
    store_remove(&c, &tree_schema, "tree-1");
    ck_assert_int_eq(count(&f, "SELECT count(*) FROM tree_branches"), 1);
    ck_assert_int_eq(count(&f, "SELECT count(*) FROM tree_branches_leaves"), 1);
    fresh_close(&f);
}
END_TEST

START_TEST(test_a_savepoint_is_undone_alone)
{
    struct fresh f;
    fresh_open(&f, schemas, NULL);
    struct call c = fresh_call(&f);
    struct tree t = oak(&c, "tree-1", 1);
    store_begin(f.sim.store);
    store_savepoint(f.sim.store);
    store_put(&c, &tree_schema, &t);
    store_keep(f.sim.store);
    store_savepoint(f.sim.store);
    t.id = "tree-2";
    store_put(&c, &tree_schema, &t);
    store_undo(f.sim.store);
    ck_assert(store_commit(f.sim.store));
    ck_assert_int_eq(count(&f, "SELECT count(*) FROM tree"), 1);
    fresh_close(&f);
}
END_TEST

START_TEST(test_a_query_inside_the_same_query)
{
    struct fresh f;
    fresh_open(&f, schemas, NULL);
    struct call c = fresh_call(&f);
    for (int i = 0; i < 3; i++) {
        struct tree t = oak(&c, arena_printf(c.a, "tree-%d", i), 1);
        store_put(&c, &tree_schema, &t);
    }
    struct tree outer, inner;
    int pairs = 0;
    struct cursor *x = store_find(&c, &tree_schema, "name = ?", SQL_ARGS(SQL_TEXT("oak")));
    while (cursor_next(x, &outer)) {
        struct cursor *y = store_find(&c, &tree_schema, "name = ?", SQL_ARGS(SQL_TEXT("oak")));
        while (cursor_next(y, &inner))
            pairs++;
    }
    ck_assert_int_eq(pairs, 9);
    fresh_close(&f);
}
END_TEST

START_TEST(test_files_are_kept_and_grow_columns)
{
    char path[] = "/tmp/amisim-check-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    struct fresh f;
    fresh_open(&f, (const struct schema *const[]){ &small_schema, NULL }, path);
    struct call c = fresh_call(&f);
    store_put(&c, &small_schema, &(struct tree){ .id = "tree-1" });
    fresh_close(&f);
    fresh_open(&f, schemas, path);
    c = fresh_call(&f);
    struct tree back;
    ck_assert(store_get(&c, &tree_schema, "tree-1", &back));
    ck_assert_ptr_null(back.name);
    ck_assert(back.height == ABSENT);
    store_exec(f.sim.store, "PRAGMA user_version = 1000", NULL);
    fresh_close(&f);
    const char *error = NULL;
    struct arena a = { 0 };
    ck_assert_ptr_null(store_open(&a, path, schemas, &error));
    ck_assert_ptr_nonnull(strstr(error, "newer amisim"));
    unlink(path);
    unlink(arena_printf(&a, "%s-wal", path));
    arena_release(&a);
}
END_TEST

static int64_t schema_version(const struct fresh *f)
{
    return store_number(f->sim.store, "SELECT schema_version FROM pragma_schema_version", NULL);
}

/* Tables that were made by the same declarations are not looked at again; by others they are. */
START_TEST(test_tables_are_known_by_their_declarations)
{
    char path[] = "/tmp/amisim-check-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    struct fresh f;
    fresh_open(&f, schemas, path);
    int64_t made = schema_version(&f);
    store_exec(f.sim.store, "DROP INDEX tree_by_name", NULL);
    fresh_close(&f);
    fresh_open(&f, schemas, path);
    ck_assert_int_eq(schema_version(&f), made + 1);
    fresh_close(&f);
    fresh_open(&f, (const struct schema *const[]){ &small_schema, NULL }, path);
    fresh_close(&f);
    fresh_open(&f, schemas, path);
    ck_assert_int_eq(store_number(f.sim.store,
                                  "SELECT count(*) FROM sqlite_master WHERE name = 'tree_by_name'",
                                  NULL),
                     1);
    fresh_close(&f);
    unlink(path);
}
END_TEST

/* A process that begins when the machine's clock was set back: commits tell where it was. */
START_TEST(test_the_clock_of_the_machine_was_set_back)
{
    struct fresh f;
    fresh_open(&f, schemas, NULL);
    f.clock.frozen = false;
    int64_t then = clock_now(&f.clock);
    store_set(f.sim.store, "clock.frozen", 0);
    store_set(f.sim.store, "clock.seen", machine_time_ms() + HOUR_MS);
    struct clock again = { 0 }, third = { 0 };
    clock_open(&again, f.sim.store);
    ck_assert_int_ge(clock_now(&again), then + HOUR_MS);
    f.sim.clock = &again;
    again.seen = 0;
    clock_seen(&f.sim);
    ck_assert_int_ge(store_setting(f.sim.store, "clock.seen", 0), machine_time_ms() + HOUR_MS);
    clock_open(&third, f.sim.store);
    ck_assert_int_ge(clock_now(&third), clock_now(&again));
    fresh_close(&f);
}
END_TEST

START_TEST(test_the_clock_never_goes_back)
{
    struct fresh f;
    fresh_open(&f, schemas, NULL);
    int64_t then = clock_now(&f.clock);
    ck_assert(clock_set(&f.sim, then + 1000));
    ck_assert(!clock_set(&f.sim, then));
    ck_assert_int_eq(clock_now(&f.clock), then + 1000);
    ck_assert_int_eq(clock_wait(&f.clock, then + 2000), -1); /* frozen */
    clock_freeze(&f.sim, false);
    clock_rate(&f.sim, 60000);
    ck_assert_int_le(clock_wait(&f.clock, clock_now(&f.clock) + 60000), 1001);
    struct clock again = { 0 };
    clock_open(&again, f.sim.store); /* as after a restart */
    ck_assert_int_eq(again.rate, 60000);
    ck_assert_int_ge(clock_now(&again), then + 1000);
    fresh_close(&f);
}
END_TEST

START_TEST(test_the_same_seed_gives_the_same_identifiers)
{
    struct fresh f;
    fresh_open(&f, schemas, NULL);
    struct call c = fresh_call(&f);
    const char *first = id_new(&c, "ami-");
    f.sim.ids.state = 1;
    ck_assert_str_eq(id_new(&c, "ami-"), first);
    ck_assert(id_well_shaped("ami-", first));
    ck_assert_str_eq(id_named(&c, "vpc-", "default"), id_named(&c, "vpc-", "default"));
    ck_assert(id_well_shaped("snap-", "snap-00000000")); /* the old form [recorded] */
    ck_assert(!id_well_shaped("snap-", "snap-00000000000000000"));
    ck_assert(!id_well_shaped("snap-", "snap-0FFFFFFFFFFFFFFFF"));
    ck_assert(id_well_shaped("snap-", "snap-0fedcba9876543210"));
    fresh_close(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("store");
    TCase *t = tcase_create("store");
    tcase_add_test(t, test_nouns_come_back);
    tcase_add_test(t, test_put_replaces_and_remove_leaves_nothing);
    tcase_add_test(t, test_a_savepoint_is_undone_alone);
    tcase_add_test(t, test_a_query_inside_the_same_query);
    tcase_add_test(t, test_files_are_kept_and_grow_columns);
    tcase_add_test(t, test_tables_are_known_by_their_declarations);
    tcase_add_test(t, test_the_clock_never_goes_back);
    tcase_add_test(t, test_the_clock_of_the_machine_was_set_back);
    tcase_add_test(t, test_the_same_seed_gives_the_same_identifiers);
    suite_add_tcase(s, t);
    return run_suite(s);
}
