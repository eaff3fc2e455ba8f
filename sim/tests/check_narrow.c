/* Filters that an index answers find what the same filters find without one: every filter of every
 * list, in random worlds, by exact values and beginnings, whole and page by page.
 *
 * A value "*no such text*" beside the others matches nothing, and no index can say so: with it all
 * rows are looked at. */
#include "tests/fresh.h"

#include <strings.h>

#include "base/log.h"
#include "base/rng.h"
#include "base/text.h"
#include "ops/describe.h"
#include "ops/tag.h"
#include "store/tag_row.h"

#define NOUNS 16 /* of each kind */
#define WORLDS 2
#define NEVER_MATCHES "*no such text*"

static struct fresh f;
static struct arena all; /* of what outlives a request */
static struct rng chance;

/* Few texts, so that filters find something: in fields, as values, as keys of tags. */
static const char *const words[] = { "alpha",        "alphabet",   "beta",
                                     "a*b",          "",           "available",
                                     "running",      "us-east-1",  "111122223333",
                                     "444455556666", "10.0.0.0/24" };
#define WORDS (sizeof words / sizeof *words)
static const char *const patterns[] = { "alph*",         "al?ha*",     "b*a", "ami-0000*",
                                        "i-0000000000*", "111122223*", "r*",  NEVER_MATCHES };
#define PATTERNS (sizeof patterns / sizeof *patterns)

static size_t below(size_t n)
{
    return (size_t)rng_below(&chance, n);
}

/* ---- A random world ---- */

static const char *prefix_of(const struct schema *k)
{
    for (const struct taggable *t = contents.taggables; t->prefix; t++) {
        if (t->schema == k)
            return t->prefix;
    }
    return arena_printf(&all, "%s-", k->name);
}

static const char *id_of(const struct schema *k, size_t number)
{
    return arena_printf(&all, "%s%017zu", prefix_of(k), number);
}

static const struct schema *any_schema(void)
{
    size_t n = 0;
    while (contents.schemas[n])
        n++;
    return contents.schemas[below(n)];
}

/* Another noun's id, or a word. */
static const char *any_text(void)
{
    return below(3) ? words[below(WORDS)] : id_of(any_schema(), below(NOUNS));
}

static const char *text_for(const struct field *at)
{
    if (at->column && text_is(at->column, "region"))
        return below(4) ? "us-east-1" : "eu-west-1";
    if (at->flags & FIELD_OWNER)
        return below(4) ? "111122223333" : "444455556666";
    if (at->column && strstr(at->column, "cidr"))
        return "10.0.0.0/24";
    return below(8) || at->flags & (FIELD_STATE | FIELD_ALWAYS) ? any_text() : NULL;
}

static void fill(const struct schema *k, void *noun);

static void fill_field(const struct field *at, void *member)
{
    if (at->type == FIELD_TEXT)
        *(const char **)member = text_for(at);
    else if (at->type == FIELD_BOOL)
        *(enum tri *)member = below(2) ? YES : NO;
    else if (at->type == FIELD_TEXTS)
        strs_add(&all, member, any_text());
    else if (at->type != FIELD_LIST)
        *(int64_t *)member = below(4) ? (int64_t)below(4) : ABSENT;
    else
        for (size_t n = below(3); n > 0; n--)
            fill(at->of, list_add_sized(&all, member, at->of->size));
}

static void fill(const struct schema *k, void *noun)
{
    schema_init(k, noun);
    for (const struct field *at = k->fields; at->type != FIELD_END; at++) {
        if (at->column)
            fill_field(at, (char *)noun + at->at);
    }
}

static void add_noun(struct call *c, const struct schema *k, size_t number)
{
    struct list tags = { 0 };
    void *noun = arena_alloc(&all, k->size);
    fill(k, noun);
    const char *id = id_of(k, number);
    *(const char **)((char *)noun + k->fields[0].at) = id;
    store_put(c, k, noun);
    for (size_t n = k->noun ? below(3) : 0; n > 0; n--)
        *list_add(&all, &tags, struct tag) = (struct tag){ words[below(3)], words[below(WORDS)] };
    tags_put(c, k->noun, id, &tags);
}

static void open_world(uint64_t seed)
{
    log_open(LOG_OFF);
    fresh_open(&f, NULL, NULL);
    chance = (struct rng){ .state = seed };
    struct call c = fresh_call(&f);
    for (const struct schema *const *k = contents.schemas; *k; k++) {
        for (size_t i = 0; i < NOUNS; i++)
            add_noun(&c, *k, i);
    }
}

static void close_world(void)
{
    fresh_close(&f);
    arena_release(&all);
}

/* ---- Filters ---- */

static void note_filters(const struct schema *k, struct list *into)
{
    for (const struct field *at = k->fields; at->type != FIELD_END; at++) {
        if (at->filter && !strs_have(into, at->filter))
            strs_add(&all, into, at->filter);
        if (at->of)
            note_filters(at->of, into);
    }
}

/* The names of all filters there are: which of them a list has it says itself. */
static struct list filter_names(void)
{
    static const char *const others[] = { "tag:alpha",   "tag:beta",      "tag-key",
                                          "tag-value",   "key",           "value",
                                          "resource-id", "resource-type", "instance-state-name" };
    struct list names = { 0 };
    for (const struct schema *const *k = contents.schemas; *k; k++)
        note_filters(*k, &names);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!strs_have(&names, others[i]))
            strs_add(&all, &names, others[i]);
    }
    return names;
}

static const struct param *filter_param(const struct op *op)
{
    for (const struct param *p = op->params; p && p->name; p++) {
        if (p->of == filter_params)
            return p;
    }
    return NULL;
}

static bool has_pages(const struct op *op)
{
    for (const struct param *p = op->params; p && p->name; p++) {
        if (text_is(p->name, "MaxResults"))
            return true;
    }
    return false;
}

/* ---- Requests ---- */

static const char *authorization(const void *headers, const char *name)
{
    (void)headers;
    return strcasecmp(name, "Authorization") == 0 ? "Credential=111122223333/1/us-east-1/ec2/a"
                                                  : NULL;
}

static const char *encoded(const char *text)
{
    struct list parts = { 0 };
    for (; *text; text++)
        strs_add(&f.request, &parts, arena_printf(&f.request, "%%%02X", (unsigned char)*text));
    return strs_join(&f.request, &parts, "");
}

/* The answer without the identifier of its request, which no two have alike. */
static const char *answer(const char *body, int *ret_status)
{
    const struct request r = { .method = "POST",
                               .path = "/",
                               .query = "",
                               .header = authorization,
                               .body = body,
                               .size = strlen(body) };
    struct reply reply = pipeline_serve(&f.sim, &f.request, &r);
    char *text = arena_strndup(&f.request, reply.body, reply.size);
    char *id = strstr(text, "<requestId>");
    *ret_status = reply.status;
    if (id)
        memset(id, ' ', strcspn(id + 1, "<") + 1);
    return text;
}

static const char *ask(const struct op *op, const char *name, const struct list *values,
                       size_t page, int *ret_status)
{
    struct arena *a = &f.request;
    const char *list = filter_param(op)->name;
    struct list parts = { 0 };
    strs_add(a, &parts, arena_printf(a, "Action=%s&%s.1.Name=%s", op->name, list, encoded(name)));
    for (size_t i = 0; i < values->count; i++)
        strs_add(a, &parts,
                 arena_printf(a, "%s.1.Value.%zu=%s", list, i + 1,
                              encoded(*list_at(values, const char *, i))));
    if (page)
        strs_add(a, &parts, arena_printf(a, "MaxResults=%zu", page));
    return answer(strs_join(a, &parts, "&"), ret_status);
}

static size_t answers_found; /* those that show something */

static void compare(const struct op *op, const char *name, struct list *values, size_t page)
{
    int status, plain_status;
    const char *narrowed = ask(op, name, values, page, &status);
    const char *first = *list_at(values, const char *, 0);
    strs_add(&f.request, values, NEVER_MATCHES);
    const char *plain = ask(op, name, values, page, &plain_status);
    answers_found += strstr(narrowed, "<item>") != NULL;
    ck_assert_msg(status == plain_status && text_is(narrowed, plain), "%s %s=%s, page %zu:\n%s\n%s",
                  op->name, name, first, page, narrowed, plain);
}

static void try_values(const struct op *op, const char *name, const char *one, const char *other)
{
    struct list values = { 0 };
    strs_add(&f.request, &values, one);
    if (other)
        strs_add(&f.request, &values, other);
    compare(op, name, &values, has_pages(op) && below(2) ? 5 : 0);
    arena_release(&f.request);
}

static bool knows_filter(const struct op *op, const char *name)
{
    struct list values = { 0 };
    int status;
    strs_add(&f.request, &values, NEVER_MATCHES);
    ask(op, name, &values, 0, &status);
    arena_release(&f.request);
    return status == 200;
}

/* An id of the very noun, where it has one: no random text is. */
static const char *some_id(const struct op *op)
{
    return id_of(op->lists ? op->lists->schema : any_schema(), below(NOUNS));
}

static void try_filter(const struct op *op, const char *name)
{
    for (size_t i = 0; i < 5; i++)
        try_values(op, name, words[below(WORDS)], NULL);
    for (size_t i = 0; i < 4; i++)
        try_values(op, name, patterns[below(PATTERNS)], i % 2 ? any_text() : NULL);
    try_values(op, name, any_text(), any_text());
    try_values(op, name, some_id(op), NULL);
    try_values(op, name, some_id(op), some_id(op));
}

START_TEST(test_narrowed_is_full)
{
    size_t filters = 0;
    open_world(1 + (uint64_t)_i);
    struct list names = filter_names();
    answers_found = 0;
    for (size_t i = 0; i < contents.op_count; i++) {
        const struct op *op = contents.ops[i];
        if (op->service != &service_ec2 || !filter_param(op))
            continue;
        LIST_EACH (const char *, name, &names) {
            if (!knows_filter(op, *name))
                continue;
            try_filter(op, *name);
            filters++;
        }
    }
    ck_assert_uint_gt(filters, 200);
    ck_assert_uint_gt(answers_found, filters);
    close_world();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("narrow");
    TCase *t = tcase_create("narrow");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, test_narrowed_is_full, 0, WORLDS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
