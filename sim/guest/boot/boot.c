/* See boot.h: which boots are told, and when their steps come. */
#include "guest/boot/boot.h"

#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/boot/boot_stage.h"
#include "guest/guest.h"
#include "guest/guest_disk.h"
#include "store/block.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/instance/console.h"

extern const struct job_kind job_guest_boot_step;

/* ---- When ---- */

/* Real times as the pace has them: the default one takes a hundredth. */
static int64_t span(const struct call *c, int64_t real)
{
    return pace_delay(c, real / 100, real);
}

/* From the end of the step before to the end of this one. */
static int64_t step_takes(const struct call *c, const struct guest_system *s, int64_t step)
{
    const int64_t takes[] = { [BOOT_INIT_LOCAL] = s->steps.kernel + s->steps.init_local,
                              [BOOT_NETWORK] = s->steps.network,
                              [BOOT_SSHD] = s->steps.sshd,
                              [BOOT_CONFIG] = s->steps.config,
                              [BOOT_FINAL] = s->steps.final };
    return step < BOOT_OVER ? span(c, takes[step]) : 0;
}

/* ---- Whether ---- */

/* The system that a machine boots from that root; NULL: none that is known. */
static const struct guest_system *system_on(struct call *c, const struct instance *i,
                                            const struct volume *root)
{
    bool boots = root && !instance_is_windows(i) && i->hung != YES && i->booted >= 0
                 && i->booted <= TIME_LAST;
    return boots ? guest_system_of(c->sim, root->content.system) : NULL;
}

static const struct guest_system *system_of(struct call *c, const struct instance *i)
{
    struct volume root;
    return instance_root(c, i, &root) ? system_on(c, i, &root) : NULL;
}

/* Some guest wrote on the disk: what it left may be run at a boot. What a publisher's own snapshot
 * holds is known: its owner is that of the system's image, "OWNER/NAME". */
static bool was_written(struct call *c, const struct volume *root)
{
    struct disk_ref d = disk_of_volume(c, root);
    const char *system = root->content.system;
    if (layer_own_count(c->store, d.layer)
        || store_number(c->store, "SELECT 1 FROM dirty_file WHERE volume = ? LIMIT 1",
                        SQL_ARGS(SQL_TEXT(root->id)))
               == 1)
        return true;
    int64_t layer =
        store_number(c->store, "SELECT layer FROM snapshot WHERE id = ? AND owner <> ?",
                     SQL_ARGS(SQL_TEXT(root->snapshot),
                              SQL_TEXT(arena_strndup(c->a, system, strcspn(system, "/")))));
    return layer != ABSENT && layer_own_count(c->store, layer);
}

static const char *boot_id(struct call *c, const char *instance)
{
    return arena_printf(c->a, "%s/boot", instance);
}

static void plan(struct call *c, const struct guest_boot *b)
{
    job_cancel(c, &job_guest_boot_step, b->instance);
    if (b->step < BOOT_OVER)
        job_after(c, b->due - c->now, &job_guest_boot_step, b->instance, NULL);
}

static void begin(struct call *c, const struct instance *i, const struct guest_system *s,
                  struct guest_boot *ret)
{
    schema_init(&guest_boot_schema, ret);
    ret->id = boot_id(c, i->id);
    ret->instance = i->id;
    ret->boot = i->boots;
    ret->step = BOOT_INIT_LOCAL;
    ret->due = i->booted + step_takes(c, s, BOOT_INIT_LOCAL);
}

void boot_begin(struct call *c, const struct instance *i, const struct volume *root)
{
    struct guest_boot b;
    const struct guest_system *s = system_on(c, i, root);
    if (i->boots > 1)
        job_cancel(c, &job_guest_boot_step, i->id);
    if (!s || (!i->user_data && !was_written(c, root)))
        return;
    begin(c, i, s, &b);
    store_put(c, &guest_boot_schema, &b);
    plan(c, &b);
}

/* ---- Steps ---- */

/* The boot that an instance is in; false: it is none that is told. A file may say anything. */
static bool find_boot(struct call *c, const struct instance *i, struct guest_boot *ret)
{
    return store_get(c, &guest_boot_schema, boot_id(c, i->id), ret) && ret->boot == i->boots
           && ret->step >= 0 && ret->step <= BOOT_OVER && ret->due >= 0 && ret->due <= TIME_LAST
           && (ret->module == ABSENT || ret->module >= -1)
           && (ret->item == ABSENT || ret->item >= 0)
           && (ret->module == ABSENT || ret->item != ABSENT);
}

/* The step at hand, at the moment when it was due; true: it is through, and the next one waits. */
static bool run_step(struct call *c, const struct instance *i, const struct guest_system *s,
                     struct guest_boot *b)
{
    struct call then = *c;
    then.now = b->due;
    bool through = boot_stage_run(&then, i, s, b);
    if (through) {
        b->step++;
        b->due += step_takes(c, s, b->step);
    }
    return through;
}

static void guest_boot_step(struct call *c, const char *subject)
{
    struct instance i;
    struct guest_boot b;
    if (!instance_find(c, subject, &i) || i.state_code != INSTANCE_RUNNING || !find_boot(c, &i, &b)
        || b.step == BOOT_OVER)
        return;
    const struct guest_system *s = system_of(c, &i);
    if (!s)
        return;
    run_step(c, &i, s, &b);
    store_put(c, &guest_boot_schema, &b);
    plan(c, &b);
}

JOB(guest_boot_step, .name = "guest_boot_step");

void boot_catch_up(struct call *c, const struct instance *i)
{
    struct guest_boot b;
    const struct guest_system *s = system_of(c, i);
    if (!s || i->state_code != INSTANCE_RUNNING || find_boot(c, i, &b))
        return;
    begin(c, i, s, &b);
    while (b.step < BOOT_OVER && b.due <= c->now && run_step(c, i, s, &b))
        continue;
    store_put(c, &guest_boot_schema, &b);
    plan(c, &b);
}

bool boot_sshd(struct call *c, const struct instance *i, int64_t *ret_since)
{
    struct guest_boot b;
    const struct guest_system *s = system_of(c, i);
    if (!s || i->state_code != INSTANCE_RUNNING)
        return false;
    if (find_boot(c, i, &b)) {
        *ret_since = b.sshd;
        return b.sshd != ABSENT && b.sshd <= c->now;
    }
    *ret_since = i->booted;
    for (int64_t step = BOOT_INIT_LOCAL; step <= BOOT_SSHD; step++)
        *ret_since += step_takes(c, s, step);
    return *ret_since <= c->now;
}

void boot_forget(struct call *c, const char *instance)
{
    job_cancel(c, &job_guest_boot_step, instance);
    store_remove(c, &guest_boot_schema, boot_id(c, instance));
}
