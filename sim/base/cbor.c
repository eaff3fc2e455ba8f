/* The only file that knows libcbor: CBOR bytes <-> value trees, as far as both can hold the same.
 *
 * libcbor's decoder calls back for one head at a time and allocates nothing, so that depth, number
 * and length are bounded here. */
#include <cbor.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/value.h"

#define DEEPEST 64
#define MOST_VALUES 1000000

/* A list, a map or a text in pieces that has begun. */
struct level {
    struct value *v;
    bool endless; /* until a break */
    uint64_t left; /* items or pairs to come; not of an endless one */
    const char *key; /* of the item that follows in a map; NULL: the key is next */
    struct buffer text; /* VALUE_TEXT: the pieces that came */
};

struct reader {
    struct arena *a;
    struct value *root;
    struct level levels[DEEPEST];
    size_t depth;
    size_t values;
    size_t size; /* bytes of it all: no list of a known length can have more items */
    const char *error; /* NULL: nothing is wrong yet */
};

static struct level *innermost(struct reader *r)
{
    return r->depth ? &r->levels[r->depth - 1] : NULL;
}

static void wrong(struct reader *r, const char *error)
{
    if (!r->error)
        r->error = error;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_keys(struct reader *r, const struct value *map)
{
    struct list keys = { 0 };
    for (const struct value *v = map->first; v; v = v->next)
        strs_add(r->a, &keys, v->key);
    if (keys.count)
        qsort(keys.items, keys.count, sizeof(const char *), by_text);
    for (size_t i = 1; i < keys.count; i++) {
        if (text_is(*list_at(&keys, const char *, i), *list_at(&keys, const char *, i - 1)))
            wrong(r, "a key stands there twice");
    }
}

static void leave(struct reader *r)
{
    const struct value *v = r->levels[--r->depth].v;
    if (v->type == VALUE_MAP)
        check_keys(r, v);
}

/* A value that begins or is whole: into its place. */
static void put(struct reader *r, struct value *v)
{
    struct level *in = innermost(r);
    if (++r->values > MOST_VALUES)
        wrong(r, "too many values");
    if (!in)
        r->root = v;
    else if (in->v->type == VALUE_TEXT)
        wrong(r, "something other than text is a piece of a text");
    else if (in->v->type == VALUE_MAP && !in->key && v->type == VALUE_TEXT)
        in->key = v->text;
    else if (in->v->type == VALUE_MAP && !in->key)
        wrong(r, "a key is no text");
    else {
        value_add(in->v, in->key, v);
        in->key = NULL;
        in->left--;
    }
}

/* Whatever has all its items by now is over. */
static void settle(struct reader *r)
{
    for (const struct level *in; (in = innermost(r)) && !in->endless && !in->left;)
        leave(r);
}

static void put_whole(struct reader *r, struct value *v)
{
    put(r, v);
    settle(r);
}

static void begin(struct reader *r, enum value_type type, bool endless, uint64_t count)
{
    struct value *v = value_new(r->a, type);
    const struct level *in = innermost(r);
    if (r->depth == DEEPEST)
        wrong(r, "nested too deeply");
    if (count > r->size)
        wrong(r, "it ends too early");
    if (type == VALUE_TEXT && in && in->v->type == VALUE_TEXT)
        wrong(r, "a text in pieces is a piece of another");
    if (type != VALUE_TEXT)
        put(r, v); /* a text is a value, or a key, when it is whole */
    if (r->error)
        return;
    r->levels[r->depth++] = (struct level){ .v = v, .endless = endless, .left = count };
    settle(r);
}

/* ---- What libcbor finds ---- */

static void add_number(struct reader *r, uint64_t n, bool negative)
{
    struct value *v = value_new(r->a, VALUE_INT);
    if (n > INT64_MAX)
        wrong(r, "a number is too large");
    else
        v->number = negative ? -1 - (int64_t)n : (int64_t)n;
    put_whole(r, v);
}

#define NUMBER(bits)                                                                               \
    static void on_uint##bits(void *with, uint##bits##_t n)                                        \
    {                                                                                              \
        add_number(with, n, false);                                                                \
    }                                                                                              \
    static void on_negint##bits(void *with, uint##bits##_t n)                                      \
    {                                                                                              \
        add_number(with, n, true);                                                                 \
    }
NUMBER(8)
NUMBER(16)
NUMBER(32)
NUMBER(64)

static void on_double(void *with, double real)
{
    struct reader *r = with;
    struct value *v = value_new(r->a, VALUE_REAL);
    v->real = real;
    if (!isfinite(real))
        wrong(r, "a number is not finite");
    put_whole(r, v);
}

static void on_float(void *with, float real)
{
    on_double(with, (double)real);
}

static void on_bool(void *with, bool flag)
{
    struct reader *r = with;
    struct value *v = value_new(r->a, VALUE_BOOL);
    v->flag = flag;
    put_whole(r, v);
}

static void on_null(void *with)
{
    struct reader *r = with;
    put_whole(r, value_new(r->a, VALUE_NULL));
}

static void on_text(void *with, cbor_data bytes, size_t n)
{
    struct reader *r = with;
    struct level *in = innermost(r);
    if (!text_is_xml((const char *)bytes, n))
        wrong(r, "a text is no UTF-8, or has control characters");
    if (in && in->v->type == VALUE_TEXT) {
        buffer_add(r->a, &in->text, bytes, n);
        return;
    }
    struct value *v = value_new(r->a, VALUE_TEXT);
    v->text = arena_strndup(r->a, (const char *)bytes, n);
    put_whole(r, v);
}

static void on_list(void *with, size_t count)
{
    begin(with, VALUE_LIST, false, count);
}

static void on_map(void *with, size_t count)
{
    begin(with, VALUE_MAP, false, count);
}

static void on_endless_text(void *with)
{
    begin(with, VALUE_TEXT, true, 0);
}

static void on_endless_list(void *with)
{
    begin(with, VALUE_LIST, true, 0);
}

static void on_endless_map(void *with)
{
    begin(with, VALUE_MAP, true, 0);
}

static void on_break(void *with)
{
    struct reader *r = with;
    struct level *in = innermost(r);
    if (!in || !in->endless || in->key) {
        wrong(r, "a break where nothing can end");
        return;
    }
    struct value *v = in->v;
    leave(r);
    if (v->type == VALUE_TEXT) {
        v->text = buffer_text(r->a, &in->text);
        put(r, v);
    }
    settle(r);
}

static void on_bytes(void *with, cbor_data bytes, size_t n)
{
    (void)bytes, (void)n;
    wrong(with, "bytes are not taken");
}

static void on_endless_bytes(void *with)
{
    wrong(with, "bytes are not taken");
}

static void on_tag(void *with, uint64_t tag)
{
    (void)tag;
    wrong(with, "tags are not taken");
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = on_negint8,
    .negint16 = on_negint16,
    .negint32 = on_negint32,
    .negint64 = on_negint64,
    .byte_string_start = on_endless_bytes,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_endless_text,
    .indef_array_start = on_endless_list,
    .array_start = on_list,
    .indef_map_start = on_endless_map,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_null,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = on_break,
};

struct value *value_from_cbor(struct arena *a, const void *bytes, size_t n, const char **ret_error)
{
    struct reader *r = arena_new(a, struct reader);
    size_t at = 0;
    r->a = a;
    r->size = n;
    while (!r->error && (!r->root || r->depth)) {
        struct cbor_decoder_result found =
            cbor_stream_decode((cbor_data)bytes + at, n - at, &callbacks, r);
        if (found.status == CBOR_DECODER_NEDATA)
            wrong(r, "it ends too early");
        else if (found.status == CBOR_DECODER_ERROR)
            wrong(r, "it is no CBOR");
        at += found.read;
    }
    if (at < n)
        wrong(r, "something follows behind its end");
    *ret_error = r->error;
    return r->error ? NULL : r->root;
}

/* ---- Writing ---- */

static void add_head(struct arena *a, struct buffer *b,
                     size_t (*encode)(size_t n, unsigned char *to, size_t room), size_t n)
{
    unsigned char head[9];
    buffer_add(a, b, head, encode(n, head, sizeof head));
}

static void add_text(struct arena *a, struct buffer *b, const char *text)
{
    size_t n = strlen(text);
    add_head(a, b, cbor_encode_string_start, n);
    buffer_add(a, b, text, n);
}

static void add_scalar(struct arena *a, struct buffer *b, const struct value *v)
{
    unsigned char bytes[9];
    size_t n;
    if (v->type == VALUE_INT && v->number < 0)
        n = cbor_encode_negint((uint64_t)(-1 - v->number), bytes, sizeof bytes);
    else if (v->type == VALUE_INT)
        n = cbor_encode_uint((uint64_t)v->number, bytes, sizeof bytes);
    else if (v->type == VALUE_REAL)
        n = cbor_encode_double(v->real, bytes, sizeof bytes);
    else if (v->type == VALUE_BOOL)
        n = cbor_encode_bool(v->flag, bytes, sizeof bytes);
    else
        n = cbor_encode_null(bytes, sizeof bytes);
    buffer_add(a, b, bytes, n);
}

static void add_value(struct arena *a, struct buffer *b, const struct value *v)
{
    switch (v->type) {
    case VALUE_TEXT:
        add_text(a, b, v->text);
        return;
    case VALUE_LIST:
    case VALUE_MAP:
        add_head(a, b, v->type == VALUE_MAP ? cbor_encode_map_start : cbor_encode_array_start,
                 v->count);
        for (const struct value *item = v->first; item; item = item->next) {
            if (v->type == VALUE_MAP)
                add_text(a, b, item->key);
            add_value(a, b, item);
        }
        return;
    default:
        add_scalar(a, b, v);
    }
}

const void *value_to_cbor(struct arena *a, const struct value *v, size_t *ret_size)
{
    struct buffer b = { 0 };
    add_value(a, &b, v);
    *ret_size = b.n;
    return b.at;
}
