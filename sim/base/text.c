/* See text.h. */
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"

bool text_is(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_any(const char *s, const char *const *options)
{
    for (; *options; options++) {
        if (text_is(s, *options))
            return true;
    }
    return false;
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && strcmp(s + n - m, suffix) == 0;
}

bool text_blank(const char *s)
{
    return !s || !*s;
}

bool text_digits(const char *s, size_t exactly)
{
    return strlen(s) == exactly && strspn(s, "0123456789") == exactly;
}

size_t text_characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

char *text_lower(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

char *text_lower_camel(struct arena *a, const char *s)
{
    char *name = arena_strdup(a, s);
    name[0] = (char)tolower((unsigned char)name[0]);
    return name;
}

bool text_glob(const char *pattern, const char *s)
{
    if (!strpbrk(pattern, "*?\\"))
        return strcmp(pattern, s) == 0;
    struct arena rows = { 0 };
    struct glob_text text = { .a = &rows };
    glob_text_set(&text, s);
    bool matches = glob_match(&text, pattern);
    arena_release(&rows);
    return matches;
}

bool text_int(const char *s, int64_t *ret)
{
    if (!*s || isspace((unsigned char)*s))
        return false;
    char *end;
    errno = 0;
    long long n = strtoll(s, &end, 10);
    if (*end || errno)
        return false;
    *ret = n;
    return true;
}

static size_t utf8_length(const unsigned char *s, size_t n, uint32_t *ret_code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = *s < 0x80 ? 1 : *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : *s >= 0xc2 ? 2 : 0;
    if (!length || length > n || *s > 0xf4)
        return 0;
    uint32_t code = length == 1 ? *s : *s & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3f);
    }
    *ret_code = code;
    return code < least[length] ? 0 : length;
}

/* The length of the character of XML 1.0 there; 0: there is none. */
static size_t xml_length(const unsigned char *s, size_t n)
{
    uint32_t code = 0;
    size_t length = utf8_length(s, n, &code);
    if (!length || (code < 0x20 && code != '\t' && code != '\n' && code != '\r')
        || (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff || code > 0x10ffff)
        return 0;
    return length;
}

bool text_is_xml(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + n;
    for (;;) {
        while (s < end && *s >= 0x20 && *s < 0x80)
            s++;
        size_t length = s < end ? xml_length(s, (size_t)(end - s)) : 0;
        if (!length)
            return s == end;
        s += length;
    }
}

void text_repair_xml(char *text, size_t n)
{
    for (unsigned char *at = (unsigned char *)text, *end = at + n; at < end;) {
        size_t length = *at >= 0x20 && *at < 0x80 ? 1 : xml_length(at, (size_t)(end - at));
        if (!length)
            *at = '?';
        at += length ? length : 1;
    }
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(struct arena *a, const void *bytes, size_t n)
{
    const unsigned char *in = bytes;
    char *out = arena_alloc(a, (n + 2) / 3 * 4 + 1), *at = out;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t group = (uint32_t)in[i] << 16;
        if (i + 1 < n)
            group |= (uint32_t)in[i + 1] << 8;
        if (i + 2 < n)
            group |= in[i + 2];
        *at++ = base64_digits[group >> 18];
        *at++ = base64_digits[group >> 12 & 63];
        *at++ = i + 1 < n ? base64_digits[group >> 6 & 63] : '=';
        *at++ = i + 2 < n ? base64_digits[group & 63] : '=';
    }
    return out;
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

char *base64_decode(struct arena *a, const char *s, size_t *ret_n)
{
    char *out = arena_alloc(a, strlen(s) / 4 * 3 + 4);
    size_t n = 0, digits = 0;
    uint32_t group = 0;
    for (; *s && *s != '='; s++) {
        if (*s == '\n' || *s == '\r')
            continue;
        int digit = base64_digit(*s);
        if (digit < 0)
            return NULL;
        group = group << 6 | (uint32_t)digit;
        if (++digits % 4 == 0) {
            out[n++] = (char)(group >> 16);
            out[n++] = (char)(group >> 8);
            out[n++] = (char)group;
            group = 0;
        }
    }
    size_t left = digits % 4, pad = strspn(s, "=\r\n");
    if (left == 1 || s[pad])
        return NULL;
    if (left == 2)
        out[n++] = (char)(group >> 4);
    if (left == 3) {
        out[n++] = (char)(group >> 10);
        out[n++] = (char)(group >> 2);
    }
    *ret_n = n;
    return out;
}

char *hex_encode(struct arena *a, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = bytes;
    char *out = arena_alloc(a, n * 2 + 1);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    return out;
}

bool text_has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = words; n && (at = strstr(at, word)); at += n) {
        if ((at == words || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    }
    return false;
}
