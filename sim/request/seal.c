/* See seal.h. */
#include "request/seal.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"

static const char *seal(struct call *c, const char *text)
{
    unsigned char digest[SHA256_SIZE];
    const char *secret = arena_printf(c->a, "%llx/%s/%s/%s", (unsigned long long)c->sim->seed,
                                      c->account, c->region, text);
    sha256(secret, strlen(secret), digest);
    return hex_encode(c->a, digest, 8);
}

const char *seal_token(struct call *c, const char *what, int64_t number, int64_t life)
{
    int64_t end = c->now + life;
    const char *text = arena_printf(c->a, "%s %lld %lld %.8s", what, (long long)number,
                                    (long long)end, c->request_id);
    const char *whole = arena_printf(c->a, "%s %s", text, seal(c, text));
    return base64_encode(c->a, whole, strlen(whole));
}

bool seal_read(struct call *c, const char *token, const char *what, int64_t *ret_number)
{
    size_t n = 0;
    char *text = base64_decode(c->a, token, &n), *mark = text ? strrchr(text, ' ') : NULL;
    if (!mark)
        return false;
    *mark = '\0';
    size_t length = strlen(what);
    if (!text_is(mark + 1, seal(c, text)) || strncmp(text, what, length) != 0
        || text[length] != ' ')
        return false;
    char *end;
    *ret_number = strtoll(text + length, &end, 10);
    return strtoll(end, NULL, 10) > c->now;
}
