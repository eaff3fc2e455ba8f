/* See decode.h. */
#include "call/decode.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/pattern.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/id.h"

static const struct param *find(const struct param *params, const char *name)
{
    for (const struct param *p = params; p->name; p++) {
        if (strcmp(p->name, name) == 0)
            return p;
    }
    return NULL;
}

void decode_defaults(const struct param *params, void *into)
{
    for (const struct param *p = params; p->name; p++) {
        if (p->flags & (PARAM_REFUSED | PARAM_IGNORED | PARAM_BODY))
            continue;
        if (p->type == PARAM_INT || p->type == PARAM_TIME)
            *(int64_t *)((char *)into + p->at) = ABSENT;
        else if (p->type == PARAM_STRUCT)
            decode_defaults(p->of, (char *)into + p->at);
    }
}

/* ---- Lists: Name.1, Name.3 (gaps are legal [recorded]) or a JSON or YAML list ---- */

static int by_index(const void *a, const void *b)
{
    const struct value *const *x = a, *const *y = b;
    long i = strtol((*x)->key, NULL, 10), j = strtol((*y)->key, NULL, 10);
    return (i > j) - (i < j);
}

static bool is_index(const char *key)
{
    size_t n = strlen(key);
    return n && n <= 9 && strspn(key, "0123456789") == n;
}

/* The items in order, or NULL where this is no list. A text is one of one: query strings of old
 * SDKs leave the .1 away [reports.md]. */
static const struct value **items_of(struct call *c, const struct value *v, complaint *complain)
{
    bool bare = complain == complain_ec2 && v->type == VALUE_TEXT && *v->text;
    if (v->type != VALUE_LIST && v->type != VALUE_MAP && !bare)
        return NULL;
    const struct value **items = arena_array(c->a, const struct value *, v->count + 2);
    size_t n = 0;
    if (bare)
        items[n++] = v;
    for (const struct value *item = v->first; item; item = item->next) {
        if (v->type == VALUE_MAP && !is_index(item->key))
            return NULL;
        items[n++] = item;
    }
    if (v->type == VALUE_MAP)
        qsort(items, n, sizeof *items, by_index);
    return items;
}

/* ---- Names ---- */

static int list_names(struct call *c, const struct param *p, const struct value *v,
                      complaint *complain)
{
    for (const struct value *item = v->first; item; item = item->next) {
        if (v->type == VALUE_MAP && !is_index(item->key))
            return complain(c, DECODE_UNKNOWN, p, item->key, item);
        if (p->type == PARAM_LIST) {
            if (decode_names(c, p->of, item, complain))
                return -1;
        } else if (item->type == VALUE_MAP && item->first) {
            return complain(c, DECODE_UNKNOWN, p, item->first->key, item->first);
        }
    }
    return 0;
}

int decode_names(struct call *c, const struct param *params, const struct value *map,
                 complaint *complain)
{
    if (map->type != VALUE_MAP)
        return 0; /* decode_values says what is wrong with it */
    for (const struct value *v = map->first; v; v = v->next) {
        const struct param *p = find(params, v->key);
        if (!p)
            return complain(c, DECODE_UNKNOWN, NULL, v->key, v);
        bool empty = v->type == VALUE_NULL || (v->type == VALUE_TEXT && !*v->text);
        if (p->flags & PARAM_REFUSED && !empty)
            return complain(c, DECODE_REFUSED, p, v->key, v);
        if (p->flags & (PARAM_REFUSED | PARAM_IGNORED) || p->type == PARAM_TREE)
            continue;
        if ((p->type == PARAM_LIST || p->type == PARAM_TEXTS) && list_names(c, p, v, complain))
            return -1;
        if (p->type == PARAM_STRUCT && p->of && decode_names(c, p->of, v, complain))
            return -1;
        if (p->type < PARAM_TEXTS && v->type == VALUE_MAP && v->first)
            return complain(c, DECODE_UNKNOWN, p, v->first->key, v->first);
    }
    return 0;
}

/* ---- Values ---- */

static bool out_of(const struct param *p, int64_t n)
{
    return p->max && (n < p->min || n > p->max);
}

/* JSON brings control characters, which no answer in XML could show: AWS's own words for that, in
 * the services that say them. Query strings are looked at where they are decoded. */
static int not_xml(struct call *c, const struct param *p, const struct value *v,
                   complaint *complain)
{
    struct param text = *p;
    text.pattern = "[\\u0009\\u000A\\u000D\\u0020-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]*";
    return complain(c, DECODE_PATTERN, &text, p->name, v);
}

static int check_text(struct call *c, const struct param *p, const char *text,
                      const struct value *v, complaint *complain)
{
    if (!text_is_xml(text, strlen(text)))
        return not_xml(c, p, v, complain);
    if (p->id && complain == complain_ec2 && !id_well_shaped(p->id, text))
        return complain(c, DECODE_ID, p, p->name, v);
    if (p->pattern && !pattern_found(p->pattern, text))
        return complain(c, DECODE_PATTERN, p, p->name, v);
    if (p->values && *text && !text_any(text, p->values))
        return complain(c, DECODE_CHOICE, p, p->name, v);
    if (out_of(p, (int64_t)text_characters(text)))
        return complain(c, DECODE_LENGTH, p, p->name, v);
    return 0;
}

/* The value of that name in any case; what is none stays as it is. */
static const char *as_listed(const struct param *p, const char *text)
{
    for (const char *const *v = p->values; *v; v++) {
        if (strcasecmp(*v, text) == 0)
            return *v;
    }
    return text;
}

static int bind_text(struct call *c, const struct param *p, const struct value *v,
                     const char **into, complaint *complain)
{
    const char *text = value_scalar(c->a, v);
    if (!text && v->type != VALUE_NULL)
        return complain(c, DECODE_TYPE, p, p->name, v);
    if (text_blank(text) && !(text && p->flags & PARAM_EMPTY))
        return 0; /* an empty scalar is an absent one (Packer sends many) */
    if (p->flags & PARAM_ANY_CASE)
        text = as_listed(p, text);
    *into = text;
    size_t n;
    if (p->type == PARAM_BLOB && !base64_decode(c->a, text, &n))
        return complain(c, DECODE_TYPE, p, p->name, v);
    return check_text(c, p, text, v, complain);
}

static int bind_int(struct call *c, const struct param *p, const struct value *v, int64_t *into,
                    complaint *complain)
{
    if (v->type == VALUE_INT)
        *into = v->number;
    else if (v->type != VALUE_TEXT || (*v->text && !text_int(v->text, into)))
        return complain(c, DECODE_TYPE, p, p->name, v);
    if (*into != ABSENT && out_of(p, *into))
        return complain(c, DECODE_RANGE, p, p->name, v);
    return 0;
}

static int bind_bool(struct call *c, const struct param *p, const struct value *v, enum tri *into,
                     complaint *complain)
{
    static const char *const truths[] = { "true", "True", "TRUE", "1", NULL };
    static const char *const lies[] = { "false", "False", "FALSE", "0", NULL };
    if (v->type == VALUE_BOOL)
        *into = v->flag ? YES : NO;
    else if (v->type == VALUE_TEXT && text_any(v->text, truths))
        *into = YES;
    else if (v->type == VALUE_TEXT && text_any(v->text, lies))
        *into = NO;
    else if (v->type != VALUE_TEXT || *v->text)
        return complain(c, DECODE_TYPE, p, p->name, v);
    return 0;
}

static int bind_time(struct call *c, const struct param *p, const struct value *v, int64_t *into,
                     complaint *complain)
{
    if (v->type == VALUE_INT)
        *into = v->number * 1000;
    else if (v->type == VALUE_REAL && v->real > -1e12 && v->real < 1e12)
        *into = (int64_t)(v->real * 1000);
    else if (v->type != VALUE_TEXT || (*v->text && !time_parse(v->text, into)))
        return complain(c, DECODE_TYPE, p, p->name, v);
    return 0;
}

static int bind_texts(struct call *c, const struct param *p, const struct value *v,
                      struct list *into, complaint *complain)
{
    const struct value **items = items_of(c, v, complain);
    if (!items && !(v->type == VALUE_TEXT && !*v->text))
        return complain(c, DECODE_TYPE, p, p->name, v);
    for (; items && *items; items++) {
        const char *text = value_scalar(c->a, *items);
        if (!text)
            return complain(c, DECODE_TYPE, p, p->name, *items);
        if (!*text && !(p->flags & PARAM_EMPTY))
            return complain(c, DECODE_MISSING, p, p->name, *items);
        struct param each = *p;
        each.max = 0; /* the limits are the list's */
        if (check_text(c, &each, text, *items, complain))
            return -1;
        strs_add(c->a, into, text);
    }
    return out_of(p, (int64_t)into->count) ? complain(c, DECODE_LENGTH, p, p->name, v) : 0;
}

static int bind_list(struct call *c, const struct param *p, const struct value *v,
                     struct list *into, complaint *complain)
{
    const struct value **items = items_of(c, v, complain);
    if (!items && !(v->type == VALUE_TEXT && !*v->text))
        return complain(c, DECODE_TYPE, p, p->name, v);
    for (; items && *items; items++) {
        if ((*items)->type != VALUE_MAP)
            return complain(c, DECODE_TYPE, p, p->name, *items);
        if (decode_values(c, p->of, *items, list_add_sized(c->a, into, p->size), complain))
            return -1;
    }
    return out_of(p, (int64_t)into->count) ? complain(c, DECODE_LENGTH, p, p->name, v) : 0;
}

static int bind_struct(struct call *c, const struct param *p, const struct value *v, char *base,
                       complaint *complain)
{
    if (v->type == VALUE_TEXT && !*v->text)
        return 0;
    if (v->type != VALUE_MAP)
        return complain(c, DECODE_TYPE, p, p->name, v);
    if (p->there)
        *(bool *)(base + p->there) = true;
    return decode_values(c, p->of, v, base + p->at, complain);
}

static int bind_one(struct call *c, const struct param *p, const struct value *v, char *base,
                    complaint *complain)
{
    char *at = base + p->at;
    switch (p->type) {
    case PARAM_TEXT:
    case PARAM_BLOB:
        return bind_text(c, p, v, (const char **)at, complain);
    case PARAM_INT:
        return bind_int(c, p, v, (int64_t *)at, complain);
    case PARAM_BOOL:
        return bind_bool(c, p, v, (enum tri *)at, complain);
    case PARAM_TIME:
        return bind_time(c, p, v, (int64_t *)at, complain);
    case PARAM_TEXTS:
        return bind_texts(c, p, v, (struct list *)at, complain);
    case PARAM_LIST:
        return bind_list(c, p, v, (struct list *)at, complain);
    case PARAM_STRUCT:
        return bind_struct(c, p, v, base, complain);
    case PARAM_TREE:
        *(const struct value **)at = v;
        return 0;
    case PARAM_END:
        break;
    }
    return 0;
}

static bool has_value(const struct param *p, const struct value *v, const char *base)
{
    const char *at = base + p->at;
    if (!v || v->type == VALUE_NULL)
        return false;
    switch (p->type) {
    case PARAM_TEXT:
    case PARAM_BLOB:
        return *(const char *const *)at != NULL;
    case PARAM_INT:
    case PARAM_TIME:
        return *(const int64_t *)at != ABSENT;
    case PARAM_BOOL:
        return *(const enum tri *)at != UNSET;
    case PARAM_TEXTS:
    case PARAM_LIST:
        return ((const struct list *)at)->count > 0;
    default:
        return true;
    }
}

static int take_otherwise(struct call *c, const struct param *p, char *base, complaint *complain)
{
    struct value v = { .type = VALUE_TEXT, .text = p->otherwise };
    if (p->type == PARAM_TEXT) {
        *(const char **)(base + p->at) = p->otherwise;
        return 0;
    }
    return bind_one(c, p, &v, base, complain);
}

int decode_values(struct call *c, const struct param *params, const struct value *map, void *into,
                  complaint *complain)
{
    decode_defaults(params, into);
    for (const struct param *p = params; p->name; p++) {
        if (p->flags & (PARAM_REFUSED | PARAM_IGNORED | PARAM_BODY))
            continue;
        const struct value *v = value_get(map, p->name);
        if (v && v->type != VALUE_NULL && bind_one(c, p, v, into, complain))
            return -1;
        if (p->flags & PARAM_REQUIRED && !has_value(p, v, into))
            return complain(c, DECODE_MISSING, p, p->name, v ? v : map);
        if (p->otherwise && !has_value(p, v, into) && take_otherwise(c, p, into, complain))
            return -1;
    }
    return 0;
}
