/* The only file that knows libyaml: one YAML document -> a value tree with lines. */
#include <yaml.h>

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/text.h"
#include "base/value.h"

#define DEEPEST 32
#define MOST_VALUES 100000
#define MOST_ANCHORS 1000
#define LARGEST ((size_t)8 << 20)

struct reader {
    struct arena *a;
    const char *file;
    yaml_parser_t parser;
    yaml_event_t event;
    bool have_event;
    size_t values;
    bool loose; /* as value_from_yaml_loose has it */
    struct list anchors; /* struct anchor */
    int deepest; /* level that was met since the value at hand began */
    const char *error;
};

struct anchor {
    const char *name;
    const struct value *value;
    size_t values; /* how many it is, with all below it */
    int height; /* levels below it */
};

struct map_key {
    const char *text;
    size_t place; /* among its neighbours */
    int line;
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

static struct value *trouble_at(struct reader *r, int line, const char *what)
{
    r->error = arena_printf(r->a, "%s:%d: %s", r->file, line, what);
    return NULL;
}

static int line_of(const struct reader *r)
{
    return (int)r->event.start_mark.line + 1;
}

static struct value *trouble(struct reader *r, const char *what)
{
    return trouble_at(r, line_of(r), what);
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

/* What XML can't carry, answers and records can't either. */
static bool is_text(const struct reader *r)
{
    return text_is_xml((const char *)r->event.data.scalar.value, r->event.data.scalar.length);
}

static int by_text(const void *a, const void *b)
{
    const struct map_key *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Sorted, because a hash of what strangers write is as slow as they like. */
static struct value *distinct(struct reader *r, struct list *keys, struct value *map)
{
    const struct map_key *twice = NULL;
    if (keys->count)
        qsort(keys->items, keys->count, sizeof(struct map_key), by_text);
    for (size_t i = 1; i < keys->count; i++) {
        const struct map_key *k = list_at(keys, struct map_key, i);
        if (text_is(k[-1].text, k->text) && (!twice || k->place < twice->place))
            twice = k;
    }
    return twice ? trouble_at(r, twice->line,
                              arena_printf(r->a, "'%s' stands here twice", twice->text))
                 : map;
}

/* Of two equal keys the last one holds. */
static void settle(struct reader *r, struct list *keys, struct value *map)
{
    struct list members = { 0 };
    for (struct value *v = map->first; v; v = v->next)
        *list_add(r->a, &members, struct value *) = v;
    if (keys->count)
        qsort(keys->items, keys->count, sizeof(struct map_key), by_text);
    for (size_t i = 1; i < keys->count; i++) {
        const struct map_key *k = list_at(keys, struct map_key, i);
        if (text_is(k[-1].text, k->text))
            *list_at(&members, struct value *, k[-1].place) = NULL;
    }
    map->first = map->last = NULL;
    map->count = 0;
    LIST_EACH (struct value *, v, &members) {
        if (*v) {
            (*v)->next = NULL;
            value_add(map, (*v)->key, *v);
        }
    }
}

static struct value *share(struct reader *r, const struct value *v)
{
    struct value *copy = value_new(r->a, v->type);
    *copy = *v;
    copy->next = NULL;
    copy->key = NULL;
    return copy;
}

/* The members of what `<<` names, where the map has none of that key. */
static struct value *merge_keys(struct reader *r, struct value *map)
{
    const struct value *from = value_get(map, "<<");
    if (!from || from->type != VALUE_MAP)
        return map;
    struct value *merged = value_new(r->a, VALUE_MAP);
    merged->file = map->file;
    merged->line = map->line;
    for (const struct value *v = map->first; v; v = v->next) {
        if (v != from)
            value_add(merged, v->key, share(r, v));
    }
    for (const struct value *v = from->first; v; v = v->next) {
        r->values += 1 + map->count; /* what the search costs */
        if (r->values > MOST_VALUES)
            return trouble_at(r, map->line, arena_printf(r->a, "more than %d values", MOST_VALUES));
        if (!value_get(map, v->key))
            value_add(merged, v->key, share(r, v));
    }
    return merged;
}

static struct value *end_map(struct reader *r, struct list *keys, struct value *v)
{
    if (!r->loose)
        return distinct(r, keys, v);
    if (v->type != VALUE_MAP)
        return v;
    settle(r, keys, v);
    return merge_keys(r, v);
}

static struct value *follow(struct reader *r, int depth)
{
    const char *name = (const char *)r->event.data.alias.anchor;
    const struct anchor *found = LIST_FIND(struct anchor, &r->anchors, name, name);
    if (!found)
        return trouble(r, arena_printf(r->a, "found undefined alias '%s'", name));
    if (depth + found->height > DEEPEST)
        return trouble(r, arena_printf(r->a, "nested too deeply: %d levels are the most", DEEPEST));
    if (depth + found->height > r->deepest)
        r->deepest = depth + found->height;
    r->values += found->values;
    if (r->values > MOST_VALUES)
        return trouble(r, arena_printf(r->a, "more than %d values", MOST_VALUES));
    return share(r, found->value);
}

static struct value *read_value(struct reader *r, int depth);

/* The key of a mapping's next value, which is the next event then. */
static const char *read_key(struct reader *r, struct list *keys)
{
    if (r->event.type != YAML_SCALAR_EVENT || !is_text(r)) {
        trouble(r, "a key must be plain text");
        return NULL;
    }
    struct map_key key = { .place = keys->count, .line = line_of(r) };
    key.text = arena_strdup(r->a, (const char *)r->event.data.scalar.value);
    *list_add(r->a, keys, struct map_key) = key;
    return next_event(r) ? key.text : NULL;
}

static struct value *read_children(struct reader *r, struct value *v, int depth)
{
    yaml_event_type_t end = v->type == VALUE_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    struct list keys = { 0 };
    while (next_event(r)) {
        if (r->event.type == end)
            return end_map(r, &keys, v);
        const char *key = v->type == VALUE_MAP ? read_key(r, &keys) : NULL;
        if (r->error)
            return NULL;
        struct value *child = read_value(r, depth + 1);
        if (!child)
            return NULL;
        value_add(v, key, child);
    }
    return NULL;
}

static struct value *read_node(struct reader *r, int depth)
{
    if (depth > DEEPEST)
        return trouble(r, arena_printf(r->a, "nested too deeply: %d levels are the most", DEEPEST));
    if (++r->values > MOST_VALUES)
        return trouble(r, arena_printf(r->a, "more than %d values", MOST_VALUES));
    struct value *v = value_new(r->a, VALUE_NULL);
    v->file = r->file;
    v->line = line_of(r);
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        if (!is_text(r))
            return trouble(r, "text cannot have control characters");
        scalar(r, v);
        return v;
    case YAML_MAPPING_START_EVENT:
        v->type = VALUE_MAP;
        return read_children(r, v, depth);
    case YAML_SEQUENCE_START_EVENT:
        v->type = VALUE_LIST;
        return read_children(r, v, depth);
    case YAML_ALIAS_EVENT:
        return r->loose ? follow(r, depth)
                        : trouble(r, "anchors and aliases are not supported here");
    default:
        return trouble(r, "a value was expected");
    }
}

static const char *anchor_of(const struct reader *r)
{
    const yaml_event_t *e = &r->event;
    const yaml_char_t *name = e->type == YAML_SCALAR_EVENT           ? e->data.scalar.anchor
                              : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.anchor
                              : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.anchor
                                                                     : NULL;
    return (const char *)name;
}

/* A value, kept by its anchor where it has one and they are followed. */
static struct value *read_value(struct reader *r, int depth)
{
    size_t before = r->values;
    int deepest = r->deepest;
    const char *name = r->loose && anchor_of(r) ? arena_strdup(r->a, anchor_of(r)) : NULL;
    r->deepest = depth;
    struct value *v = read_node(r, depth);
    int height = r->deepest - depth;
    if (deepest > r->deepest)
        r->deepest = deepest;
    if (!v || !name)
        return v;
    struct anchor *kept = LIST_FIND(struct anchor, &r->anchors, name, name);
    if (!kept && r->anchors.count >= MOST_ANCHORS)
        return trouble(r, arena_printf(r->a, "more than %d anchors", MOST_ANCHORS));
    if (!kept)
        kept = list_add(r->a, &r->anchors, struct anchor);
    *kept = (struct anchor){ name, v, r->values - before, height };
    return v;
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

static struct value *read_yaml(struct arena *a, const char *file, const void *text, size_t n,
                               bool loose, const char **ret_error)
{
    struct reader r = { .a = a, .file = arena_strdup(a, file), .loose = loose };
    if (n > LARGEST) {
        *ret_error = arena_printf(a, "%s: larger than %zu MiB", file, LARGEST >> 20);
        return NULL;
    }
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

struct value *value_from_yaml(struct arena *a, const char *file, const void *text, size_t n,
                              const char **ret_error)
{
    return read_yaml(a, file, text, n, false, ret_error);
}

struct value *value_from_yaml_loose(struct arena *a, const char *file, const void *text, size_t n,
                                    const char **ret_error)
{
    return read_yaml(a, file, text, n, true, ret_error);
}
