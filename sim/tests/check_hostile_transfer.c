/* Hostile bytes at scp and sftp of a guest: no crash, no leak, whole messages as answers, and
 * nothing held beyond its bounds. */
#include "tests/hostile.h"

#include "guest/transfer/scp.h"
#include "guest/transfer/sftp.h"
#include "guest/transfer/words.h"
#include "tests/memory_host.h"

/* In kept inputs '~' stands for a zero byte, which their lines cannot have. */
static char *with_zeros(struct arena *a, const char *bytes, size_t n)
{
    char *out = arena_strndup(a, bytes, n);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(out[i] == '~' ? '\0' : out[i]);
    return out;
}

static void check_messages(const struct buffer *out)
{
    for (size_t at = 0; at < out->n;) {
        const unsigned char *p = (const unsigned char *)out->at + at;
        if (out->n - at < 5)
            abort();
        size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (!n || n > out->n - at - 4)
            abort();
        at += 4 + n;
    }
}

/* In two portions, cut somewhere. */
static void feed_sftp(const struct transfer *t, const char *bytes, size_t n)
{
    struct sftp *s = sftp_new(t->a);
    size_t taken = 0, more = 0;
    if (sftp_feed(s, t, bytes, n / 2, &taken) && taken <= n / 2
        && sftp_feed(s, t, bytes + taken, n - taken, &more) && taken + more > n)
        abort();
    check_messages(t->out);
    sftp_end(s);
}

static void feed_scp(const struct transfer *t, const char *bytes, size_t n)
{
    struct list words = { 0 };
    size_t line = 0;
    while (line < n && bytes[line] != '\n' && bytes[line])
        line++;
    const char *command = arena_strndup(t->a, bytes, line);
    struct scp *s = transfer_words(t->a, command, &words) ? scp_new(t->a, &words) : NULL;
    int64_t status = 0;
    if (!s)
        return;
    line += line < n;
    scp_begin(s, t);
    scp_feed(s, t, bytes + line, (n - line) / 2);
    scp_feed(s, t, bytes + line + (n - line) / 2, n - line - (n - line) / 2);
    scp_end(s);
    if (!scp_is_over(s, &status))
        abort();
}

static void feed_transfer(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    struct memory_host machine = memory_host_new(&a);
    struct buffer out = { 0 };
    const struct transfer t = { shell_of_user(&a, &machine.base, "root", "/root"), "/root", &a,
                                &out };
    const char *text = with_zeros(&a, bytes, n);
    shell_write(t.sh, "/srv/notes", "hello", 5);
    if (n && *bytes == 's' && bytes[1 % n] != 'c')
        feed_sftp(&t, text + 1, n - 1);
    else
        feed_scp(&t, text, n);
    arena_release(&a);
}

HOSTILE("transfer", 20000, feed_transfer)
