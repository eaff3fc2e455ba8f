/* The metadata service of each instance, for clients that can be pointed at it, and the certificate
 * that its documents are signed with. */
#include <string.h>

#include "call/op.h"
#include "guest/imds/imds.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "world/instance/identity_key.h"

struct imds_input {
    const char *instance, *path, *token, *ttl, *forwarded;
    int64_t hops;
};

#define IMDS_ROWS                                                                                  \
    { "instance", TEXT(struct imds_input, instance), .flags = PARAM_REQUIRED | PARAM_PATH },       \
        { "X-aws-ec2-metadata-token", TEXT(struct imds_input, token),                              \
          .flags = PARAM_HEADER | PARAM_EMPTY | PARAM_SECRET },                                    \
        { IMDS_TTL_HEADER, TEXT(struct imds_input, ttl), .flags = PARAM_HEADER },                  \
        { "X-Forwarded-For", TEXT(struct imds_input, forwarded), .flags = PARAM_HEADER },          \
    {                                                                                              \
        "X-Amisim-Hops", INT(struct imds_input, hops), .flags = PARAM_HEADER, .min = 1,            \
                                                       .max = 255, .otherwise = "1"                \
    }

static const struct param imds_root_params[] = {
    IMDS_ROWS,
    { 0 },
};

static const struct param imds_params[] = {
    IMDS_ROWS,
    { "path", TEXT(struct imds_input, path), .flags = PARAM_REQUIRED | PARAM_PATH },
    { 0 },
};

static void send(struct call *c, const struct imds_answer *answer)
{
    c->outcome.status = answer->status;
    c->outcome.silent = !answer->status;
    call_add_header(c, "Server", "EC2ws");
    if (answer->ttl)
        call_add_header(c, IMDS_TTL_HEADER, answer->ttl);
    emit_bytes(c, answer->type ? answer->type : "text/plain", answer->body, answer->size);
}

static int ask(struct call *c, const struct imds_input *in, const char *method)
{
    struct instance i;
    struct imds_answer answer;
    if (control_instance(c, in->instance, &i))
        return -1;
    if (i.state_code != INSTANCE_RUNNING)
        return fail(c, 409, "GuestNotRunning", "The instance %s is %s", i.id, i.state);
    instance_prepare(c, &i);
    const struct imds_request request = { method,        in->path ? in->path : "",
                                          in->token,     in->ttl,
                                          in->forwarded, in->hops };
    imds_ask(c, &i, &request, &answer);
    send(c, &answer);
    return 0;
}

static int get_instance_metadata(struct call *c, const struct imds_input *in)
{
    return ask(c, in, "GET");
}

static int put_instance_metadata(struct call *c, const struct imds_input *in)
{
    return ask(c, in, "PUT");
}

#define IMDS "/_amisim/guests/{instance}/imds/"
#define IMDS_ERRORS "NoSuchInstance GuestNotRunning"

OPERATION_AS(control, ListInstanceMetadataVersions, get_instance_metadata, imds_root_params,
             struct imds_input, .route = "GET " IMDS, .flags = OP_OPEN, .errors = IMDS_ERRORS);

/* Credentials are sessions, made when they are asked for. */
OPERATION_AS(control, GetInstanceMetadata, get_instance_metadata, imds_params, struct imds_input,
             .route = "GET " IMDS "{path+}", .flags = OP_WRITES | OP_OPEN, .errors = IMDS_ERRORS);

OPERATION_AS(control, PutInstanceMetadata, put_instance_metadata, imds_params, struct imds_input,
             .route = "PUT " IMDS "{path+}", .flags = OP_TAKES_BYTES | OP_OPEN,
             .errors = IMDS_ERRORS);

static int get_imds_certificate(struct call *c, const struct no_input *in)
{
    struct identity_key key;
    (void)in;
    identity_key_get(c, &key);
    emit_bytes(c, "application/x-pem-file", key.certificate, strlen(key.certificate));
    return 0;
}

OPERATION_AS(control, GetImdsCertificate, get_imds_certificate, no_params, struct no_input,
             .route = "GET /_amisim/imds/certificate", .flags = OP_WRITES | OP_OPEN, .errors = "");
