/* Nouns as elements, by their field tables. */
#ifndef REPLY_EMIT_NOUN_H
#define REPLY_EMIT_NOUN_H

#include "base/field.h"
#include "call/call.h"

/* Which answer a noun is shown in. A field row's .views names those that show it; 0 means all. */
enum view {
    VIEW_DESCRIBED = 1 << 0, /* Describe… */
    VIEW_CREATED = 1 << 1, /* the answer of the operation that made it */
    VIEW_BRIEF = 1 << 2, /* other answers that show a part of it; the schema says which */
};

/* The fields of a noun, without an element around them. */
void emit_noun(struct call *c, const struct schema *k, const void *noun, enum view view);
/* An element of that name around it, and <item>. */
void emit_noun_as(struct call *c, const char *name, const struct schema *k, const void *noun,
                  enum view view);
void emit_noun_item(struct call *c, const struct schema *k, const void *noun, enum view view);
/* A list of nouns of one schema: <name><item>…</item></name>. */
void emit_nouns(struct call *c, const char *name, const struct schema *k, const struct list *nouns,
                enum view view);
/* <name><item><key/><value/></item>…</name> */
void emit_tags(struct call *c, const char *name, const struct list *tags);

#endif
