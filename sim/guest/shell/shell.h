/* The shell of a Linux guest: a plain subset of sh whose commands truly change the guest's files.
 *
 * No machine code runs in a guest. The commands of shell_files.c and shell_system.c are there and
 * no others; a script that names another gets what a shell says of a command that is not installed.
 * docs/run-command.md has the list. */
#ifndef GUEST_SHELL_H
#define GUEST_SHELL_H

#include "world/instance/instance.h"

enum shell_end {
    SHELL_ENDED,
    SHELL_SLEEPS, /* for `pause` ms */
    SHELL_WAITS, /* until a file system is thawed */
};

/* What a script may do before it sleeps; who does more is killed. Bounds what hostile ones cost. */
#define SHELL_MAX_STEPS 2000
#define SHELL_MAX_BYTES ((size_t)16 << 20)

/* What is kept of the output: as much as AWS shows [model]. */
#define SHELL_MAX_OUT 24000
#define SHELL_MAX_ERR 8000

struct shell_run {
    const char *script, *name; /* name: of its file, which begins each complaint */
    const char *folder; /* where it begins */
    bool bash; /* else dash: their words differ */
    const char *state; /* where it stands; NULL: at its beginning */
    /* Set by shell_run: */
    enum shell_end end;
    int64_t pause, status;
    const char *out, *err; /* as AWS shows them: valid UTF-8, cut */
    const char *power; /* "halt", "reboot", "cancel" where it asked for that, in power_delay ms */
    int64_t power_delay;
    bool thawed; /* others may go on */
};

/* Whether a script can be run at all; false: *ret_why says what the shell does not have. */
bool shell_check(struct arena *a, const char *script, const char **ret_why);
/* Runs it until it ends or pauses. */
void shell_run(struct call *c, const struct instance *i, struct shell_run *r);
/* Whether a script's first line or the system makes it one for bash. */
bool shell_is_bash(const char *script, const char *system);

#endif
