/* See mime.h. */
#include "guest/boot/mime.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"

/* Bytes not yet read. */
struct rest {
    const char *at, *end;
};

struct headers {
    const char *type, *encoding, *disposition, *merge;
};

struct reader {
    struct arena *a;
    struct list *parts;
    bool *more;
};

/* The next line without its end; false: none is left. */
static bool next_line(struct rest *r, const char **ret, size_t *ret_n)
{
    if (r->at >= r->end)
        return false;
    const char *feed = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const char *end = feed ? feed : r->end;
    *ret = r->at;
    *ret_n = (size_t)(end - r->at);
    if (*ret_n && (*ret)[*ret_n - 1] == '\r')
        (*ret_n)--;
    r->at = feed ? feed + 1 : r->end;
    return true;
}

/* ---- Headers ---- */

static void set_header(struct headers *h, const char *line)
{
    const struct {
        const char *name, **into;
    } known[] = { { "content-type:", &h->type },
                  { "content-transfer-encoding:", &h->encoding },
                  { "content-disposition:", &h->disposition },
                  { "merge-type:", &h->merge },
                  { "x-merge-type:", &h->merge } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].name);
        if (strncasecmp(line, known[i].name, n) == 0 && !*known[i].into)
            *known[i].into = line + n + strspn(line + n, " \t");
    }
}

static bool is_header(const char *line, size_t n)
{
    const char *colon = memchr(line, ':', n);
    if (!colon || colon == line)
        return false;
    for (const char *p = line; p < colon; p++) {
        if (*p <= ' ' || (unsigned char)*p > 126)
            return false;
    }
    return true;
}

/* Up to the empty line, or up to what is no header: that belongs to the body. */
static void read_headers(struct arena *a, struct rest *r, struct headers *ret)
{
    struct buffer one = { 0 };
    const char *line;
    size_t n;
    struct rest before = *r;
    while (next_line(r, &line, &n)) {
        bool folded = n && (*line == ' ' || *line == '\t') && one.n;
        if (!folded && one.n) {
            set_header(ret, buffer_text(a, &one));
            one = (struct buffer){ 0 };
        }
        if (!n)
            return;
        if (!folded && !is_header(line, n)) {
            *r = before;
            return;
        }
        buffer_add(a, &one, line, n);
        before = *r;
    }
    if (one.n)
        set_header(ret, buffer_text(a, &one));
}

/* The value of ;name=value or ;name="value" in a header; NULL: it has none. */
static const char *header_param(struct arena *a, const char *header, const char *name)
{
    size_t n = strlen(name);
    const char *at = header ? strchr(header, ';') : NULL;
    while (at) {
        at += strspn(at, "; \t");
        const char *value = at + n;
        bool ours = strncasecmp(at, name, n) == 0 && *(value += strspn(value, " \t")) == '=';
        if (ours) {
            value += 1 + strspn(value + 1, " \t");
            bool quoted = *value == '"';
            return arena_strndup(a, value + quoted,
                                 strcspn(value + quoted, quoted ? "\"" : "; \t"));
        }
        at = strchr(at, ';');
    }
    return NULL;
}

/* What is no type/subtype is text/plain. */
static const char *media_type(struct arena *a, const char *header)
{
    if (!header)
        return "text/plain";
    const char *type = text_lower(a, arena_strndup(a, header, strcspn(header, "; \t")));
    const char *slash = strchr(type, '/');
    return slash && slash != type && slash[1] && !strchr(slash + 1, '/') ? type : "text/plain";
}

/* ---- Bodies ---- */

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void decode_quoted(struct arena *a, const char *s, size_t n, struct buffer *into)
{
    for (size_t i = 0; i < n; i++) {
        int high = s[i] == '=' && i + 2 < n ? hex_digit(s[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s[i + 2]) : -1;
        if (low >= 0) {
            char byte = (char)(high << 4 | low);
            buffer_add(a, into, &byte, 1);
            i += 2;
        } else if (s[i] == '=' && i + 1 < n && s[i + 1] == '\n') {
            i++;
        } else if (s[i] == '=' && i + 2 < n && s[i + 1] == '\r' && s[i + 2] == '\n') {
            i += 2;
        } else {
            buffer_add(a, into, s + i, 1);
        }
    }
}

/* What is no base64 stays as it is. */
static const char *decode_base64(struct arena *a, const char *s, size_t n, size_t *ret_n)
{
    struct buffer tight = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (!isspace((unsigned char)s[i]))
            buffer_add(a, &tight, s + i, 1);
    }
    return base64_decode(a, buffer_text(a, &tight), ret_n);
}

static void add_part(struct reader *r, const struct headers *h, const char *type, const char *s,
                     size_t n)
{
    struct buffer plain = { 0 };
    if (r->parts->count >= MIME_MOST_PARTS) {
        *r->more = true;
        return;
    }
    struct mime_part *p = list_add(r->a, r->parts, struct mime_part);
    const char *encoding = h->encoding ? h->encoding : "";
    const char *named = header_param(r->a, h->disposition, "filename");
    p->type = type;
    p->filename = named ? named : header_param(r->a, h->type, "name");
    p->merge = h->merge;
    if (strncasecmp(encoding, "base64", 6) == 0
        && (p->bytes = decode_base64(r->a, s, n, &p->n)) != NULL)
        return;
    if (strncasecmp(encoding, "quoted-printable", 16) == 0)
        decode_quoted(r->a, s, n, &plain);
    else
        buffer_add(r->a, &plain, s, n);
    p->bytes = buffer_text(r->a, &plain);
    p->n = plain.n;
}

/* ---- Containers ---- */

static void read_message(struct reader *r, struct rest in, int depth);

/* Whether a line ends a part; *ret_last: it ends the last one. */
static bool is_boundary(const char *line, size_t n, const char *boundary, bool *ret_last)
{
    size_t length = strlen(boundary);
    if (n < length + 2 || memcmp(line, "--", 2) != 0 || memcmp(line + 2, boundary, length) != 0)
        return false;
    size_t after = length + 2;
    *ret_last = n >= after + 2 && memcmp(line + after, "--", 2) == 0;
    if (*ret_last)
        after += 2;
    while (after < n && (line[after] == ' ' || line[after] == '\t'))
        after++;
    return after == n;
}

/* A part ends before the line end that comes before the boundary. */
static struct rest without_line_end(const char *from, const char *to)
{
    if (to > from && to[-1] == '\n')
        to--;
    if (to > from && to[-1] == '\r')
        to--;
    return (struct rest){ from, to };
}

static void read_parts(struct reader *r, struct rest in, const char *boundary, int depth)
{
    const char *line, *from = NULL;
    size_t n;
    bool last = false;
    while (!last && next_line(&in, &line, &n)) {
        if (!is_boundary(line, n, boundary, &last))
            continue;
        if (from)
            read_message(r, without_line_end(from, line), depth + 1);
        from = in.at;
    }
    if (from && !last)
        read_message(r, (struct rest){ from, in.end }, depth + 1);
}

static void read_message(struct reader *r, struct rest in, int depth)
{
    struct headers h = { 0 };
    if (depth > MIME_DEEPEST || r->parts->count >= MIME_MOST_PARTS) {
        *r->more = true;
        return;
    }
    read_headers(r->a, &in, &h);
    const char *type = media_type(r->a, h.type);
    if (!text_starts(type, "multipart/")) {
        add_part(r, &h, type, in.at, (size_t)(in.end - in.at));
        return;
    }
    const char *boundary = header_param(r->a, h.type, "boundary");
    if (!text_blank(boundary))
        read_parts(r, in, boundary, depth);
}

void mime_read(struct arena *a, const char *bytes, size_t n, struct list *parts, bool *ret_more)
{
    struct reader r = { .a = a, .parts = parts, .more = ret_more };
    read_message(&r, (struct rest){ bytes, bytes + n }, 0);
}
