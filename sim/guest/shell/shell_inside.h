/* What the parts of the shell share: guest/shell/shell.c runs steps, shell_words.c expands words,
 * shell_suspend.c keeps it while it pauses, shell_files.c and shell_system.c are the commands. */
#ifndef GUEST_SHELL_INSIDE_H
#define GUEST_SHELL_INSIDE_H

#include "guest/ext4.h"
#include "guest/shell/shell.h"
#include "guest/shell/shell_parse.h"

/* Bytes that grow. */
struct buffer {
    char *at;
    size_t n, room;
};

void buffer_add(struct arena *a, struct buffer *p, const void *bytes, size_t n);
const char *buffer_text(struct arena *a, struct buffer *p);

struct variable {
    const char *name, *value;
};

struct for_loop {
    struct list words; /* const char * */
    size_t next;
};

struct shell {
    struct call *c;
    struct arena *a; /* c->a */
    const struct instance *i;
    struct shell_run *r;
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

/* Counts against SHELL_MAX_BYTES. */
void shell_spend(struct shell *sh, size_t bytes);
void shell_say(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void shell_complain(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same with the script's name and line before it, as the shell itself complains. */
void shell_protest(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *shell_variable(struct shell *sh, const char *name); /* NULL: not set */
void shell_set(struct shell *sh, const char *name, const char *value);
void shell_unset(struct shell *sh, const char *name);

/* Words as arguments: variables, fields, patterns. */
void shell_expand(struct shell *sh, const struct list *words, struct list *ret);
/* One word as one text. */
const char *shell_expand_one(struct shell *sh, const struct word *w);

/* A path as the guest knows it: absolute, without . and .. */
const char *shell_path(struct shell *sh, const char *written);
/* What is there (NULL: nothing) and whether it is a folder. */
const struct dir_entry *shell_look(struct shell *sh, const char *path);
/* Names in a folder (struct dir_entry). */
void shell_list(struct shell *sh, const char *path, struct list *ret);
/* Each returns NULL or what is wrong, in the words of the C library. */
const char *shell_write(struct shell *sh, const char *path, const void *bytes, size_t n);
const char *shell_append(struct shell *sh, const char *path, const void *bytes, size_t n);
const char *shell_can_write(struct shell *sh, const char *path);

#define NO_ENTRY "No such file or directory"
#define IS_DIRECTORY "Is a directory"
#define NOT_DIRECTORY "Not a directory"

struct shell_command {
    const char *name;
    int64_t (*run)(struct shell *sh, size_t n, const char *const *words); /* words[0]: the name */
};

/* Tables end with a NULL name. */
extern const struct shell_command shell_file_commands[], shell_system_commands[];
const struct shell_command *shell_command_named(const char *name);
/* The shell as text, for the time in which it pauses, and back. */
const char *shell_suspend(const struct shell *sh);
void shell_resume(struct shell *sh, const char *state);
/* Output as it is shown. */
const char *shell_visible_output(struct shell *sh, const struct buffer *p, size_t most);

/* Runs one command by its words; "not found" is 127. */
int64_t shell_execute(struct shell *sh, size_t n, const char *const *words);

#endif
