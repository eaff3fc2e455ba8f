/* A tree as bytes: what the build makes of a YAML file, so that the program need not read YAML when
 * it starts. See value.h.
 *
 * The name of the file, then the root. A value is its type, its line, its key inside a map, and its
 * text or, behind their number, its children. Numbers have seven bits to a byte, the lowest first;
 * texts end with a zero byte and are used where they lie. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/value.h"

/* ---- Into bytes ---- */

static void pack_number(struct arena *a, struct buffer *b, uint64_t number)
{
    do {
        char low = (char)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
        buffer_add(a, b, &low, 1);
        number >>= 7;
    } while (number);
}

static void pack_text(struct arena *a, struct buffer *b, const char *text)
{
    buffer_add(a, b, text, strlen(text) + 1);
}

static bool has_children(const struct value *v)
{
    return v->type == VALUE_LIST || v->type == VALUE_MAP;
}

static void pack(struct arena *a, struct buffer *b, const struct value *v, bool in_map)
{
    pack_number(a, b, v->type);
    pack_number(a, b, (uint64_t)v->line);
    if (in_map)
        pack_text(a, b, v->key);
    if (!has_children(v)) {
        pack_text(a, b, v->text);
        return;
    }
    pack_number(a, b, v->count);
    for (const struct value *child = v->first; child; child = child->next)
        pack(a, b, child, v->type == VALUE_MAP);
}

const char *value_pack(struct arena *a, const char *file, const struct value *v, size_t *ret_size)
{
    struct buffer b = { 0 };
    pack_text(a, &b, file);
    pack(a, &b, v, false);
    *ret_size = b.n;
    return b.at;
}

/* ---- Back into values ---- */

struct unpacking {
    struct arena *a;
    const char *file, *at;
};

static uint64_t unpack_number(struct unpacking *u)
{
    uint64_t number = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char low = (unsigned char)*u->at++;
        number |= (uint64_t)(low & 0x7f) << shift;
        if (low < 0x80)
            return number;
    }
}

static const char *unpack_text(struct unpacking *u)
{
    const char *text = u->at;
    u->at += strlen(text) + 1;
    return text;
}

static void unpack_scalar(struct unpacking *u, struct value *v)
{
    v->text = unpack_text(u);
    if (v->type == VALUE_BOOL)
        v->flag = text_is(v->text, "true");
    else if (v->type == VALUE_INT)
        text_int(v->text, &v->number);
    else if (v->type == VALUE_REAL)
        v->real = strtod(v->text, NULL);
}

static struct value *unpack(struct unpacking *u, struct value *parent)
{
    struct value *v = value_new(u->a, (enum value_type)unpack_number(u));
    v->file = u->file;
    v->line = (int)unpack_number(u);
    if (parent)
        value_add(parent, parent->type == VALUE_MAP ? unpack_text(u) : NULL, v);
    if (!has_children(v)) {
        unpack_scalar(u, v);
        return v;
    }
    for (uint64_t left = unpack_number(u); left; left--)
        unpack(u, v);
    return v;
}

struct value *value_unpack(struct arena *a, const void *bytes)
{
    struct unpacking u = { .a = a, .at = bytes };
    u.file = unpack_text(&u);
    return unpack(&u, NULL);
}
