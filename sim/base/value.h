/* A tree of values: what a query string, a JSON body and a YAML file have in common.
 *
 * Every reader makes one, every writer takes one; parameter tables (call/decode.h) decode it into
 * structs. Trees live in an arena. Children keep their order. */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/list.h"

enum value_type {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_REAL,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_MAP
};

struct value {
    enum value_type type;
    bool flag;
    int64_t number;
    double real;
    const char *text; /* YAML: of a number, too: as it was written */
    struct value *first, *last; /* children of a list or map */
    size_t count;
    struct value *next; /* sibling */
    const char *key; /* own name inside a map */
    const char *file; /* YAML: where it stands; else NULL and 0 */
    int line;
};

struct value *value_new(struct arena *a, enum value_type type);
/* Adds a child; key is NULL in lists. */
struct value *value_add(struct value *parent, const char *key, struct value *child);
struct value *value_add_text(struct arena *a, struct value *parent, const char *key,
                             const char *text);
struct value *value_add_int(struct arena *a, struct value *parent, const char *key, int64_t number);
struct value *value_add_bool(struct arena *a, struct value *parent, const char *key, bool flag);
struct value *value_add_new(struct arena *a, struct value *parent, const char *key,
                            enum value_type type);
/* The child of that name, or NULL; parent may be NULL. */
struct value *value_get(const struct value *parent, const char *key);
/* Its text, or NULL where it is missing or no text. */
const char *value_text(const struct value *parent, const char *key);
/* A text, a number (as it was written, where that is known) or a truth as text; else NULL. */
const char *value_scalar(struct arena *a, const struct value *v);

/* JSON (jansson), at most 64 levels and 1,000,000 values. On an error returns NULL and sets
 * *ret_error. */
struct value *value_from_json(struct arena *a, const char *text, size_t n, const char **ret_error);
enum { JSON_PRETTY = 1, JSON_ONLY_ASCII = 2 };
char *value_to_json(struct arena *a, const struct value *v, int flags);
/* Texts (const char *) as a list. */
char *texts_to_json(struct arena *a, const struct list *texts);

/* CBOR (libcbor), within the bounds of JSON. Keys are texts, all texts are UTF-8 without control
 * characters; bytes, tags and numbers beyond 63 bits are refused. On an error returns NULL and sets
 * *ret_error. */
struct value *value_from_cbor(struct arena *a, const void *bytes, size_t n, const char **ret_error);
const void *value_to_cbor(struct arena *a, const struct value *v, size_t *ret_size);

/* YAML (libyaml), one document of at most 8 MiB, 32 levels and 100,000 values, whose texts have no
 * control characters. `file` is the name used in messages; each value gets its line.
 * On a syntax error returns NULL and sets *ret_error to "file:line: what is wrong". Scalars that
 * are not quoted become null, booleans and numbers as in YAML 1.2's core schema. */
struct value *value_from_yaml(struct arena *a, const char *file, const void *text, size_t n,
                              const char **ret_error);
/* The same as other programs take it: anchors, aliases and << are followed (within the limit of
 * values), and of two equal keys the last one holds. An alias shares its children with what it
 * names: do not add to them. */
struct value *value_from_yaml_loose(struct arena *a, const char *file, const void *text, size_t n,
                                    const char **ret_error);

/* What value_from_yaml made of that file, as bytes that the build puts into the program, and back:
 * the same tree, whose texts stay in the bytes. */
const char *value_pack(struct arena *a, const char *file, const struct value *v, size_t *ret_size);
struct value *value_unpack(struct arena *a, const void *bytes);

#endif
