/* From c->input to the operation's struct, with the checks that every operation shares. */

#include "base/text.h"
#include "call/decode.h"
#include "request/request.h"
#include "request/tag_spec.h"

/* Parts of the protocol, not of the operation: never an unknown parameter. */
static bool is_protocol(const char *name)
{
    static const char *const names[] = { "Action",    "Version",         "AWSAccessKeyId",
                                         "Signature", "SignatureMethod", "SignatureVersion",
                                         "Timestamp", "Expires",         "SecurityToken",
                                         NULL };
    return text_any(name, names) || text_starts(name, "X-Amz-");
}

static const struct param dry_run_params[] = {
    { "DryRun", BOOL(
                    struct { enum tri dry_run; }, dry_run) },
    { 0 },
};

/* The parameters of the operation alone, DryRun taken out and noted. */
static int operation_input(struct call *c, struct value **ret)
{
    struct value *own = value_new(c->a, VALUE_MAP);
    bool has_dry_run = c->op->service->protocol == PROTOCOL_EC2 && !(c->op->flags & OP_NO_DRYRUN);
    for (const struct value *v = c->input->first; v; v = v->next) {
        if (is_protocol(v->key))
            continue;
        struct value *copy = arena_new(c->a, struct value);
        *copy = *v;
        copy->next = NULL;
        if (has_dry_run && text_is(v->key, "DryRun")) {
            enum tri flag = UNSET;
            struct value *only = value_new(c->a, VALUE_MAP);
            value_add(only, v->key, copy);
            if (decode_values(c, dry_run_params, only, &flag, complain_ec2))
                return -1;
            c->dry_run = flag == YES;
            continue;
        }
        value_add(own, v->key, copy);
    }
    *ret = own;
    return 0;
}

static int check_tag_specs(struct call *c, const void *in)
{
    for (const struct param *p = c->op->params; p->name; p++) {
        if (p->taggable
            && tag_specs_check(c, (const struct list *)((const char *)in + p->at), p->taggable))
            return -1;
    }
    return 0;
}

int input_read(struct call *c, void **ret_in)
{
    bool query =
        c->op->service->protocol == PROTOCOL_EC2 || c->op->service->protocol == PROTOCOL_QUERY;
    complaint *complain = c->op->service->protocol == PROTOCOL_EC2     ? complain_ec2
                          : c->op->service->protocol == PROTOCOL_QUERY ? complain_query
                                                                       : complain_json;
    struct value *own = (struct value *)c->input;
    void *in = *ret_in = arena_alloc(c->a, c->op->input_size ? c->op->input_size : 1);
    if (query && operation_input(c, &own))
        return -1;
    c->input = own;
    if (decode_names(c, c->op->params, own, complain))
        return -1;
    if (c->op->dry_run == DRYRUN_FIRST && dry_run_ends(c))
        return -1;
    if (decode_values(c, c->op->params, own, in, complain) || check_tag_specs(c, in))
        return -1;
    return c->op->dry_run == DRYRUN_AFTER_CHECKS ? dry_run_ends(c) : 0;
}
