/* The only file that knows jansson: JSON text <-> value trees. */
#include <jansson.h>

#include <stdlib.h>

#include "base/value.h"

#define DEEPEST 64
#define MOST_VALUES 1000000

/* What a document is, before it is read: jansson has no bounds of its own but for the depth, and
 * four million zeros take it 200 MB. */
static const char *beyond_bounds(struct arena *a, const char *text, size_t n)
{
    size_t values = 1, depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '"')
            in_string = !in_string;
        else if (in_string)
            i += c == '\\';
        else if (c == '[' || c == '{')
            depth++, values++;
        else if (c == ']' || c == '}')
            depth -= depth > 0;
        else
            values += c == ',';
        if (depth > DEEPEST)
            return arena_printf(a, "nested too deeply: %d levels are the most", DEEPEST);
        if (values > MOST_VALUES)
            return arena_printf(a, "more than %d values", MOST_VALUES);
    }
    return NULL;
}

static struct value *from_json(struct arena *a, json_t *j)
{
    struct value *v = value_new(a, VALUE_NULL);
    const char *key;
    json_t *item;
    size_t i;
    switch (json_typeof(j)) {
    case JSON_OBJECT:
        v->type = VALUE_MAP;
        json_object_foreach(j, key, item) value_add(v, arena_strdup(a, key), from_json(a, item));
        break;
    case JSON_ARRAY:
        v->type = VALUE_LIST;
        json_array_foreach(j, i, item) value_add(v, NULL, from_json(a, item));
        break;
    case JSON_STRING:
        v->type = VALUE_TEXT;
        v->text = arena_strndup(a, json_string_value(j), json_string_length(j));
        break;
    case JSON_INTEGER:
        v->type = VALUE_INT;
        v->number = json_integer_value(j);
        break;
    case JSON_REAL:
        v->type = VALUE_REAL;
        v->real = json_real_value(j);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        v->type = VALUE_BOOL;
        v->flag = json_is_true(j);
        break;
    case JSON_NULL:
        break;
    }
    return v;
}

struct value *value_from_json(struct arena *a, const char *text, size_t n, const char **ret_error)
{
    json_error_t error;
    *ret_error = beyond_bounds(a, text, n);
    if (*ret_error)
        return NULL;
    json_t *j = json_loadb(text, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (!j) {
        *ret_error = arena_printf(a, "line %d: %s", error.line, error.text);
        return NULL;
    }
    struct value *v = from_json(a, j);
    json_decref(j);
    return v;
}

static json_t *to_json(const struct value *v)
{
    json_t *j = NULL;
    switch (v->type) {
    case VALUE_NULL:
        return json_null();
    case VALUE_BOOL:
        return json_boolean(v->flag);
    case VALUE_INT:
        return json_integer(v->number);
    case VALUE_REAL:
        return json_real(v->real);
    case VALUE_TEXT:
        j = json_string(v->text);
        return j ? j : json_string(""); /* text that is no UTF-8 has no JSON form */
    case VALUE_LIST:
        j = json_array();
        for (const struct value *item = v->first; item; item = item->next)
            json_array_append_new(j, to_json(item));
        return j;
    case VALUE_MAP:
        j = json_object();
        for (const struct value *item = v->first; item; item = item->next)
            json_object_set_new(j, item->key, to_json(item));
        return j;
    }
    return j;
}

char *value_to_json(struct arena *a, const struct value *v, int flags)
{
    json_t *j = to_json(v);
    /* 15 digits: a time in milliseconds comes out as it went in */
    size_t how = JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)
                 | (flags & JSON_PRETTY ? JSON_INDENT(2) : JSON_COMPACT)
                 | (flags & JSON_ONLY_ASCII ? JSON_ENSURE_ASCII : 0);
    char *text = json_dumps(j, how);
    char *copy = arena_strdup(a, text);
    free(text);
    json_decref(j);
    return copy;
}

char *texts_to_json(struct arena *a, const struct list *texts)
{
    struct value *all = value_new(a, VALUE_LIST);
    LIST_EACH (const char *, text, texts)
        value_add_text(a, all, NULL, *text);
    return value_to_json(a, all, 0);
}
