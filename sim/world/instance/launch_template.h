/* Launch templates and their versions. What a version holds is kept as it was sent, as JSON. */
#ifndef WORLD_LAUNCH_TEMPLATE_H
#define WORLD_LAUNCH_TEMPLATE_H

#include "base/field.h"
#include "call/call.h"

struct launch_template {
    const char *id, *owner, *region, *name, *created_by;
    int64_t created, default_version, latest_version;
    struct list tags;
};

struct launch_template_version {
    const char *id; /* TEMPLATE/NUMBER */
    const char *template, *name, *description, *created_by;
    const char *data; /* the members of RequestLaunchTemplateData, as JSON */
    int64_t number, created; /* created: ms, whole seconds */
    enum tri is_default; /* set when it is read */
    /* From its data, for filters: */
    const char *image, *type, *kernel, *ramdisk, *ebs_optimized, *profile, *http_endpoint,
        *http_tokens;
};

extern const struct schema launch_template_schema, launch_template_version_schema;

/* The caller's template by id or name (NULL: not by that). */
bool launch_template_find(struct call *c, const char *id, const char *name,
                          struct launch_template *ret);
/* The same by one of them; else AWS's refusals. */
int launch_template_own(struct call *c, const char *id, const char *name,
                        struct launch_template *ret);
/* A version by its number. */
bool launch_template_version_find(struct call *c, const struct launch_template *t, int64_t number,
                                  struct launch_template_version *ret);
/* The same as requests say it: a number, $Default, $Latest or NULL (the default one); else AWS's
 * refusals. */
int launch_template_version(struct call *c, const struct launch_template *t, const char *version,
                            struct launch_template_version *ret);
/* Those with numbers from min to max, the newest first (struct launch_template_version). */
struct list launch_template_versions(struct call *c, const struct launch_template *t, int64_t min,
                                     int64_t max);

#endif
