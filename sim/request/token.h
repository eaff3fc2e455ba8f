/* Idempotency: a ClientToken names a request once and for all, per account, Region and operation.
 */
#ifndef REQUEST_TOKEN_H
#define REQUEST_TOKEN_H

#include "call/call.h"

enum token_verdict {
    TOKEN_NEW, /* nobody used it, or there is none */
    TOKEN_USED, /* for the same request */
    TOKEN_MISUSED /* for one with other parameters */
};

/* Has this token been used? *ret_resource is what it made, or NULL. */
enum token_verdict token_look(struct call *c, const char *token, const char **ret_resource);
/* The same for operations that refuse a misused one in the usual words. Used with other parameters:
 * IdempotentParameterMismatch, -1. The order of lists and of tags does not count [recorded]. */
int token_find(struct call *c, const char *token, const char **ret_resource);
/* Remembers what the call made. Does nothing where token is NULL. */
void token_keep(struct call *c, const char *token, const char *resource);

#endif
