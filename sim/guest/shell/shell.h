/* The shell of a Linux guest: POSIX sh, and the bash that scripts use, whose commands truly change
 * the guest's files.
 *
 * No machine code runs in a guest. The commands of commands.def are there, those that the host
 * adds, and no others; a script that names another gets what a shell says of a command that is not
 * installed. docs/run-command.md has the list. It knows the machine by `struct shell_host` alone:
 * neither AWS nor the store. */
#ifndef GUEST_SHELL_H
#define GUEST_SHELL_H

#include "base/buffer.h"
#include "base/list.h"
#include "guest/dir_entry.h"

struct shell;

enum shell_end {
    SHELL_ENDED,
    SHELL_SLEEPS, /* for `pause` ms */
    SHELL_WAITS, /* until a file system is thawed */
    SHELL_READS, /* more input is wanted; only where input_open */
};

/* What a script may do before it sleeps; who does more is killed. Bounds what hostile ones cost. */
#define SHELL_MAX_STEPS 50000
#define SHELL_MAX_BYTES ((size_t)32 << 20)

/* What is kept of the output: as much as AWS shows [model]. */
#define SHELL_MAX_OUT 24000
#define SHELL_MAX_ERR 8000

struct shell_run {
    const char *script;
    const char *name; /* $0, which begins each complaint */
    struct list arguments; /* const char *: $1 and on */
    struct list environment; /* const char *: NAME=value, over what a login sets */
    const char *user; /* by name; NULL: root */
    const char *folder; /* where it begins */
    const void *input; /* what stands on standard input; all of it at each turn */
    size_t input_size;
    bool input_open; /* more of it may come */
    bool bash; /* else dash: their grammar and words differ */
    bool session; /* a terminal: its state outlives the script, which is one line of many */
    size_t keep; /* bytes of each output that are kept over pauses; 0: handed out at each turn */
    const char *state; /* where it stands; NULL: at its beginning */
    /* Set by shell_run: */
    enum shell_end end;
    int64_t pause, status;
    struct buffer out, err; /* bytes as they are: shell_visible_output makes text of them */
    bool left; /* session: by exit */
    bool unfinished; /* session: the script ends inside of a command: nothing of it was run */
    const char *power; /* "halt", "reboot", "cancel" where it asked for that, in power_delay ms */
    int64_t power_delay;
    bool thawed; /* others may go on */
};

/* The machine that a script runs on, as whoever runs it sees it. Paths are absolute and have no "."
 * or "..", and no link is followed; what a function returns lives in the arena that it is given. A
 * change returns NULL, or what is wrong in the words that a user of the machine is to read. Owners
 * and modes are told and kept; what they permit is the shell's to know. */
struct shell_host {
    const char *name; /* the host's; NULL: it has none */
    const char *machine; /* as `uname -m` says it */
    int64_t now; /* virtual ms */
    uint64_t seed; /* of what is random on it */
    bool dash; /* its /bin/sh is dash, else bash */
    bool (*look)(struct shell_host *h, const char *path, struct dir_entry *ret, struct arena *a);
    /* Adds the names in a folder (struct dir_entry). */
    void (*list)(struct shell_host *h, const char *path, struct list *ret, struct arena *a);
    /* NULL: no such file. */
    const void *(*read)(struct shell_host *h, const char *path, size_t *ret_n, struct arena *a);
    /* A file, a folder or a link (its bytes are where it leads) as `what` has it: kind, mode, owner
     * and group. What is there is replaced; a folder's names stay. */
    const char *(*put)(struct shell_host *h, const char *path, const struct dir_entry *what,
                       const void *bytes, size_t n);
    const char *(*remove)(struct shell_host *h, const char *path);
    const char *(*remove_directory)(struct shell_host *h, const char *path);
    bool (*is_mount)(struct shell_host *h, const char *path);
    void (*sync)(struct shell_host *h);
    /* Freezes the file system of a path, or thaws it; false: it is so already. */
    bool (*freeze)(struct shell_host *h, const char *path, bool frozen);
    bool (*is_frozen)(struct shell_host *h, const char *path);
    /* Commands of its own (guest/shell/command.h); NULL: no such one. May be NULL itself. */
    const struct shell_command *(*command)(struct shell_host *h, const char *name);
};

/* Whether a script can be run at all; false: *ret_why says what the shell does not have. A script
 * with a mistake can be run: up to it. */
bool shell_check(struct arena *a, const char *script, bool bash, const char **ret_why);
/* Runs it until it ends or pauses. */
void shell_run(struct arena *a, struct shell_host *host, struct shell_run *r);
/* What a machine has in a file that nobody wrote yet (/etc/passwd, /etc/group); NULL: nothing. */
const char *shell_system_file(const char *path);
/* Whether a script's first line or the system makes it one for bash. */
bool shell_is_bash(const char *script, const char *system);
/* A shell that runs nothing, as a user in his folder: for programs that serve files, which meet
 * them by command.h as he does. It lives in the arena. NULL: there is no such user. */
struct shell *shell_of_user(struct arena *a, struct shell_host *host, const char *user,
                            const char *folder);
/* Output as AWS shows it: valid UTF-8, cut at so many bytes. */
const char *shell_visible_output(struct arena *a, const struct buffer *p, size_t most);

#endif
