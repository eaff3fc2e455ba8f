/* Operations as declarations: a service, a name, a parameter table and a handler.
 *
 * A handler gets its input decoded and checked and returns 0, or what fail() returned. OPERATION()
 * stands at the end of the handler's file; contents/ops.def names the operation once more, nothing
 * else. */
#ifndef CALL_OP_H
#define CALL_OP_H

#include "base/field.h"
#include "call/call.h"

enum protocol {
    PROTOCOL_EC2, /* EC2 query, XML without a Result element */
    PROTOCOL_QUERY, /* AWS query: Result and ResponseMetadata elements */
    PROTOCOL_JSON, /* JSON 1.1, operation in X-Amz-Target */
    PROTOCOL_REST, /* REST JSON, operation by method and path */
    PROTOCOL_CONTROL, /* ours: REST JSON without credentials */
};

struct service {
    const char *name; /* as in the credential scope */
    enum protocol protocol;
    const char *version; /* query protocols */
    const char *oldest; /* the first version that is taken, with the newest semantics; NULL: none
                         * but the one above */
    const char *xmlns;
    const char *target; /* PROTOCOL_JSON: "TrentService" */
    const char *errors; /* PROTOCOL_REST: what follows the name in x-amzn-ErrorType */
};

extern const struct service service_ec2, service_sts, service_autoscaling, service_kms, service_ssm,
    service_tagging, service_ebs, service_rbin, service_control;
/* Those of AWS that are simulated, by name; ends with NULL. */
extern const char *const service_names[];
/* All others of AWS: they are refused in the form that their clients read. */
extern const struct service service_other_query, service_other_json, service_other_rest;

/* ---- Parameters ---- */

enum param_type {
    PARAM_END,
    PARAM_TEXT, /* const char *; NULL when absent or empty */
    PARAM_INT, /* int64_t; ABSENT */
    PARAM_BOOL, /* enum tri */
    PARAM_TIME, /* int64_t ms; ABSENT */
    PARAM_BLOB, /* const char *: kept as base64, checked to be it */
    PARAM_TEXTS, /* struct list of const char * */
    PARAM_STRUCT, /* a struct inside, decoded by .of; its presence in .there */
    PARAM_LIST, /* struct list of structs of .size, decoded by .of */
    PARAM_TREE, /* const struct value *: any JSON, taken as it is */
};

enum param_flags {
    PARAM_REQUIRED = 1 << 0,
    PARAM_ANY_CASE = 1 << 9, /* .values are taken in any case, and kept as they stand there */
    PARAM_EMPTY = 1 << 1, /* an empty text is kept as "" (NoDevice, Description) */
    PARAM_REFUSED = 1 << 2, /* known to AWS, not simulated: given, it is refused; .why says why */
    PARAM_IGNORED = 1 << 3, /* accepted without effect, as in AWS; .why says why that is right */
    PARAM_PATH = 1 << 4, /* REST: from the path */
    PARAM_QUERY = 1 << 5, /* REST: from the query string */
    PARAM_HEADER = 1 << 6, /* REST: from the header of that name */
    PARAM_SECRET = 1 << 8, /* JSON: never in the record of requests */
    PARAM_BODY =
        1 << 7, /* REST: the whole body, as bytes in call->body; has no place in the struct */
};

struct param {
    const char *name; /* on the wire */
    enum param_type type;
    size_t at; /* offset in the input struct */
    unsigned flags;
    int64_t min, max; /* text: characters; number: value; list: items. max 0: no limit */
    /* text, texts: an identifier with this prefix ("ami-"), checked for its shape */
    const char *id;
    const char
        *pattern; /* text: a regular expression (pattern_found), as AWS's messages quote it */
    const char *const *values; /* text, texts: one of these; ends with NULL */
    const struct param *of; /* struct, list */
    size_t size; /* list: of one item */
    size_t there; /* struct: offset of a bool that says whether it was given; 0: none */
    /* Any scalar: what the handler finds where it was not given or given empty, as it would stand
     * on the wire ("gp2", "30", "false"). Not applied inside a structure that was not given;
     * c->input shows what really came. docs/operations.md shows it. */
    const char *otherwise;
    const char *why; /* REFUSED, IGNORED */
    const char *taggable; /* TagSpecification: resource types, "image snapshot" */
    const char *shape; /* name in messages, when it differs from the name in lower camel case */
};

#define TEXT(S, m) .type = PARAM_TEXT, .at = FIELD_AT(S, m, const char *)
#define INT(S, m) .type = PARAM_INT, .at = FIELD_AT(S, m, int64_t)
#define BOOL(S, m) .type = PARAM_BOOL, .at = FIELD_AT(S, m, enum tri)
#define TIME(S, m) .type = PARAM_TIME, .at = FIELD_AT(S, m, int64_t)
#define BLOB(S, m) .type = PARAM_BLOB, .at = FIELD_AT(S, m, const char *)
#define TEXTS(S, m) .type = PARAM_TEXTS, .at = FIELD_AT(S, m, struct list)
#define TREE(S, m) .type = PARAM_TREE, .at = FIELD_AT(S, m, const struct value *)
#define STRUCT(S, m, table) .type = PARAM_STRUCT, .at = offsetof(S, m), .of = (table)
#define LIST(S, m, item, table)                                                                    \
    .type = PARAM_LIST, .at = FIELD_AT(S, m, struct list), .size = sizeof(item), .of = (table)
/* Where a parameter is refused or ignored its type still matters: the model test compares it. */
#define REFUSED(kind, because) .type = PARAM_##kind, .flags = PARAM_REFUSED, .why = (because)
#define IGNORED(kind, because) .type = PARAM_##kind, .flags = PARAM_IGNORED, .why = (because)

/* Parameters that many operations share. */
struct no_input {
    char unused;
};
extern const struct param no_params[];

/* EC2's AttributeBooleanValue and AttributeValue: a structure around one value. */
struct boolean_value {
    enum tri value;
};
struct text_value {
    const char *value;
};
extern const struct param boolean_value_params[], text_value_params[];

struct filter {
    const char *name;
    struct list values; /* const char * */
    struct globs *alternatives; /* request/filter.c: the values, made ready by the first noun */
};
extern const struct param filter_params[];

/* Pages: how many items at most (ABSENT: as many as is usual) and where to go on (NULL: the
 * beginning). A list's struct has a struct paging, and its table these rows (request/page.h). */
struct paging {
    int64_t max_results;
    const char *next_token;
};
#define PAGING(S, m)                                                                               \
    { "MaxResults", INT(S, m.max_results) },                                                       \
    {                                                                                              \
        "NextToken", TEXT(S, m.next_token)                                                         \
    }
#define PAGING_BETWEEN(S, m, least, most)                                                          \
    { "MaxResults", INT(S, m.max_results), .min = (least), .max = (most) },                        \
    {                                                                                              \
        "NextToken", TEXT(S, m.next_token)                                                         \
    }

/* What a list of nouns is asked for: the struct of its operation, or a member of that. */
struct listing {
    struct list ids; /* const char *; empty: all */
    struct list filters; /* struct filter */
    struct paging page;
};

#define FILTERS(S, m) LIST(S, m, struct filter, filter_params)

/* ---- Operations ---- */

enum op_flags {
    OP_WRITES = 1 << 0, /* changes the store: runs inside a savepoint */
    OP_NO_DRYRUN = 1 << 1, /* AWS's model has no DryRun here */
    /* control: may write, yet asks for no X-Amisim: nobody can see what it writes, or clients that
     * exist already send none */
    OP_OPEN = 1 << 5,
    OP_CHANGES = 1 << 4, /* control: changes something other than by OP_WRITES */
    /* outside of any transaction: what came before is committed first. With OP_CHANGES its own,
     * where it begins one, is undone as a whole when it is refused */
    OP_ALONE = 1 << 3,
    OP_NAMES_TAGGABLES =
        1 << 6, /* names whatever can be tagged: also answers that one is not there */
    OP_SECRET_ANSWER = 1 << 7, /* it holds what only the caller is to see: never recorded */
    OP_TAKES_BYTES = 1 << 2, /* REST: the body is bytes, in call->body */
};

/* When DryRun=true ends the call; AWS differs by operation [recorded: section 12 of the facts]. */
enum dry_run_at {
    DRYRUN_AFTER_CHECKS, /* names, types, required, limits and identifiers are checked before */
    DRYRUN_FIRST, /* only the names of parameters are checked before */
    DRYRUN_IN_HANDLER, /* the handler calls dry_run_ends() where AWS does */
};

struct describe;
struct tag_family;
/* What ends an answer that the handler did not refuse. */
enum answer {
    ANSWER_BY_HANDLER, /* nothing: the handler emits it all */
    ANSWER_RETURN, /* <return>true</return>, behind what the handler emitted */
    ANSWER_CREATED, /* REST: status 201 */
    ANSWER_NO_CONTENT, /* REST: status 204, and no body */
};

struct op {
    const struct service *service;
    const char *name;
    const struct param *params; /* ends with PARAM_END; DryRun is added by itself for EC2 */
    size_t input_size;
    int (*run)(struct call *, const void *in);
    unsigned flags;
    enum dry_run_at dry_run;
    enum answer answer;
    const char *route; /* REST: "PUT /snapshots/{snapshotId}/blocks/{blockIndex}" */
    /* Codes it may answer beside those of request/error_list.c, with blanks between. The suites
     * refuse an answer with any other code. */
    const char *errors;
    const char *effects; /* what it changes, one line, for the documentation */
    const struct describe *lists; /* LISTS (ops/describe.h): which nouns it lists */
    const struct tag_family *tags; /* TAG_OPERATION (ops/service_tag.h): of which resources */
};

/* An operation stands at the foot of its file:
 *
 *     OPERATION(ec2, DeleteColour, delete_colour, .answer = ANSWER_RETURN);
 *
 * Everything follows from the C name, which is AWS's in snake case: the handler delete_colour, the
 * table delete_colour_params, the input struct delete_colour. OPERATION_AS names table and struct
 * itself, for operations that share them or have none (no_params, struct no_input). */
#define OPERATION(svc, Name, name, ...)                                                            \
    OPERATION_AS(svc, Name, name, name##_params, struct name, __VA_ARGS__)
#define OPERATION_AS(svc, Name, handler, table, S, ...)                                            \
    static int svc##_##Name##_run(struct call *c, const void *in)                                  \
    {                                                                                              \
        const S *typed = in;                                                                       \
        return handler(c, typed);                                                                  \
    }                                                                                              \
    const struct op op_##svc##_##Name = { .service = &service_##svc,                               \
                                          .name = #Name,                                           \
                                          .params = table,                                         \
                                          .input_size = sizeof(S),                                 \
                                          .run = svc##_##Name##_run,                               \
                                          __VA_ARGS__ }

/* For DRYRUN_IN_HANDLER: -1 (DryRunOperation) when the call is a dry run, else 0. */
int dry_run_ends(struct call *c);

#endif
