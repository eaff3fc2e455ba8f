/* Usage reports: who uses an image, as it was when the report was made. */
#ifndef WORLD_IMAGE_USAGE_REPORT_H
#define WORLD_IMAGE_USAGE_REPORT_H

#include "base/field.h"
#include "call/call.h"

struct usage_option {
    const char *name;
    struct list values; /* const char * */
};

struct usage_type {
    const char *type; /* ec2:Instance, ec2:LaunchTemplate, … */
    struct list options; /* struct usage_option */
};

struct usage_entry {
    const char *type, *account;
    int64_t count;
};

struct usage_report {
    const char *id, *owner, *region, *image;
    const char *state, *reason; /* pending, available, error */
    int64_t created, expires;
    struct list types; /* struct usage_type */
    struct list accounts; /* const char *; none: all */
    struct list entries; /* struct usage_entry */
    struct list tags;
};

extern const struct schema usage_report_schema, usage_type_schema, usage_option_schema,
    usage_entry_schema;

#endif
