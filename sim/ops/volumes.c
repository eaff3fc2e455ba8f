/* Volumes: made, shown, deleted. Attaching is in volumes_attach.c, changing in volumes_modify.c. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/table.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "world/snapshot.h"
#include "world/volume.h"

void job_volume_created(struct call *c, const char *subject, const char *argument)
{
    struct volume v;
    (void)argument;
    if (volume_find(c, subject, &v) && text_is(v.status, "creating"))
        volume_created(c, &v);
}

void job_volume_gone(struct call *c, const char *subject, const char *argument)
{
    struct volume v;
    (void)argument;
    if (store_get(c, &volume_kind, subject, &v))
        volume_remove(c, &v);
}

void job_volume_attached(struct call *c, const char *subject, const char *argument)
{
    struct volume v;
    if (volume_find(c, subject, &v))
        volume_attached(c, &v, argument);
}

void job_volume_detached(struct call *c, const char *subject, const char *argument)
{
    struct volume v;
    if (volume_find(c, subject, &v))
        volume_detached(c, &v, argument);
}
