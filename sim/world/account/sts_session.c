/* See sts_session.h. */
#include "world/account/sts_session.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "store/noun.h"

const struct schema sts_session_schema = {
    .name = "sts_session",
    .was = "session",
    .size = sizeof(struct sts_session),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct sts_session, access_key), .column = "access_key" },
            { TEXT_FIELD(struct sts_session, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct sts_session, arn), .column = "arn" },
            { TEXT_FIELD(struct sts_session, user_id), .column = "user_id" },
            { TEXT_FIELD(struct sts_session, role), .column = "role" },
            { TIME_FIELD(struct sts_session, expires), .column = "expires" },
            { 0 } },
};

bool sts_session_key(const char *access_key)
{
    return access_key && text_starts(access_key, "ASIA");
}

bool sts_session_find(struct call *c, const char *access_key, struct sts_session *ret)
{
    return sts_session_key(access_key) && store_get(c, &sts_session_schema, access_key, ret);
}

const char *iam_id(struct call *c, const char *prefix, size_t n, struct rng *from)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *id = arena_printf(c->a, "%s%*s", prefix, (int)n, "");
    for (char *at = id + strlen(prefix); *at; at++)
        *at = letters[rng_below(from, sizeof letters - 1)];
    return id;
}

const char *sts_role_id(struct call *c, const char *role)
{
    struct rng own = { .state = hash_text(role) };
    return iam_id(c, "AROA", 17, &own);
}

void sts_session_of_caller(struct call *c, struct sts_session *ret)
{
    if (sts_session_find(c, c->access_key, ret))
        return;
    *ret = (struct sts_session){ .access_key = c->access_key,
                                 .account = c->account,
                                 .arn = arena_printf(c->a, "arn:aws:iam::%s:root", c->account),
                                 .user_id = c->account,
                                 .expires = ABSENT };
}

const char *caller_arn(struct call *c)
{
    struct sts_session session;
    sts_session_of_caller(c, &session);
    return session.arn;
}
