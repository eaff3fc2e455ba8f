/* A running script: its processes, their variables and files, and what they share. The evaluator,
 * the expansion of words and the builtins stand on it. */
#ifndef GUEST_SHELL_STATE_H
#define GUEST_SHELL_STATE_H

#include "base/rng.h"
#include "guest/shell/command.h"
#include "guest/shell/shell.h"
#include "guest/shell/shell_syntax.h"

/* ---- Variables ---- */

enum variable_kind { VARIABLE_PLAIN, VARIABLE_ARRAY, VARIABLE_MAP };

struct item {
    const char *key; /* of a map */
    int64_t index; /* of an array */
    const char *value;
};

struct variable {
    const char *name;
    enum variable_kind kind;
    bool exported, readonly, integer, lower, upper;
    bool set; /* it has a value */
    const char *value; /* PLAIN */
    struct list items; /* struct item: an array's by their index, a map's as they came */
};

struct function {
    const char *name;
    size_t program, number;
};

struct trap {
    const char *signal, *text;
};

/* ---- Open files ---- */

enum file_kind {
    FILE_NOTHING, /* /dev/null */
    FILE_BYTES, /* what was read, put in, or is gathered: a pipe, a file that is read */
    FILE_PATH, /* what is written goes to the end of a file */
    FILE_OUTPUT, /* of the run: standard output or error */
    FILE_INPUT, /* of the run */
    FILE_PROGRAM, /* >( ): bytes that a command is going to read */
};

struct open_file {
    enum file_kind kind;
    const char *path;
    struct buffer bytes; /* PATH: not written yet */
    size_t at; /* how far it was read */
    bool error; /* OUTPUT: standard error */
    size_t program, number; /* PROGRAM: what reads them, with these descriptors */
    int64_t owner, input; /* the process whose end is when it is run; the file that it reads then */
    struct list descriptors; /* struct descriptor */
};

struct descriptor {
    int64_t number, file; /* file: in session.files */
};

/* ---- A process ---- */

enum flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN, FLOW_EXIT };

struct options {
    bool errexit, nounset, trace, pipefail, noglob, noclobber, allexport, noexec, verbose;
    bool nullglob, dotglob, failglob, nocasematch, nocaseglob, globstar, inherit_errexit;
};

struct shell {
    struct session *s;
    /* What a new process gets a copy of: */
    bool bash;
    struct list variables; /* struct variable *, by name */
    struct list functions; /* struct function */
    struct list arguments; /* const char * */
    struct list traps; /* struct trap */
    struct list descriptors; /* struct descriptor */
    struct list pipe_status; /* int64_t */
    const char *name, *folder; /* $0; */
    struct options options;
    int64_t umask, pid, last_background, status, seconds; /* seconds: when it began, ms */
    struct shell_user user;
    size_t option_at, option_in; /* getopts */
    /* Where it is: */
    enum flow flow;
    int64_t levels; /* of break and continue */
    int line, depth, quiet; /* quiet: a failure does not end it under set -e */
    int loops, functions_deep, sourced;
    bool subshell, trapping;
    struct list *locals; /* struct variable: what the function's own names hide; NULL: none */
    struct list *memo; /* struct memo: of the words that are expanded; see shell_expand.h */
    size_t memo_at;
    int64_t substituted; /* status of the last $( ); -1: there was none */
    bool failed; /* an expansion failed: its command is not run */
    const char *function; /* that is run; NULL: none */
    const char *complains_as; /* "eval: ": for its mistakes; NULL: nothing */
    /* The command at hand: */
    int64_t phase, next_phase; /* next_phase: once it paused */
    const struct value *kept;
    struct value *keeps;
    int nested; /* commands that run commands */
    int substitutions; /* $( ) in $( ): how many + set -x shows */
};

/* ---- What processes share ---- */

enum pause_kind {
    PAUSE_NONE,
    PAUSE_SLEEP,
    PAUSE_FROZEN, /* a command is tried again when its file system was thawed */
    PAUSE_INPUT, /* … when more input came */
    PAUSE_CHILD, /* … when something in the background ended */
};

/* What runs beside others: the script itself and what it put into the background. */
struct task {
    struct shell *shell;
    size_t program, number; /* what it runs; the script: the whole program 0 */
    struct list frames; /* struct value *: the way back to where it paused, innermost first */
    enum pause_kind pause;
    int64_t wake;
    bool done, waited, tried, left; /* left: by exit */
    int64_t status;
};

struct fields;

struct session {
    struct arena *a;
    /* What stands above, for those below it. */
    void (*eval)(struct shell *sh, const struct node *n);
    void (*expand_parts)(struct shell *sh, const struct word *w, struct fields *f);
    bool (*arithmetic)(struct shell *sh, const char *text, int64_t *ret);
    const struct shell_command *const *commands; /* NULL ends */
    struct shell_host *host;
    struct shell_run *r;
    struct list programs; /* struct program * */
    struct list files; /* struct open_file * */
    struct list tasks; /* struct task *; the first is the script */
    struct task *task; /* that is at hand */
    enum pause_kind pause; /* it unwinds: everything returns */
    int64_t wake, next_pid;
    struct rng chance;
    size_t input_at;
    bool killed, undone; /* undone: what the paused command said before it paused was taken back */
    size_t steps, bytes;
    bool unwritten; /* something of an open file is not in it yet */
    struct buffer out, err;
};

/* ---- Bounds: shell_bounds.c ---- */

/* It has done too much: `why` is the last that it says. */
void shell_kill(struct shell *sh, const char *why);
/* A step; false: it was the last. */
bool shell_step(struct shell *sh);

/* ---- Variables: shell_variable.c ---- */

struct variable *variable_find(struct shell *sh, const char *name);
struct variable *variable_make(struct shell *sh, const char *name);
/* Sets a plain one, or the first of an array; complains where it may not. -1: it did. */
int variable_set(struct shell *sh, const char *name, const char *value);
int variable_unset(struct shell *sh, const char *name);
/* Of an array or a map by the text of its index; value NULL: it is unset. */
int variable_set_item(struct shell *sh, struct variable *v, const char *index, const char *value);
const char *variable_item(struct shell *sh, const struct variable *v, const char *index);
/* As $name: NULL: not set. */
const char *variable_value(struct shell *sh, const struct variable *v);
/* All values (const char *). */
void variable_values(struct shell *sh, const struct variable *v, struct list *ret);
/* What $ alone has: $?, $#, $1 …; NULL: not set, or none of those. */
const char *variable_special(struct shell *sh, const char *name);
/* Hides the names until the function ends. */
void variable_hide(struct shell *sh, const char *name);
void variables_restore(struct shell *sh, const struct list *hidden);
struct variable *variable_copy(struct arena *a, const struct variable *v);
/* NAME=value of those that are exported. */
void variables_exported(struct shell *sh, struct list *ret);

/* ---- Descriptors and redirections: shell_descriptor.c, shell_redirect.c ---- */

struct descriptor *shell_descriptor(const struct shell *sh, int64_t number); /* NULL: never was */
struct open_file *shell_file(struct shell *sh, int64_t descriptor); /* NULL: not open */
int64_t shell_open(struct shell *sh, enum file_kind kind);
void shell_connect(struct shell *sh, int64_t descriptor, int64_t file); /* file -1: closed */
/* What is written and not yet in its file. */
void shell_flush(struct shell *sh);
/* The next line of a descriptor with its newline; NULL: at its end. more: there may come more. */
const char *shell_read_line(struct shell *sh, int64_t descriptor, char end, size_t *ret_n);
/* At most *ret_n bytes; none: at its end. */
const char *shell_read_some(struct shell *sh, int64_t descriptor, size_t *ret_n);
/* -1: it is not open. */
int shell_write_to(struct shell *sh, int64_t descriptor, const void *bytes, size_t n);
/* Redirections of a node; adds what was there before to `before` (struct descriptor). -1: one
 * failed, and it was said. */
int shell_redirect(struct shell *sh, const struct node *n, struct list *before);
void shell_redirect_back(struct shell *sh, const struct list *before);
/* Runs what >( ) waits for, from this file on. */
void shell_finish_programs(struct shell *sh, size_t from);

/* ---- Saying something: shell_say.c ---- */

/* With the script's name and line before it, as the shell itself complains. */
void shell_protest(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- Options: shell_options.c ---- */

struct option_row {
    char letter; /* 0: by name only */
    const char *name;
    size_t at; /* in struct options */
    bool bash, shopt;
};
extern const struct option_row shell_option_rows[]; /* ends with a NULL name */
extern const char *const shell_idle_shopts[]; /* that make no difference here */
bool *shell_option_at(struct shell *sh, const struct option_row *row);
/* False: not known. */
bool shell_set_letter(struct shell *sh, char letter, bool on);
bool shell_set_option(struct shell *sh, const char *name, bool on, bool shopt);
bool shell_set_flags(struct shell *sh, const char *letters, bool on);

/* ---- Files: shell_file.c ---- */

/* A path that is no file of the disk: /dev/null and the like; false: none of them. */
bool file_special(struct shell *sh, const char *path, struct open_file *ret);
/* Whether a file may be written, created where there is none; NULL, or what is wrong. */
const char *file_may_write(struct shell *sh, const char *written, const char **ret_path,
                           struct dir_entry *ret);
bool file_meets_frozen(struct shell *sh, const char *path);

/* The text of /etc/passwd or /etc/group, or what stands in for it while there is none:
 * shell_user.c. */
const char *user_lines(struct shell *sh, bool of_groups);

/* ---- Running: shell_eval.c and shell_eval_command.c ---- */

void shell_eval(struct shell *sh, const struct node *n);
void shell_eval_command(struct shell *sh, const struct node *n);
bool shell_eval_condition(struct shell *sh, const struct node *n);
/* What a failure means under set -e and for trap ERR. */
void shell_judge(struct shell *sh);
/* Functions first, then commands. */
int64_t shell_run_words(struct shell *sh, size_t n, const char *const *words);
const struct function *shell_function(struct shell *sh, const char *name);
/* What the first line of a script names, and its argument; NULL: it names nothing. */
const char *shell_interpreter(struct arena *a, const char *text, const char **ret_argument);
extern const struct shell_command *const shell_commands[]; /* shell_commands.c */
/* The path under which a command is found; NULL: nowhere. shell_execute.c */
const char *shell_where(struct shell *sh, const char *name);
/* set -x: a line that says what is run. */
void shell_trace(struct shell *sh, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- Programs and processes: shell_process.c ---- */

size_t shell_add_program(struct shell *sh, const char *text, int line);
void shell_eval_program(struct shell *sh, size_t program);
struct node *shell_numbered(struct session *s, size_t program, size_t number);
/* The program that a numbered node stands in. */
size_t shell_program_of(struct session *s, const struct node *n);
/* eval, source and traps: a text run right here. */
void shell_eval_text(struct shell *sh, const char *text, int line);
/* A copy that changes nothing of this one. */
struct shell *shell_fork(struct shell *sh);
/* A process from beginning to end: a node, or a whole program where it is NULL; its traps. */
void shell_live(struct shell *sh, const struct node *n, size_t program);
/* Runs a node in a process of its own; its output is gathered where `ret_out` is not NULL. */
void shell_eval_apart(struct shell *sh, const struct node *n, struct buffer *ret_out);
/* A script as a process: sh FILE, sh -c, and a file that is executed. flags: as of set, may be "".
 */
int64_t shell_run_script(struct shell *sh, const char *text, const char *name, bool bash,
                         const char *flags, size_t n, const char *const *arguments);
/* The same as another user: sudo, su; login: with an environment of that user's own. */
void shell_become(struct shell *sh, const struct shell_user *user, bool login);
void shell_run_traps(struct shell *sh, const char *signal);
void shell_start_task(struct shell *sh, const struct node *n);
/* Files that nobody can reach any more, from this one on, are given up. */
void shell_trim_files(struct shell *sh, size_t from);

/* ---- Pausing: shell_pause.c ----
 *
 * A pause unwinds: each function on the way returns at once, and puts down where it was (a frame).
 * When the script goes on, the same functions are called again from the outermost in, and each
 * takes its frame up. So where a script stands is a list of small values, whatever is nested in
 * what. */
struct value *frame_new(struct shell *sh);
void frame_put(struct shell *sh, struct value *frame);
/* The frame of whoever asks; NULL: it begins. */
const struct value *frame_take(struct shell *sh);
bool shell_pausing(const struct shell *sh);
/* It will be tried again. */
void shell_wait(struct shell *sh, enum pause_kind kind);

/* Texts of any bytes, lists of texts, whole processes as values. */
void keep_text(struct shell *sh, struct value *to, const char *key, const void *bytes, size_t n);
const char *kept_text(struct shell *sh, const struct value *from, const char *key, size_t *ret_n);
void keep_texts(struct shell *sh, struct value *to, const char *key, const struct list *texts);
void kept_texts(struct shell *sh, const struct value *from, const char *key, struct list *ret);
int64_t kept_number(const struct value *from, const char *key);
void keep_descriptors(struct shell *sh, struct value *to, const char *key, const struct list *all);
void kept_descriptors(struct shell *sh, const struct value *from, const char *key,
                      struct list *ret);
void keep_variables(struct shell *sh, struct value *to, const char *key, const struct list *all);
void kept_variables(struct shell *sh, const struct value *from, const char *key, struct list *ret);
void keep_process(struct shell *sh, struct value *to, const struct shell *process);
void kept_process(struct shell *sh, const struct value *from, struct shell *process);
/* The whole session as text, and back. */
const char *session_keep(struct session *s);
void session_recall(struct session *s, const char *state);

#endif
