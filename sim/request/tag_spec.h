/* Tags in requests: the rows and words of each service, and the rules that a tag meets. */
#ifndef REQUEST_TAG_SPEC_H
#define REQUEST_TAG_SPEC_H

#include "call/op.h"

/* What can be wrong with tags. */
enum tag_problem {
    TAG_NO_KEY,
    TAG_RESERVED, /* begins with aws: */
    TAG_KEY_LENGTH, /* more than 127 characters */
    TAG_VALUE_LENGTH, /* more than 256 */
    TAG_REPEATED,
    TAG_TOO_MANY, /* on one resource */
};

/* How a service says "tag". */
struct tag_words {
    struct param rows[3]; /* key and value: their names, and the limits that its model knows */
    const char *no_value; /* shown where a tag has none; NULL: nothing is */
    size_t most; /* on one resource */
    /* Refuses a tag in the service's words (key: "" for TAG_TOO_MANY); 0: it takes that. */
    int (*refuse)(struct call *c, enum tag_problem what, const char *key);
};

/* A parameter that is a list of struct tag. words: a struct tag_words, by name. */
#define TAGS(S, m, words) LIST(S, m, struct tag, (words).rows)

extern const struct tag_words ec2_tag_words;

struct tag_spec {
    const char *type;
    struct list tags; /* struct tag */
};
extern const struct param tag_spec_params[];
#define TAG_SPECS(S, m, types) LIST(S, m, struct tag_spec, tag_spec_params), .taggable = (types)

/* One of AWS's own: nobody sets, changes or removes it, and it counts for no limit. */
bool tag_is_reserved(const struct tag *tag);
/* The rules of one set of tags: keys, lengths, repeats, the reserved prefix. */
int tags_check(struct call *c, const struct tag_words *words, const struct list *tags);
/* Puts tags on a resource that may have some; fails beyond the service's limit. type: as the store
 * calls it, for EC2 as in TagSpecification. */
int tags_add(struct call *c, const struct tag_words *words, const char *type, const char *resource,
             const struct list *tags);
/* The list in an answer: name: [{ Key, Value }, …]. */
void tags_emit(struct call *c, const struct tag_words *words, const char *name,
               const struct list *tags);

/* The specifications against the types an operation may tag ("image snapshot"). input_read does it
 * for every parameter with .taggable. */
int tag_specs_check(struct call *c, const struct list *specs, const char *types);
/* The tags that the specifications hold for a type (struct tag); empty where there are none. */
struct list tag_specs_for(const struct list *specs, const char *type);
/* Puts them on a new resource, and returns them. */
struct list tag_specs_put(struct call *c, const struct list *specs, const char *type,
                          const char *resource);

#endif
