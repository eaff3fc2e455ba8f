/* What a session does in the world of its instance. */
#include "base/text.h"
#include "server/pipeline.h"
#include "server/ssh/ssh_inside.h"
#include "store/noun.h"

struct ssh_act {
    struct ssh_client *client;
    ssh_step *step;
    void *with;
};

bool ssh_is_up(struct call *c, const struct ssh_client *k, struct instance *ret)
{
    return store_get(c, &instance_schema, k->instance, ret) && ret->state_code == INSTANCE_RUNNING
           && ret->boots == k->boots;
}

static int act(struct call *c, void *with)
{
    const struct ssh_act *a = with;
    struct instance i;
    c->account = a->client->account;
    c->region = a->client->region;
    if (!ssh_is_up(c, a->client, &i))
        return -1;
    instance_prepare(c, &i);
    return a->step(c, &i, a->with);
}

int ssh_act(struct ssh_client *k, struct arena *a, ssh_step *step, void *with)
{
    struct ssh_act how = { k, step, with };
    int result = pipeline_act(k->server->sim, a, act, &how);
    if (result == 0)
        k->server->acted(k->server->with);
    return result;
}
