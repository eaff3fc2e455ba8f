/* DescribeAccountAttributes. */
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"
#include "world/network/network.h"

struct describe_account_attributes {
    struct list names;
};

static const struct param describe_account_attributes_params[] = {
    { "AttributeName", TEXTS(struct describe_account_attributes, names) },
    { 0 },
};

/* Limits are those of a new account [guide]. */
static int describe_account_attributes(struct call *c, const struct describe_account_attributes *in)
{
    struct vpc v;
    const char *vpc = vpc_default(c, &v) ? v.id : "none";
    const struct {
        const char *name, *value;
    } all[] = {
        { "supported-platforms", "VPC" }, { "default-vpc", vpc },
        { "max-instances", "20" },        { "vpc-max-security-groups-per-interface", "5" },
        { "max-elastic-ips", "5" },       { "vpc-max-elastic-ips", "5" },
    };
    struct list known = { 0 };
    emit_list(c, "accountAttributeSet");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        strs_add(c->a, &known, all[i].name);
        if (in->names.count && !strs_have(&in->names, all[i].name))
            continue;
        emit_item(c);
        emit_text(c, "attributeName", all[i].name);
        emit_list(c, "attributeValueSet");
        emit_item(c);
        emit_text(c, "attributeValue", all[i].value);
        emit_close(c);
        emit_close(c);
        emit_close(c);
    }
    emit_close(c);
    LIST_EACH (const char *, name, &in->names) {
        if (!strs_have(&known, *name))
            return fail(c, E_ValueInvalid, *name, "attributeName", "");
    }
    return 0;
}

/* The first look makes the default VPC: a write. */
OPERATION(ec2, DescribeAccountAttributes, describe_account_attributes, .flags = OP_WRITES,
          .errors = "InvalidParameterValue");
