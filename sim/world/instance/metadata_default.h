/* What an account decided in a Region for the metadata service of instances that it launches. */
#ifndef WORLD_METADATA_DEFAULT_H
#define WORLD_METADATA_DEFAULT_H

#include "base/field.h"
#include "call/call.h"

/* NULL or ABSENT: no preference. */
struct metadata_default {
    const char *id; /* account/Region */
    const char *tokens; /* optional, required */
    const char *endpoint, *tags, *enforced; /* enabled, disabled */
    int64_t hop_limit; /* 1 to 64 */
};

extern const struct schema metadata_default_schema;

/* That of the caller's account and Region; without any preference where nothing was decided. */
void metadata_default_get(struct call *c, struct metadata_default *ret);
void metadata_default_put(struct call *c, const struct metadata_default *d);
/* UnsupportedOperation where the account enforces tokens and an instance would do without. */
int metadata_check_tokens(struct call *c, const char *tokens);

#endif
