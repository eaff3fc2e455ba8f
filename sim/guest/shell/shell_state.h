/* A running script: what it has said, its variables, the files it sees, the command at hand. The
 * commands and the expansion of words stand on it; it knows none of them. */
#ifndef GUEST_SHELL_STATE_H
#define GUEST_SHELL_STATE_H

#include "base/buffer.h"
#include "base/list.h"
#include "guest/dir_entry.h"
#include "guest/shell/shell.h"

struct shell;

struct shell_command {
    const char *name;
    int64_t (*run)(struct shell *sh, size_t n, const char *const *words); /* words[0]: the name */
};

struct variable {
    const char *name, *value; /* value NULL: unset */
};

struct for_loop {
    struct list words; /* const char * */
    size_t next;
};

struct shell {
    struct arena *a;
    struct shell_host *host;
    struct shell_run *r;
    const struct shell_command *const *commands; /* tables that end with a NULL name; NULL ends */
    struct list steps;
    /* Kept while it pauses: */
    size_t at;
    int64_t status;
    const char *folder;
    bool errexit, nounset, trace;
    struct list variables, loops;
    struct buffer out, err, pipe;
    /* The command at hand: */
    int line;
    struct buffer *to_out, *to_err;
    const char *in;
    size_t in_size;
    int nested; /* commands that run commands */
    bool over; /* the script ends after it */
    bool killed; /* because it did too much */
    bool frozen; /* it wants to write where nothing can be written: it is tried again */
    int64_t pause; /* ms; 0: none */
    size_t taken, bytes; /* steps, and bytes handled, since it began or slept */
};

/* It has done too much: `why` is the last that it says. */
void shell_kill(struct shell *sh, const char *why);
/* Counts against SHELL_MAX_BYTES. */
void shell_spend(struct shell *sh, size_t bytes);
void shell_say(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void shell_complain(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same with the script's name and line before it, as the shell itself complains. */
void shell_protest(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *shell_variable(struct shell *sh, const char *name); /* NULL: not set */
void shell_set(struct shell *sh, const char *name, const char *value);
void shell_unset(struct shell *sh, const char *name);

/* A path as the guest knows it: absolute, without . and .. */
const char *shell_path(struct shell *sh, const char *written);
/* What is there (NULL: nothing) and whether it is a folder. */
const struct dir_entry *shell_look(struct shell *sh, const char *path);
/* Names in a folder (struct dir_entry). */
void shell_list(struct shell *sh, const char *path, struct list *ret);
/* A whole file; NULL: there is none. */
const void *shell_read(struct shell *sh, const char *path, size_t *ret_n);
/* Each returns NULL or what is wrong, in the words of the C library. */
const char *shell_write(struct shell *sh, const char *path, const void *bytes, size_t n);
const char *shell_append(struct shell *sh, const char *path, const void *bytes, size_t n);
const char *shell_can_write(struct shell *sh, const char *path);
/* Whether the command has to wait because the file system of a path is frozen. */
bool shell_meets_frozen(struct shell *sh, const char *path);

#define NO_ENTRY "No such file or directory"
#define IS_DIRECTORY "Is a directory"
#define NOT_DIRECTORY "Not a directory"

const struct shell_command *shell_command_named(const struct shell *sh, const char *name);
/* Runs one command by its words; "not found" is 127. */
int64_t shell_execute(struct shell *sh, size_t n, const char *const *words);

#endif
