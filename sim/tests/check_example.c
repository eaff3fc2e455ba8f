/* The example of docs/contributing.md, compiled and run: the noun colour with its operations, its
 * list and its job, in tables of contents of their own. Each block of C in that page stands here
 * word for word; check_comments.py sees to it. */
#include "tests/fresh.h"

#include "base/log.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/describe.h"

/* ---- call/errors.h ---- */

#define E_ColourNotFound 400, "InvalidColour.NotFound", "The colour '%s' does not exist"

/* ---- world/: the noun ---- */

struct colour {
    const char *id, *owner, *region;
    const char *shade; /* NULL until it is mixed */
    const char *state; /* mixing, available */
};

const struct schema colour_schema = {
    .name = "colour",
    .size = sizeof(struct colour),
    .fields = (const struct field[]){ { TEXT_FIELD(struct colour, id), .column = "id",
                                        .xml = "colourId" },
                                      { TEXT_FIELD(struct colour, owner), .column = "owner",
                                        .xml = "ownerId", .flags = FIELD_OWNER | FIELD_INDEXED },
                                      { TEXT_FIELD(struct colour, region), .column = "region" },
                                      { TEXT_FIELD(struct colour, shade), .column = "shade",
                                        .xml = "shade", .filter = "shade" },
                                      { TEXT_FIELD(struct colour, state), .column = "state",
                                        .xml = "state", .filter = "state", .flags = FIELD_STATE },
                                      { 0 } },
};

static int colour_own(struct call *c, const char *id, struct colour *ret)
{
    return store_own(c, &colour_schema, id, ret) ? 0 : fail(c, E_ColourNotFound, id);
}

/* ---- ops/: the job ---- */

struct colour_mixed {
    const char *into;
};

static const struct field colour_mixed_fields[] = {
    { TEXT_FIELD(struct colour_mixed, into), .column = "into" },
    { 0 },
};

static void colour_mixed(struct call *c, const char *id, const struct colour_mixed *in)
{
    struct colour colour;
    if (!store_get(c, &colour_schema, id, &colour) || !text_is(colour.state, "mixing"))
        return;
    colour.state = "available";
    colour.shade = in->into;
    store_put(c, &colour_schema, &colour);
}

JOB_WITH(colour_mixed, colour_mixed_fields, struct colour_mixed, .name = "colour_mixed");

/* ---- ops/: the operations ---- */

struct create_colour {
    const char *shade;
};

static const struct param create_colour_params[] = {
    { "Shade", TEXT(struct create_colour, shade), .otherwise = "purple" },
    { 0 },
};

static int create_colour(struct call *c, const struct create_colour *in)
{
    NOUN(struct colour, colour_schema, colour);
    colour.id = id_new(c, "col-");
    colour.owner = c->account;
    colour.region = c->region;
    colour.state = "mixing";
    store_add(c, &colour_schema, &colour);
    job_after(c, 5000, &job_colour_mixed, colour.id, &(struct colour_mixed){ in->shade });
    emit_noun(c, &colour_schema, &colour, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, CreateColour, create_colour, .flags = OP_WRITES, .effects = "mixes a colour");

struct delete_colour {
    const char *id;
};

static const struct param delete_colour_params[] = {
    { "ColourId", TEXT(struct delete_colour, id), .flags = PARAM_REQUIRED, .id = "col-" },
    { "Outpost", REFUSED(TEXT, "there are no Outposts here") },
    { 0 },
};

static int delete_colour(struct call *c, const struct delete_colour *in)
{
    struct colour colour;
    if (colour_own(c, in->id, &colour))
        return -1;
    store_remove(c, &colour_schema, colour.id);
    return 0;
}

OPERATION(ec2, DeleteColour, delete_colour, .flags = OP_WRITES, .answer = ANSWER_RETURN,
          .errors = "InvalidColour.NotFound", .effects = "removes the colour");

static const struct param describe_colours_params[] = {
    { "ColourId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

MISSING(no_colour, E_ColourNotFound);

static const struct describe colour_list = { .schema = &colour_schema,
                                             .set = "colourSet",
                                             .ids_name = "colourIdsSet",
                                             .visible = MINE,
                                             .missing = no_colour };

LISTS(ec2, DescribeColours, describe_colours_params, colour_list,
      .errors = "InvalidColour.NotFound");

/* ---- contents/: a line for each, as the .def files have them ---- */

#undef JOB /* what declares one; here it names one */
#define OP(svc, name) &op_##svc##_##name
#define JOB(name) &job_##name
#define SCHEMA(name) &name##_schema

static const struct op *const ops[] = {
    OP(ec2, CreateColour),
    OP(ec2, DeleteColour),
    OP(ec2, DescribeColours),
};
static const struct job_kind *const jobs[] = {
    JOB(colour_mixed),
    NULL,
};
static const struct schema *const schemas[] = {
    SCHEMA(colour),
    NULL,
};
static const struct contents colours = {
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .jobs = jobs,
    .schemas = schemas,
};

/* ---- A client ---- */

static struct fresh f;

static void open_colours(void)
{
    log_open(LOG_OFF);
    fresh_open(&f, schemas, NULL);
    store_set(f.sim.store, "seeded", 1); /* no image: its Regions begin with none */
    f.sim.contents = &colours;
}

static void close_colours(void)
{
    fresh_close(&f);
}

static const char *header(const void *headers, const char *name)
{
    (void)headers;
    return text_is(name, "Authorization")
               ? "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/ec2/aws4_request, "
                 "SignedHeaders=host, Signature=0"
           : text_is(name, "Host") ? "localhost"
                                   : NULL;
}

/* The body of the answer to a query, whose status must be this. */
static const char *ask(int status, const char *query)
{
    struct request r = { .method = "POST",
                         .path = "/",
                         .query = "",
                         .header = header,
                         .body = query,
                         .size = strlen(query) };
    struct reply reply = pipeline_serve(&f.sim, &f.request, &r);
    const char *body = arena_strndup(&f.request, reply.body, reply.size);
    ck_assert_msg(reply.status == status, "%s: %d %s", query, reply.status, body);
    ck_assert(pipeline_commit(&f.sim));
    return body;
}

static void has(const char *body, const char *part)
{
    ck_assert_msg(strstr(body, part) != NULL, "%s is not in %s", part, body);
}

static void lacks(const char *body, const char *part)
{
    ck_assert_msg(strstr(body, part) == NULL, "%s is in %s", part, body);
}

static const char *create(const char *query)
{
    static const char element[] = "<colourId>";
    const char *id = strstr(ask(200, query), element);
    ck_assert_ptr_nonnull(id);
    id += strlen(element);
    return arena_strndup(&f.request, id, strcspn(id, "<"));
}

static const char *with_id(const char *action, const char *id)
{
    return arena_printf(&f.request, "Action=%s&ColourId=%s", action, id);
}

START_TEST(test_a_colour_is_mixed)
{
    const char *id = create("Action=CreateColour&Shade=teal");
    const char *list = arena_printf(&f.request, "Action=DescribeColours&ColourId.1=%s", id);
    has(ask(200, list), "<state>mixing</state>");
    lacks(ask(200, list), "<shade>");
    ck_assert(clock_set(&f.sim, clock_now(&f.clock) + 4999));
    has(ask(200, list), "<state>mixing</state>");
    ck_assert(clock_set(&f.sim, clock_now(&f.clock) + 1));
    has(ask(200, list), "<state>available</state>");
    has(ask(200, list), "<shade>teal</shade>");
}
END_TEST

START_TEST(test_a_colour_is_deleted)
{
    const char *id = create("Action=CreateColour");
    has(ask(412, arena_printf(&f.request, "%s&DryRun=true", with_id("DeleteColour", id))),
        "DryRunOperation");
    has(ask(200, with_id("DeleteColour", id)), "<return>true</return>");
    has(ask(400, with_id("DeleteColour", id)), "InvalidColour.NotFound");
    has(ask(400, "Action=DeleteColour"), "MissingParameter");
    has(ask(400, with_id("DeleteColour", "vol-1")), "InvalidID");
    has(ask(400, with_id("DeleteColour&Outpost=x", id)), "there are no Outposts here");
    ck_assert(clock_set(&f.sim, clock_now(&f.clock) + 5000)); /* its job finds nothing to do */
    has(ask(200, "Action=DescribeColours"), "<colourSet/>");
}
END_TEST

START_TEST(test_colours_are_listed)
{
    const char *purple = create("Action=CreateColour"), *teal;
    ck_assert(clock_set(&f.sim, clock_now(&f.clock) + 5000));
    teal = create("Action=CreateColour&Shade=teal");
    const char *all = ask(200, "Action=DescribeColours");
    has(all, purple);
    has(all, teal);
    all = ask(200, "Action=DescribeColours&Filter.1.Name=shade&Filter.1.Value.1=pur*");
    has(all, purple);
    lacks(all, teal);
    for (int i = 0; i < 4; i++)
        create("Action=CreateColour");
    all = ask(200, "Action=DescribeColours&MaxResults=5");
    has(all, teal);
    has(all, "<nextToken>");
    has(ask(400, "Action=DescribeColours&ColourId.1=col-12345678"),
        "The colour 'col-12345678' does not exist");
    has(ask(400, "Action=DescribeColors"), "InvalidAction");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("example");
    TCase *t = tcase_create("colours");
    tcase_add_checked_fixture(t, open_colours, close_colours);
    tcase_add_test(t, test_a_colour_is_mixed);
    tcase_add_test(t, test_a_colour_is_deleted);
    tcase_add_test(t, test_colours_are_listed);
    suite_add_tcase(s, t);
    return run_suite(s);
}
