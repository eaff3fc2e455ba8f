/* Identifiers in what was sent and in what was answered. */
#ifndef SCENARIO_IDS_H
#define SCENARIO_IDS_H

#include "reply/render.h"

/* Whether all of the text is one: "ami-" and 17 hex digits. */
bool is_resource_id(const char *text);
/* Adds those of a text (const char *), each once. */
void ids_in(struct arena *a, const char *text, size_t n, struct list *into);
/* Those of an answer that the call did not name: what it made, first of all. */
struct list ids_answered(struct call *c, const struct reply *reply);

#endif
