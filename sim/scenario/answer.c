/* See answer.h. Every request passes here: a copy into memory that is there already. */
#include "scenario/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define LEAST_ROOM 2048 /* most answers fit, so that the memory of one is good for the next */

/* Blocks are no text, and what only the caller may see is nobody else's. */
static const char *why_withheld(const struct call *c, const struct reply *reply)
{
    if (c->op && c->op->flags & OP_SECRET_ANSWER && !c->outcome.code)
        return "it holds a secret";
    if (reply->drop)
        return "it was not sent";
    return reply->content_type && text_starts(reply->content_type, "application/octet-stream")
               ? "it is bytes"
               : NULL;
}

static struct kept_answer *with_room(struct kept_answer **slot, size_t n)
{
    if (*slot && (*slot)->room >= n)
        return *slot;
    size_t room = n > LEAST_ROOM ? n : LEAST_ROOM;
    struct kept_answer *fresh = malloc(sizeof *fresh + room);
    if (!fresh)
        BUG("out of memory");
    free(*slot);
    fresh->room = room;
    return *slot = fresh;
}

void answer_keep(struct record *record, int64_t seq, struct kept_bytes sent, const struct call *c,
                 const struct reply *reply)
{
    const char *withheld = why_withheld(c, reply);
    size_t n = withheld ? 0 : reply->size;
    if (n > RECORD_ANSWER_MOST)
        n = RECORD_ANSWER_MOST;
    struct kept_answer *a = with_room(&record->answers[seq % RECORD_KEEPS_ANSWERS], sent.n + n);
    a->seq = seq;
    a->sent = sent.n;
    a->answered = n;
    a->size = reply->size;
    a->withheld = withheld;
    size_t type = reply->content_type ? strlen(reply->content_type) : 0;
    if (type >= sizeof a->type)
        type = sizeof a->type - 1;
    memcpy(a->type, reply->content_type ? reply->content_type : "", type);
    a->type[type] = '\0';
    if (sent.n)
        memcpy(a->bytes, sent.text, sent.n);
    if (n)
        memcpy(a->bytes + sent.n, reply->body, n);
}

const struct kept_answer *answer_of(const struct record *record, int64_t seq)
{
    const struct kept_answer *a = record->answers[seq % RECORD_KEEPS_ANSWERS];
    return a && a->seq == seq ? a : NULL;
}

void answers_free(struct record *record)
{
    for (size_t i = 0; i < RECORD_KEEPS_ANSWERS; i++)
        free(record->answers[i]);
}
