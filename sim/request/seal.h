/* Tokens that are opaque to clients and good for one thing only: what they stand for, a number, an
 * expiry and a seal that only this simulator can make, for the caller's account and Region. */
#ifndef REQUEST_SEAL_H
#define REQUEST_SEAL_H

#include "call/call.h"

/* what: without a space in it. life: virtual ms from now. */
const char *seal_token(struct call *c, const char *what, int64_t number, int64_t life);
/* False unless the token was made for `what`, by this simulator, and has not expired. */
bool seal_read(struct call *c, const char *token, const char *what, int64_t *ret_number);

#endif
