/* Writes XML text straight into the call's arena, where the reply is sent from. Text goes through
 * libxml2's escaping where it has something to escape; this is the only file that knows libxml2.
 * Its text writer does the same with a list entry, several copies and three allocations for each
 * element: DescribeRegions took more than twice as long (docs/performance.md). Debug builds have
 * its reader read each answer again. */
#include <libxml/entities.h>
#include <libxml/xmlreader.h>

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

void xml_text(struct xml *x, const char *name, const char *text)
{
    if (!*text) {
        xml_open(x, name);
        xml_close(x);
        return;
    }
    end_start_tag(x);
    new_line(x);
    size_t plain = strcspn(text, "<>&\"\r"); /* what xmlEncodeSpecialChars replaces */
    if (!text[plain]) {
        write_element(x, name, text, plain);
        return;
    }
    xmlChar *escaped = xmlEncodeSpecialChars(NULL, BAD_CAST text);
    if (!escaped)
        BUG("out of memory");
    write_element(x, name, (const char *)escaped, strlen((const char *)escaped));
    xmlFree(escaped);
}

/* ---- The same once more ---- */

size_t xml_mark(struct xml *x)
{
    end_start_tag(x);
    return x->size;
}

const char *xml_since(const struct xml *x, size_t mark, size_t *ret_size)
{
    *ret_size = x->size - mark;
    return x->bytes + mark;
}

void xml_raw(struct xml *x, const char *bytes, size_t n)
{
    append(extend(x, n), bytes, n);
}

int xml_place(const struct xml *x)
{
    return x->indent ? (int)x->depth + 1 : 0;
}

/* ---- The end ---- */

enum { LANES = 32 }; /* bytes; the compiler takes sixteen at a time */

/* Blanks, letters, digits, punctuation: what nearly all answers consist of. A byte that is none
 * leaves the high bit set. */
static bool is_printable_ascii(const unsigned char *at, size_t n)
{
    unsigned char seen[LANES] = { 0 }, any = 0;
    for (; n >= LANES; at += LANES, n -= LANES) {
        for (size_t i = 0; i < LANES; i++)
            seen[i] |= (unsigned char)(at[i] - ' ') | at[i];
    }
    for (size_t i = 0; i < n; i++)
        any |= (unsigned char)(at[i] - ' ') | at[i];
    for (size_t i = 0; i < LANES; i++)
        any |= seen[i];
    return any < 0x80;
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

/* Once for all texts. The doors let in what XML can carry, yet a state document may hold more. */
static void repair(struct xml *x)
{
    if (!is_printable_ascii((unsigned char *)x->bytes + x->body, x->size - x->body))
        text_repair_xml(x->bytes + x->body, x->size - x->body);
}

const char *xml_finish(struct xml *x, size_t *ret_size)
{
    if (x->depth)
        BUG("%s is never closed", x->open[x->depth - 1]);
    if (x->indent)
        put(x, "\n"); /* EC2 ends without one, STS with it [recorded] */
    repair(x);
#ifdef AMISIM_CHECK_XML
    check(x->bytes, x->size);
#endif
    *ret_size = x->size;
    return x->bytes;
}

/* ---- A document in pieces ---- */

size_t xml_size(const struct xml *x)
{
    return x->size;
}

const char *xml_piece(struct xml *x, bool last, size_t *ret_size)
{
    while (last && x->depth)
        xml_close(x);
    end_start_tag(x);
    repair(x);
    *ret_size = x->size;
    return x->bytes;
}

void xml_go_on(struct xml *x, struct arena *a)
{
    x->a = a;
    x->capacity = FIRST_SIZE;
    x->bytes = arena_bytes(a, FIRST_SIZE);
    x->size = x->body = 0;
}
