/* See sftp_message.h. */
#include "guest/transfer/sftp_message.h"

#include <string.h>

#include "base/text.h"

/* ---- Reading a message ---- */

uint64_t sftp_take_number(struct sftp_message *m, int size)
{
    uint64_t n = 0;
    if (m->end - m->at < size) {
        m->bad = true;
        return 0;
    }
    while (size--)
        n = n << 8 | *m->at++;
    return n;
}

const char *sftp_take_bytes(struct sftp_message *m, size_t *ret_n)
{
    size_t n = (size_t)sftp_take_number(m, 4);
    *ret_n = 0;
    if (m->bad || (size_t)(m->end - m->at) < n) {
        m->bad = true;
        return "";
    }
    m->at += n;
    *ret_n = n;
    return (const char *)m->at - n;
}

const char *sftp_take_path(struct sftp_message *m)
{
    size_t n;
    const char *bytes = sftp_take_bytes(m, &n);
    if (memchr(bytes, 0, n))
        m->bad = true;
    return transfer_path(m->t->a, m->t->home, n ? arena_strndup(m->t->a, bytes, n) : ".");
}

struct sftp_attributes sftp_take_attributes(struct sftp_message *m)
{
    struct sftp_attributes a = { .flags = (uint32_t)sftp_take_number(m, 4) };
    if (a.flags & ATTR_SIZE)
        a.size = sftp_take_number(m, 8);
    if (a.flags & ATTR_OWNER) {
        a.uid = (uint32_t)sftp_take_number(m, 4);
        a.gid = (uint32_t)sftp_take_number(m, 4);
    }
    if (a.flags & ATTR_MODE)
        a.mode = (uint32_t)sftp_take_number(m, 4);
    if (a.flags & ATTR_TIMES)
        sftp_take_number(m, 8);
    return a;
}

/* ---- Writing one ---- */

void sftp_put_number(struct sftp_answer *r, uint64_t n, int size)
{
    unsigned char bytes[8];
    for (int i = 0; i < size; i++)
        bytes[i] = (unsigned char)(n >> 8 * (size - 1 - i));
    buffer_add(r->a, &r->b, bytes, (size_t)size);
}

void sftp_put_bytes(struct sftp_answer *r, const void *bytes, size_t n)
{
    sftp_put_number(r, n, 4);
    buffer_add(r->a, &r->b, bytes, n);
}

void sftp_put_text(struct sftp_answer *r, const char *text)
{
    sftp_put_bytes(r, text, strlen(text));
}

struct sftp_answer sftp_begin_answer(const struct sftp_message *m, enum sftp_type type)
{
    struct sftp_answer r = { .a = m->t->a };
    sftp_put_number(&r, type, 1);
    if (type != FXP_VERSION)
        sftp_put_number(&r, m->id, 4);
    return r;
}

void sftp_send_answer(const struct sftp_message *m, const struct sftp_answer *r)
{
    struct sftp_answer head = { .a = m->t->a };
    sftp_put_number(&head, r->b.n, 4);
    buffer_add(m->t->a, m->t->out, head.b.at, head.b.n);
    buffer_add(m->t->a, m->t->out, r->b.at, r->b.n);
}

void sftp_send_status(const struct sftp_message *m, enum sftp_status status, const char *text)
{
    struct sftp_answer r = sftp_begin_answer(m, FXP_STATUS);
    sftp_put_number(&r, status, 4);
    sftp_put_text(&r, text);
    sftp_put_text(&r, "");
    sftp_send_answer(m, &r);
}

static enum sftp_status status_of(const char *error)
{
    if (!error)
        return FX_OK;
    if (text_is(error, NO_ENTRY))
        return FX_NO_SUCH_FILE;
    return text_is(error, DENIED) || text_is(error, NOT_PERMITTED) ? FX_DENIED : FX_FAILURE;
}

void sftp_send_outcome(const struct sftp_message *m, const char *error)
{
    error = transfer_outcome(m->t, error);
    sftp_send_status(m, status_of(error), error ? error : "Success");
}

void sftp_send_missing(const struct sftp_message *m)
{
    sftp_send_status(m, FX_NO_SUCH_FILE, "No such file");
}

void sftp_send_bad_handle(const struct sftp_message *m)
{
    sftp_send_status(m, FX_FAILURE, "Invalid handle");
}

static uint32_t mode_of(const struct dir_entry *e)
{
    return (uint32_t)e->mode | (e->target ? 0120000 : e->is_folder ? 0040000 : 0100000);
}

void sftp_put_attributes(struct sftp_answer *r, const struct dir_entry *e)
{
    uint64_t seconds = (uint64_t)(e->changed / 1000);
    sftp_put_number(r, ATTR_SIZE | ATTR_OWNER | ATTR_MODE | ATTR_TIMES, 4);
    sftp_put_number(r, (uint64_t)e->size, 8);
    sftp_put_number(r, (uint64_t)e->uid, 4);
    sftp_put_number(r, (uint64_t)e->gid, 4);
    sftp_put_number(r, mode_of(e), 4);
    sftp_put_number(r, seconds, 4);
    sftp_put_number(r, seconds, 4);
}
