/* Who uses an image: as it is now, and reports of what it was when they were made. Times in virtual
 * ms. A report: pending -> available; it is gone when it expires. */
#ifndef WORLD_IMAGE_USAGE_REPORT_H
#define WORLD_IMAGE_USAGE_REPORT_H

#include "base/field.h"
#include "call/call.h"

struct usage_option {
    const char *name; /* version-depth, state-name */
    struct list values; /* const char *; of version-depth a number */
};

struct usage_type {
    const char *type; /* ec2:Instance, ec2:LaunchTemplate, … */
    struct list options; /* struct usage_option */
};

struct usage_entry {
    const char *type, *account;
    int64_t count; /* of the account's resources of this type that use the image */
};

struct usage_report {
    const char *id, *owner, *region, *image;
    const char *state, *reason; /* reason: of an error, which none has here */
    int64_t created, expires;
    struct list types; /* struct usage_type */
    struct list accounts; /* const char *; none: all */
    struct list entries; /* struct usage_entry */
    struct list tags;
};

extern const struct schema usage_report_schema, usage_type_schema, usage_option_schema,
    usage_entry_schema;

/* The caller's, or InvalidImageUsageReportId.NotFound. */
int usage_report_own(struct call *c, const char *id, struct usage_report *ret);

/* What an option of a type asks for (const char *); NULL where it was not given. t may be NULL. */
const struct list *usage_option_values(const struct usage_type *t, const char *name);
/* The number that its version-depth says. */
int64_t usage_version_depth(const struct usage_type *t, int64_t otherwise);

/* Who uses an image of this Region, by account and then in order of creation; owner NULL: all.
 * Instances (struct instance), terminated ones, too. */
struct list image_instances(struct call *c, const char *image, const char *owner);
/* Templates (struct launch_template) that name it in one of their `depth` newest versions. */
struct list image_templates(struct call *c, const char *image, const char *owner, int64_t depth);

#endif
