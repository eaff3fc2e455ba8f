/* See ssm_agent.h. */
#include "world/ssm/ssm_agent.h"

#include "base/timefmt.h"
#include "catalog/public_image.h"
#include "time/job.h"

#define PING_EVERY (5 * MINUTE_MS) /* [guide] */

/* An instance profile lets the agent in; which role is in it is not asked: there is no IAM. */
bool ssm_agent_find(struct call *c, const struct instance *i, struct agent *ret)
{
    struct volume root;
    if (i->state_code != INSTANCE_RUNNING || !i->profile || !instance_root(c, i, &root))
        return false;
    const struct public_image *system = public_image_named(c->sim, root.content.system);
    int64_t since = i->booted + pace_delay(c, 10, 20 * SECOND_MS);
    if (!system || !system->agent.platform)
        return false;
    bool again = i->boots > 1; /* known from an earlier boot */
    if (c->now < since && !again)
        return false;
    *ret = (struct agent){ .platform = system->agent.platform,
                           .version = system->agent.version,
                           .ping = "Online",
                           .last_ping = since };
    if (i->hung == YES) {
        ret->ping = "ConnectionLost";
        ret->last_ping = i->booted;
        return again;
    }
    if (c->now > since)
        ret->last_ping += (c->now - since) / PING_EVERY * PING_EVERY;
    return c->now >= since;
}
