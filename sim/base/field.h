/* Field tables: one row says where a member of a noun lives in C, in SQL, in an answer and in a
 * filter.
 *
 * The store makes tables and statements of them (store/noun.h), the reply makes elements
 * (reply/emit_noun.h), Describe makes filters (request/filter.h). A noun is a plain struct; a
 * schema is its table. */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

/* "Not there", for numbers and times. Text uses NULL, booleans use UNSET. */
#define ABSENT INT64_MIN
enum tri { UNSET = 0, NO, YES };

/* What is not said is no. */
static inline enum tri tri_of(enum tri said)
{
    return said == YES ? YES : NO;
}

/* What is not said stays as it was. */
static inline void tri_set(enum tri *into, enum tri said)
{
    if (said != UNSET)
        *into = said;
}

enum field_type {
    FIELD_END,
    FIELD_TEXT, /* const char *                                   */
    FIELD_INT, /* int64_t, ABSENT                                */
    FIELD_BOOL, /* enum tri                                       */
    FIELD_TIME, /* int64_t ms, ABSENT; shown with milliseconds    */
    FIELD_TIME_S, /* the same, shown in whole seconds             */
    FIELD_LIST, /* struct list of another schema's structs        */
    FIELD_TEXTS, /* struct list of const char *                   */
    FIELD_TAGS, /* struct list of struct tag: the viewer's own    */
    /* Those below have no member and no column: every noun of the kind has the same. */
    FIELD_CONSTANT, /* .constant, as an answer shows it */
    FIELD_EMPTY_LIST, /* a list that is always there and always empty */
    FIELD_NEVER, /* never shown, and its filter is known and matches nothing */
};

enum field_flags {
    FIELD_SHOW_EMPTY = 1 << 0, /* an unset one is shown as an empty element */
    FIELD_INDEXED = 1 << 1, /* the store keeps an index on it */
    FIELD_CREATED_EMPTY = 1 << 2, /* FIELD_SHOW_EMPTY, but only in VIEW_CREATED */
    FIELD_STATE = 1 << 3, /* its changes are told: store_watch */
    FIELD_OWNER = 1 << 4, /* the account whose noun it is, by itself or before a slash; where there
                              is a Region, the store keeps an index on both */
    FIELD_PART_OF = 1 << 5, /* the id of the noun that this one ends with */
    FIELD_SHOW_NULL = 1 << 6, /* an unset text is null in JSON, and nothing in XML */
    FIELD_ALWAYS = 1 << 7, /* never without a value: a document that lacks it is refused */
};

struct arena;
struct schema;
struct value;

struct field {
    enum field_type type;
    size_t at; /* offset in the struct */
    const char *column; /* SQL column, or name in a stored object; NULL: computed */
    /* Element; "ebs/snapshotId" puts it into an element ebs with its neighbours of the same prefix.
     * For lists the element around the items. NULL: never shown. */
    const char *xml;
    /* The same for services that answer in JSON: its member, "Lock/State" in an object. Times are
     * numbers there, seconds since 1970; in amisim's own routes ISO 8601. */
    const char *json;
    const char *filter; /* Describe filter; NULL: none. Items of a list have their own. */
    unsigned flags;
    unsigned views; /* bits of the views that show it; 0: all (see reply/emit_noun.h) */
    const struct schema *of; /* FIELD_LIST: the schema of the items */
    const char *constant; /* FIELD_CONSTANT */
};

struct schema {
    const char *name; /* SQL table */
    const char *was; /* what an older amisim called that table; NULL: the same */
    const char *noun; /* as in TagSpecification: "image"; NULL: not taggable */
    /* What an amisim of STORE_VERSION 1 or 2 kept elsewhere: SQL that makes the table where it was,
     * and SQL that moves it and drops that table. NULL: nothing. */
    const char *table_of_version_2, *from_version_2;
    size_t size; /* of the struct */
    const struct field *fields; /* ends with FIELD_END; a noun's first one is its id */
    /* Row numbers up to this one are not given out in turn: whoever adds a noun there says at which
     * (store_add_at). 0: none. */
    int64_t kept_rows;
    bool part; /* lives inside another noun: stored by parent and position */
    /* Indexes beside those of FIELD_INDEXED, "NAME ON TABLE (COLUMNS) WHERE …"; ends with NULL. */
    const char *const *indexes;
    /* A condition on its rows that all lists ask for: the indexes of FIELD_INDEXED have those rows
     * only. NULL: all rows. */
    const char *live;
    bool remembered; /* the store keeps in memory what it read (store/memo.h) */
    bool unwatched; /* what the simulator remembers: no change of the world (changes_begin) */
};

/* Rows: { .type = …, .at = … } with the member's C type checked. */
#define FIELD_AT(S, m, type)                                                                       \
    (offsetof(S, m) + 0 * sizeof(char[_Generic(((S *)0)->m, type : 1, default : -1)]))
#define TEXT_FIELD(S, m) .type = FIELD_TEXT, .at = FIELD_AT(S, m, const char *)
#define INT_FIELD(S, m) .type = FIELD_INT, .at = FIELD_AT(S, m, int64_t)
#define BOOL_FIELD(S, m) .type = FIELD_BOOL, .at = FIELD_AT(S, m, enum tri)
#define TIME_FIELD(S, m) .type = FIELD_TIME, .at = FIELD_AT(S, m, int64_t)
#define TIME_S_FIELD(S, m) .type = FIELD_TIME_S, .at = FIELD_AT(S, m, int64_t)
#define LIST_FIELD(S, m, k) .type = FIELD_LIST, .at = FIELD_AT(S, m, struct list), .of = (k)
#define TEXTS_FIELD(S, m) .type = FIELD_TEXTS, .at = FIELD_AT(S, m, struct list)
#define TAGS_FIELD(S, m) .type = FIELD_TAGS, .at = FIELD_AT(S, m, struct list)

/* Rows that show or match the same for every noun, so that no struct has a member for it:
 *     { CONSTANT_FIELD("false"), .xml = "ipv6Native", .filter = "ipv6-native" },
 *     { EMPTY_LIST_FIELD, .xml = "ipv6AddressesSet" },
 *     NO_SUCH("outpost-arn"),      a filter for what is not simulated */
#define CONSTANT_FIELD(text) .type = FIELD_CONSTANT, .constant = (text)
#define EMPTY_LIST_FIELD .type = FIELD_EMPTY_LIST
#define NO_SUCH(filter_name)                                                                       \
    {                                                                                              \
        .type = FIELD_NEVER, .filter = filter_name                                                 \
    }

struct tag {
    const char *key, *value;
};

/* Makes a struct a fresh one: nothing in it is there; its numbers and times are ABSENT. */
void schema_init(const struct schema *k, void *noun);
/* A fresh one as a variable of its own: NOUN(struct image, image_schema, image); */
#define NOUN(S, schema, name)                                                                      \
    S name;                                                                                        \
    schema_init(&(schema), &name)
/* The first field with that flag; NULL: none. */
const struct field *schema_flagged(const struct schema *k, enum field_flags flag);
/* Text of a scalar field as an answer shows it; NULL when it is not there. */
const char *field_text(struct arena *a, const struct field *f, const void *noun);

/* A struct as a map by the names of its columns, without what is not there. Lists of texts and of
 * structs are lists; tags are left out. */
struct value *schema_to_value(struct arena *a, const struct schema *k, const void *in);
/* Back into *ret, which is initialized first: what the map lacks or cannot say is not there. A list
 * in the place of the map has the fields in their order, texts of a list last. v may be NULL. */
void schema_from_value(struct arena *a, const struct schema *k, const struct value *v, void *ret);

#endif
