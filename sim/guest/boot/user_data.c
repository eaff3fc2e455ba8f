/* See user_data.h. */
#include "guest/boot/user_data.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/gzip.h"
#include "base/text.h"
#include "base/value.h"

#define NOT_MULTIPART "text/x-not-multipart"
#define LOOKED_FOR_MIME 4096
#define DEEPEST 8

struct reader {
    struct arena *a;
    const struct user_data_source *source;
    struct user_data *ret;
    size_t bytes;
    int depth;
};

/* ---- Types ---- */

/* Longest first, so that the first that fits is the one. */
static const struct {
    const char *begins, *type;
} beginnings[] = {
    { "#cloud-config-archive", "text/cloud-config-archive" },
    { "#cloud-config-jsonp", "text/cloud-config-jsonp" },
    { "## template: jinja", "text/jinja2" },
    { "#cloud-boothook", "text/cloud-boothook" },
    { "#cloud-config", "text/cloud-config" },
    { "#include-once", "text/x-include-once-url" },
    { "#part-handler", "text/part-handler" },
    { "#include", "text/x-include-url" },
    { "#!", "text/x-shellscript" },
};

const char *user_data_type(const char *bytes, size_t n)
{
    while (n && isspace((unsigned char)*bytes)) {
        bytes++;
        n--;
    }
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t length = strlen(beginnings[i].begins);
        if (n >= length && strncasecmp(bytes, beginnings[i].begins, length) == 0)
            return beginnings[i].type;
    }
    return NULL;
}

static bool is_compressed(const char *type)
{
    static const char *const types[] = {
        "application/gzip",       "application/gzip-compressed",   "application/gzipped",
        "application/x-compress", "application/x-compressed",      "application/x-gunzip",
        "application/x-gzip",     "application/x-gzip-compressed", NULL
    };
    return text_any(type, types);
}

static bool is_looked_at(const char *type)
{
    static const char *const types[] = { "text/plain", NOT_MULTIPART, "text/x-shellscript", NULL };
    return text_any(type, types);
}

/* ---- Parts ---- */

static void attach(struct reader *r, const struct mime_part *part)
{
    struct list *parts = &r->ret->parts;
    r->bytes += part->n;
    if (r->ret->error)
        return;
    if (parts->count >= MIME_MOST_PARTS || r->bytes > USER_DATA_LARGEST) {
        r->ret->error = arena_printf(r->a, "amisim reads %d parts and %zu MiB of user data at most",
                                     MIME_MOST_PARTS, USER_DATA_LARGEST >> 20);
        return;
    }
    struct mime_part *added = list_add(r->a, parts, struct mime_part);
    *added = *part;
    if (text_blank(added->filename))
        added->filename = arena_printf(r->a, "part-%03zu", parts->count);
}

static void read_blob(struct reader *r, const char *bytes, size_t n);

/* The URL that a line of an include names; "" where it names none. */
static const char *include_url(struct arena *a, const char *line, size_t n)
{
    static const char *const words[] = { "#include-once", "#include" };
    const char *url = arena_strndup(a, line, n);
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(words[i]);
        if (strncasecmp(url, words[i], length) == 0) {
            url += length;
            break;
        }
    }
    while (isspace((unsigned char)*url))
        url++;
    size_t length = strlen(url);
    while (length && isspace((unsigned char)url[length - 1]))
        length--;
    return *url == '#' ? "" : arena_strndup(a, url, length);
}

static void include(struct reader *r, const char *bytes, size_t n)
{
    const char *end = bytes + n;
    while (bytes < end && !r->ret->error) {
        size_t length = strcspn(bytes, "\n");
        const char *url = include_url(r->a, bytes, length);
        bytes += length + 1;
        const char *text = *url ? r->source->fetch(r->source, url) : NULL;
        if (text)
            read_blob(r, text, strlen(text));
        else if (*url)
            r->ret->error = arena_printf(r->a,
                                         "HTTPConnectionPool: Max retries exceeded (amisim serves "
                                         "only what a fixture holds) for url: %s",
                                         url);
    }
}

/* A list of texts, or of mappings with content, type and filename. */
static void open_archive(struct reader *r, const char *bytes, size_t n)
{
    const char *error;
    struct value *list = value_from_yaml_loose(r->a, "user-data", bytes, n, &error);
    for (const struct value *v = list && list->type == VALUE_LIST ? list->first : NULL; v;
         v = v->next) {
        const char *content = v->type == VALUE_MAP ? value_text(v, "content") : v->text;
        if (v->type != VALUE_MAP && v->type != VALUE_TEXT)
            continue;
        struct mime_part p = { .bytes = content ? content : "" };
        p.n = strlen(p.bytes);
        p.type = value_text(v, "type");
        p.filename = value_text(v, "filename");
        p.merge = value_text(v, "Merge-Type");
        if (text_blank(p.type))
            p.type = user_data_type(p.bytes, p.n);
        if (!p.type)
            p.type = "text/cloud-config";
        attach(r, &p);
    }
}

static void read_part(struct reader *r, struct mime_part p)
{
    const char *said = p.type, *found = NULL;
    if (is_compressed(said)) {
        size_t n = 0;
        const char *inside = gzip_open(r->a, p.bytes, p.n, USER_DATA_LARGEST, &n);
        if (!inside) {
            r->ret->error = arena_printf(
                r->a, "Failed decompressing payload from %s of length %zu due to: %s", said, p.n,
                gzip_is(p.bytes, p.n) ? "Compressed file ended before the end-of-stream marker was "
                                        "reached"
                                      : "Not a gzipped file");
            return;
        }
        p.bytes = inside;
        p.n = n;
        said = "text/plain";
    }
    if (is_looked_at(said))
        found = user_data_type(p.bytes, p.n);
    p.type = found ? found : said;
    if (text_starts(p.type, "text/x-include-"))
        include(r, p.bytes, p.n);
    else if (text_is(p.type, "text/cloud-config-archive"))
        open_archive(r, p.bytes, p.n);
    else
        attach(r, &p);
}

/* "mime-version:" near the beginning, in whatever case, makes it a message. */
static bool is_message(const char *bytes, size_t n)
{
    static const char mark[] = "mime-version:";
    size_t length = sizeof mark - 1, most = n < LOOKED_FOR_MIME ? n : LOOKED_FOR_MIME;
    for (size_t i = 0; i + length <= most; i++) {
        if (strncasecmp(bytes + i, mark, length) == 0)
            return true;
    }
    return false;
}

static void read_blob(struct reader *r, const char *bytes, size_t n)
{
    struct list parts = { 0 };
    bool more = false;
    size_t opened = 0;
    const char *inside =
        gzip_is(bytes, n) ? gzip_open(r->a, bytes, n, USER_DATA_LARGEST, &opened) : NULL;
    if (++r->depth > DEEPEST) {
        r->ret->error = arena_printf(r->a, "amisim follows %d includes in one another", DEEPEST);
        return;
    }
    if (inside) {
        bytes = inside;
        n = opened;
    }
    if (is_message(bytes, n))
        mime_read(r->a, bytes, n, &parts, &more);
    else
        *list_add(r->a, &parts, struct mime_part) =
            (struct mime_part){ .type = NOT_MULTIPART, .bytes = bytes, .n = n };
    LIST_EACH (struct mime_part, p, &parts) {
        if (!r->ret->error)
            read_part(r, *p);
    }
    if (more)
        r->ret->error = arena_printf(r->a, "amisim reads %d parts of user data, %d deep, at most",
                                     MIME_MOST_PARTS, MIME_DEEPEST);
    r->depth--;
}

void user_data_read(struct arena *a, const struct user_data_source *s, const void *bytes, size_t n,
                    struct user_data *ret)
{
    struct reader r = { .a = a, .source = s, .ret = ret };
    *ret = (struct user_data){ 0 };
    struct buffer copy = { 0 }; /* so that a '\0' ends it */
    buffer_add(a, &copy, bytes, n);
    if (n)
        read_blob(&r, copy.at, n);
}

/* ---- What is kept of it ---- */

const char *user_data_message(struct arena *a, const struct user_data *d)
{
    static const char boundary[] = "===============1234567890123456789==";
    struct buffer b = { 0 };
    buffer_add_text(a, &b,
                    arena_printf(a,
                                 "Content-Type: multipart/mixed; boundary=\"%s\"\n"
                                 "MIME-Version: 1.0\nNumber-Attachments: %zu\n\n",
                                 boundary, d->parts.count));
    LIST_EACH (struct mime_part, p, &d->parts) {
        buffer_add_text(a, &b,
                        arena_printf(a,
                                     "--%s\nMIME-Version: 1.0\nContent-Type: %s\n"
                                     "Content-Disposition: attachment; filename=\"%s\"\n\n",
                                     boundary, p->type, p->filename));
        buffer_add(a, &b, p->bytes, p->n);
        buffer_add_text(a, &b, "\n");
    }
    buffer_add_text(a, &b, arena_printf(a, "--%s--\n", boundary));
    return buffer_text(a, &b);
}
