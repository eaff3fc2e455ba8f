/* Writing the good part of an answer: a handler emits elements, the room makes XML or JSON of them.
 *
 * Names are AWS's for the protocol at hand. What is not there (NULL, ABSENT, UNSET) is left out;
 * what AWS sends as an empty element is emitted as "". A call that fails in the end loses what it
 * emitted. */
#ifndef REPLY_EMIT_H
#define REPLY_EMIT_H

#include "base/field.h"
#include "call/call.h"

void emit_text(struct call *c, const char *name, const char *text);
void emit_int(struct call *c, const char *name, int64_t number);
void emit_bool(struct call *c, const char *name, bool flag);
void emit_tri(struct call *c, const char *name, enum tri flag);
void emit_time(struct call *c, const char *name, int64_t ms); /* ISO 8601 with milliseconds */
void emit_time_s(struct call *c, const char *name, int64_t ms); /* ISO 8601 in whole seconds */
void emit_epoch(struct call *c, const char *name, int64_t ms); /* JSON: seconds with a fraction */
void emit_null(struct call *c, const char *name); /* JSON null; XML: nothing */
void emit_real(struct call *c, const char *name, double number);
/* A whole tree (JSON answers). */
void emit_tree(struct call *c, const char *name, const struct value *tree);

/* A structure: an element around others. emit_close ends structures, lists and items alike. */
void emit_open(struct call *c, const char *name);
void emit_close(struct call *c);
/* A list: emit_list, then emit_item … emit_close for each structure or emit_item_text for each
 * text, then emit_close. An empty one is an empty element. */
void emit_list(struct call *c, const char *name);
void emit_item(struct call *c);
void emit_item_text(struct call *c, const char *text);
void emit_texts(struct call *c, const char *name, const struct list *texts);

/* Whole elements that are kept in order to be emitted again: false where that cannot be, for the
 * answer is no XML, or is looked through while it is made. place: they are the same bytes only in
 * an answer whose place is the same. */
struct emit_mark {
    size_t at;
    int place;
};
bool emit_mark(struct call *c, struct emit_mark *ret);
const char *emit_since(const struct call *c, const struct emit_mark *mark, size_t *ret_size);
void emit_again(struct call *c, const char *bytes, size_t n);

/* An answer in XML that is given in pieces (struct stream of call/call.h): how long it is by now;
 * what was emitted since the last piece, with `last` to its end; and the beginning of the next, by
 * a call that is the same but for its arena. */
size_t emit_size(const struct call *c);
const char *emit_piece(struct call *c, bool last, size_t *ret_n);
void emit_go_on(struct call *c);
/* What was emitted until now as a JSON text, for an answer that has it inside its bytes. */
const char *emit_as_json(struct call *c);

/* An answer of bytes instead of elements. They must live as long as the call. */
void emit_bytes(struct call *c, const char *content_type, const void *bytes, size_t n);

#endif
