/* The shell of a Linux guest: a plain subset of sh whose commands truly change the guest's files.
 *
 * No machine code runs in a guest. The commands of shell_command_file.c and
 * shell_command_system.c are there and no others; a script that names another gets what a shell
 * says of a command that is not installed. docs/run-command.md has the list. It knows the machine
 * by `struct shell_host` alone: neither AWS nor the store. */
#ifndef GUEST_SHELL_H
#define GUEST_SHELL_H

#include "base/list.h"
#include "guest/dir_entry.h"

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

/* The machine that a script runs on, as whoever runs it sees it. Paths are absolute and have no "."
 * or ".."; what a function returns lives in the arena that it is given. A change returns NULL, or
 * what is wrong in the words that a user of the machine is to read. */
struct shell_host {
    const char *name; /* the host's; NULL: it has none */
    const char *machine; /* as `uname -m` says it */
    int64_t now; /* virtual ms */
    bool (*look)(struct shell_host *h, const char *path, struct dir_entry *ret, struct arena *a);
    /* Adds the names in a folder (struct dir_entry). */
    void (*list)(struct shell_host *h, const char *path, struct list *ret, struct arena *a);
    /* NULL: no such file. */
    const void *(*read)(struct shell_host *h, const char *path, size_t *ret_n, struct arena *a);
    const char *(*write)(struct shell_host *h, const char *path, const void *bytes, size_t n);
    const char *(*remove)(struct shell_host *h, const char *path);
    const char *(*make_directory)(struct shell_host *h, const char *path);
    const char *(*remove_directory)(struct shell_host *h, const char *path);
    bool (*is_mount)(struct shell_host *h, const char *path);
    void (*sync)(struct shell_host *h);
    /* Freezes the file system of a path, or thaws it; false: it is so already. */
    bool (*freeze)(struct shell_host *h, const char *path, bool frozen);
    bool (*is_frozen)(struct shell_host *h, const char *path);
};

/* Whether a script can be run at all; false: *ret_why says what the shell does not have. */
bool shell_check(struct arena *a, const char *script, const char **ret_why);
/* Runs it until it ends or pauses. */
void shell_run(struct arena *a, struct shell_host *host, struct shell_run *r);
/* Whether a script's first line or the system makes it one for bash. */
bool shell_is_bash(const char *script, const char *system);

#endif
