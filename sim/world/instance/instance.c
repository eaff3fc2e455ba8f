/* Instances in the store: who finds which, their states, their reboots. What a call makes of an
 * instance is decided in ops/instance/; this file knows no operation. */
#include "world/instance/instance.h"

#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "store/noun.h"
#include "world/instance/console.h"

/* ---- Finding ---- */

bool instance_find(struct call *c, const char *id, struct instance *ret)
{
    return store_first(c, &instance_schema, MINE " AND id = ?3",
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(id)), ret);
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
