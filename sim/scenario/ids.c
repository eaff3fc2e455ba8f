/* See ids.h. */
#include "scenario/ids.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* Length of the identifier that begins here; 0: none. */
static size_t id_length(const char *s, const char *end)
{
    const char *at = s;
    while (at < end && islower((unsigned char)*at))
        at++;
    if (at == s || at == end || *at != '-')
        return 0;
    size_t hex = 0;
    while (++at < end && isxdigit((unsigned char)*at))
        hex++;
    return hex == 17 ? (size_t)(at - s) : 0;
}

bool is_resource_id(const char *text)
{
    size_t n = strlen(text);
    return n && id_length(text, text + n) == n;
}

void ids_in(struct arena *a, const char *text, size_t n, struct list *into)
{
    const char *end = text + n;
    for (const char *at = text; at < end; at++) {
        bool begins = at == text || !isalnum((unsigned char)at[-1]);
        size_t length = begins ? id_length(at, end) : 0;
        const char *id = length ? arena_strndup(a, at, length) : NULL;
        if (id && !strs_have(into, id))
            strs_add(a, into, id);
        at += length;
    }
}

static bool is_named(const struct value *v, const char *text)
{
    if (v->type == VALUE_TEXT && text_is(v->text, text))
        return true;
    for (const struct value *child = v->first; child; child = child->next) {
        if (is_named(child, text))
            return true;
    }
    return false;
}

struct list ids_answered(struct call *c, const struct reply *reply)
{
    struct list all = { 0 }, unnamed = { 0 };
    ids_in(c->a, reply->body, reply->size, &all);
    LIST_EACH (const char *, id, &all) {
        if (!c->input || !is_named(c->input, *id))
            strs_add(c->a, &unnamed, *id);
    }
    return unnamed;
}
