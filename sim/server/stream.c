/* See stream.h. */
#include "server/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "server/pipeline.h"

#define MAX_FOLLOWERS 64
#define MAX_READERS 256

struct streamer {
    struct streams *all;
    struct connection *connection;
    struct stream *stream;
    struct arena arena; /* where the stream is */
    struct streamer *next;
};

static size_t *count_of(struct streams *all, const struct stream *s)
{
    return s->follows ? &all->followers : &all->readers;
}

void stream_drop(struct sim *sim, struct stream *s)
{
    if (s->drop)
        s->drop(sim, s);
}

static void forget(struct streamer *s)
{
    struct streamer **at = &s->all->first;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    --*count_of(s->all, s->stream);
    stream_drop(s->all->sim, s->stream);
    arena_release(&s->arena);
    free(s);
}

static void on_gone(void *arg)
{
    forget(arg);
}

static void tell(struct streamer *s)
{
    struct arena a = { 0 };
    struct connection *c = s->connection;
    size_t n = 0;
    const char *piece = pipeline_more(s->all->sim, s->stream, &a, &n);
    bool broken = s->stream->broken, ends = s->stream->ends;
    if (broken)
        connection_drop(c);
    else if (n || ends)
        connection_piece(c, piece, n, ends);
    else
        connection_rests(c);
    if (broken || ends)
        forget(s);
    arena_release(&a);
}

static void on_ready(void *arg)
{
    tell(arg);
}

void streams_tell(struct streams *all)
{
    for (struct streamer *s = all->first, *next; s; s = next) {
        next = s->next;
        if (connection_is_resting(s->connection))
            tell(s);
    }
}

static bool is_full(const struct streams *all, const struct stream *s)
{
    return s->follows ? all->followers >= MAX_FOLLOWERS : all->readers >= MAX_READERS;
}

static void refuse(struct reply *r)
{
    static const char body[] = "{\"error\":\"TooManyFollowers\",\"message\":\"64 follow already\"}";
    r->status = 503;
    r->content_type = "application/json";
    r->body = body;
    r->size = sizeof body - 1;
}

void stream_begin(struct streams *all, struct connection *c, struct reply *r, struct arena *a)
{
    struct stream *stream = r->stream;
    bool full = is_full(all, stream);
    if (full)
        refuse(r);
    if (full)
        connection_answer(c, r, a);
    if (full || !connection_begin(c, r, a)) {
        stream_drop(all->sim, stream);
        arena_reset(a);
        return;
    }
    struct streamer *s = calloc(1, sizeof *s);
    if (!s)
        BUG("out of memory");
    *s = (struct streamer){ all, c, stream, *a, all->first };
    *a = (struct arena){ 0 };
    all->first = s;
    ++*count_of(all, stream);
    connection_on_ready(c, on_ready, s);
    connection_on_gone(c, on_gone, s, stream->follows);
}

void streams_end(struct streams *all)
{
    while (all->first) {
        struct streamer *s = all->first;
        struct connection *c = s->connection;
        bool follows = s->stream->follows;
        forget(s);
        if (follows)
            connection_piece(c, NULL, 0, true);
        else
            connection_drop(c);
    }
}
