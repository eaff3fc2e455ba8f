/* The tables of contents as data. */
#include "contents/contents.h"

#include <string.h>

#include "base/text.h"

#define OP(svc, name) extern const struct op op_##svc##_##name;
#include "contents/ops.def"
#undef OP

static const struct op *const table[] = {
#define OP(svc, name) &op_##svc##_##name,
#include "contents/ops.def"
#undef OP
};

const struct op *const *const ops_table = table;
const size_t ops_count = sizeof table / sizeof *table;

#define JOB(name) void job_##name(struct call *c, const char *subject, const char *argument);
#include "contents/jobs.def"
#undef JOB

static const struct job_kind jobs[] = {
#define JOB(name) { #name, job_##name },
#include "contents/jobs.def"
#undef JOB
    { 0 },
};

const struct job_kind *job_kind_find(const char *name)
{
    for (const struct job_kind *kind = jobs; kind->name; kind++) {
        if (text_is(kind->name, name))
            return kind;
    }
    return NULL;
}
