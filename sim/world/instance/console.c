/* Console logs. A machine of the simulator runs no code: its log tells the turns it took, in the
 * form in which Linux and Windows machines tell theirs. */
#include "world/instance/console.h"

#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "store/noun.h"

#define MAX_BYTES ((size_t)64 * 1024)

const struct schema console_event_schema = {
    .name = "console_event",
    .size = sizeof(struct console_event),
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct console_event, id), .column = "id" },
                                { TEXT_FIELD(struct console_event, instance), .column = "instance",
                                  .flags = FIELD_PART_OF | FIELD_INDEXED },
                                { TEXT_FIELD(struct console_event, what), .column = "what" },
                                { TEXT_FIELD(struct console_event, why), .column = "why" },
                                { INT_FIELD(struct console_event, at), .column = "at" },
                                { INT_FIELD(struct console_event, boot), .column = "boot" },
                                { 0 } },
};

static void note(struct call *c, const struct instance *i, const char *what, const char *why)
{
    struct console_event e = {
        .instance = i->id, .what = what, .why = why, .at = c->now, .boot = i->boots
    };
    e.id = arena_printf(c->a, "%s/%lld/%s/%s", i->id, (long long)i->boots, what, why);
    store_put(c, &console_event_schema, &e);
}

void console_boot(struct call *c, const struct instance *i, const char *why)
{
    note(c, i, "boot", why);
}

void console_shutdown(struct call *c, const struct instance *i, const char *why)
{
    note(c, i, "shutdown", why);
}

void console_recovery(struct call *c, const struct instance *i, const char *device)
{
    note(c, i, "recovery", device);
}

void console_forget(struct call *c, const char *instance)
{
    store_exec(c->store, "DELETE FROM console_event WHERE instance = ?",
               SQL_ARGS(SQL_TEXT(instance)));
}

/* ---- Linux ---- */

static const char *stamp(struct call *c, int64_t ms)
{
    return arena_printf(c->a, "[%5lld.%06lld]", (long long)(ms / 1000),
                        (long long)(ms % 1000 * 1000));
}

static void line(struct call *c, struct list *out, int64_t up, const char *text)
{
    strs_add(c->a, out, arena_printf(c->a, "%s %s", stamp(c, up), text));
}

static const char *host_name(struct call *c, const struct instance *i)
{
    const char *name = i->private_dns ? i->private_dns : "localhost";
    return arena_strndup(c->a, name, strcspn(name, "."));
}

static void linux_boot(struct call *c, const struct instance *i, const struct console_event *e,
                       struct list *out)
{
    const char *when = time_format_s(c->a, e->at);
    line(c, out, 0, arena_printf(c->a, "Linux version 6.1.0-amisim (%s)", i->machine.architecture));
    line(c, out, 0,
         arena_printf(c->a, "Command line: root=%s console=tty0 console=ttyS0,115200n8",
                      i->machine.root_device ? i->machine.root_device : "/dev/sda1"));
    line(c, out, 120,
         text_is(i->machine.virtualization, "paravirtual")
             ? "Booting paravirtualized kernel on Xen"
             : arena_printf(c->a, "DMI: Amazon EC2 %s/, BIOS 1.0 10/16/2017", i->type));
    line(c, out, 1480, "systemd[1]: Detected virtualization amazon.");
    line(c, out, 2910,
         arena_printf(c->a, "cloud-init[1]: Cloud-init running 'init' at %s. Up 2.91 seconds.",
                      when));
    line(c, out, 3020,
         arena_printf(c->a, "ci-info: | eth0 | True | %s | global |",
                      i->private_ip ? i->private_ip : "-"));
    line(c, out, 5640,
         arena_printf(c->a, "cloud-init[1]: instance-id: %s, boot %lld (%s)", i->id,
                      (long long)e->boot, e->why));
    line(c, out, 6250,
         arena_printf(c->a, "cloud-init[1]: Cloud-init finished at %s. Datasource DataSourceEc2.",
                      when));
    strs_add(c->a, out, arena_printf(c->a, "%s login: ", host_name(c, i)));
}

static void linux_shutdown(struct call *c, const struct console_event *e, int64_t up,
                           struct list *out)
{
    line(c, out, up, "systemd[1]: Stopped target Multi-User System.");
    line(c, out, up + 310, "systemd-shutdown[1]: Syncing filesystems and block devices.");
    line(c, out, up + 640,
         arena_printf(c->a, "reboot: %s (%s)",
                      text_is(e->why, "stop") || text_is(e->why, "terminate") ? "Power down"
                                                                              : "Restarting system",
                      e->why));
}

static void linux_recovery(struct call *c, const struct console_event *e, struct list *out)
{
    line(
        c, out, 1320,
        arena_printf(c->a, "EXT4-fs (%s): INFO: recovery required on readonly filesystem", e->why));
    line(c, out, 1510, arena_printf(c->a, "EXT4-fs (%s): recovery complete", e->why));
    line(c, out, 1520,
         arena_printf(c->a, "EXT4-fs (%s): mounted filesystem with ordered data mode", e->why));
}

/* ---- Windows: event log entries and the launch agent's lines ---- */

static void windows_line(struct call *c, const struct console_event *e, const char *text,
                         struct list *out)
{
    strs_add(c->a, out, arena_printf(c->a, "%s: %s", time_format_s(c->a, e->at), text));
}

static void windows_boot(struct call *c, const struct instance *i, const struct console_event *e,
                         struct list *out)
{
    windows_line(
        c, e, arena_printf(c->a, "Windows is starting, boot %lld (%s)", (long long)e->boot, e->why),
        out);
    windows_line(c, e, arena_printf(c->a, "AMI Origin Name: %s", i->machine.platform_details), out);
    windows_line(c, e, arena_printf(c->a, "InstanceType: %s", i->type), out);
    windows_line(c, e, "Message: Windows is Ready to use", out);
}

/* ---- The whole ---- */

static void event_lines(struct call *c, const struct instance *i, const struct console_event *e,
                        int64_t booted, struct list *out)
{
    bool boot = text_is(e->what, "boot"), windows = instance_is_windows(i);
    if (boot && windows)
        windows_boot(c, i, e, out);
    else if (boot)
        linux_boot(c, i, e, out);
    else if (text_is(e->what, "recovery"))
        linux_recovery(c, e, out);
    else if (windows)
        windows_line(c, e, arena_printf(c->a, "Windows is shutting down (%s)", e->why), out);
    else
        linux_shutdown(c, e, e->at > booted ? e->at - booted : 0, out);
}

const char *console_text(struct call *c, const struct instance *i, int64_t *ret_stamp)
{
    struct list events =
        store_list(c, &console_event_schema, "instance = ? ORDER BY boot, what, rowid",
                   SQL_ARGS(SQL_TEXT(i->id)));
    struct list lines = { 0 };
    int64_t booted = 0;
    LIST_EACH (struct console_event, e, &events) {
        if (text_is(e->what, "boot"))
            booted = e->at;
        event_lines(c, i, e, booted, &lines);
        *ret_stamp = e->at;
    }
    if (!lines.count)
        return NULL;
    const char *text = arena_printf(c->a, "%s\r\n", strs_join(c->a, &lines, "\r\n"));
    size_t n = strlen(text);
    return n > MAX_BYTES ? text + n - MAX_BYTES : text;
}
