/* The tables of contents: every operation, job, noun and taggable resource of this program.
 *
 * They are made at the top of the house (contents/contents.c) and handed down in struct sim, so
 * that a lower room can look something up without reaching up for it. */
#ifndef CALL_CONTENTS_H
#define CALL_CONTENTS_H

#include <stddef.h>

struct job_kind;
struct op;
struct schema;
struct taggable;

struct contents {
    const struct op *const *ops; /* sorted by service and name */
    size_t op_count;
    const struct job_kind *const *jobs; /* ends with NULL, as schemas does */
    const struct schema *const *schemas;
    const struct taggable *taggables; /* ops/tag.h; ends with one without a prefix */
};

#endif
