/* Writes XML text straight into the call's arena, where the reply is sent from. Text goes through
 * libxml2's escaping where it has something to escape; this is the only file that knows libxml2.
 * Its text writer does the same with a list entry, several copies and three allocations for each
 * element: DescribeRegions took more than twice as long (docs/performance.md). Debug builds have
 * its reader read each answer again. */
#include <libxml/entities.h>
#include <libxml/xmlreader.h>

#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "reply/out.h"

#define FIRST_SIZE ((size_t)8 * 1024)

struct xml {
    struct arena *a;
    char *bytes;
    size_t size, capacity;
    size_t body; /* where it begins, behind the declaration and its newline */
    const char *open[64]; /* names of the elements around the next byte */
    size_t depth;
    bool indent;
    bool in_start_tag; /* "<name" is written, ">" is not yet */
};

/* Room for n more bytes. */
static char *extend(struct xml *x, size_t n)
{
    if (x->capacity - x->size < n) {
        x->capacity = 2 * x->capacity + n;
        char *bytes = arena_bytes(x->a, x->capacity);
        memcpy(bytes, x->bytes, x->size);
        x->bytes = bytes;
    }
    char *at = x->bytes + x->size;
    x->size += n;
    return at;
}

static char *append(char *at, const char *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

static void put(struct xml *x, const char *text)
{
    size_t n = strlen(text);
    append(extend(x, n), text, n);
}

static void new_line(struct xml *x)
{
    if (!x->indent || !x->size)
        return;
    put(x, "\n");
    for (size_t i = 0; i < x->depth; i++)
        put(x, "  ");
}

static void end_start_tag(struct xml *x)
{
    if (x->in_start_tag)
        put(x, ">");
    x->in_start_tag = false;
}

struct xml *xml_begin(struct arena *a, bool indent, bool declaration)
{
    struct xml *x = arena_new(a, struct xml);
    x->a = a;
    x->indent = indent;
    x->capacity = FIRST_SIZE;
    x->bytes = arena_bytes(a, FIRST_SIZE);
    if (declaration)
        put(x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    x->body = x->size;
    return x;
}

void xml_open(struct xml *x, const char *name)
{
    if (x->depth == sizeof x->open / sizeof *x->open)
        BUG("an answer nested too deeply");
    end_start_tag(x);
    new_line(x);
    size_t n = strlen(name);
    append(append(extend(x, n + 1), "<", 1), name, n);
    x->open[x->depth++] = name;
    x->in_start_tag = true;
}

void xml_namespace(struct xml *x, const char *uri)
{
    put(x, " xmlns=\"");
    put(x, uri);
    put(x, "\"");
}

void xml_close(struct xml *x)
{
    if (!x->depth)
        BUG("xml_close without its xml_open");
    const char *name = x->open[--x->depth];
    if (x->in_start_tag) {
        put(x, "/>");
        x->in_start_tag = false;
        return;
    }
    new_line(x);
    size_t n = strlen(name);
    append(append(append(extend(x, n + 3), "</", 2), name, n), ">", 1);
}

static void write_element(struct xml *x, const char *name, const char *text, size_t m)
{
    size_t n = strlen(name);
    char *at = extend(x, 2 * n + m + 5);
    at = append(append(append(at, "<", 1), name, n), ">", 1);
    at = append(at, text, m);
    append(append(append(at, "</", 2), name, n), ">", 1);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether eight bytes are printable ASCII that xmlEncodeSpecialChars leaves alone. Each test sets
 * the high bit of the lowest byte that it is about: less than a blank (or no ASCII), a zero. */
static bool eight_are_plain(uint64_t x)
{
    uint64_t quote_or_ampersand = (x & ~EACH(0x04)) ^ EACH('"');
    uint64_t less_or_greater = (x & ~EACH(0x02)) ^ EACH('<');
    uint64_t other = (x - EACH(' ')) | x;
    uint64_t found = other | (quote_or_ampersand - EACH(1)) | (less_or_greater - EACH(1));
    return !(found & EACH(0x80));
}

static bool is_plain(const char *text, size_t n)
{
    uint64_t x = EACH(' ');
    if (n < sizeof x) {
        while (n)
            x = x << 8 | (unsigned char)text[--n];
        return eight_are_plain(x);
    }
    for (size_t i = 0; i + sizeof x < n; i += sizeof x) {
        memcpy(&x, text + i, sizeof x);
        if (!eight_are_plain(x))
            return false;
    }
    memcpy(&x, text + n - sizeof x, sizeof x); /* the last eight, some for the second time */
    return eight_are_plain(x);
}

void xml_text(struct xml *x, const char *name, const char *text)
{
    if (!*text) {
        xml_open(x, name);
        xml_close(x);
        return;
    }
    end_start_tag(x);
    new_line(x);
    size_t n = strlen(text);
    if (is_plain(text, n)) {
        write_element(x, name, text, n);
        return;
    }
    const char *clean = text_is_xml(text, n) ? text : text_to_xml(x->a, text);
    xmlChar *escaped = xmlEncodeSpecialChars(NULL, BAD_CAST clean);
    if (!escaped)
        BUG("out of memory");
    write_element(x, name, (const char *)escaped, strlen((const char *)escaped));
    xmlFree(escaped);
}

/* ---- The end ---- */

enum { LANES = 32 }; /* bytes; the compiler takes sixteen at a time */

/* Once for all texts: hardly any answer has one. */
static bool has_control(const unsigned char *at, size_t n)
{
    unsigned char least[LANES], any = 0;
    memset(least, 0xFF, sizeof least);
    for (; n >= LANES; at += LANES, n -= LANES) {
        for (size_t i = 0; i < LANES; i++)
            least[i] = at[i] < least[i] ? at[i] : least[i];
    }
    for (size_t i = 0; i < n; i++)
        any |= at[i] < ' ';
    for (size_t i = 0; i < LANES; i++)
        any |= least[i] < ' ';
    return any;
}

static void replace_controls(unsigned char *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (at[i] < ' ' && at[i] != '\t' && at[i] != '\n' && at[i] != '\r')
            at[i] = '?';
    }
}

#ifdef AMISIM_CHECK_XML
/* Every test proves that it is well-formed. */
static void check(const char *bytes, size_t n)
{
    const int options = XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlTextReader *reader = xmlReaderForMemory(bytes, (int)n, NULL, NULL, options);
    if (!reader)
        BUG("no reader for an answer of %zu bytes", n);
    int more = 1;
    while (more == 1)
        more = xmlTextReaderRead(reader);
    if (more)
        BUG("an answer that is no XML: %s%.*s", xmlGetLastError()->message, (int)n, bytes);
    xmlFreeTextReader(reader);
}
#endif

const char *xml_finish(struct xml *x, size_t *ret_size)
{
    if (x->depth)
        BUG("%s is never closed", x->open[x->depth - 1]);
    if (x->indent)
        put(x, "\n"); /* EC2 ends without one, STS with it [recorded] */
    unsigned char *body = (unsigned char *)x->bytes + x->body;
    if (has_control(body, x->size - x->body))
        replace_controls(body, x->size - x->body);
#ifdef AMISIM_CHECK_XML
    check(x->bytes, x->size);
#endif
    *ret_size = x->size;
    return x->bytes;
}
