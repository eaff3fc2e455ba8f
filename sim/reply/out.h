/* Inside the reply room: an answer in the making, in one of its forms. */
#ifndef REPLY_OUT_H
#define REPLY_OUT_H

#include "call/call.h"

struct xml;

struct out {
    struct xml *xml; /* XML answers, else NULL */
    struct value *at; /* JSON answers: the innermost open value */
    struct value *root;
    struct value *stack[64]; /* JSON: the values around it */
    int depth;
    const char *content_type; /* bytes, when set */
    const void *bytes;
    size_t size;
};

/* XML (xml.c). Names must live as long as the answer. */
struct xml *xml_begin(struct arena *a, bool indent, bool declaration);
void xml_open(struct xml *x, const char *name);
void xml_namespace(struct xml *x, const char *uri); /* of the element opened just now */
void xml_close(struct xml *x);
void xml_text(struct xml *x, const char *name, const char *text);
/* Where the next element begins, what was written since, and the same once more elsewhere. */
size_t xml_mark(struct xml *x);
const char *xml_since(const struct xml *x, size_t mark, size_t *ret_size);
void xml_raw(struct xml *x, const char *bytes, size_t n);
/* Differs where the same element is written otherwise: by its depth, with and without indentation.
 */
int xml_place(const struct xml *x);
size_t xml_size(const struct xml *x);
/* What was written since the beginning or the last piece; with `last` all that is open is closed.
 * What is written next lies in `a`. */
const char *xml_piece(struct xml *x, bool last, size_t *ret_size);
void xml_go_on(struct xml *x, struct arena *a);
/* Ends the document; the bytes lie in the arena. */
const char *xml_finish(struct xml *x, size_t *ret_size);

#endif
