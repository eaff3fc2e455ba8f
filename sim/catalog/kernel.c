/* Kernels: their finders, and their section of the fixtures. Copies decide elsewhere what they
 * need. */
#include "catalog/kernel.h"

#include "base/text.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "catalog/region.h"

const char *kernel_id(const struct kernel *kernel, const char *region)
{
    return value_text(kernel->ids, region);
}

const struct kernel *kernel_find(const struct sim *sim, const char *region, const char *id)
{
    LIST_EACH (struct kernel, kernel, &sim->fixtures->kernels) {
        if (id && text_is(kernel_id(kernel, region), id))
            return kernel;
    }
    return NULL;
}

const struct kernel *kernel_named(const struct sim *sim, const char *name)
{
    return LIST_FIND(struct kernel, &sim->fixtures->kernels, name, name);
}

const char *kernel_counterpart(const struct sim *sim, const char *region, const char *id,
                               const char *other_region)
{
    const struct kernel *kernel = kernel_find(sim, region, id);
    return kernel ? kernel_id(kernel, other_region) : NULL;
}

/* ---- Fixtures ---- */

static const char *const architectures[] = { "i386", "x86_64", NULL };

static const struct param kernel_params[] = {
    { "name", TEXT(struct kernel, name), .flags = PARAM_REQUIRED },
    { "description", TEXT(struct kernel, description) },
    { "location", TEXT(struct kernel, location), .flags = PARAM_REQUIRED },
    { "owner", TEXT(struct kernel, owner), .flags = PARAM_REQUIRED },
    { "owner_alias", TEXT(struct kernel, owner_alias) },
    { "architecture", TEXT(struct kernel, architecture), .flags = PARAM_REQUIRED,
      .values = architectures },
    { "created", TIME(struct kernel, created), .flags = PARAM_REQUIRED },
    { "ids", TREE(struct kernel, ids), .flags = PARAM_REQUIRED },
    { 0 },
};

int kernel_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct kernel kernel = { 0 };
    if (fixtures_decode(c, kernel_params, entry, &kernel)
        || fixtures_account(c, value_get(entry, "owner"))
        || region_ids_check(c, kernel.ids, "aki-"))
        return -1;
    *list_add(c->a, &f->kernels, struct kernel) = kernel;
    return 0;
}
