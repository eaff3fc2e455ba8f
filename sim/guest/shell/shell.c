/* The shell at work: steps and redirections, over all its parts. */
#include "guest/shell/shell.h"

#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_command.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_parse.h"
#include "guest/shell/shell_suspend.h"

#define KILLED 137

/* ---- Redirections ---- */

/* Where a file descriptor leads: into one of the buffers, and from there perhaps into a file. */
struct sink {
    struct buffer *into;
    const char *path;
    bool append;
};

struct redirected {
    struct sink fds[3];
    struct buffer nowhere;
};

static int no_such_target(struct shell *sh, const char *written, bool reading, const char *why)
{
    bool missing = text_is(why, NO_ENTRY);
    if (sh->r->bash)
        shell_protest(sh, "%s: %s", written, why);
    else if (reading)
        shell_protest(sh, "cannot open %s: %s", written, missing ? "No such file" : why);
    else
        shell_protest(sh, "cannot create %s: %s", written, missing ? "Directory nonexistent" : why);
    sh->status = sh->r->bash ? 1 : 2;
    return -1;
}

static int open_input(struct shell *sh, const char *written)
{
    const char *path = shell_path(sh, written);
    const struct dir_entry *e = shell_look(sh, path);
    sh->in = "";
    sh->in_size = 0;
    if (text_is(written, "/dev/null"))
        return 0;
    if (e && !e->is_folder)
        sh->in = shell_read(sh, path, &sh->in_size);
    shell_spend(sh, sh->in_size);
    if (!e || !sh->in)
        return no_such_target(sh, written, true, e ? IS_DIRECTORY : NO_ENTRY);
    return 0;
}

static int open_output(struct shell *sh, struct redirected *to, const struct redirect *r,
                       const char *written)
{
    struct sink sink = { .append = r->kind == REDIRECT_APPEND };
    const char *path = shell_path(sh, written), *why = NULL;
    if (text_is(path, "/dev/null")) {
        sink.into = &to->nowhere;
    } else if (text_is(path, "/dev/stdout") || text_is(path, "/dev/stderr")) {
        sink = to->fds[text_is(path, "/dev/stdout") ? 1 : 2];
    } else {
        sink.path = path;
        sink.into = arena_new(sh->a, struct buffer);
        why = sink.append ? shell_append(sh, path, "", 0) : shell_write(sh, path, "", 0);
    }
    if (why)
        return no_such_target(sh, written, false, why);
    to->fds[r->fd] = sink;
    if (r->both)
        to->fds[2] = sink;
    return 0;
}

static int redirect(struct shell *sh, const struct step *s, struct redirected *to)
{
    LIST_EACH (struct redirect, r, &s->redirects) {
        if (r->fd > 2 || r->to > 2)
            continue; /* nothing here reads or writes them */
        if (r->kind == REDIRECT_TO_FD) {
            to->fds[r->fd] = to->fds[r->to];
            continue;
        }
        const char *text = shell_expand_one(sh, &r->word);
        if (r->kind == REDIRECT_TEXT) {
            sh->in = text;
            sh->in_size = strlen(text);
        } else if (r->kind == REDIRECT_IN ? open_input(sh, text) : open_output(sh, to, r, text)) {
            return -1;
        }
        if (sh->frozen || sh->over)
            return -1;
    }
    sh->to_out = to->fds[1].into;
    sh->to_err = to->fds[2].into;
    return 0;
}

static void write_sinks(struct shell *sh, const struct redirected *to)
{
    for (int fd = 1; fd <= 2; fd++) {
        const struct sink *s = &to->fds[fd];
        bool twice = fd == 2 && s->into == to->fds[1].into;
        if (!s->path || !s->into->n || twice)
            continue;
        const char *why = shell_append(sh, s->path, s->into->at, s->into->n);
        if (why) {
            sh->to_err = &sh->err;
            shell_protest(sh, "write error: %s", why);
            sh->status = 1;
        }
    }
}

/* ---- One command ---- */

static void assign(struct shell *sh, const struct step *s)
{
    LIST_EACH (struct assignment, set, &s->assignments) {
        const char *value = shell_expand_one(sh, &set->value);
        if (sh->trace)
            shell_complain(sh, "+ %s=%s", set->name, value);
        shell_set(sh, set->name, value);
    }
}

static void run_words(struct shell *sh, const struct step *s)
{
    struct list words = { 0 };
    shell_expand(sh, &s->words, &words);
    if (sh->over)
        return;
    assign(sh, s); /* before a command they stay set, too [guess: nothing here reads them] */
    if (!words.count) {
        sh->status = 0;
        return;
    }
    if (sh->trace)
        shell_complain(sh, "+ %s", strs_join(sh->a, &words, " "));
    sh->status = shell_execute(sh, words.count, words.items);
}

static void count_step(struct shell *sh)
{
    if (++sh->taken > SHELL_MAX_STEPS)
        shell_kill(sh, "amisim: killed: a script may take 2000 steps before it sleeps\n");
}

/* A command that met a frozen file system has not been: it is tried again. */
static void run_command(struct shell *sh, const struct step *s)
{
    struct buffer read = sh->pipe, out = sh->out, err = sh->err, piped = { 0 };
    struct redirected to = {
        .fds = { [1] = { .into = s->piped ? &piped : &sh->out }, [2] = { .into = &sh->err } }
    };
    sh->line = s->line;
    sh->in = read.n ? read.at : "";
    sh->in_size = read.n;
    sh->to_out = to.fds[1].into;
    sh->to_err = to.fds[2].into;
    if (redirect(sh, s, &to) == 0) {
        run_words(sh, s);
        if (!sh->frozen)
            write_sinks(sh, &to);
    }
    if (sh->frozen) {
        sh->out = out;
        sh->err = err;
        return;
    }
    sh->pipe = piped;
    sh->at++;
    if (sh->status && sh->errexit && !s->tolerated)
        sh->over = true;
}

/* ---- Steps ---- */

static void begin_loop(struct shell *sh, const struct step *s)
{
    while (sh->loops.count <= s->loop)
        list_add(sh->a, &sh->loops, struct for_loop);
    struct for_loop *loop = list_at(&sh->loops, struct for_loop, s->loop);
    *loop = (struct for_loop){ 0 };
    shell_expand(sh, &s->words, &loop->words);
    sh->at++;
}

static void next_word(struct shell *sh, const struct step *s)
{
    struct for_loop *loop = list_at(&sh->loops, struct for_loop, s->loop);
    if (loop->next >= loop->words.count) {
        sh->at = s->to;
        return;
    }
    shell_set(sh, s->text, *list_at(&loop->words, const char *, loop->next++));
    sh->at++;
}

static void break_off(struct shell *sh, const struct step *s)
{
    sh->line = s->line;
    sh->to_err = &sh->err;
    if (sh->r->bash && s->text)
        shell_protest(sh, "syntax error near unexpected token `%s'", s->text);
    else if (sh->r->bash)
        shell_protest(sh, "syntax error: unexpected end of file");
    else if (s->text)
        shell_protest(sh, "Syntax error: \"%s\" unexpected", s->text);
    else
        shell_protest(sh, "Syntax error: end of file unexpected");
    sh->status = 2;
    sh->over = true;
}

static void take_step(struct shell *sh, const struct step *s)
{
    count_step(sh);
    if (sh->over)
        return;
    switch (s->kind) {
    case STEP_RUN:
        run_command(sh, s);
        return;
    case STEP_JUMP:
        sh->at = s->to;
        return;
    case STEP_IF_FAILED:
        sh->at = sh->status ? s->to : sh->at + 1;
        return;
    case STEP_IF_OK:
        sh->at = sh->status ? sh->at + 1 : s->to;
        return;
    case STEP_NOT:
        sh->status = !sh->status;
        sh->at++;
        return;
    case STEP_OK:
        sh->status = 0;
        sh->at++;
        return;
    case STEP_LOOP:
        begin_loop(sh, s);
        return;
    case STEP_NEXT:
        next_word(sh, s);
        return;
    case STEP_BROKEN:
        break_off(sh, s);
        return;
    }
}

/* More than can ever be shown is not kept. */
static void shorten(struct buffer *p, size_t most)
{
    if (p->n > most + 1)
        p->n = most + 1;
}

/* ---- The doors ---- */

bool shell_check(struct arena *a, const char *script, const char **ret_why)
{
    struct list steps;
    return shell_parse(a, script, &steps, ret_why);
}

bool shell_is_bash(const char *script, const char *system)
{
    const char *end = strchr(script, '\n');
    size_t n = end ? (size_t)(end - script) : strlen(script);
    if (text_starts(script, "#!"))
        return n >= 4 && strncmp(script + n - 4, "bash", 4) == 0;
    return !text_is(system, "Ubuntu"); /* there sh is dash */
}

void shell_run(struct arena *a, struct shell_host *host, struct shell_run *r)
{
    static const struct shell_command *const commands[] = { shell_file_commands,
                                                            shell_system_commands, NULL };
    struct shell sh = { .a = a, .host = host, .r = r, .commands = commands, .folder = r->folder };
    const char *why;
    shell_parse(a, r->script, &sh.steps, &why);
    shell_resume(&sh, r->state);
    while (!sh.over && !sh.frozen && !sh.pause && sh.at < sh.steps.count) {
        take_step(&sh, list_at(&sh.steps, struct step, sh.at));
        shorten(&sh.out, SHELL_MAX_OUT);
        shorten(&sh.err, SHELL_MAX_ERR);
    }
    r->end = sh.over     ? SHELL_ENDED
             : sh.frozen ? SHELL_WAITS
             : sh.pause  ? SHELL_SLEEPS
                         : SHELL_ENDED;
    r->pause = sh.pause;
    r->status = sh.killed ? KILLED : sh.status;
    r->out = shell_visible_output(&sh, &sh.out, SHELL_MAX_OUT);
    r->err = shell_visible_output(&sh, &sh.err, SHELL_MAX_ERR);
    r->state = r->end == SHELL_ENDED ? NULL : shell_suspend(&sh);
}
