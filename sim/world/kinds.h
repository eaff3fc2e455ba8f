/* All nouns, for the store to make their tables. */
#ifndef WORLD_KINDS_H
#define WORLD_KINDS_H

#include "base/field.h"

#define KIND(name) extern const struct kind name##_kind;
#include "contents/kinds.def"
#undef KIND

extern const struct kind *const world_kinds[]; /* ends with NULL */

#endif
