/* See json_walk.h. */
#include "base/json_walk.h"

#include <string.h>

struct json_walk json_walk(const char *text, size_t n)
{
    return (struct json_walk){ .at = text, .end = text + n };
}

static void wrong(struct json_walk *w, const char *error)
{
    w->error = w->error ? w->error : error;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char json_peek(struct json_walk *w)
{
    while (w->at < w->end && is_space(*w->at))
        w->at++;
    return w->at < w->end ? *w->at : '\0';
}

bool json_is_passed(struct json_walk *w)
{
    json_peek(w);
    return !w->error && !w->depth && w->at == w->end;
}

bool json_enter(struct json_walk *w, char sign)
{
    if (w->error || json_peek(w) != sign || w->depth == JSON_WALK_DEEPEST) {
        wrong(w, sign == '{' ? "an object was expected" : "a list was expected");
        return false;
    }
    w->at++;
    w->inside[w->depth++] = sign == '{' ? '}' : ']';
    w->fresh = true;
    return true;
}

bool json_next(struct json_walk *w)
{
    char sign = json_peek(w);
    bool fresh = w->fresh;
    if (w->error)
        return false;
    w->fresh = false;
    if (w->depth && sign == w->inside[w->depth - 1]) {
        w->at++;
        w->depth--;
        return false;
    }
    if (fresh && sign)
        return true;
    if (sign != ',') {
        wrong(w, "a comma or an end was expected");
        return false;
    }
    w->at++;
    return true;
}

/* ---- Values ---- */

/* It stands in a string as it is meant, in ASCII. */
static bool is_plain(unsigned char c)
{
    return c >= ' ' && c < 0x80 && c != '\\';
}

/* Behind a string that begins here; *ret_plain: all of it is. */
static const char *string_end(const char *at, const char *end, bool *ret_plain)
{
    *ret_plain = true;
    for (at++; at < end && *at != '"'; at++) {
        if (is_plain((unsigned char)*at))
            continue;
        *ret_plain = false;
        at += *at == '\\';
    }
    return at < end ? at + 1 : NULL;
}

static const char *tree_end(const char *at, const char *end)
{
    bool plain;
    for (size_t depth = 0; at && at < end;) {
        char c = *at;
        at = c == '"' ? string_end(at, end, &plain) : at + 1;
        depth += c == '[' || c == '{';
        if ((c == ']' || c == '}') && --depth == 0)
            return at;
    }
    return NULL;
}

static const char *word_end(const char *at, const char *end)
{
    while (at < end && !is_space(*at) && *at != ',' && *at != ']' && *at != '}')
        at++;
    return at;
}

/* Behind the value that begins here; NULL: it has no end. */
static const char *value_end(const char *at, const char *end, bool *ret_plain)
{
    *ret_plain = false;
    if (*at == '"')
        return string_end(at, end, ret_plain);
    return *at == '{' || *at == '[' ? tree_end(at, end) : word_end(at, end);
}

/* Where the next value ends; what precedes it is passed. */
static const char *find_end(struct json_walk *w, bool *ret_plain)
{
    const char *end = !w->error && json_peek(w) ? value_end(w->at, w->end, ret_plain) : NULL;
    if (!end || end == w->at) {
        wrong(w, "a value was expected");
        return NULL;
    }
    return end;
}

void json_skip(struct json_walk *w)
{
    bool plain;
    const char *end = find_end(w, &plain);
    if (end)
        w->at = end;
}

/* A short whole number, as most are; the others are jansson's. */
static bool read_short(const char *at, const char *end, int64_t *ret)
{
    bool negative = *at == '-';
    size_t n = (size_t)(end - (at += negative));
    if (!n || n > 15 || (*at == '0' && n > 1))
        return false;
    for (*ret = 0; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        *ret = *ret * 10 + (*at - '0');
    }
    *ret = negative ? -*ret : *ret;
    return true;
}

struct value *json_value(struct json_walk *w, struct arena *a)
{
    bool plain;
    int64_t number;
    const char *error, *end = find_end(w, &plain), *at = w->at;
    struct value *v;
    if (!end)
        return NULL;
    w->at = end;
    if (plain) {
        v = value_new(a, VALUE_TEXT);
        v->text = arena_strndup(a, at + 1, (size_t)(end - at) - 2);
        return v;
    }
    if (end - at == 4 && memcmp(at, "null", 4) == 0)
        return value_new(a, VALUE_NULL);
    if (read_short(at, end, &number)) {
        v = value_new(a, VALUE_INT);
        v->number = number;
        return v;
    }
    if (!(v = value_from_json(a, at, (size_t)(end - at), &error))) {
        w->at = at;
        wrong(w, error);
    }
    return v;
}

const char *json_key(struct json_walk *w, struct arena *a)
{
    struct value *key = json_peek(w) == '"' ? json_value(w, a) : NULL;
    if (!key || json_peek(w) != ':') {
        wrong(w, "a name and a colon were expected");
        return NULL;
    }
    w->at++;
    return key->text;
}

/* ---- Writing ---- */

void json_add_text(struct arena *a, struct buffer *b, const char *text)
{
    bool plain = true;
    for (const char *at = text; *at && plain; at++)
        plain = is_plain((unsigned char)*at) && *at != '"';
    if (plain)
        buffer_add_text(a, b, "\"");
    buffer_add_text(
        a, b,
        plain ? text : value_to_json(a, &(struct value){ .type = VALUE_TEXT, .text = text }, 0));
    if (plain)
        buffer_add_text(a, b, "\"");
}
