/* See aws_operation.h. */
#include "catalog/aws_operation.h"

#include <stddef.h>

#include "base/text.h"
#include "catalog/aws_operation_names.def"

static const struct {
    const char *service;
    const char *const *lines; /* names with blanks between them; ends with NULL */
} services[] = {
    { "autoscaling", autoscaling_names },
    { "ebs", ebs_names },
    { "ec2", ec2_names },
    { "kms", kms_names },
    { "rbin", rbin_names },
    { "ssm", ssm_names },
    { "sts", sts_names },
    { "tagging", tagging_names },
};

static bool stands_in(const char *const *lines, const char *name)
{
    for (; *lines; lines++) {
        if (text_has_word(*lines, name))
            return true;
    }
    return false;
}

bool aws_operation_exists(const char *service, const char *name)
{
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        if (text_is(services[i].service, service))
            return stands_in(services[i].lines, name);
    }
    return false;
}
