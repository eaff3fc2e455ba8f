/* The only file that knows libyaml: one YAML document -> a value tree with lines. */
#include <yaml.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/value.h"

#define DEEPEST 32

struct reader {
    struct arena *a;
    const char *file;
    yaml_parser_t parser;
    yaml_event_t event;
    bool have_event;
    const char *error;
};

static bool next_event(struct reader *r)
{
    if (r->have_event)
        yaml_event_delete(&r->event);
    r->have_event = yaml_parser_parse(&r->parser, &r->event);
    if (!r->have_event)
        r->error = arena_printf(r->a, "%s:%zu: %s", r->file, r->parser.problem_mark.line + 1,
                                r->parser.problem ? r->parser.problem : "cannot be read");
    return r->have_event;
}

static struct value *trouble(struct reader *r, const char *what)
{
    r->error = arena_printf(r->a, "%s:%zu: %s", r->file, r->event.start_mark.line + 1, what);
    return NULL;
}

/* YAML 1.2 core schema for plain scalars. What became a number keeps its spelling: 012345678901 may
 * be an account, 1.10 a version. */
static void scalar(struct reader *r, struct value *v)
{
    const char *s = (const char *)r->event.data.scalar.value;
    v->type = VALUE_TEXT;
    v->text = arena_strndup(r->a, s, r->event.data.scalar.length);
    if (r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return;
    static const char *const nulls[] = { "", "~", "null", NULL };
    char *end;
    if (text_any(s, nulls)) {
        v->type = VALUE_NULL;
    } else if (text_is(s, "true") || text_is(s, "false")) {
        v->type = VALUE_BOOL;
        v->flag = text_is(s, "true");
    } else if (text_int(s, &v->number)) {
        v->type = VALUE_INT;
    } else if (strspn(s, "0123456789.-") == strlen(s) && strchr(s, '.')
               && (v->real = strtod(s, &end), !*end)) {
        v->type = VALUE_REAL;
    }
}

static struct value *read_value(struct reader *r, int depth);

static struct value *read_children(struct reader *r, struct value *v, int depth)
{
    yaml_event_type_t end = v->type == VALUE_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    while (next_event(r)) {
        if (r->event.type == end)
            return v;
        const char *key = NULL;
        if (v->type == VALUE_MAP) {
            if (r->event.type != YAML_SCALAR_EVENT)
                return trouble(r, "a key must be plain text");
            key = arena_strdup(r->a, (const char *)r->event.data.scalar.value);
            if (value_get(v, key))
                return trouble(r, arena_printf(r->a, "'%s' stands here twice", key));
            if (!next_event(r))
                return NULL;
        }
        struct value *child = read_value(r, depth + 1);
        if (!child)
            return NULL;
        value_add(v, key, child);
    }
    return NULL;
}

static struct value *read_value(struct reader *r, int depth)
{
    if (depth > DEEPEST)
        return trouble(r, "nested too deeply");
    struct value *v = value_new(r->a, VALUE_NULL);
    v->file = r->file;
    v->line = (int)r->event.start_mark.line + 1;
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        scalar(r, v);
        return v;
    case YAML_MAPPING_START_EVENT:
        v->type = VALUE_MAP;
        return read_children(r, v, depth);
    case YAML_SEQUENCE_START_EVENT:
        v->type = VALUE_LIST;
        return read_children(r, v, depth);
    case YAML_ALIAS_EVENT:
        return trouble(r, "anchors and aliases are not supported here");
    default:
        return trouble(r, "a value was expected");
    }
}

static struct value *read_document(struct reader *r)
{
    struct value *v = NULL;
    while (next_event(r) && r->event.type != YAML_STREAM_END_EVENT) {
        if (r->event.type == YAML_STREAM_START_EVENT || r->event.type == YAML_DOCUMENT_END_EVENT)
            continue;
        if (r->event.type == YAML_DOCUMENT_START_EVENT) {
            if (v)
                return trouble(r, "only one document is read from a file");
            if (!next_event(r) || !(v = read_value(r, 0)))
                return NULL;
        }
    }
    if (r->error)
        return NULL;
    return v ? v : value_new(r->a, VALUE_MAP);
}

struct value *value_from_yaml(struct arena *a, const char *file, const void *text, size_t n,
                              const char **ret_error)
{
    struct reader r = { .a = a, .file = arena_strdup(a, file) };
    if (!yaml_parser_initialize(&r.parser)) {
        *ret_error = "out of memory";
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, text, n);
    struct value *v = read_document(&r);
    if (r.have_event)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    *ret_error = r.error;
    return r.error ? NULL : v;
}
