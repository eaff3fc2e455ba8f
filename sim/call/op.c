/* See op.h. */
#include "call/op.h"

#include "call/errors.h"

const struct service service_ec2 = {
    .name = "ec2",
    .protocol = PROTOCOL_EC2,
    .version = "2016-11-15",
    .oldest = "2006-06-26",
    .xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/",
};
const struct service service_sts = {
    .name = "sts",
    .protocol = PROTOCOL_QUERY,
    .version = "2011-06-15",
    .xmlns = "https://sts.amazonaws.com/doc/2011-06-15/",
};
const struct service service_autoscaling = {
    .name = "autoscaling",
    .protocol = PROTOCOL_QUERY,
    .version = "2011-01-01",
    .xmlns = "http://autoscaling.amazonaws.com/doc/2011-01-01/",
};
const struct service service_kms = { .name = "kms",
                                     .protocol = PROTOCOL_JSON,
                                     .target = "TrentService" };
const struct service service_ssm = { .name = "ssm",
                                     .protocol = PROTOCOL_JSON,
                                     .target = "AmazonSSM" };
const struct service service_tagging = { .name = "tagging",
                                         .protocol = PROTOCOL_JSON,
                                         .target = "ResourceGroupsTaggingAPI_20170126" };
const struct service service_ebs = {
    .name = "ebs",
    .protocol = PROTOCOL_REST,
    .errors = ":http://internal.amazon.com/coral/com.amazon.zeppelindataservice/",
};
const struct service service_rbin = { .name = "rbin", .protocol = PROTOCOL_REST };
const struct service service_control = { .name = "amisim", .protocol = PROTOCOL_CONTROL };
const struct service service_other_query = { .name = "other",
                                             .protocol = PROTOCOL_QUERY,
                                             .xmlns = "" };
const struct service service_other_json = { .name = "other", .protocol = PROTOCOL_JSON };
const struct service service_other_rest = { .name = "other", .protocol = PROTOCOL_REST };

const char *const service_names[] = { "autoscaling", "ebs", "ec2",     "kms", "rbin",
                                      "ssm",         "sts", "tagging", NULL };

const struct param no_params[] = { { 0 } };

const struct param boolean_value_params[] = {
    { "Value", BOOL(struct boolean_value, value) },
    { 0 },
};

const struct param text_value_params[] = {
    { "Value", TEXT(struct text_value, value) },
    { 0 },
};

const struct param filter_params[] = {
    { "Name", TEXT(struct filter, name), .flags = PARAM_EMPTY },
    { "Value", TEXTS(struct filter, values), .flags = PARAM_EMPTY },
    { 0 },
};

int dry_run_ends(struct call *c)
{
    return c->dry_run ? fail(c, E_DryRun) : 0;
}
