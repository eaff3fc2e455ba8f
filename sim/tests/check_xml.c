/* The XML writer: whatever it is given, what comes out is XML 1.0. */
#include <libxml/parser.h>
#include <string.h>

#include "tests/fresh.h"

#include "base/rng.h"
#include "base/text.h"
#include "reply/out.h"

static const char *written(struct arena *a, const char *text, size_t *ret_n)
{
    struct xml *x = xml_begin(a, false, true);
    xml_open(x, "r");
    xml_text(x, "t", text);
    xml_close(x);
    return xml_finish(x, ret_n);
}

static const char *repaired(struct arena *a, const char *text)
{
    char *copy = arena_strdup(a, text);
    text_repair_xml(copy, strlen(copy));
    return copy;
}

static void round_trip(struct arena *a, const char *text, const char *expected)
{
    size_t n;
    const char *bytes = written(a, text, &n);
    xmlDoc *doc = xmlReadMemory(bytes, (int)n, NULL, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!doc)
        ck_abort_msg("no XML: %.*s", (int)n, bytes);
    xmlChar *content = xmlNodeGetContent(xmlDocGetRootElement(doc));
    ck_assert_str_eq((const char *)content, expected);
    xmlFree(content);
    xmlFreeDoc(doc);
}

START_TEST(test_texts)
{
    static const char *const cases[][2] = {
        { "a\x01z", "a?z" },
        { "a\tb\nc\rd", "a\tb\nc\rd" },
        { "<a href=\"b\">&amp;</a>", "<a href=\"b\">&amp;</a>" },
        { "\xef\xbf\xbe", "???" },
        { "\xed\xa0\x80z", "???z" },
        { "\xc3", "?" },
        { "\xf0\x9f\x98\x80 \x7f", "\xf0\x9f\x98\x80 \x7f" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        round_trip(&a, cases[i][0], cases[i][1]);
    arena_release(&a);
}
END_TEST

/* Each byte at each place of a text of every length: the many at a time miss none. */
START_TEST(test_every_byte)
{
    struct arena a = { 0 };
    for (size_t n = 1; n < 20; n++) {
        for (size_t at = 0; at < n; at++) {
            for (int byte = 1; byte < 256; byte++) {
                char text[24] = "~~~~~~~~~~~~~~~~~~~~~";
                text[n] = '\0';
                text[at] = (char)byte;
                round_trip(&a, text, repaired(&a, text));
            }
        }
        arena_reset(&a);
    }
    arena_release(&a);
}
END_TEST

START_TEST(test_any_bytes)
{
    struct arena a = { 0 };
    struct rng r = { 7 };
    for (int round = 0; round < 20000; round++) {
        char text[32] = { 0 };
        for (uint64_t n = rng_below(&r, sizeof text); n-- > 0;)
            text[n] = (char)(rng_below(&r, 255) + 1);
        round_trip(&a, text, repaired(&a, text));
        arena_reset(&a);
    }
    arena_release(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("xml");
    TCase *t = tcase_create("xml");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, test_texts);
    tcase_add_test(t, test_every_byte);
    tcase_add_test(t, test_any_bytes);
    suite_add_tcase(s, t);
    return run_suite(s);
}
