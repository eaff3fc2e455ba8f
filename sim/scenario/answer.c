/* See answer.h. Every request passes here: a copy into memory that is there already. */
#include "scenario/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

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

static char *room_of(struct kept_answer *a, size_t n)
{
    if (n <= sizeof a->inside)
        return a->inside;
    if (a->large_room < n) {
        free(a->large);
        a->large = malloc(n);
        a->large_room = n;
    }
    if (!a->large)
        BUG("out of memory");
    return a->large;
}

static void keep_type(struct kept_answer *a, const char *type)
{
    size_t n = type ? strlen(type) : 0;
    if (n >= sizeof a->type)
        n = sizeof a->type - 1;
    memcpy(a->type, type ? type : "", n);
    a->type[n] = '\0';
}

static struct kept_answer *slot_of(struct record *record, int64_t seq)
{
    if (!record->answers)
        record->answers = calloc(RECORD_KEEPS_ANSWERS, sizeof *record->answers);
    if (!record->answers)
        BUG("out of memory");
    return &record->answers[seq % RECORD_KEEPS_ANSWERS];
}

void answer_keep(struct record *record, int64_t seq, struct kept_bytes sent, const struct call *c,
                 const struct reply *reply)
{
    const char *withheld = why_withheld(c, reply);
    size_t n = withheld ? 0 : reply->size;
    if (n > RECORD_ANSWER_MOST)
        n = RECORD_ANSWER_MOST;
    struct kept_answer *a = slot_of(record, seq);
    char *bytes = room_of(a, sent.n + n);
    a->seq = seq;
    a->bytes = bytes;
    a->sent = sent.n;
    a->answered = n;
    a->size = reply->size;
    a->withheld = withheld;
    keep_type(a, reply->content_type);
    if (sent.n)
        memcpy(bytes, sent.text, sent.n);
    if (n)
        memcpy(bytes + sent.n, reply->body, n);
}

const struct kept_answer *answer_of(const struct record *record, int64_t seq)
{
    const struct kept_answer *a =
        record->answers ? &record->answers[seq % RECORD_KEEPS_ANSWERS] : NULL;
    return a && a->seq == seq ? a : NULL;
}

void answers_free(struct record *record)
{
    for (size_t i = 0; record->answers && i < RECORD_KEEPS_ANSWERS; i++)
        free(record->answers[i].large);
    free(record->answers);
}
