/* The codes that an operation can answer: those of its whole service, those that rows of its table
 * imply, and those that its declaration lists. For --operations, by which the suites judge. */
#include <string.h>

#include "call/errors.h"
#include "call/id.h"
#include "request/request.h"

/* Those of route.c, identity.c, guard.c, call/decode.c in each protocol's words, and of a disk that
 * refuses. */
static const char *const ec2_codes[] = { "AuthFailure",
                                         "RequestExpired",
                                         ERROR_CODE(E_DryRun),
                                         ERROR_CODE(E_InternalError),
                                         ERROR_CODE(E_InvalidAction),
                                         ERROR_CODE(E_ValueInvalid),
                                         ERROR_CODE(E_MalformedQuery),
                                         ERROR_CODE(E_MissingAction),
                                         ERROR_CODE(E_MissingParameter),
                                         ERROR_CODE(E_NoSuchVersion),
                                         ERROR_CODE(E_UnknownParameter),
                                         ERROR_CODE(E_NotSimulated),
                                         NULL };
static const char *const query_codes[] = { "ExpiredToken",
                                           "IncompleteSignature",
                                           "InvalidClientTokenId",
                                           "MissingAuthenticationToken",
                                           ERROR_CODE(E_InternalError),
                                           ERROR_CODE(E_InvalidAction),
                                           ERROR_CODE(E_MalformedQuery),
                                           ERROR_CODE(E_MissingAction),
                                           ERROR_CODE(E_MissingParameter),
                                           ERROR_CODE(E_NoSuchVersion),
                                           "MalformedInput",
                                           "ValidationError",
                                           ERROR_CODE(E_UnknownParameter),
                                           ERROR_CODE(E_NotSimulated),
                                           NULL };
static const char *const json_codes[] = { "ExpiredTokenException",
                                          "IncompleteSignatureException",
                                          "MissingAuthenticationTokenException",
                                          "UnrecognizedClientException",
                                          ERROR_CODE(E_InternalError),
                                          ERROR_CODE(E_MalformedQuery),
                                          ERROR_CODE(E_MissingParameter),
                                          "SerializationException",
                                          "UnknownOperationException",
                                          "UnsupportedOperationException",
                                          "ValidationException",
                                          NULL };
static const char *const rest_codes[] = { "ExpiredTokenException",
                                          "IncompleteSignatureException",
                                          "MissingAuthenticationTokenException",
                                          "UnrecognizedClientException",
                                          ERROR_CODE(E_InternalError),
                                          ERROR_CODE(E_MalformedQuery),
                                          "MethodNotAllowed",
                                          ERROR_CODE(E_MissingParameter),
                                          "SerializationException",
                                          "UnknownOperationException",
                                          "UnsupportedOperationException",
                                          "ValidationException",
                                          NULL };
static const char *const control_codes[] = { "ForeignHost",
                                             "ForeignOrigin",
                                             ERROR_CODE(E_InternalError),
                                             ERROR_CODE(E_MalformedQuery),
                                             "MethodNotAllowed",
                                             "MissingHeader",
                                             "SerializationException",
                                             "UnknownOperationException",
                                             "UnsupportedOperationException",
                                             "ValidationException",
                                             NULL };

const char *const *errors_common(enum protocol p)
{
    static const char *const *const codes[] = { [PROTOCOL_EC2] = ec2_codes,
                                                [PROTOCOL_QUERY] = query_codes,
                                                [PROTOCOL_JSON] = json_codes,
                                                [PROTOCOL_REST] = rest_codes,
                                                [PROTOCOL_CONTROL] = control_codes };
    return codes[p];
}

static void add(struct arena *a, struct list *codes, const char *code)
{
    if (!strs_have(codes, code))
        strs_add(a, codes, code);
}

static void add_implied(struct arena *a, struct list *codes, const struct param *params)
{
    for (const struct param *p = params; p->name; p++) {
        if (p->id)
            add(a, codes, id_malformed_code(p->id));
        if (p->of == filter_params)
            add(a, codes, ERROR_CODE(E_FilterValues));
        if (p->taggable)
            add(a, codes, ERROR_CODE(E_TagLimit));
        if (p->of)
            add_implied(a, codes, p->of);
    }
}

struct list errors_of(struct arena *a, const struct op *op)
{
    struct list codes = { 0 };
    for (const char *at = op->errors; at && *at;) {
        size_t n = strcspn(at, " ");
        add(a, &codes, arena_strndup(a, at, n));
        at += n + strspn(at + n, " ");
    }
    if (op->service->protocol == PROTOCOL_EC2)
        add_implied(a, &codes, op->params);
    return codes;
}
