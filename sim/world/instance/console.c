/* Console logs. A machine of the simulator runs no code: its log tells the turns it took, in the
 * form in which Linux and Windows machines tell theirs. */
#include "world/instance/console.h"

#include <stdarg.h>
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
                                { TEXT_FIELD(struct console_event, text), .column = "text" },
                                { INT_FIELD(struct console_event, said), .column = "said" },
                                { 0 } },
};

static void note_event(struct call *c, const struct instance *i, const char *what, const char *why)
{
    struct console_event e = {
        .instance = i->id, .what = what, .why = why, .at = c->now, .boot = i->boots, .said = c->now
    };
    e.id = arena_printf(c->a, "%s/%lld/%s/%s", i->id, (long long)i->boots, what, why);
    store_put(c, &console_event_schema, &e);
}

void console_boot(struct call *c, const struct instance *i, const char *why)
{
    note_event(c, i, "boot", why);
}

void console_shutdown(struct call *c, const struct instance *i, const char *why)
{
    note_event(c, i, "shutdown", why);
}

void console_recovery(struct call *c, const struct instance *i, const char *device)
{
    note_event(c, i, "recovery", device);
}

void console_write(struct call *c, const struct instance *i, const char *text)
{
    store_exec(c->store,
               "UPDATE console_event SET text = substr(coalesce(text, '') || ?, ?), said = ?"
               " WHERE instance = ? AND boot = ? AND what = 'boot'",
               SQL_ARGS(SQL_TEXT(text), SQL_INT(-(int64_t)MAX_BYTES), SQL_INT(c->now),
                        SQL_TEXT(i->id), SQL_INT(i->boots)));
}

void console_forget(struct call *c, const char *instance)
{
    store_exec(c->store, "DELETE FROM console_event WHERE instance = ?",
               SQL_ARGS(SQL_TEXT(instance)));
}

/* ---- Linux ---- */

/* A line of the kernel's form: [ms since the boot] text. */
__attribute__((format(printf, 4, 5))) static void linux_line(struct call *c, struct list *out,
                                                             int64_t up, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(c->a, format, args);
    va_end(args);
    strs_add(c->a, out,
             arena_printf(c->a, "[%5lld.%06lld] %s", (long long)(up / 1000),
                          (long long)(up % 1000 * 1000), text));
}

static const char *host_name(struct call *c, const struct instance *i)
{
    const char *name = i->private_dns ? i->private_dns : "localhost";
    return arena_strndup(c->a, name, strcspn(name, "."));
}

static void linux_boot(struct call *c, const struct instance *i, const struct console_event *e,
                       struct list *out)
{
    linux_line(c, out, 0, "Linux version 6.1.0-amisim (%s)", i->machine.architecture);
    linux_line(c, out, 0, "Command line: root=%s console=tty0 console=ttyS0,115200n8",
               i->machine.root_device ? i->machine.root_device : "/dev/sda1");
    if (text_is(i->machine.virtualization, "paravirtual"))
        linux_line(c, out, 120, "Booting paravirtualized kernel on Xen");
    else
        linux_line(c, out, 120, "DMI: Amazon EC2 %s/, BIOS 1.0 10/16/2017", i->type);
    linux_line(c, out, 1480, "systemd[1]: Detected virtualization amazon.");
    for (const char *at = e->text; at && *at; at += strcspn(at, "\n"), at += *at != '\0')
        strs_add(c->a, out, arena_strndup(c->a, at, strcspn(at, "\n")));
    strs_add(c->a, out, arena_printf(c->a, "%s login: ", host_name(c, i)));
}

static void linux_shutdown(struct call *c, const struct console_event *e, int64_t up,
                           struct list *out)
{
    bool off = text_is(e->why, "stop") || text_is(e->why, "terminate");
    linux_line(c, out, up, "systemd[1]: Stopped target Multi-User System.");
    linux_line(c, out, up + 310, "systemd-shutdown[1]: Syncing filesystems and block devices.");
    linux_line(c, out, up + 640, "reboot: %s (%s)", off ? "Power down" : "Restarting system",
               e->why);
}

static void linux_recovery(struct call *c, const struct console_event *e, struct list *out)
{
    linux_line(c, out, 1320, "EXT4-fs (%s): INFO: recovery required on readonly filesystem",
               e->why);
    linux_line(c, out, 1510, "EXT4-fs (%s): recovery complete", e->why);
    linux_line(c, out, 1520, "EXT4-fs (%s): mounted filesystem with ordered data mode", e->why);
}

/* ---- Windows: event log entries and the launch agent's lines ---- */

static void windows_line(struct call *c, const struct console_event *e, struct list *out,
                         const char *text)
{
    strs_add(c->a, out, arena_printf(c->a, "%s: %s", time_format_s(c->a, e->at), text));
}

static void windows_boot(struct call *c, const struct instance *i, const struct console_event *e,
                         struct list *out)
{
    windows_line(
        c, e, out,
        arena_printf(c->a, "Windows is starting, boot %lld (%s)", (long long)e->boot, e->why));
    windows_line(c, e, out, arena_printf(c->a, "AMI Origin Name: %s", i->machine.platform_details));
    windows_line(c, e, out, arena_printf(c->a, "InstanceType: %s", i->type));
    windows_line(c, e, out, "Message: Windows is Ready to use");
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
        windows_line(c, e, out, arena_printf(c->a, "Windows is shutting down (%s)", e->why));
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
        *ret_stamp = e->said > e->at ? e->said : e->at;
    }
    if (!lines.count)
        return NULL;
    const char *text = arena_printf(c->a, "%s\r\n", strs_join(c->a, &lines, "\r\n"));
    size_t n = strlen(text);
    return n > MAX_BYTES ? text + n - MAX_BYTES : text;
}
