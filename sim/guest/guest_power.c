/* See guest_power.h. The job stands above: a machine that comes up runs what asks for it. */
#include "guest/guest_power.h"

#include "base/text.h"
#include "time/job.h"

void guest_ask_power(struct call *c, const struct instance *i, const char *what, int64_t delay)
{
    const struct job_kind *job = job_kind_find(c->sim, "guest_power");
    if (!what || !job)
        return;
    job_cancel(c, job, i->id);
    if (!text_is(what, "cancel"))
        job_after(c, delay, job, i->id, &(struct guest_power){ what, i->boots });
}
