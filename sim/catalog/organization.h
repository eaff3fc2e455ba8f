/* Organizations and their units: which accounts an image is shared with when it is shared with one
 * of them (section `organizations` of the fixtures). The store has them as a table, for SQL to ask.
 */
#ifndef CATALOG_ORGANIZATION_H
#define CATALOG_ORGANIZATION_H

#include "base/field.h"
#include "call/call.h"

/* An organization or a unit, with all accounts in it or below it. */
struct organization {
    const char *arn;
    struct list accounts; /* const char * */
};

struct organization_member {
    const char *id; /* account/ARN */
    const char *account, *arn;
};

extern const struct schema organization_member_schema;

bool organization_has(const struct sim *sim, const char *arn, const char *account);
/* Writes the table anew; the fixtures of this start are what holds. */
void organization_seed(struct call *c);

#endif
