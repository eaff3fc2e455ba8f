/* The console of an instance: what the machine wrote while it booted, rebooted and shut down. */
#ifndef WORLD_CONSOLE_H
#define WORLD_CONSOLE_H

#include "world/instance/instance.h"

/* One turn of the machine; its lines are made when the console is read. */
struct console_event {
    const char *id, *instance;
    const char *what; /* boot, shutdown, recovery */
    const char *why; /* in the words of the log: "stop"; of a recovery the device */
    int64_t at, boot; /* at: ms; boot: which boot of the instance */
    const char *text; /* what the system said since a boot, lines that end in \n; NULL: nothing */
    int64_t said; /* when it did so last */
};

extern const struct schema console_event_schema;

void console_boot(struct call *c, const struct instance *i, const char *why);
void console_shutdown(struct call *c, const struct instance *i, const char *why);
/* At this boot the file system on a device was not clean and its journal was replayed. */
void console_recovery(struct call *c, const struct instance *i, const char *device);
/* The system of the instance says something: lines that end in \n. */
void console_write(struct call *c, const struct instance *i, const char *text);
/* The last 64 KiB of it; *ret_stamp (ms): when it was last written. NULL before the first boot, and
 * *ret_stamp stays as it was. */
const char *console_text(struct call *c, const struct instance *i, int64_t *ret_stamp);
/* Removes it with its instance. */
void console_forget(struct call *c, const char *instance);

#endif
