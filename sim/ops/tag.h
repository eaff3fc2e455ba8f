/* What CreateTags can tag: a row of contents/taggable.def. */
#ifndef OPS_TAG_H
#define OPS_TAG_H

#include "base/field.h"
#include "call/call.h"

struct taggable {
    const char *prefix; /* of its identifiers */
    const struct schema *schema;
    const char *visible; /* what the caller sees: SQL with Region and account */
    const char *missing_code; /* of the error that `missing` answers */
    int (*missing)(struct call *c, const char *id); /* says that there is none, and returns -1 */
};

#endif
