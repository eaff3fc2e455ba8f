/* Builtins that say what is run next, and those about what runs beside it. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_quote.h"

/* A number given to a builtin; false: it is none, and it was said. */
static bool number_given(struct shell *sh, const char *builtin, const char *text, int64_t *ret)
{
    if (text_int(text, ret) && (*ret >= 0 || sh->bash))
        return true;
    shell_protest(sh, sh->bash ? "%s: %s: numeric argument required" : "%s: Illegal number: %s",
                  builtin, text);
    return false;
}

static int64_t run_true(struct shell *sh, size_t n, const char *const *words)
{
    (void)sh;
    (void)n;
    (void)words;
    return 0;
}

static int64_t run_false(struct shell *sh, size_t n, const char *const *words)
{
    (void)sh;
    (void)n;
    (void)words;
    return 1;
}

static int64_t run_exit(struct shell *sh, size_t n, const char *const *words)
{
    int64_t status = sh->status;
    if (n > 1 && !number_given(sh, "exit", words[1], &status))
        status = 2;
    sh->flow = FLOW_EXIT;
    sh->s->task->left |= !sh->subshell;
    return status & 255;
}

static int64_t run_return(struct shell *sh, size_t n, const char *const *words)
{
    int64_t status = sh->status;
    if (n > 1 && !number_given(sh, "return", words[1], &status))
        status = 2;
    if (!sh->functions_deep && !sh->sourced && sh->bash) {
        shell_protest(sh, "return: can only `return' from a function or sourced script");
        return 2;
    }
    sh->flow = sh->functions_deep || sh->sourced ? FLOW_RETURN : FLOW_EXIT;
    return status & 255;
}

static int64_t leave_loop(struct shell *sh, size_t n, const char *const *words, enum flow flow)
{
    int64_t levels = 1;
    if (n > 1 && (!number_given(sh, words[0], words[1], &levels) || levels < 1))
        return 1;
    if (!sh->loops) {
        if (sh->bash)
            shell_protest(sh, "%s: only meaningful in a `for', `while', or `until' loop", words[0]);
        return 0;
    }
    sh->levels = levels < sh->loops ? levels : sh->loops;
    sh->flow = flow;
    return 0;
}

static int64_t run_break(struct shell *sh, size_t n, const char *const *words)
{
    return leave_loop(sh, n, words, FLOW_BREAK);
}

static int64_t run_continue(struct shell *sh, size_t n, const char *const *words)
{
    return leave_loop(sh, n, words, FLOW_CONTINUE);
}

static int64_t run_eval(struct shell *sh, size_t n, const char *const *words)
{
    struct list all = { (void *)(words + 1), n - 1, n - 1 };
    shell_eval_text(sh, strs_join(sh->s->a, &all, " "), sh->line);
    return sh->status;
}

/* ---- source ---- */

/* A name without a slash is looked for in PATH, and bash then looks here. */
static const char *sourced_path(struct shell *sh, const char *name)
{
    const char *at = strchr(name, '/') ? NULL : shell_variable(sh, "PATH");
    while (at && *at) {
        size_t n = strcspn(at, ":");
        const char *path = arena_printf(sh->s->a, "%.*s/%s", (int)n, at, name);
        const struct dir_entry *e = shell_look(sh, path);
        if (e && !e->is_folder && !shell_command_named(sh, name))
            return path;
        at += n + (at[n] == ':');
    }
    return name;
}

static int64_t no_source(struct shell *sh, const char *name, const char *why)
{
    if (sh->bash) {
        shell_protest(sh, "%s: %s", name, why);
        return 1;
    }
    shell_protest(sh, ".: cannot open %s: %s", name, text_is(why, NO_ENTRY) ? "No such file" : why);
    sh->flow = FLOW_EXIT;
    return 2;
}

static int64_t run_source(struct shell *sh, size_t n, const char *const *words)
{
    const char *text, *why;
    size_t size;
    struct list around = { 0 };
    if (n < 2) {
        shell_protest(sh, "%s: filename argument required", words[0]);
        return 2;
    }
    why = shell_read(sh, sourced_path(sh, words[1]), &text, &size);
    if (why)
        return no_source(sh, words[1], why);
    if (shell_kept(sh)) {
        kept_texts(sh, shell_kept(sh), "around", &around);
    } else {
        around = sh->arguments;
        if (n > 2)
            sh->arguments = (struct list){ (void *)(words + 2), n - 2, n - 2 };
    }
    shell_eval_text(sh, arena_strndup(sh->s->a, text, size), 1);
    if (shell_pausing(sh)) {
        struct value *kept = frame_new(sh);
        keep_texts(sh, kept, "around", &around);
        shell_keep(sh, kept);
        return 0;
    }
    if (n > 2)
        sh->arguments = around;
    if (sh->flow == FLOW_RETURN)
        sh->flow = FLOW_ON;
    return sh->status;
}

/* ---- exec ---- */

static int64_t run_exec(struct shell *sh, size_t n, const char *const *words)
{
    size_t at = 1;
    if (at < n && text_is(words[at], "--"))
        at++;
    if (at < n && text_is(words[at], "-a"))
        at += 2;
    if (at >= n)
        return 0;
    int64_t status = shell_execute(sh, n - at, words + at);
    if (!shell_pausing(sh))
        sh->flow = FLOW_EXIT;
    return status;
}

/* ---- trap ---- */

static const struct signal_name {
    const char *name;
    int number;
} signals[] = {
    { "EXIT", 0 },  { "HUP", 1 },    { "INT", 2 },     { "QUIT", 3 },  { "ILL", 4 },
    { "TRAP", 5 },  { "ABRT", 6 },   { "FPE", 8 },     { "KILL", 9 },  { "USR1", 10 },
    { "SEGV", 11 }, { "USR2", 12 },  { "PIPE", 13 },   { "ALRM", 14 }, { "TERM", 15 },
    { "CHLD", 17 }, { "CONT", 18 },  { "STOP", 19 },   { "TSTP", 20 }, { "WINCH", 28 },
    { "ERR", -1 },  { "DEBUG", -2 }, { "RETURN", -2 }, { NULL, 0 },
};

static const struct signal_name *signal_named(const char *name)
{
    int64_t number;
    if (text_starts(name, "SIG"))
        name += 3;
    bool numeric = text_int(name, &number);
    for (const struct signal_name *s = signals; s->name; s++) {
        if (numeric ? s->number == number : text_is(s->name, name))
            return s;
    }
    return NULL;
}

static void set_trap(struct shell *sh, const char *signal, const char *text)
{
    struct trap *t = LIST_FIND(struct trap, &sh->traps, signal, signal);
    if (!text) {
        if (t)
            t->signal = "";
        return;
    }
    if (!t)
        t = list_add(sh->s->a, &sh->traps, struct trap);
    *t = (struct trap){ signal, text };
}

static void show_traps(struct shell *sh)
{
    LIST_EACH (struct trap, t, &sh->traps) {
        bool shell_only =
            !*t->signal || text_is(t->signal, "EXIT") || text_is(t->signal, "ERR") || !sh->bash;
        if (*t->signal)
            shell_say(sh, "trap -- %s %s%s\n", quote_single(sh->s->a, t->text),
                      shell_only ? "" : "SIG", t->signal);
    }
}

static int64_t run_trap(struct shell *sh, size_t n, const char *const *words)
{
    size_t at = 1;
    int64_t status = 0, number;
    if (at < n && text_is(words[at], "--"))
        at++;
    if (at >= n || text_is(words[at], "-p")) {
        show_traps(sh);
        return 0;
    }
    bool resets = text_is(words[at], "-") || text_int(words[at], &number);
    const char *text = resets ? NULL : words[at];
    at += !text_int(words[at], &number);
    if (at >= n && !resets) { /* trap SIGNAL */
        text = NULL;
        at--;
    }
    for (; at < n; at++) {
        const struct signal_name *s = signal_named(words[at]);
        if (s && s->number != -2) {
            set_trap(sh, s->name, text);
            continue;
        }
        if (s)
            shell_protest(sh, "trap: %s is not simulated", words[at]);
        else
            shell_protest(
                sh, sh->bash ? "trap: %s: invalid signal specification" : "trap: %s: bad trap",
                words[at]);
        status = 1;
    }
    return status;
}

/* ---- What runs in the background ---- */

static struct task *task_of(struct shell *sh, int64_t pid)
{
    for (size_t i = 1; i < sh->s->tasks.count; i++) {
        struct task *t = *list_at(&sh->s->tasks, struct task *, i);
        if (t->shell->pid == pid)
            return t;
    }
    return NULL;
}

/* wait, for all: true where none of them runs any more. */
static bool all_done(struct shell *sh, struct task **ret_one)
{
    bool done = true;
    *ret_one = NULL;
    for (size_t i = 1; i < sh->s->tasks.count; i++) {
        struct task *t = *list_at(&sh->s->tasks, struct task *, i);
        done &= t->done || t == sh->s->task;
        if (t->done && !t->waited && !*ret_one)
            *ret_one = t;
    }
    return done;
}

static int64_t wait_for_any(struct shell *sh)
{
    struct task *one;
    bool done = all_done(sh, &one);
    if (one) {
        one->waited = true;
        return one->status;
    }
    if (done)
        return 127;
    shell_wait(sh, PAUSE_CHILD);
    return 0;
}

static int64_t run_wait(struct shell *sh, size_t n, const char *const *words)
{
    int64_t status = 0, pid;
    struct task *one;
    if (n > 1 && text_is(words[1], "-n"))
        return wait_for_any(sh);
    if (n == 1 && !all_done(sh, &one))
        shell_wait(sh, PAUSE_CHILD);
    for (size_t at = 1; at < n; at++) {
        const char *text = words[at];
        if (*text == '%')
            text++;
        if (!text_int(text, &pid)) {
            shell_protest(sh, "wait: `%s': not a pid or valid job spec", words[at]);
            return 1;
        }
        struct task *t = *words[at] == '%' && pid > 0 && pid < (int64_t)sh->s->tasks.count
                             ? *list_at(&sh->s->tasks, struct task *, (size_t)pid)
                             : task_of(sh, pid);
        if (!t) {
            if (sh->bash)
                shell_protest(sh, "wait: pid %s is not a child of this shell", text);
            status = 127;
            continue;
        }
        if (!t->done) {
            shell_wait(sh, PAUSE_CHILD);
            return 0;
        }
        t->waited = true;
        status = t->status;
    }
    return status;
}

static void end_task(struct shell *sh, struct task *t, int number)
{
    t->done = true;
    t->status = 128 + number;
    LIST_EACH (struct task *, other, &sh->s->tasks)
        (*other)->tried &= (*other)->pause != PAUSE_CHILD;
}

/* A signal to the shell itself: its trap, or its end. */
static int64_t signal_self(struct shell *sh, const struct signal_name *s)
{
    const struct trap *t = LIST_FIND(struct trap, &sh->traps, signal, s->name);
    if (t && s->number != 9) {
        shell_run_traps(sh, s->name);
        return 0;
    }
    if (s->number == 17 || s->number == 18 || s->number == 28)
        return 0;
    sh->flow = FLOW_EXIT;
    return 128 + s->number;
}

static int64_t run_kill(struct shell *sh, size_t n, const char *const *words)
{
    const struct signal_name *s = signal_named("TERM");
    int64_t status = 0, pid;
    size_t at = 1;
    if (at < n && text_is(words[at], "-s") && at + 1 < n) {
        s = signal_named(words[at + 1]);
        at += 2;
    } else if (at < n && words[at][0] == '-' && words[at][1] && !text_is(words[at], "--")) {
        s = signal_named(words[at++] + 1);
    }
    if (!s) {
        shell_protest(sh, "kill: %s: invalid signal specification", words[at - 1]);
        return 1;
    }
    for (; at < n; at++) {
        struct task *t = text_int(words[at], &pid) ? task_of(sh, pid) : NULL;
        if (text_int(words[at], &pid) && pid == sh->pid)
            status = signal_self(sh, s);
        else if (t && !t->done && s->number)
            end_task(sh, t, s->number);
        else if (!t || t->done) {
            shell_protest(sh, sh->bash ? "kill: (%s) - No such process" : "kill: No such process",
                          words[at]);
            status = 1;
        }
    }
    return status;
}

static int64_t run_jobs(struct shell *sh, size_t n, const char *const *words)
{
    bool pids = n > 1 && text_is(words[1], "-p");
    for (size_t i = 1; i < sh->s->tasks.count; i++) {
        const struct task *t = *list_at(&sh->s->tasks, struct task *, i);
        if (t->done)
            continue;
        if (pids)
            shell_say(sh, "%lld\n", (long long)t->shell->pid);
        else
            shell_say(sh, "[%zu]   Running\n", i);
    }
    return 0;
}

BUILTIN(colon, ":", run_true);
BUILTIN(true, "true", run_true);
BUILTIN(false, "false", run_false);
BUILTIN(exit, "exit", run_exit);
BUILTIN(return, "return", run_return);
BUILTIN(break, "break", run_break);
BUILTIN(continue, "continue", run_continue);
BUILTIN(eval, "eval", run_eval);
BUILTIN(source, "source", run_source);
BUILTIN(dot, ".", run_source);
BUILTIN(exec, "exec", run_exec);
BUILTIN(trap, "trap", run_trap);
BUILTIN(wait, "wait", run_wait);
BUILTIN(kill, "kill", run_kill);
BUILTIN(jobs, "jobs", run_jobs);
BUILTIN(disown, "disown", run_true);
