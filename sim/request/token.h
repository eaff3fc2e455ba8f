/* Idempotency: a ClientToken names a request once and for all, per account, Region and operation.
 */
#ifndef REQUEST_TOKEN_H
#define REQUEST_TOKEN_H

#include "call/call.h"

/* Has this token been used? *ret_resource is what it made, or NULL for a new one (and where token
 * is NULL). Used with other parameters: IdempotentParameterMismatch, -1. The order of lists and of
 * tags does not count [recorded]. */
int token_find(struct call *c, const char *token, const char **ret_resource);
/* Remembers what the call made. Does nothing where token is NULL. */
void token_keep(struct call *c, const char *token, const char *resource);

#endif
