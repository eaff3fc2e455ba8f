/* STS: who is it that calls, and temporary keys that mean the same account or a role's. */
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "world/account/sts_session.h"

/* ---- GetCallerIdentity ---- */

static int get_caller_identity(struct call *c, const struct no_input *in)
{
    struct sts_session caller;
    (void)in;
    sts_session_of_caller(c, &caller);
    emit_text(c, "Arn", caller.arn);
    emit_text(c, "UserId", caller.user_id);
    emit_text(c, "Account", caller.account);
    return 0;
}

OPERATION_AS(sts, GetCallerIdentity, get_caller_identity, no_params, struct no_input, .flags = 0);

/* ---- Temporary keys ---- */

/* Random bytes as base64: secrets and tokens, which nobody looks into. */
static const char *random_text(struct call *c, size_t bytes)
{
    char *text = arena_alloc(c->a, bytes);
    for (size_t i = 0; i < bytes; i++)
        text[i] = (char)rng_below(&c->sim->ids, 256);
    return base64_encode(c->a, text, bytes);
}

static void emit_credentials(struct call *c, const struct sts_session *session)
{
    emit_open(c, "Credentials");
    emit_text(c, "AccessKeyId", session->access_key);
    emit_text(c, "SecretAccessKey", random_text(c, 30));
    emit_text(c, "SessionToken", random_text(c, 120));
    emit_time_s(c, "Expiration", session->expires);
    emit_close(c);
}

static void begin_session(struct call *c, struct sts_session *session, int64_t seconds)
{
    session->access_key = iam_id(c, "ASIA", 16, &c->sim->ids);
    session->expires = time_whole_seconds(c->now) + seconds * SECOND_MS;
    store_put(c, &sts_session_schema, session);
}

#define NO_MFA "amisim knows no users, so no second factors either"
#define NO_TOKEN_SIZE "tokens have a fixed size here"

struct get_session_token {
    int64_t seconds;
};

static const struct param get_session_token_params[] = {
    { "DurationSeconds", INT(struct get_session_token, seconds), .min = 900, .max = 129600,
      .otherwise = "43200" },
    { "SerialNumber", REFUSED(TEXT, NO_MFA) },
    { "TokenCode", REFUSED(TEXT, NO_MFA) },
    { "MinimumSessionTokenSize", REFUSED(INT, NO_TOKEN_SIZE) },
    { 0 },
};

static int get_session_token(struct call *c, const struct get_session_token *in)
{
    struct sts_session session;
    if (sts_session_find(c, c->access_key, &session))
        return fail(c, E_StsSession);
    sts_session_of_caller(c, &session);
    begin_session(c, &session, in->seconds);
    emit_credentials(c, &session);
    return 0;
}

OPERATION(sts, GetSessionToken, get_session_token, .flags = OP_WRITES | OP_SECRET_ANSWER,
          .errors = "AccessDenied MalformedInput ValidationError",
          .effects = "temporary keys of the caller's account");

/* ---- AssumeRole ---- */

struct assume_role {
    const char *role, *name, *source_identity;
    int64_t seconds;
};

#define NO_POLICIES "permissions of users and roles are not simulated"

static const struct param assume_role_params[] = {
    { "RoleArn", TEXT(struct assume_role, role), .flags = PARAM_REQUIRED, .min = 20, .max = 2048 },
    { "RoleSessionName", TEXT(struct assume_role, name), .flags = PARAM_REQUIRED, .min = 2,
      .max = 64, .pattern = "^[A-Za-z0-9_+=,.@-]*$" },
    { "PolicyArns", REFUSED(LIST, NO_POLICIES) },
    { "Policy", REFUSED(TEXT, NO_POLICIES) },
    { "DurationSeconds", INT(struct assume_role, seconds), .min = 900, .max = 43200,
      .otherwise = "3600" },
    { "Tags", IGNORED(LIST, "session tags show only in policies, and " NO_POLICIES) },
    { "TransitiveTagKeys", IGNORED(TEXTS, "session tags show only in policies") },
    { "ExternalId",
      IGNORED(TEXT, "roles have no trust policies here: any caller may assume them") },
    { "SerialNumber", REFUSED(TEXT, NO_MFA) },
    { "TokenCode", REFUSED(TEXT, NO_MFA) },
    { "SourceIdentity", TEXT(struct assume_role, source_identity), .min = 2, .max = 256,
      .pattern = "^[A-Za-z0-9_+=,.@-]*$" },
    { "ProvidedContexts", REFUSED(LIST, NO_POLICIES) },
    { "MinimumSessionTokenSize", REFUSED(INT, NO_TOKEN_SIZE) },
    { 0 },
};

/* "arn:aws:iam::ACCOUNT:role/PATH/NAME": its account and the name alone. */
static int split_role(struct call *c, const char *arn, const char **ret_account,
                      const char **ret_name)
{
    static const char head[] = "arn:aws:iam::";
    const char *account = text_starts(arn, head) ? arn + sizeof head - 1 : "";
    const char *role = strstr(account, ":role/"), *name = strrchr(arn, '/');
    *ret_account = role ? arena_strndup(c->a, account, (size_t)(role - account)) : "";
    if (!text_digits(*ret_account, 12) || !name[1])
        return fail(c, E_StsRoleArn, arn);
    *ret_name = name + 1;
    return 0;
}

static int check_chain(struct call *c, const struct assume_role *in)
{
    struct sts_session caller;
    sts_session_of_caller(c, &caller);
    return caller.role && in->seconds > 3600 ? fail(c, E_StsChained) : 0;
}

static int assume_role(struct call *c, const struct assume_role *in)
{
    struct sts_session session = { .role = in->role };
    const char *name;
    if (split_role(c, in->role, &session.account, &name) || check_chain(c, in))
        return -1;
    /* without the role's path [recorded] */
    session.arn =
        arena_printf(c->a, "arn:aws:sts::%s:assumed-role/%s/%s", session.account, name, in->name);
    session.user_id = arena_printf(c->a, "%s:%s", sts_role_id(c, in->role), in->name);
    begin_session(c, &session, in->seconds);
    emit_text(c, "SourceIdentity", in->source_identity);
    emit_open(c, "AssumedRoleUser");
    emit_text(c, "Arn", session.arn);
    emit_text(c, "AssumedRoleId", session.user_id);
    emit_close(c);
    emit_credentials(c, &session);
    return 0;
}

OPERATION(
    sts, AssumeRole, assume_role, .flags = OP_WRITES | OP_SECRET_ANSWER,
    .errors = "MalformedInput ValidationError",
    .effects = "temporary keys of the role's account; any role of any account may be assumed");
