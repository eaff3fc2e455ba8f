/* Who calls: an account's root user, or a temporary session that STS gave out.
 *
 * amisim knows accounts, no users: a session is a name with keys of its own that mean the account.
 */
#ifndef WORLD_SESSION_H
#define WORLD_SESSION_H

#include "base/field.h"
#include "call/call.h"

struct session {
    const char *access_key; /* the key of the table */
    const char *account, *arn, *user_id;
    const char *role; /* ARN of the role that was assumed; NULL: none */
    int64_t expires;
};

extern const struct kind session_kind;

/* The session behind temporary keys; false where these are none. */
bool session_find(struct call *c, const char *access_key, struct session *ret);
void session_put(struct call *c, const struct session *session);
/* A new temporary access key. */
const char *session_new_key(struct call *c);

/* The caller: "arn:aws:iam::ACCOUNT:root", or the session's own. */
void session_of_caller(struct call *c, struct session *ret);
const char *caller_arn(struct call *c);

#endif
