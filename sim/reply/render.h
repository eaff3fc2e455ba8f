/* From a call's outcome to the bytes of its answer, in the form of the call's service. */
#ifndef REPLY_RENDER_H
#define REPLY_RENDER_H

#include "call/op.h"

struct reply {
    int status;
    const char *content_type;
    const char *body; /* owned by the call's arena */
    size_t size;
    struct list headers; /* struct header, all but Content-Length */
    struct stream *stream; /* the body is given by this, in place of the above; NULL: it is not */
    bool close; /* the connection is to end: EC2's errors do so [recorded] */
    /* On purpose (scenario/fault.h): */
    bool drop; /* the connection ends without an answer */
    size_t promised; /* Content-Length, where it is not the size; 0: it is */
    int64_t delay; /* machine ms before it leaves */
};

/* Before the handler runs: opens the envelope that its emits go into. */
void reply_begin(struct call *c, const struct service *service, const char *operation);
/* After it: the good answer, or the error where the outcome is one. */
struct reply reply_end(struct call *c, const struct service *service);
/* Instead, in an answer in pieces (struct stream): what was emitted in a JSON service since
 * reply_begin, as an object. */
const char *reply_piece(struct call *c);

#endif
