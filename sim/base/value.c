/* See value.h. */
#include "base/value.h"

#include "base/text.h"

struct value *value_new(struct arena *a, enum value_type type)
{
    struct value *v = arena_new(a, struct value);
    v->type = type;
    return v;
}

struct value *value_add(struct value *parent, const char *key, struct value *child)
{
    child->key = key;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
    return child;
}

struct value *value_add_new(struct arena *a, struct value *parent, const char *key,
                            enum value_type type)
{
    return value_add(parent, key, value_new(a, type));
}

struct value *value_add_text(struct arena *a, struct value *parent, const char *key,
                             const char *text)
{
    struct value *v = value_add_new(a, parent, key, text ? VALUE_TEXT : VALUE_NULL);
    v->text = text;
    return v;
}

struct value *value_add_int(struct arena *a, struct value *parent, const char *key, int64_t number)
{
    struct value *v = value_add_new(a, parent, key, VALUE_INT);
    v->number = number;
    return v;
}

struct value *value_add_bool(struct arena *a, struct value *parent, const char *key, bool flag)
{
    struct value *v = value_add_new(a, parent, key, VALUE_BOOL);
    v->flag = flag;
    return v;
}

struct value *value_get(const struct value *parent, const char *key)
{
    for (struct value *v = parent ? parent->first : NULL; v; v = v->next) {
        if (text_is(v->key, key))
            return v;
    }
    return NULL;
}

const char *value_text(const struct value *parent, const char *key)
{
    const struct value *v = value_get(parent, key);
    return v && v->type == VALUE_TEXT ? v->text : NULL;
}

const char *value_scalar(struct arena *a, const struct value *v)
{
    switch (v->type) {
    case VALUE_TEXT:
        return v->text;
    case VALUE_INT:
        return v->text ? v->text : arena_printf(a, "%lld", (long long)v->number);
    case VALUE_REAL:
        return v->text ? v->text : arena_printf(a, "%g", v->real);
    case VALUE_BOOL:
        return v->flag ? "true" : "false";
    default:
        return NULL;
    }
}
