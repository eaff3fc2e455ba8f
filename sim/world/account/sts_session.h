/* Who calls: an account's root user, or a temporary session that STS gave out.
 *
 * amisim knows accounts, no users: a session is a name with keys of its own that mean the account.
 */
#ifndef WORLD_STS_SESSION_H
#define WORLD_STS_SESSION_H

#include "base/field.h"
#include "call/call.h"

struct sts_session {
    const char *access_key; /* the key of the table */
    const char *account, *arn, *user_id;
    const char *role; /* ARN of the role that was assumed; NULL: none */
    int64_t expires; /* ms */
};

extern const struct schema sts_session_schema;

/* Whether it is a temporary key: they begin with ASIA [guide]. */
bool sts_session_key(const char *access_key);
/* The session behind temporary keys; false where these are none. */
bool sts_session_find(struct call *c, const char *access_key, struct sts_session *ret);
/* An identifier in IAM's form: the prefix ("ASIA") and that many capitals and digits. */
const char *iam_id(struct call *c, const char *prefix, size_t n, struct rng *from);

/* The id of a role by its ARN, the same each time it is assumed. */
const char *sts_role_id(struct call *c, const char *role);

/* The caller: "arn:aws:iam::ACCOUNT:root", or the session's own. */
void sts_session_of_caller(struct call *c, struct sts_session *ret);
const char *caller_arn(struct call *c);

#endif
