/* Quotas: AWS's default values, by name (fixtures/quotas.yaml). */
#ifndef CATALOG_QUOTA_H
#define CATALOG_QUOTA_H

#include "call/call.h"

struct quota {
    const char *name, *source, *about;
    int64_t value;
};

/* The value of a quota that stands in fixtures/quotas.yaml. */
int64_t quota(const struct sim *sim, const char *name);

#endif
