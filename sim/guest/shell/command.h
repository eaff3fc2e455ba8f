/* What a command of a guest's shell is written with: its declaration, what it reads and says, the
 * files it meets, and how it takes time.
 *
 * A command is a function, a declaration at the foot of its file, COMMAND(name, ...), and a line in
 * a table of contents: shell/commands.def for what needs the shell alone, guest/guest_commands.def
 * for what knows the instance as well. All that it sees of the machine are the functions below; who
 * may do what with a file is decided there. What they give lives in the call's arena. */
#ifndef GUEST_COMMAND_H
#define GUEST_COMMAND_H

#include "base/buffer.h"
#include "base/list.h"
#include "base/value.h"
#include "guest/dir_entry.h"

struct shell; /* a process: the shell that runs the command, and the command itself */
struct shell_host;

struct shell_command {
    const char *name;
    /* words[0] is the name; gives the exit status. */
    int64_t (*run)(struct shell *sh, size_t n, const char *const *words);
    bool builtin; /* of the shell itself: no file stands for it */
};

/* COMMAND(apt_get, "apt-get", run_apt_get); and the line COMMAND(apt_get) in the .def */
#define COMMAND(id, text, function)                                                                \
    const struct shell_command shell_command_##id = { .name = (text), .run = (function) }
#define BUILTIN(id, text, function)                                                                \
    const struct shell_command shell_command_##id = { .name = (text),                              \
                                                      .run = (function),                           \
                                                      .builtin = true }

/* ---- Around it ---- */

struct arena *shell_arena(struct shell *sh);
struct shell_host *shell_machine(struct shell *sh);
int64_t shell_now(struct shell *sh); /* virtual ms */

struct shell_user {
    const char *name, *home, *login; /* login: its shell */
    int64_t uid, gid;
    struct list groups; /* int64_t, beside gid */
};
/* Who runs it; root may do everything. */
const struct shell_user *shell_user(struct shell *sh);
/* By name or number, from the guest's /etc/passwd and /etc/group; false: there is none. */
bool shell_user_named(struct shell *sh, const char *name, struct shell_user *ret);
bool shell_group_named(struct shell *sh, const char *name, int64_t *ret_gid);
/* NULL: no such name, and the number stands for itself. */
const char *shell_user_name(struct shell *sh, int64_t uid);
const char *shell_group_name(struct shell *sh, int64_t gid);

/* A number below limit, of the machine's own chance. */
uint64_t shell_chance(struct shell *sh, uint64_t limit);

/* A variable of the shell; NULL: not set. */
const char *shell_variable(struct shell *sh, const char *name);
void shell_set(struct shell *sh, const char *name, const char *value);

/* ---- What it says and reads ---- */

void shell_say(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void shell_put(struct shell *sh, const void *bytes, size_t n);
/* A line to standard error. */
void shell_complain(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* All that is left of standard input; a '\0' stands behind it. */
const char *shell_input(struct shell *sh, size_t *ret_n);
/* Counts what is handled: who handles too much is killed. Everything below counts by itself. */
void shell_spend(struct shell *sh, size_t bytes);
/* The script is over, killed, or pauses: a loop in a command ends. */
bool shell_stopped(const struct shell *sh);

/* ---- Files ---- */

#define NO_ENTRY "No such file or directory"
#define IS_DIRECTORY "Is a directory"
#define NOT_DIRECTORY "Not a directory"
#define NOT_PERMITTED "Operation not permitted"
#define DENIED "Permission denied"

/* Paths are as they were written: relative ones lie in the shell's folder, links are followed (but
 * by those that say they do not). What changes or may fail returns NULL, or what is wrong in the
 * words of the C library. */

/* As the guest knows it: absolute, without . and .. and doubled slashes; links are left alone. */
const char *shell_path(struct shell *sh, const char *written);
/* The same once links are followed; NULL: *ret_error says why it leads nowhere. */
const char *shell_resolve(struct shell *sh, const char *written, const char **ret_error);
/* What is there; NULL: nothing. shell_look_link does not follow a link at the end. */
const struct dir_entry *shell_look(struct shell *sh, const char *path);
const struct dir_entry *shell_look_link(struct shell *sh, const char *path);
/* The names in a folder (struct dir_entry), sorted. */
const char *shell_list(struct shell *sh, const char *path, struct list *ret);
/* A whole file, or why not. */
const char *shell_read(struct shell *sh, const char *path, const char **ret, size_t *ret_n);
/* A new file is the user's, with mode 0666 less the umask; one that is there keeps both. */
const char *shell_write(struct shell *sh, const char *path, const void *bytes, size_t n);
const char *shell_append(struct shell *sh, const char *path, const void *bytes, size_t n);
const char *shell_remove(struct shell *sh, const char *path); /* no folder; a link itself */
const char *shell_make_folder(struct shell *sh, const char *path); /* its parent is there */
const char *shell_make_folders(struct shell *sh, const char *path); /* with all above it */
const char *shell_remove_folder(struct shell *sh, const char *path); /* an empty one */
const char *shell_remove_all(struct shell *sh, const char *path); /* a file, or a whole tree */
const char *shell_link(struct shell *sh, const char *target, const char *path);
/* mode: 07777; an owner of -1 stays. */
const char *shell_change_mode(struct shell *sh, const char *path, int64_t mode);
const char *shell_change_owner(struct shell *sh, const char *path, int64_t uid, int64_t gid);
/* 'r', 'w' or 'x': whether the user may. */
bool shell_may(struct shell *sh, const struct dir_entry *e, char what);

/* ---- Time ----
 *
 * A command that takes virtual time says so and returns; what it returns then does not count. When
 * the time has passed it is run again with the same words, and shell_phase is what it said. In
 * between others see the machine as the command left it. */
int64_t shell_phase(struct shell *sh); /* 0 at first */
void shell_pause(struct shell *sh, int64_t ms, int64_t phase);
/* What it wants to know in its next phase, and has it back; NULL: nothing was kept. */
void shell_keep(struct shell *sh, struct value *kept);
const struct value *shell_kept(struct shell *sh);

/* ---- Other commands ---- */

/* Runs one by its words as the shell would, functions aside; not found is 127. Where it pauses
 * (shell_stopped), the command that ran it returns and is run again, and shall get here by the same
 * way: what it needs for that it keeps. */
int64_t shell_execute(struct shell *sh, size_t n, const char *const *words);
/* The command of that name; NULL: none. */
const struct shell_command *shell_command_named(struct shell *sh, const char *name);
/* Halts, reboots or cancels ("halt", "reboot", "cancel") in so many ms. */
void shell_power(struct shell *sh, const char *what, int64_t delay);

/* ---- Options ----
 *
 * Reads them as getopt_long does: `letters` as for getopt ("ab:" b has a value), `names` ends with
 * a NULL name. Gives each option's letter, 0 at the end, '?' after it complained as the tool does
 * (PROGRAM: invalid option -- 'z'). Operands are collected in `rest`, "--" ends the options. */
struct shell_option_name {
    const char *name;
    char letter;
    bool value;
};
struct shell_options {
    struct shell *sh;
    size_t n;
    const char *const *words;
    const char *letters;
    const struct shell_option_name *names; /* may be NULL */
    bool first_operand_ends; /* as POSIX has it: for commands that run commands */
    /* where it stands: */
    size_t at;
    const char *in; /* the letters left of a word */
    const char *value;
    struct list rest; /* const char * */
};
char shell_option(struct shell_options *o);

#endif
