/* JSON that is too large for a tree: written text by text, and walked from outside in, while what
 * lies inside is read or passed over value by value. Nothing of it is taken that value_from_json()
 * would refuse, but that the keys of an object which is walked may stand there twice: that is for
 * the caller to see. */
#ifndef BASE_JSON_WALK_H
#define BASE_JSON_WALK_H

#include "base/buffer.h"
#include "base/value.h"

#define JSON_WALK_DEEPEST 8

struct json_walk {
    const char *at, *end;
    char inside[JSON_WALK_DEEPEST]; /* the signs that end what was entered, outermost first */
    size_t depth;
    bool fresh; /* nothing of what was entered last has been passed */
    const char *error; /* what is wrong where it stands; then nothing follows. NULL: nothing yet */
};

struct json_walk json_walk(const char *text, size_t n);
/* Goes into an object ('{') or a list ('['), at most JSON_WALK_DEEPEST of them. False: it is none.
 */
bool json_enter(struct json_walk *w, char sign);
/* Whether another item follows there; where none does the walk goes out again. */
bool json_next(struct json_walk *w);
/* The key of the next item of an object; NULL: there is none. */
const char *json_key(struct json_walk *w, struct arena *a);
/* The next value, read; NULL: it is none. */
struct value *json_value(struct json_walk *w, struct arena *a);
/* Passes over the next value. Only its brackets and quotes are looked at. */
void json_skip(struct json_walk *w);
/* How the next value begins; '\0' at the end. */
char json_peek(struct json_walk *w);
/* Whether all of it was passed, and nothing was wrong. */
bool json_is_passed(struct json_walk *w);

/* A text in its quotes. */
void json_add_text(struct arena *a, struct buffer *b, const char *text);

#endif
