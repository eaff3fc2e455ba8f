/* Field tables as trees of values. See field.h. */
#include "base/field.h"
#include "base/text.h"
#include "base/value.h"

/* ---- Structs to values ---- */

static void add_texts(struct arena *a, struct value *map, const char *name, const struct list *l)
{
    if (!l->count)
        return;
    struct value *texts = value_add_new(a, map, name, VALUE_LIST);
    LIST_EACH (const char *, text, l)
        value_add_text(a, texts, NULL, *text);
}

static void add_structs(struct arena *a, struct value *map, const struct field *f,
                        const struct list *l)
{
    if (!l->count)
        return;
    struct value *items = value_add_new(a, map, f->column, VALUE_LIST);
    for (size_t i = 0; i < l->count; i++)
        value_add(items, NULL, schema_to_value(a, f->of, (char *)l->items + i * f->of->size));
}

static void add_field(struct arena *a, struct value *map, const struct field *f, const void *at)
{
    switch (f->type) {
    case FIELD_TEXT:
        if (*(const char *const *)at)
            value_add_text(a, map, f->column, *(const char *const *)at);
        break;
    case FIELD_BOOL:
        if (*(const enum tri *)at != UNSET)
            value_add_bool(a, map, f->column, *(const enum tri *)at == YES);
        break;
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_TIME_S:
        if (*(const int64_t *)at != ABSENT)
            value_add_int(a, map, f->column, *(const int64_t *)at);
        break;
    case FIELD_TEXTS:
        add_texts(a, map, f->column, at);
        break;
    case FIELD_LIST:
        add_structs(a, map, f, at);
        break;
    default:
        break;
    }
}

struct value *schema_to_value(struct arena *a, const struct schema *k, const void *in)
{
    struct value *map = value_new(a, VALUE_MAP);
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (f->column)
            add_field(a, map, f, (const char *)in + f->at);
    }
    return map;
}

/* ---- Values to structs ---- */

static int64_t number_of(struct arena *a, const struct value *v)
{
    int64_t number;
    if (v->type == VALUE_INT)
        return v->number;
    const char *text = value_scalar(a, v);
    return text && text_int(text, &number) ? number : ABSENT;
}

/* `v` and, where it stands in a list by position, what follows it. */
static struct list texts_from(struct arena *a, const struct value *v)
{
    struct list texts = { 0 };
    for (; v; v = v->next) {
        const char *text = value_scalar(a, v);
        if (text)
            strs_add(a, &texts, text);
    }
    return texts;
}

static struct list structs_from(struct arena *a, const struct schema *k, const struct value *v)
{
    struct list items = { 0 };
    for (v = v->first; v; v = v->next)
        schema_from_value(a, k, v, list_add_sized(a, &items, k->size));
    return items;
}

static void read_field(struct arena *a, const struct field *f, const struct value *v, void *at)
{
    switch (f->type) {
    case FIELD_TEXT:
        *(const char **)at = value_scalar(a, v);
        break;
    case FIELD_BOOL:
        *(enum tri *)at = v->type != VALUE_BOOL ? UNSET : v->flag ? YES : NO;
        break;
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_TIME_S:
        *(int64_t *)at = number_of(a, v);
        break;
    case FIELD_TEXTS:
        *(struct list *)at = texts_from(a, v->type == VALUE_LIST ? v->first : v);
        break;
    case FIELD_LIST:
        *(struct list *)at = structs_from(a, f->of, v);
        break;
    default:
        break;
    }
}

void schema_from_value(struct arena *a, const struct schema *k, const struct value *v, void *ret)
{
    schema_init(k, ret);
    const struct value *next = v && v->type == VALUE_LIST ? v->first : NULL;
    bool by_name = v && v->type == VALUE_MAP;
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (!f->column)
            continue;
        const struct value *own = by_name ? value_get(v, f->column) : next;
        if (own)
            read_field(a, f, own, (char *)ret + f->at);
        next = next ? next->next : NULL;
    }
}
