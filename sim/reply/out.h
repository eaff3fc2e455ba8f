/* Inside the reply room: an answer in the making, in one of its forms. */
#ifndef REPLY_OUT_H
#define REPLY_OUT_H

#include "call/call.h"

struct xml;

struct out {
    struct xml *xml;           /* XML answers, else NULL */
    struct value *at;          /* JSON answers: the innermost open value */
    struct value *root;
    struct value *stack[64];   /* JSON: the values around it */
    int depth;
    const char *content_type;  /* bytes, when set */
    const void *bytes;
    size_t size;
};

/* XML by libxml2 (xml.c is the only file that knows it). Writers are kept and used again. */
struct xml *xml_begin(bool indent, bool declaration);
void xml_open(struct xml *x, const char *name);
void xml_namespace(struct xml *x, const char *uri);
void xml_close(struct xml *x);
void xml_text(struct xml *x, const char *name, const char *text);
/* Ends the document; the bytes are valid until xml_end. */
const char *xml_finish(struct xml *x, size_t *ret_size);
void xml_end(struct xml *x);

#endif
