/* From bytes to typed input: query strings, parameter tables, filters, tags, tokens, pages. */
#include "tests/fresh.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/decode.h"
#include "call/id.h"
#include "call/named.h"
#include "request/filter.h"
#include "request/request.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "world/volume/volume.h"

struct part {
    const char *name;
    int64_t size;
};

struct input {
    const char *name, *id;
    int64_t size;
    enum tri flag;
    struct list names, parts;
    bool has_inner;
    struct part inner;
};

static const struct param part_params[] = {
    { "Name", TEXT(struct part, name), .flags = PARAM_REQUIRED },
    { "Size", INT(struct part, size), .min = 1, .max = 10 },
    { 0 },
};

static const char *const colours[] = { "red", "green", NULL };

static const struct param params[] = {
    { "Name", TEXT(struct input, name), .values = colours },
    { "ImageId", TEXT(struct input, id), .id = "ami-" },
    { "Size", INT(struct input, size), .min = 1, .max = 10 },
    { "Flag", BOOL(struct input, flag) },
    { "Names", TEXTS(struct input, names) },
    { "Part", LIST(struct input, parts, struct part, part_params) },
    { "Inner", STRUCT(struct input, inner, part_params),
      .there = offsetof(struct input, has_inner) },
    { "Outpost", REFUSED(TEXT, "there are no Outposts here") },
    { 0 },
};

static struct fresh f;

static void open_fresh(void)
{
    fresh_open(&f, NULL, NULL);
}

static void close_fresh(void)
{
    fresh_close(&f);
}

/* Binds a query; the result is the error's code, or NULL. */
static const char *bind(struct call *c, const char *query, struct input *in)
{
    struct value *v = query_decode(c, query, strlen(query), true);
    memset(in, 0, sizeof *in);
    if (!v || decode_names(c, params, v, complain_ec2)
        || decode_values(c, params, v, in, complain_ec2))
        return c->outcome.code;
    return NULL;
}

static void refused(const char *query, const char *code, const char *message)
{
    struct call c = fresh_call(&f);
    struct input in;
    ck_assert_str_eq(bind(&c, query, &in), code);
    ck_assert_str_eq(c.outcome.message, message);
}

START_TEST(test_lists_and_structures)
{
    struct call c = fresh_call(&f);
    struct input in;
    ck_assert_ptr_null(bind(&c,
                            "Names.10=j&Names.2=b&Part.3.Name=x&Part.3.Size=7&Part.1.Name=a%2Bb+c"
                            "&Inner.Name=i&Flag=true&Size=10&Name=",
                            &in));
    ck_assert_str_eq(strs_join(c.a, &in.names, ","), "b,j"); /* sparse and by number */
    ck_assert_uint_eq(in.parts.count, 2);
    ck_assert_str_eq(list_at(&in.parts, struct part, 0)->name, "a+b c");
    ck_assert(list_at(&in.parts, struct part, 0)->size == ABSENT);
    ck_assert_int_eq(list_at(&in.parts, struct part, 1)->size, 7);
    ck_assert(in.has_inner);
    ck_assert_int_eq(in.flag, YES);
    ck_assert_ptr_null(in.name); /* an empty scalar is an absent one */
}
END_TEST

struct defaults {
    const char *text, *empty;
    int64_t number;
    enum tri flag;
    bool has_inner;
    struct {
        int64_t number;
    } inner;
};

START_TEST(test_otherwise)
{
    static const struct param inner_params[] = {
        { "Number", .type = PARAM_INT, .at = 0, .otherwise = "9" },
        { 0 },
    };
    static const struct param table[] = {
        { "Text", TEXT(struct defaults, text), .otherwise = "gp2" },
        { "Empty", TEXT(struct defaults, empty), .flags = PARAM_EMPTY, .otherwise = "full" },
        { "Number", INT(struct defaults, number), .otherwise = "30" },
        { "Flag", BOOL(struct defaults, flag), .otherwise = "false" },
        { "Inner", STRUCT(struct defaults, inner, inner_params),
          .there = offsetof(struct defaults, has_inner) },
        { 0 },
    };
    struct call c = fresh_call(&f);
    struct defaults in = { 0 };
    struct value *v = query_decode(&c, "Text=&Empty=&Number=", 20, true);
    ck_assert_int_eq(decode_values(&c, table, v, &in, complain_ec2), 0);
    ck_assert_str_eq(in.text, "gp2"); /* an empty scalar is an absent one */
    ck_assert_str_eq(in.empty, "");
    ck_assert_int_eq(in.number, 30);
    ck_assert_int_eq(in.flag, NO);
    ck_assert(in.inner.number == ABSENT); /* not in a structure that was not given */
    in = (struct defaults){ 0 };
    v = query_decode(&c, "Text=io2&Number=0&Flag=true&Inner.Number=", 41, true);
    ck_assert_int_eq(decode_values(&c, table, v, &in, complain_ec2), 0);
    ck_assert_str_eq(in.text, "io2");
    ck_assert_str_eq(in.empty, "full");
    ck_assert_int_eq(in.number, 0);
    ck_assert_int_eq(in.flag, YES);
    ck_assert_int_eq(in.inner.number, 9);
}
END_TEST

START_TEST(test_given_twice)
{
    struct call c = fresh_call(&f);
    struct value *v = query_decode(&c, "A=1&B=x&A=2", 11, true);
    ck_assert_str_eq(value_text(v, "A"), "1");
    v = query_decode(&c, "A=1&B=x&A=2", 11, false);
    ck_assert_str_eq(value_text(v, "A"), "2");
}
END_TEST

START_TEST(test_refusals)
{
    refused("Nmae=red", "UnknownParameter", "The parameter Nmae is not recognized");
    refused("Part.1.Item.1.Name=x", "UnknownParameter", "The parameter Item is not recognized");
    refused("Part.Item.1=x", "UnknownParameter", "The parameter Item is not recognized");
    refused("Names.1.Value=x", "UnknownParameter", "The parameter Value is not recognized");
    refused("name=red", "UnknownParameter", "The parameter name is not recognized");
    refused("Part.1.Size=2", "MissingParameter", "The request must contain the parameter Name");
    refused("Outpost=x", "UnsupportedOperation",
            "The parameter Outpost is not simulated: there are no Outposts here");
    refused("ImageId=foo", "InvalidAMIID.Malformed", "Invalid id: \"foo\" (expecting \"ami-...\")");
    refused("ImageId=ami-00000000000000000", "InvalidAMIID.Malformed",
            "Invalid id: \"ami-00000000000000000\"");
    refused("Names.1=", "MissingParameter", "The request must contain the parameter Names");
    refused("Size=ten", "InvalidParameterValue",
            "Value (ten) for parameter size is invalid. Expected an integer.");
    refused("Size=11", "InvalidParameterValue",
            "Value (11) for parameter size is invalid. Specify a value between 1 and 10.");
    refused("Flag=maybe", "InvalidParameterValue",
            "Value (maybe) for parameter flag is invalid. Expected a boolean.");
    refused("Name=blue", "InvalidParameterValue",
            "Value (blue) for parameter name is invalid. Valid values are: red, green.");
    struct call c = fresh_call(&f);
    struct input in;
    ck_assert_ptr_null(bind(&c, "Outpost=", &in)); /* empty is absent */
}
END_TEST

START_TEST(test_hostile_bytes)
{
    refused("Name=%", "MalformedQueryString",
            "A parameter is not correctly encoded or not valid UTF-8 text");
    refused("Name=%ff", "MalformedQueryString",
            "A parameter is not correctly encoded or not valid UTF-8 text");
    refused("Name=%00", "MalformedQueryString",
            "A parameter is not correctly encoded or not valid UTF-8 text");
    refused("A.B.C.D.E.F.G.H.I.J.K.L.M.N=1", "MalformedQueryString",
            "A parameter is nested too deeply");
    refused("Name=red&Name.1=x", "MalformedQueryString", "Name is a value and a structure at once");
    struct call c = fresh_call(&f);
    char *many = arena_alloc(c.a, 21000 * 4 + 1);
    for (int i = 0; i < 21000; i++)
        memcpy(many + 4 * i, "A=b&", 4);
    ck_assert_ptr_null(query_decode(&c, many, strlen(many), true));
    ck_assert_str_eq(c.outcome.message, "Too many parameters");
}
END_TEST

START_TEST(test_json_and_yaml_complaints)
{
    struct call c = fresh_call(&f);
    const char *error = NULL, yaml[] = "Name: red\nSize: 99\n";
    struct input in = { 0 };
    struct value *v = value_from_yaml(c.a, "x.yaml", yaml, sizeof yaml - 1, &error);
    ck_assert_int_eq(decode_values(&c, params, v, &in, complain_yaml), -1);
    ck_assert_str_eq(c.outcome.message, "x.yaml:2: 'Size' is '99'; between 1 and 10 was expected");
    c = fresh_call(&f);
    v = value_from_json(c.a, "{\"Name\":\"blue\"}", 15, &error);
    ck_assert_int_eq(decode_values(&c, params, v, &in, complain_json), -1);
    ck_assert_str_eq(c.outcome.message,
                     "1 validation error detected: Value 'blue' at 'name' failed to satisfy "
                     "constraint: Member must satisfy enum value set: [red, green]");
}
END_TEST

/* ---- Filters ---- */

struct thing {
    const char *id, *colour;
    int64_t size;
    struct list parts, tags;
};

static const struct schema thing_part_schema = {
    .name = "part",
    .size = sizeof(struct part),
    .part = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct part, name), .filter = "part.name" }, { 0 } },
};

static const struct schema thing_schema = {
    .name = "thing",
    .size = sizeof(struct thing),
    .fields = (const struct field[]){ { TEXT_FIELD(struct thing, id) },
                                      { TEXT_FIELD(struct thing, colour), .filter = "colour" },
                                      { INT_FIELD(struct thing, size), .filter = "size" },
                                      { CONSTANT_FIELD("false"), .filter = "managed" },
                                      NO_SUCH("outpost-arn"),
                                      { LIST_FIELD(struct thing, parts, &thing_part_schema) },
                                      { TAGS_FIELD(struct thing, tags) },
                                      { 0 } },
};

static bool filtered(const struct thing *t, const char *name, const char *value)
{
    struct call c = fresh_call(&f);
    struct filter filter = { .name = name };
    struct list filters = { .items = &filter, .count = 1 };
    if (value)
        strs_add(c.a, &filter.values, value);
    ck_assert_int_eq(filters_check(&c, &thing_schema, &filters), 0);
    return filters_match(&c, &thing_schema, t, &filters);
}

START_TEST(test_filters)
{
    struct call c = fresh_call(&f);
    struct part parts[] = { { .name = "leg" }, { .name = "arm" } };
    struct tag tag = { "stack:env", "prod" };
    struct thing t = { .id = "t",
                       .colour = "red",
                       .size = 8,
                       .parts = { .items = parts, .count = 2 },
                       .tags = { .items = &tag, .count = 1 } };
    ck_assert(filtered(&t, "colour", "r?d*"));
    ck_assert(!filtered(&t, "colour", "RED"));
    ck_assert(
        !filtered(&t, "colour", NULL)); /* a filter without values matches nothing [recorded] */
    ck_assert(filtered(&t, "size", "8"));
    ck_assert(filtered(&t, "managed", "false"));
    ck_assert(!filtered(&t, "managed", "true"));
    ck_assert(!filtered(&t, "outpost-arn", "*"));
    ck_assert(filtered(&t, "part.name", "arm"));
    ck_assert(!filtered(&t, "part.name", "head"));
    ck_assert(filtered(&t, "tag:stack:env", "prod"));
    ck_assert(filtered(&t, "tag-key", "stack:*"));
    ck_assert(filtered(&t, "tag-value", "prod"));
    struct filter bad = { .name = "id" };
    ck_assert_int_eq(filters_check(&c, &thing_schema, &(struct list){ .items = &bad, .count = 1 }),
                     -1);
    ck_assert_str_eq(c.outcome.message, "The filter 'id' is invalid");
    struct filter many = { .name = "size" };
    for (int i = 0; i < 201; i++)
        strs_add(c.a, &many.values, "1");
    call_clear_error(&c);
    ck_assert_int_eq(filters_check(&c, &thing_schema, &(struct list){ .items = &many, .count = 1 }),
                     -1);
    ck_assert_str_eq(c.outcome.code, "FilterLimitExceeded");
}
END_TEST

/* ---- Tags and tokens ---- */

static const char *tag_error(struct call *c, const char *key, const char *type)
{
    struct tag tag = { key, "v" };
    struct tag_spec spec = { .type = type, .tags = { .items = &tag, .count = 1 } };
    int r = tag_specs_check(c, &(struct list){ .items = &spec, .count = 1 }, "image snapshot");
    return r ? c->outcome.message : NULL;
}

START_TEST(test_tag_rules)
{
    struct call c = fresh_call(&f);
    ck_assert_ptr_null(tag_error(&c, "Name", "image"));
    ck_assert_str_eq(tag_error(&c, "Name", "instance"),
                     "'instance' is not a valid taggable resource type for this operation.");
    call_clear_error(&c);
    ck_assert_ptr_nonnull(tag_error(&c, "Name", "snap")); /* a part of a word is not the word */
    call_clear_error(&c);
    ck_assert_str_eq(tag_error(&c, "AWS:x", "image"),
                     "Tag keys starting with 'aws:' are reserved for internal use");
    call_clear_error(&c);
    ck_assert_str_eq(tag_error(&c, "", "image"), "Tag key must have a value");
}
END_TEST

START_TEST(test_tokens)
{
    static const struct op op = { .service = &service_ec2, .name = "CreateThing" };
    struct call c = fresh_call(&f);
    const char *made;
    c.op = &op;
    c.input = query_decode(&c, "ClientToken=t&Tag.1=a&Tag.2=b&Size=1", 36, true);
    ck_assert_int_eq(token_find(&c, "t", &made), 0);
    ck_assert_ptr_null(made);
    token_keep(&c, "t", &volume_schema, "thing-1");
    c.input = query_decode(&c, "Size=1&Tag.1=b&Tag.2=a&ClientToken=t", 36, true);
    ck_assert_int_eq(token_find(&c, "t", &made), 0); /* the order of a list does not count */
    ck_assert_str_eq(made, "thing-1");
    c.input = query_decode(&c, "Size=2&Tag.1=b&Tag.2=a&ClientToken=t", 36, true);
    ck_assert_int_eq(token_find(&c, "t", &made), -1);
    ck_assert_str_eq(c.outcome.code, "IdempotentParameterMismatch");
    call_clear_error(&c);
    c.region = "eu-west-1";
    ck_assert_int_eq(token_find(&c, "t", &made), 0);
    ck_assert_ptr_null(made);
}
END_TEST

static int64_t tokens_kept(void)
{
    return store_number(f.sim.store, "SELECT count(*) FROM token", NULL);
}

static void keep_token(struct call *c, const char *token, const char *resource)
{
    c->input = query_decode(c, "Size=1", 6, true);
    token_keep(c, token, &volume_schema, resource);
}

/* As long as what it made is there, and for a day afterwards. */
START_TEST(test_the_end_of_a_token)
{
    static const struct op op = { .service = &service_ec2, .name = "CreateThing" };
    struct call c = fresh_call(&f);
    NOUN(struct volume, volume_schema, volume);
    const char *made;
    c.op = &op;
    volume.id = "vol-1";
    volume.owner = volume.region = volume.status = "x";
    store_add(&c, &volume_schema, &volume);
    keep_token(&c, "there", "vol-1");
    keep_token(&c, "gone", "vol-2");
    for (int days = 0; days < 5; days++) {
        c.now += DAY_MS;
        keep_token(&c, "now", "vol-3");
        ck_assert_int_eq(tokens_kept(), days == 0 ? 3 : 2);
        token_look(&c, "there", &made);
        ck_assert_str_eq(made, "vol-1");
    }
    store_remove(&c, &volume_schema, "vol-1");
    c.now += DAY_MS;
    keep_token(&c, "now", "vol-3"); /* finds out that the volume is gone */
    token_look(&c, "there", &made);
    ck_assert_str_eq(made, "vol-1");
    c.now += DAY_MS;
    keep_token(&c, "now", "vol-3");
    ck_assert_int_eq(tokens_kept(), 1);
}
END_TEST

/* The world is as large as a day's calls, however long it goes on. */
START_TEST(test_tokens_do_not_grow)
{
    static const struct op op = { .service = &service_ec2, .name = "CreateThing" };
    struct call c = fresh_call(&f);
    c.op = &op;
    for (int i = 0; i < 2000; i++) {
        keep_token(&c, arena_printf(&f.request, "token-%d", i), "vol-gone");
        c.now += DAY_MS / 100;
    }
    ck_assert_int_le(tokens_kept(), 210);
}
END_TEST

START_TEST(test_what_a_call_names_and_makes)
{
    static const struct param table[] = {
        { "VolumeId", REFUSED(TEXTS, "its row is there all the same") },
        { "OwnerId", REFUSED(TEXT, "an account") },
        { "Name", REFUSED(TEXT, "no identifier, whatever it looks like") },
        { "KmsKeyId", REFUSED(TEXT, "an ARN") },
        { "Filter", .type = PARAM_LIST, .of = filter_params },
        { 0 },
    };
    static const struct op op = { .service = &service_ec2, .params = table };
    static const char query[] =
        "VolumeId.1=vol-1&VolumeId.2=vol-2&OwnerId=111122223333&Name=ami-1"
        "&KmsKeyId=arn:aws:kms:us-east-1:111122223333:key/uuid&Filter.1.Name=snapshot-id"
        "&Filter.1.Value.1=snap-1&Filter.1.Value.2=vol-1&Filter.2.Name=state&Filter.2.Value.1=ok"
        "&Filter.3.Name=owner-id&Filter.3.Value.1=444455556666&Stranger.Id=i-1";
    struct call c = fresh_call(&f);
    ck_assert_uint_eq(call_named(&c)->count, 0);
    c.op = &op;
    c.input = query_decode(&c, query, sizeof query - 1, true);
    ck_assert_uint_eq(call_named(&c)->count, 4);
    ck_assert(strs_have(&c.named, "vol-1") && strs_have(&c.named, "vol-2"));
    ck_assert(strs_have(&c.named, "uuid") && strs_have(&c.named, "snap-1"));
    const char *made = id_new(&c, "ami-");
    ck_assert_str_eq(strs_join(c.a, &c.made, " "), made);
}
END_TEST

/* Routing halves the table; a line out of its place would be an operation that nobody finds. */
START_TEST(test_every_operation_is_found)
{
    const struct sim any = { .contents = &contents };
    for (size_t i = 0; i < contents.op_count; i++) {
        const struct op *op = contents.ops[i];
        ck_assert_ptr_eq(op_find(&any, op->service, op->name), op);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("request");
    TCase *t = tcase_create("request");
    tcase_add_checked_fixture(t, open_fresh, close_fresh);
    tcase_add_test(t, test_lists_and_structures);
    tcase_add_test(t, test_otherwise);
    tcase_add_test(t, test_given_twice);
    tcase_add_test(t, test_refusals);
    tcase_add_test(t, test_hostile_bytes);
    tcase_add_test(t, test_json_and_yaml_complaints);
    tcase_add_test(t, test_filters);
    tcase_add_test(t, test_tag_rules);
    tcase_add_test(t, test_tokens);
    tcase_add_test(t, test_the_end_of_a_token);
    tcase_add_test(t, test_tokens_do_not_grow);
    tcase_add_test(t, test_what_a_call_names_and_makes);
    tcase_add_test(t, test_every_operation_is_found);
    suite_add_tcase(s, t);
    return run_suite(s);
}
