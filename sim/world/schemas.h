/* All nouns, for the store to make their tables. */
#ifndef WORLD_SCHEMAS_H
#define WORLD_SCHEMAS_H

#include "base/field.h"

#define SCHEMA(name) extern const struct schema name##_schema;
#include "contents/schemas.def"
#undef SCHEMA

extern const struct schema *const world_schemas[]; /* ends with NULL */

#endif
