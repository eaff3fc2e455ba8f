/* See session.h. */
#include "world/account/sts_session.h"

#include "base/rng.h"
#include "base/text.h"
#include "store/noun.h"

const struct kind session_kind = {
    .name = "session",
    .size = sizeof(struct session),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct session, access_key), .column = "access_key" },
            { TEXT_FIELD(struct session, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct session, arn), .column = "arn" },
            { TEXT_FIELD(struct session, user_id), .column = "user_id" },
            { TEXT_FIELD(struct session, role), .column = "role" },
            { TIME_FIELD(struct session, expires), .column = "expires" },
            { 0 } },
};

/* Temporary keys begin with ASIA [guide]; a look at the name spares all others the look-up. */
bool session_find(struct call *c, const char *access_key, struct session *ret)
{
    return access_key && text_starts(access_key, "ASIA")
           && store_get(c, &session_kind, access_key, ret);
}

void session_put(struct call *c, const struct session *session)
{
    store_put(c, &session_kind, session);
}

const char *session_new_key(struct call *c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *key = arena_strdup(c->a, "ASIA????????????????");
    for (char *at = key + 4; *at; at++)
        *at = letters[rng_below(&c->sim->ids, sizeof letters - 1)];
    return key;
}

void session_of_caller(struct call *c, struct session *ret)
{
    if (session_find(c, c->access_key, ret))
        return;
    *ret = (struct session){ .access_key = c->access_key,
                             .account = c->account,
                             .arn = arena_printf(c->a, "arn:aws:iam::%s:root", c->account),
                             .user_id = c->account,
                             .expires = ABSENT };
}

const char *caller_arn(struct call *c)
{
    struct session session;
    session_of_caller(c, &session);
    return session.arn;
}
