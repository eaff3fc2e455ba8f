/* The ways of an instance from state to state: pending to running, stopping to stopped, shutting
 * down to terminated, and an hour later forgotten. */
#include "guest/instance_state.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/boot/boot.h"
#include "guest/guest.h"
#include "guest/guest_power.h"
#include "guest/package/package_commands.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/instance/console.h"

extern const struct job_kind job_instance_started, job_instance_stopped, job_instance_ended,
    job_instance_forgotten;

#define SHOWN_TERMINATED HOUR_MS /* [guide] */

/* ---- Reasons ---- */

void instance_user_reason(struct call *c, struct instance *i)
{
    i->reason = arena_printf(c->a, "User initiated (%s)", time_format_gmt(c->a, c->now));
    i->state_reason_code = "Client.UserInitiatedShutdown";
    i->state_reason = "Client.UserInitiatedShutdown: User initiated shutdown";
}

static void clear_reason(struct instance *i)
{
    i->reason = i->state_reason_code = i->state_reason = NULL;
}

/* ---- Starting ---- */

void instance_start_launching(struct call *c, struct instance *i)
{
    instance_set_state(i, INSTANCE_PENDING);
    clear_reason(i);
    i->state_reason_code = i->state_reason = "pending";
    i->metadata_state = "pending";
    instance_put(c, i);
    job_after(c, pace_delay(c, 40, 8 * SECOND_MS), &job_instance_started, i->id, NULL);
}

static void release_disks(struct call *c, const struct instance *i)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct volume, v, &volumes) {
        struct attachment *a = volume_attachment(v, i->id);
        if (a->delete_on_termination == YES) {
            volume_delete(c, v);
        } else {
            volume_detach(c, v, i->id);
        }
    }
}

static void release_interfaces(struct call *c, const struct instance *i)
{
    struct list nics = network_interfaces_of(c, i->id);
    LIST_EACH (struct network_interface, nic, &nics) {
        if (nic->delete_on_termination == YES) {
            store_remove(c, &network_interface_schema, nic->id);
            continue;
        }
        nic->instance = nic->attachment = nic->attachment_status = nic->public_ip = NULL;
        nic->public_dns = NULL;
        nic->device_index = nic->attached = ABSENT;
        nic->delete_on_termination = UNSET;
        nic->status = "available";
        store_put(c, &network_interface_schema, nic);
    }
}

/* What a terminated instance still shows is recorded. */
void instance_finish_terminating(struct call *c, struct instance *i)
{
    if (i->boots)
        console_shutdown(c, i, "terminate");
    guest_lose(c, i);
    boot_forget(c, i->id);
    package_forget(c, i->id);
    release_disks(c, i);
    release_interfaces(c, i);
    instance_set_state(i, INSTANCE_TERMINATED);
    i->subnet = i->vpc = i->private_ip = i->private_dns = i->public_ip = i->public_dns = NULL;
    i->profile = i->hostname_type = NULL;
    i->source_dest_check = i->dns_a_record = i->dns_aaaa_record = UNSET;
    i->groups = (struct list){ 0 };
    i->monitoring = "disabled";
    i->terminated = c->now;
    instance_put(c, i);
    job_after(c, SHOWN_TERMINATED, &job_instance_forgotten, i->id, NULL);
}

static void fail_launch(struct call *c, struct instance *i)
{
    clear_reason(i);
    i->state_reason_code = i->failure;
    i->state_reason =
        arena_printf(c->a, "%s: The KMS key provided is in an incorrect state", i->failure);
    i->reason = i->state_reason;
    instance_finish_terminating(c, i);
}

/* A public address is given back by a stop and a new one comes with the next start. */
static void renew_public_address(struct call *c, struct instance *i)
{
    struct list nics = network_interfaces_of(c, i->id);
    LIST_EACH (struct network_interface, nic, &nics) {
        if (nic->device_index != 0 || nic->public_ip || nic->wants_public_ip != YES)
            continue;
        network_interface_take_public_address(
            c, nic, arena_printf(c->a, "%s/%lld", nic->id, (long long)i->boots));
        store_put(c, &network_interface_schema, nic);
        i->public_ip = nic->public_ip;
        i->public_dns = nic->public_dns;
    }
}

static void instance_started(struct call *c, const char *subject)
{
    struct instance i;
    if (!instance_find(c, subject, &i) || i.state_code != INSTANCE_PENDING)
        return;
    if (i.failure) {
        fail_launch(c, &i);
        return;
    }
    clear_reason(&i);
    instance_set_state(&i, INSTANCE_RUNNING);
    i.metadata_state = "applied";
    renew_public_address(c, &i);
    instance_boot(c, &i, i.boots ? "start" : "launch");
    instance_put(c, &i);
    guest_boot(c, &i);
}

JOB(instance_started, .name = "instance_started");

/* ---- Stopping ---- */

struct instance_stopped {
    const char *way; /* as of instance_stop */
};

static const struct field instance_stopped_fields[] = {
    { TEXT_FIELD(struct instance_stopped, way), .column = "way" },
    { 0 },
};

void instance_stop(struct call *c, struct instance *i, const char *way)
{
    instance_set_state(i, INSTANCE_STOPPING);
    i->metadata_state = "pending"; /* again [recorded] */
    instance_put(c, i);
    job_after(c, pace_delay(c, 30, 25 * SECOND_MS), &job_instance_stopped, i->id,
              &(struct instance_stopped){ way });
}

static void instance_stopped(struct call *c, const char *subject, const struct instance_stopped *in)
{
    struct instance i;
    bool hard = text_is(in->way, INSTANCE_POWER_CUT);
    if (!instance_find(c, subject, &i) || i.state_code != INSTANCE_STOPPING)
        return;
    struct list nics = network_interfaces_of(c, i.id);
    LIST_EACH (struct network_interface, nic, &nics) {
        nic->public_ip = nic->public_dns = NULL;
        store_put(c, &network_interface_schema, nic);
    }
    i.public_ip = i.public_dns = NULL;
    i.metadata_state = "applied";
    instance_set_state(&i, INSTANCE_STOPPED);
    if (hard) {
        guest_crash(c, &i);
    } else {
        console_shutdown(c, &i, "stop");
        guest_shutdown(c, &i);
    }
    instance_put(c, &i);
}

JOB_WITH(instance_stopped, instance_stopped_fields, struct instance_stopped,
         .name = "instance_stopped");

/* ---- Terminating ---- */

void instance_terminate(struct call *c, struct instance *i)
{
    instance_set_state(i, INSTANCE_SHUTTING_DOWN);
    instance_put(c, i);
    job_after(c, pace_delay(c, 30, 30 * SECOND_MS), &job_instance_ended, i->id, NULL);
}

static void instance_ended(struct call *c, const char *subject)
{
    struct instance i;
    if (instance_find(c, subject, &i) && i.state_code == INSTANCE_SHUTTING_DOWN)
        instance_finish_terminating(c, &i);
}

JOB(instance_ended, .name = "instance_ended");

static void instance_forgotten(struct call *c, const char *subject)
{
    console_forget(c, subject);
    store_remove(c, &instance_schema, subject);
}

JOB(instance_forgotten, .name = "instance_forgotten");

/* ---- Asked for from within ---- */

static void guest_shut_down(struct call *c, struct instance *i)
{
    i->reason = "";
    i->state_reason_code = "Client.InstanceInitiatedShutdown";
    i->state_reason = "Client.InstanceInitiatedShutdown: Instance initiated shutdown";
    if (text_is(i->shutdown_behavior, "terminate"))
        instance_terminate(c, i);
    else
        instance_stop(c, i, NULL);
}

static const struct field guest_power_fields[] = {
    { TEXT_FIELD(struct guest_power, what), .column = "what" },
    { INT_FIELD(struct guest_power, boots), .column = "boots" },
    { 0 },
};

static void guest_power(struct call *c, const char *subject, const struct guest_power *in)
{
    struct instance i;
    if (!instance_find(c, subject, &i) || i.state_code != INSTANCE_RUNNING || i.boots != in->boots)
        return;
    if (text_is(in->what, "reboot"))
        guest_reboot(c, &i, "reboot");
    else
        guest_shut_down(c, &i);
}

JOB_WITH(guest_power, guest_power_fields, struct guest_power, .name = "guest_power");
