/* Answers in pieces, for tests without sockets. */
#ifndef TESTS_PIECES_H
#define TESTS_PIECES_H

#include <stdlib.h>

#include "base/buffer.h"
#include "server/pipeline.h"

/* Puts what there is of such an answer together, and lets go of it. */
static inline void pieces_join(struct sim *sim, struct arena *a, struct reply *reply)
{
    struct stream *stream = reply->stream;
    struct buffer all = { 0 };
    size_t n = 1;
    while (stream && n && !stream->ends) {
        const char *piece = pipeline_more(sim, stream, a, &n);
        buffer_add(a, &all, piece, n);
    }
    if (!stream)
        return;
    if (stream->broken)
        abort();
    if (stream->drop)
        stream->drop(sim, stream);
    reply->body = buffer_text(a, &all);
    reply->size = all.n;
    reply->stream = NULL;
}

#endif
