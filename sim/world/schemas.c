/* See schemas.h. */
#include "world/schemas.h"

const struct schema *const world_schemas[] = {
#define SCHEMA(name) &name##_schema,
#include "contents/schemas.def"
#undef SCHEMA
    NULL,
};
