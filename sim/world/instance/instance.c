/* Instances in the store: who finds which, their states, their reboots. What a call makes of an
 * instance is decided in ops/instance/; this file knows no operation. */
#include "world/instance/instance.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/instance_type.h"
#include "store/noun.h"
#include "world/instance/console.h"

/* ---- Finding ---- */

bool instance_find(struct call *c, const char *id, struct instance *ret)
{
    return store_own(c, &instance_schema, id, ret);
}

int instance_check_id(struct call *c, const char *id)
{
    /* seven digits are taken, too [recorded] */
    if (text_starts(id, "i-") && strlen(id) == 9 && strspn(id + 2, "0123456789abcdef") == 7)
        return 0;
    return id_check(c, "i-", id);
}

int instances_missing(struct call *c, const struct list *ids)
{
    const char *all = strs_join(c->a, ids, ", ");
    return ids->count == 1 ? fail(c, E_InstanceNotFound, all) : fail(c, E_InstancesNotFound, all);
}

int instances_own(struct call *c, const struct list *ids, struct list *ret)
{
    struct list missing = { 0 }, seen = { 0 };
    *ret = (struct list){ 0 };
    LIST_EACH (const char *, id, ids) {
        if (instance_check_id(c, *id))
            return -1;
    }
    LIST_EACH (const char *, id, ids) {
        struct instance one;
        if (strs_have(&seen, *id))
            continue;
        strs_add(c->a, &seen, *id);
        if (instance_find(c, *id, &one))
            *list_add(c->a, ret, struct instance) = one;
        else
            strs_add(c->a, &missing, *id);
    }
    return missing.count ? instances_missing(c, &missing) : 0;
}

int instance_own(struct call *c, const char *id, struct instance *ret)
{
    struct list ids = { 0 }, found;
    strs_add(c->a, &ids, id);
    if (instances_own(c, &ids, &found))
        return -1;
    *ret = *list_at(&found, struct instance, 0);
    return 0;
}

struct list instances_of_reservation(struct call *c, const char *reservation)
{
    struct list found = store_list(c, &instance_schema, "reservation = ? ORDER BY launch_index",
                                   SQL_ARGS(SQL_TEXT(reservation)));
    LIST_EACH (struct instance, i, &found)
        instance_prepare(c, i);
    return found;
}

int64_t instances_vcpus(struct call *c)
{
    struct rows *r = store_query(c->store,
                                 "SELECT type, count(*) FROM instance WHERE " MINE
                                 " AND state_code IN (0, 16) GROUP BY type",
                                 SQL_ARGS(MINE_ARGS(c)));
    int64_t sum = 0;
    while (rows_next(r)) {
        const struct instance_type *type = instance_type_find(c->sim, rows_text(r, 0, c->a));
        sum += type ? type->vcpus * rows_int(r, 1) : 0;
    }
    return sum;
}

/* ---- What is computed ---- */

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
    i->profile_id = i->profile ? profile_id(c, i->profile) : NULL;
    if (i->state_code == INSTANCE_TERMINATED)
        return true;
    show_disks(c, i);
    i->interfaces = network_interfaces_of(c, i->id);
    return true;
}

/* ---- States ---- */

void instance_set_state(struct instance *i, enum instance_state state)
{
    static const struct {
        enum instance_state code;
        const char *name;
    } names[] = {
        { INSTANCE_PENDING, "pending" },   { INSTANCE_RUNNING, "running" },
        { INSTANCE_STOPPING, "stopping" }, { INSTANCE_SHUTTING_DOWN, "shutting-down" },
        { INSTANCE_STOPPED, "stopped" },   { INSTANCE_TERMINATED, "terminated" },
    };
    i->state_code = state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        if (names[n].code == state)
            i->state = names[n].name;
    }
}

void instance_put(struct call *c, const struct instance *i)
{
    store_put(c, &instance_schema, i);
}

bool instance_root(struct call *c, const struct instance *i, struct volume *ret)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct volume, v, &volumes) {
        if (text_is(volume_attachment(v, i->id)->device, i->machine.root_device)) {
            *ret = *v;
            return true;
        }
    }
    return false;
}

/* What Sysprep took away is made anew, the password with it; once [guide]. */
static void specialize(struct call *c, struct instance *i)
{
    struct volume root;
    if (!instance_root(c, i, &root) || root.content.generalized != YES)
        return;
    root.content.generalized = NO;
    volume_put(c, &root);
    i->specialized = c->now;
    i->password = NULL;
}

void instance_boot(struct call *c, struct instance *i, const char *why)
{
    i->boots++;
    i->booted = c->now;
    i->hung = c->pretend & PRETEND_NO_BOOT ? YES : NO;
    if (i->hung == YES)
        return;
    console_boot(c, i, why);
    if (instance_is_windows(i))
        specialize(c, i);
}

void instance_reboot(struct call *c, struct instance *i, const char *why)
{
    console_shutdown(c, i, why);
    instance_boot(c, i, why);
    instance_put(c, i);
}
