/* The instance metadata service: what an instance is told about itself at 169.254.169.254.
 *
 * It knows requests and answers, no sockets: a route of ours and the guest's own curl ask it alike.
 * Paths are a table (imds_path.c); what they show is worked out in imds_value.c, imds_network.c and
 * imds_identity.c. */
#ifndef GUEST_IMDS_H
#define GUEST_IMDS_H

#include "world/instance/instance.h"

struct imds_request {
    const char *method; /* "GET" */
    const char *path; /* decoded, without its first slash: "latest/meta-data/" */
    /* Headers; NULL: not sent. */
    const char *token; /* X-aws-ec2-metadata-token */
    const char *ttl; /* X-aws-ec2-metadata-token-ttl-seconds */
    const char *forwarded; /* X-Forwarded-For */
    int64_t hops; /* of the network between the client and the service; 1: none but the way out */
};

#define IMDS_TTL_HEADER "X-aws-ec2-metadata-token-ttl-seconds"

struct imds_answer {
    int status; /* HTTP; 0: the client waits in vain */
    const char *type; /* Content-Type */
    const char *body; /* in the call's arena */
    size_t size;
    const char *ttl; /* what IMDS_TTL_HEADER says in the answer; NULL: it is not there */
};

/* The call is in the instance's account and Region. It may write: role credentials are sessions
 * that the API knows. */
void imds_ask(struct call *c, const struct instance *i, const struct imds_request *r,
              struct imds_answer *ret);

#endif
