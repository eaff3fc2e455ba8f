/* See identity.h. Codes, statuses and texts were seen by users of AWS; those of the services with
 * paths are inferred: what those with targets say, with 403. */
#include "request/identity.h"

#define INVALID_TOKEN "The security token included in the request is invalid."
#define EXPIRED_TOKEN "The security token included in the request is expired"

struct words {
    int status;
    const char *code;
    const char *text; /* NULL: that a credential has five parts */
};

static const struct words in_ec2[] = {
    [NO_CREDENTIALS] = { 400, "MissingParameter",
                         "The request must contain the parameter AWSAccessKeyId" },
    [CREDENTIAL_SHAPE] = { 400, "AuthFailure", NULL },
    [KEY_UNKNOWN] = { 401, "AuthFailure",
                      "AWS was not able to validate the provided access credentials" },
    [KEY_EXPIRED] = { 400, "RequestExpired", "Request has expired." },
};

static const struct words in_query[] = {
    [NO_CREDENTIALS] = { 403, "MissingAuthenticationToken",
                         "Request is missing Authentication Token" },
    [CREDENTIAL_SHAPE] = { 400, "IncompleteSignature", NULL },
    [KEY_UNKNOWN] = { 403, "InvalidClientTokenId", INVALID_TOKEN },
    [KEY_EXPIRED] = { 403, "ExpiredToken", EXPIRED_TOKEN },
};

static const struct words in_json[] = {
    [NO_CREDENTIALS] = { 400, "MissingAuthenticationTokenException",
                         "Missing Authentication Token" },
    [CREDENTIAL_SHAPE] = { 400, "IncompleteSignatureException", NULL },
    [KEY_UNKNOWN] = { 400, "UnrecognizedClientException", INVALID_TOKEN },
    [KEY_EXPIRED] = { 400, "ExpiredTokenException", EXPIRED_TOKEN },
};

static const struct words *words_of(enum protocol protocol)
{
    if (protocol == PROTOCOL_EC2)
        return in_ec2;
    return protocol == PROTOCOL_QUERY ? in_query : in_json;
}

int identity_refuse(struct call *c, const struct service *s, enum identity_problem problem,
                    const char *given)
{
    const struct words *w = &words_of(s->protocol)[problem];
    int status = s->protocol == PROTOCOL_REST ? 403 : w->status;
    if (w->text)
        return fail(c, status, w->code, "%s", w->text);
    return fail(c, status, w->code,
                "Credential must have exactly 5 slash-delimited elements, e.g. "
                "keyid/date/region/service/term, got '%s'",
                given);
}
