/* What an answer shows of an instance beside what is stored with it: its disks and interfaces. */
#include "base/rng.h"
#include "base/text.h"
#include "world/instance/instance.h"

static void show_disks(struct call *c, struct instance *i)
{
    struct list volumes = volumes_of(c, i->id);
    i->disks = (struct list){ 0 };
    LIST_EACH (struct volume, v, &volumes) {
        LIST_EACH (struct attachment, at, &v->attachments) {
            if (!text_is(at->instance, i->id))
                continue;
            *list_add(c->a, &i->disks, struct disk) =
                (struct disk){ .device = at->device,
                               .volume = v->id,
                               .status = at->status,
                               .at = at->at,
                               .card = 0,
                               .delete_on_termination = at->delete_on_termination };
        }
    }
}

/* IAM's identifiers look like AIPA and 17 capitals and digits; here they belong to the ARN. */
static const char *profile_id(struct call *c, const char *arn)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint64_t n = hash_text(arn);
    char *id = arena_strdup(c->a, "AIPA00000000000000000");
    for (char *at = id + 4; *at; at++, n = n >> 5 | n << 59)
        *at = letters[n & 31];
    return id;
}

bool instance_prepare(struct call *c, void *instance)
{
    struct instance *i = instance;
    bool ended = i->state_code == INSTANCE_TERMINATED;
    i->profile_id = i->profile ? profile_id(c, i->profile) : NULL;
    if (ended)
        return true;
    show_disks(c, i);
    i->interfaces = network_interfaces_of(c, i->id);
    return true;
}
