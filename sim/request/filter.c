/* See filter.h. */
#include "request/filter.h"

#include <string.h>

#include "base/glob.h"
#include "base/text.h"
#include "call/errors.h"

#define MAX_VALUES 200
#define LONGEST_VALUE 255

static bool has(const struct filter *f, const char *text)
{
    return text && globs_match(f->alternatives, text);
}

static bool is_tag_filter(const char *name)
{
    return text_starts(name, "tag:") || text_is(name, "tag-key") || text_is(name, "tag-value");
}

static bool is_known(const struct schema *k, const char *name)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (text_is(f->filter, name) || (f->type == FIELD_LIST && is_known(f->of, name))
            || (f->type == FIELD_TAGS && is_tag_filter(name)))
            return true;
    }
    return false;
}

static int check_value(struct call *c, const char *value)
{
    const char *bad = glob_bad_escape(value);
    if (strlen(value) > LONGEST_VALUE)
        return fail(c, E_FilterLength);
    if (!bad)
        return 0;
    size_t n = 1 + (bad[1] != 0);
    while (((unsigned char)bad[n] & 0xC0) == 0x80) /* the rest of one character */
        n++;
    return fail(c, E_FilterEscape, arena_strndup(c->a, bad, n));
}

int filters_check(struct call *c, const struct schema *k, const struct list *filters)
{
    size_t values = 0;
    LIST_EACH (struct filter, f, filters) {
        if (text_blank(f->name))
            return fail(c, E_InvalidFilter, "null");
        if (!is_known(k, f->name))
            return fail(c, E_InvalidFilter, f->name);
        values += f->values.count;
        LIST_EACH (const char *, value, &f->values) {
            if (check_value(c, *value))
                return -1;
        }
    }
    return values > MAX_VALUES ? fail(c, E_FilterValues) : 0;
}

static bool tags_match(const struct filter *filter, const struct list *tags)
{
    LIST_EACH (struct tag, tag, tags) {
        const char *value = tag->value ? tag->value : "";
        if (text_is(filter->name, "tag-key") ? has(filter, tag->key)
            : text_is(filter->name, "tag-value")
                ? has(filter, value)
                : text_is(filter->name + strlen("tag:"), tag->key) && has(filter, value))
            return true;
    }
    return false;
}

static bool match(struct call *c, const struct schema *k, const void *noun,
                  const struct filter *filter);

static bool field_matches(struct call *c, const struct field *f, const void *noun,
                          const struct filter *filter)
{
    const struct list *l = (const struct list *)((const char *)noun + f->at);
    if (f->type == FIELD_NEVER)
        return false;
    if (f->type == FIELD_TAGS)
        return is_tag_filter(filter->name) && tags_match(filter, l);
    if (f->type == FIELD_LIST) {
        for (size_t i = 0; i < l->count; i++) {
            if (match(c, f->of, (const char *)l->items + i * f->of->size, filter))
                return true;
        }
        return false;
    }
    if (!text_is(f->filter, filter->name))
        return false;
    if (f->type == FIELD_TEXTS) {
        LIST_EACH (const char *, text, l) {
            if (has(filter, *text))
                return true;
        }
        return false;
    }
    return has(filter, field_text(c->a, f, noun));
}

static bool match(struct call *c, const struct schema *k, const void *noun,
                  const struct filter *filter)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (field_matches(c, f, noun, filter))
            return true;
    }
    return false;
}

bool filters_match(struct call *c, const struct schema *k, const void *noun,
                   const struct list *filters)
{
    LIST_EACH (struct filter, filter, filters) {
        if (!filter->alternatives)
            filter->alternatives = globs_make(c->a, &filter->values);
        if (!match(c, k, noun, filter))
            return false;
    }
    return true;
}
