#include "world/kinds.h"

const struct kind *const world_kinds[] = {
#define KIND(name) &name##_kind,
#include "contents/kinds.def"
#undef KIND
    NULL,
};
