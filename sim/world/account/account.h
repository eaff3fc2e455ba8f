/* An account as a whole. */
#ifndef WORLD_ACCOUNT_H
#define WORLD_ACCOUNT_H

#include "call/call.h"

/* Whether images of the fixtures are its own. */
bool account_has_fixtures(const struct sim *sim, const char *account);
/* Nothing is left of what it has, in any Region; what it shared is gone for others, too. What
 * others made of it stays. */
void account_forget(struct call *by, const char *account);

#endif
