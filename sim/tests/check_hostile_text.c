/* Hostile bytes as the short texts that users write: wildcards, regular expressions, times, spans,
 * base64. An input is a pattern, a new line, a text. */
#include "tests/hostile.h"

#include "base/pattern.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "tests/simple_glob.h"

/* What is said of a time once is said of it again. */
static void feed_time(struct arena *a, const char *text)
{
    int64_t ms, again;
    span_parse(text, &ms);
    if (time_parse(text, &ms) && (!time_parse(time_format_ms(a, ms), &again) || again != ms))
        abort();
}

static void feed_base64(struct arena *a, const char *text)
{
    size_t n, m;
    const void *bytes = base64_decode(a, text, &n);
    if (!bytes)
        return;
    const void *again = base64_decode(a, base64_encode(a, bytes, n), &m);
    if (!again || m != n || memcmp(again, bytes, n) != 0)
        abort();
}

static void feed_text(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    char *whole = arena_strndup(&a, bytes, n), *end = strchr(whole, '\n');
    const char *pattern = arena_strndup(&a, whole, end ? (size_t)(end - whole) : strlen(whole));
    const char *rest = end ? end + 1 : "some text", *what;
    const char *text = arena_strndup(&a, rest, strnlen(rest, SIMPLE_GLOB_MOST));
    char *clean = arena_strdup(&a, text), *clean_pattern = arena_strdup(&a, pattern);
    text_repair_xml(clean, strlen(clean));
    text_repair_xml(clean_pattern, strlen(clean_pattern));
    if (text_glob(pattern, text) != simple_glob(pattern, text)
        || !text_is_xml(clean, strlen(clean)))
        abort();
    pattern_answer(&a, clean_pattern, clean, &what);
    feed_time(&a, pattern);
    feed_base64(&a, text);
    arena_release(&a);
}

HOSTILE("text", 20000, feed_text)
