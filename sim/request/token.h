/* Idempotency: a ClientToken names a request, per account, Region and operation, for as long as
 * what it made is there and for a day or two afterwards ["at least 24 hours after the termination
 * of the instance": guide; guess: the same of everything else]. */
#ifndef REQUEST_TOKEN_H
#define REQUEST_TOKEN_H

#include "base/field.h"
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
/* Remembers what the call made, a noun of that schema or a reservation of instances; forgets a few
 * tokens whose time is over. Does nothing where token is NULL. */
void token_keep(struct call *c, const char *token, const struct schema *k, const char *resource);

#endif
