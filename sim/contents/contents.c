/* See contents.h. The tables themselves are the .def files: a line for each. */
#include "contents/contents.h"

#include "call/errors.h"
#include "call/op.h"
#include "ops/tag.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

/* ---- Operations ---- */

#define OP(svc, name) extern const struct op op_##svc##_##name;
#include "contents/ops.def"
#undef OP

static const struct op *const ops[] = {
#define OP(svc, name) &op_##svc##_##name,
#include "contents/ops.def"
#undef OP
};

/* ---- Jobs ---- */

#undef JOB /* what declares one; here it names one */
#define JOB(name) extern const struct job_kind job_##name;
#include "contents/jobs.def"
#undef JOB

static const struct job_kind *const jobs[] = {
#define JOB(name) &job_##name,
#include "contents/jobs.def"
#undef JOB
    NULL,
};

/* ---- Nouns ---- */

#define SCHEMA(name) extern const struct schema name##_schema;
#include "contents/schemas.def"
#undef SCHEMA

static const struct schema *const schemas[] = {
#define SCHEMA(name) &name##_schema,
#include "contents/schemas.def"
#undef SCHEMA
    NULL,
};

/* ---- What can be tagged ---- */

/* Tags live on in the Recycle Bin, where they can be changed, too [guide]. */
#define OR_IN_BIN(visible)                                                                         \
    "(" visible ") OR (region = ?1 AND owner = ?2 AND recycle_enter IS NOT NULL)"

#define TAGGABLE(name, prefix, schema, visible, error)                                             \
    static int no_##name(struct call *c, const char *id)                                           \
    {                                                                                              \
        return fail(c, error, id);                                                                 \
    }
#include "contents/taggable.def"
#undef TAGGABLE

static const struct taggable taggables[] = {
#define TAGGABLE(name, prefix, schema, visible, error)                                             \
    { prefix, &schema, visible, ERROR_CODE(error), no_##name },
#include "contents/taggable.def"
#undef TAGGABLE
    { 0 },
};

const struct contents contents = { .ops = ops,
                                   .op_count = sizeof ops / sizeof *ops,
                                   .jobs = jobs,
                                   .schemas = schemas,
                                   .taggables = taggables };
