/* Jobs: how they are declared, stored with their argument and taken again, also as older files have
 * them; that each is all or nothing, and comes again where the disk refused it. */
#include "tests/fresh.h"

#include <unistd.h>

#include "base/text.h"

/* ---- Some kinds ---- */

static int ran;

static void plain(struct call *c, const char *subject)
{
    ran++;
    ck_assert_str_eq(c->account, "111122223333");
    ck_assert_str_eq(subject, "x");
}

JOB(plain, .name = "plain");

struct part {
    const char *key;
    struct list values;
};

static const struct schema part_schema = {
    .size = sizeof(struct part),
    .fields = (const struct field[]){ { TEXT_FIELD(struct part, key), .column = "key" },
                                      { TEXTS_FIELD(struct part, values), .column = "values" },
                                      { 0 } },
};

struct rich {
    const char *word;
    int64_t number, none;
    enum tri flag;
    struct list parts;
    const char *rest;
};

static const struct field rich_fields[] = {
    { TEXT_FIELD(struct rich, word), .column = "word" },
    { INT_FIELD(struct rich, number), .column = "number" },
    { INT_FIELD(struct rich, none), .column = "none" },
    { BOOL_FIELD(struct rich, flag), .column = "flag" },
    { LIST_FIELD(struct rich, parts, &part_schema), .column = "parts" },
    { TEXT_FIELD(struct rich, rest), .column = "rest" },
    { 0 },
};

static void rich(struct call *c, const char *subject, const struct rich *in)
{
    (void)c;
    (void)subject;
    ran += (int)in->number;
}

JOB_WITH(rich, rich_fields, struct rich, .name = "rich");

struct words {
    const char *what;
    int64_t count;
    const char *why;
};

static const struct field words_fields[] = {
    { TEXT_FIELD(struct words, what), .column = "what" },
    { INT_FIELD(struct words, count), .column = "count" },
    { TEXT_FIELD(struct words, why), .column = "why" },
    { 0 },
};

static void words(struct call *c, const char *subject, const struct words *in)
{
    (void)c;
    (void)subject;
    (void)in;
}

JOB_WITH(words, words_fields, struct words, .name = "words");

struct parts {
    struct list parts;
};

static const struct field parts_fields[] = {
    { LIST_FIELD(struct parts, parts, &part_schema), .column = "parts" },
    { 0 },
};

static void parts(struct call *c, const char *subject, const struct parts *in)
{
    (void)c;
    (void)subject;
    (void)in;
}

JOB_WITH(parts, parts_fields, struct parts, .name = "parts");

static void broken(struct call *c, const char *subject)
{
    store_set(c->store, subject, 1);
    fail(c, 400, "Broken", "it is");
}

JOB(broken, .name = "broken");

/* More than the store of the test takes. */
static void greedy(struct call *c, const char *subject)
{
    ran++;
    char *bytes = arena_bytes(c->a, 1 << 20);
    memset(bytes, 'x', (1 << 20) - 1);
    bytes[(1 << 20) - 1] = '\0';
    store_set(c->store, subject, 1);
    store_set(c->store, bytes, 1);
}

JOB(greedy, .name = "greedy");

static const struct job_kind *const kinds[] = { &job_plain,  &job_rich,   &job_words, &job_parts,
                                                &job_broken, &job_greedy, NULL };
static const struct schema *const no_schemas[] = { NULL };
static const struct contents few = { .jobs = kinds, .schemas = no_schemas };

static struct call opened(struct fresh *f)
{
    fresh_open(f, no_schemas, NULL);
    f->sim.contents = &few;
    ran = 0;
    return fresh_call(f);
}

static struct job taken(struct call *c)
{
    struct job job;
    ck_assert(job_take(c->sim, c->now + 1000, c->a, &job));
    return job;
}

/* Queued by an older amisim. */
static void queue_text(struct call *c, const char *kind, const char *argument)
{
    store_exec(c->store,
               "INSERT INTO job (due, kind, account, region, subject, argument)"
               " VALUES (?, ?, '111122223333', 'us-east-1', 'x', ?)",
               SQL_ARGS(SQL_INT(c->now), SQL_TEXT(kind), SQL_TEXT(argument)));
}

/* ---- The queue ---- */

START_TEST(test_jobs_come_in_order)
{
    struct fresh f;
    struct call c = opened(&f);
    job_after(&c, 20, &job_plain, "late", NULL);
    job_after(&c, 10, &job_plain, "early", NULL);
    job_after(&c, 10, &job_words, "then", NULL);
    job_after(&c, 10, &job_rich, "gone", NULL);
    job_after(&c, 10, &job_plain, "gone", NULL);
    job_cancel(&c, &job_rich, "gone");
    ck_assert_int_eq(store_number(c.store, "SELECT count(*) FROM job", NULL), 4);
    job_cancel(&c, NULL, "gone");
    struct job job;
    ck_assert(!job_take(&f.sim, c.now, c.a, &job));
    ck_assert_int_eq(job_next_due(&f.sim), c.now + 10);
    job = taken(&c);
    ck_assert_str_eq(job.subject, "early");
    ck_assert_str_eq(job.account, c.account);
    ck_assert_ptr_eq(job.kind, &job_plain);
    ck_assert_ptr_null(job.in);
    ck_assert_str_eq(taken(&c).subject, "then");
    ck_assert_str_eq(taken(&c).subject, "late");
    ck_assert(!job_take(&f.sim, c.now + 100, c.a, &job));
    ck_assert_int_eq(progress_percent(100, 200, 100), 0);
    ck_assert_int_eq(progress_percent(100, 200, 199), 98);
    ck_assert_int_eq(progress_percent(100, 200, 200), 100);
    fresh_close(&f);
}
END_TEST

/* It is remembered, and must never be what the table does not say. */
START_TEST(test_the_next_one_is_known)
{
    struct fresh f;
    struct call c = opened(&f);
    struct job job;
    ck_assert_int_eq(job_next_due(&f.sim), ABSENT);
    store_begin(c.store);
    job_after(&c, 20, &job_plain, "x", NULL);
    ck_assert_int_eq(job_next_due(&f.sim), c.now + 20);
    job_after(&c, 10, &job_rich, "x", NULL);
    job_after(&c, 30, &job_words, "x", NULL);
    ck_assert_int_eq(job_next_due(&f.sim), c.now + 10);
    job_cancel(&c, &job_rich, "x");
    ck_assert_int_eq(job_next_due(&f.sim), c.now + 20);
    store_savepoint(c.store);
    job_after(&c, 5, &job_rich, "x", NULL);
    ck_assert_int_eq(job_next_due(&f.sim), c.now + 5);
    store_undo(c.store);
    ck_assert_int_eq(job_next_due(&f.sim), c.now + 20);
    ck_assert(job_take(&f.sim, c.now + 25, c.a, &job));
    ck_assert_int_eq(job_next_due(&f.sim), c.now + 30);
    store_rollback(c.store);
    ck_assert_int_eq(job_next_due(&f.sim), ABSENT);
    fresh_close(&f);
}
END_TEST

START_TEST(test_a_call_knows_what_it_queued)
{
    struct fresh f;
    struct call c = opened(&f);
    struct list queued = { 0 };
    struct job job;
    c.jobs = &queued;
    job_after(&c, 10, &job_plain, "a", NULL);
    job_after(&c, 20, &job_words, "b", NULL);
    ck_assert_uint_eq(queued.count, 2);
    const struct job *second = list_at(&queued, struct job, 1);
    ck_assert_ptr_eq(second->kind, &job_words);
    ck_assert(job_find(&c, second->id, "b", &job));
    ck_assert_int_eq(job.due, c.now + 20);
    job_move(c.sim, &job, c.now + 5);
    ck_assert(job_find(&c, second->id, "b", &job));
    ck_assert_int_eq(job.due, c.now + 5);
    ck_assert(!job_find(&c, second->id, "a", &job));
    job_drop(c.sim, second);
    ck_assert(!job_find(&c, second->id, "b", &job));
    fresh_close(&f);
}
END_TEST

/* ---- Arguments ---- */

START_TEST(test_an_argument_comes_back)
{
    struct fresh f;
    struct call c = opened(&f);
    struct rich in = { .word = "a \"word\"", .number = -7, .none = ABSENT, .flag = NO };
    struct part *part = list_add(c.a, &in.parts, struct part);
    part->key = "tag:a b";
    strs_add(c.a, &part->values, "one");
    strs_add(c.a, &part->values, "");
    list_add(c.a, &in.parts, struct part)->key = "second";
    job_after(&c, 0, &job_rich, "x", &in);
    ck_assert_str_eq(store_word(&c, "SELECT argument FROM job", NULL),
                     "{\"word\":\"a \\\"word\\\"\",\"number\":-7,\"flag\":false,\"parts\":"
                     "[{\"key\":\"tag:a b\",\"values\":[\"one\",\"\"]},{\"key\":\"second\"}]}");
    const struct rich *back = taken(&c).in;
    ck_assert_str_eq(back->word, in.word);
    ck_assert_int_eq(back->number, -7);
    ck_assert(back->none == ABSENT);
    ck_assert_int_eq(back->flag, NO);
    ck_assert_ptr_null(back->rest);
    ck_assert_uint_eq(back->parts.count, 2);
    const struct part *first = list_at(&back->parts, struct part, 0);
    ck_assert_str_eq(first->key, "tag:a b");
    ck_assert_uint_eq(first->values.count, 2);
    ck_assert_str_eq(*list_at(&first->values, const char *, 0), "one");
    ck_assert_uint_eq(list_at(&back->parts, struct part, 1)->values.count, 0);
    fresh_close(&f);
}
END_TEST

START_TEST(test_no_argument_is_an_empty_one)
{
    struct fresh f;
    struct call c = opened(&f);
    job_after(&c, 0, &job_rich, "x", NULL);
    const struct rich *back = taken(&c).in;
    ck_assert_ptr_null(back->word);
    ck_assert(back->number == ABSENT);
    ck_assert_int_eq(back->flag, UNSET);
    fresh_close(&f);
}
END_TEST

START_TEST(test_arguments_of_0_1_0_are_read)
{
    struct fresh f;
    struct call c = opened(&f);
    queue_text(&c, "words", "i-1 3 for no reason");
    queue_text(&c, "words", "reboot");
    queue_text(&c, "words", "");
    queue_text(&c, "words", NULL);
    queue_text(&c, "words", "17");
    queue_text(&c, "parts", "[[\"tag:a\",\"b\",\"c\"],[\"tag-key\",\"d\"]]");
    const struct words *all = taken(&c).in, *one = taken(&c).in, *none = taken(&c).in;
    ck_assert_str_eq(all->what, "i-1");
    ck_assert_int_eq(all->count, 3);
    ck_assert_str_eq(all->why, "for no reason");
    ck_assert_str_eq(one->what, "reboot");
    ck_assert(one->count == ABSENT);
    ck_assert_ptr_null(none->what);
    ck_assert_ptr_null(((const struct words *)taken(&c).in)->what);
    ck_assert_str_eq(((const struct words *)taken(&c).in)->what, "17");
    const struct parts *list = taken(&c).in;
    ck_assert_uint_eq(list->parts.count, 2);
    const struct part *first = list_at(&list->parts, struct part, 0);
    ck_assert_str_eq(first->key, "tag:a");
    ck_assert_uint_eq(first->values.count, 2);
    ck_assert_str_eq(*list_at(&first->values, const char *, 1), "c");
    fresh_close(&f);
}
END_TEST

START_TEST(test_an_argument_of_a_stranger_does_no_harm)
{
    static const char *const texts[] = { "{\"word\":[1],\"number\":\"x\",\"flag\":3,\"parts\":7}",
                                         "[]",
                                         "[[[]]]",
                                         "{}",
                                         "{",
                                         " ",
                                         "null",
                                         "1e400" };
    struct fresh f;
    struct call c = opened(&f);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        queue_text(&c, "rich", texts[i]);
        ck_assert(((const struct rich *)taken(&c).in)->number == ABSENT);
        queue_text(&c, "parts", texts[i]);
        ck_assert_ptr_nonnull(taken(&c).in);
    }
    fresh_close(&f);
}
END_TEST

/* ---- Running ---- */

START_TEST(test_what_is_due_runs)
{
    struct fresh f;
    struct call c = opened(&f);
    store_begin(c.store);
    job_after(&c, 0, &job_plain, "x", NULL);
    job_after(&c, 0, &job_rich, "y", &(struct rich){ .number = 10 });
    job_after(&c, 1, &job_plain, "later", NULL);
    pipeline_run_due(&f.sim);
    ck_assert_int_eq(ran, 11);
    ck_assert(pipeline_commit(&f.sim));
    ck_assert_int_eq(store_number(c.store, "SELECT count(*) FROM job", NULL), 1);
    fresh_close(&f);
}
END_TEST

START_TEST(test_a_job_that_fails_leaves_nothing)
{
    struct fresh f;
    struct call c = opened(&f);
    store_begin(c.store);
    job_after(&c, 0, &job_broken, "x", NULL);
    pipeline_run_due(&f.sim);
    ck_assert(pipeline_commit(&f.sim));
    ck_assert_int_eq(store_setting(c.store, "x", 0), 0);
    ck_assert_int_eq(store_number(c.store, "SELECT count(*) FROM job", NULL), 0);
    fresh_close(&f);
}
END_TEST

START_TEST(test_a_job_that_the_disk_refuses_comes_again)
{
    struct fresh f;
    struct call c = opened(&f);
    store_number(c.store, "PRAGMA max_page_count = 100", NULL);
    store_begin(c.store);
    job_after(&c, 0, &job_greedy, "trace", NULL);
    ck_assert(pipeline_commit(&f.sim));
    pipeline_run_due(&f.sim);
    ck_assert_int_eq(ran, 1);
    ck_assert_int_eq(store_setting(c.store, "trace", 0), 0); /* its savepoint is undone */
    ck_assert(!store_in_transaction(f.sim.store)); /* nobody waits for it, nobody is told */
    ck_assert_int_eq(store_number(c.store, "SELECT count(*) FROM job", NULL), 1);
    f.sim.jobs_wait = 0;
    store_number(c.store, "PRAGMA max_page_count = 100000", NULL);
    pipeline_run_due(&f.sim);
    ck_assert_int_eq(ran, 2);
    ck_assert(pipeline_commit(&f.sim));
    ck_assert_int_eq(store_setting(c.store, "trace", 0), 1);
    ck_assert_int_eq(store_number(c.store, "SELECT count(*) FROM job", NULL), 0);
    fresh_close(&f);
}
END_TEST

/* ---- What a file waits for ---- */

START_TEST(test_a_job_that_nobody_knows_is_found)
{
    struct fresh f;
    struct call c = opened(&f);
    ck_assert_ptr_null(job_kind_unknown(&f.sim, c.a));
    queue_text(&c, "plain", "");
    ck_assert_ptr_null(job_kind_unknown(&f.sim, c.a));
    queue_text(&c, "of_tomorrow", "");
    ck_assert_str_eq(job_kind_unknown(&f.sim, c.a), "of_tomorrow");
    fresh_close(&f);
}
END_TEST

/* Files have these names. */
START_TEST(test_the_names_of_0_1_0_are_known)
{
    static const char *const names[] = {
        "advance_fast_restore", "archive_again",      "bundle_step",      "command_begin",
        "command_expired",      "command_step",       "command_targets",  "command_undelivered",
        "delete_key",           "ebs_complete",       "ebs_timeout",      "end_import",
        "end_snapshot",         "end_tiering",        "expire_snapshot",  "export_cancelled",
        "fast_launch_changed",  "fault_strikes",      "guest_power",      "guest_writeback",
        "image_copy_failed",    "image_expired",      "image_exported",   "image_imported",
        "image_ready",          "image_stored",       "import_cancelled", "instance_ended",
        "instance_forgotten",   "instance_started",   "instance_stopped", "recover_snapshot",
        "root_task_begin",      "root_task_end",      "scenario_step",    "usage_report_expired",
        "usage_report_ready",   "volume_attached",    "volume_created",   "volume_detached",
        "volume_gone",          "volume_modify_next",
    };
    const struct sim sim = { .contents = &contents };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_msg(job_kind_find(&sim, names[i]) != NULL, "%s", names[i]);
    for (const struct job_kind *const *k = contents.jobs; *k; k++)
        ck_assert_ptr_eq(job_kind_find(&sim, (*k)->name), *k); /* no name twice */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("jobs");
    TCase *t = tcase_create("jobs");
    tcase_add_test(t, test_jobs_come_in_order);
    tcase_add_test(t, test_the_next_one_is_known);
    tcase_add_test(t, test_a_call_knows_what_it_queued);
    tcase_add_test(t, test_an_argument_comes_back);
    tcase_add_test(t, test_no_argument_is_an_empty_one);
    tcase_add_test(t, test_arguments_of_0_1_0_are_read);
    tcase_add_test(t, test_an_argument_of_a_stranger_does_no_harm);
    tcase_add_test(t, test_what_is_due_runs);
    tcase_add_test(t, test_a_job_that_fails_leaves_nothing);
    tcase_add_test(t, test_a_job_that_the_disk_refuses_comes_again);
    tcase_add_test(t, test_a_job_that_nobody_knows_is_found);
    tcase_add_test(t, test_the_names_of_0_1_0_are_known);
    suite_add_tcase(s, t);
    return run_suite(s);
}
