/* The shell at work: steps and redirections. */
#include "guest/shell/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/guest.h"
#include "guest/shell/shell_inside.h"

#define LARGEST_FILE ((size_t)4 << 20)
#define KILLED 137
/* What a question about a file counts as, in bytes. */
#define COST_OF_LOOK 4000
#define COST_OF_LIST 8000
#define MAX_NESTED 16 /* sudo sudo … */

/* ---- Bytes ---- */

void buffer_add(struct arena *a, struct buffer *p, const void *bytes, size_t n)
{
    if (p->n + n + 1 > p->room) {
        size_t room = 2 * (p->n + n) + 64;
        char *larger = arena_alloc(a, room);
        if (p->n)
            memcpy(larger, p->at, p->n);
        p->at = larger;
        p->room = room;
    }
    if (n)
        memcpy(p->at + p->n, bytes, n);
    p->n += n;
    p->at[p->n] = '\0';
}

const char *buffer_text(struct arena *a, struct buffer *p)
{
    buffer_add(a, p, "", 0);
    return p->at;
}

/* ---- Saying something ---- */

/* It has done too much. */
static void kill_script(struct shell *sh, const char *why)
{
    if (!sh->killed)
        buffer_add(sh->a, &sh->err, why, strlen(why));
    sh->killed = sh->over = true;
}

void shell_spend(struct shell *sh, size_t bytes)
{
    sh->bytes += bytes;
    if (sh->bytes > SHELL_MAX_BYTES)
        kill_script(sh, "amisim: killed: a script may handle 16 MiB before it sleeps\n");
}

static void say(struct shell *sh, struct buffer *into, const char *fmt, va_list args)
{
    const char *text = arena_vprintf(sh->a, fmt, args);
    shell_spend(sh, strlen(text));
    buffer_add(sh->a, into, text, strlen(text));
}

void shell_say(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, sh->to_out, fmt, args);
    va_end(args);
}

void shell_complain(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, sh->to_err, fmt, args);
    va_end(args);
    buffer_add(sh->a, sh->to_err, "\n", 1);
}

void shell_protest(struct shell *sh, const char *fmt, ...)
{
    const char *head =
        arena_printf(sh->a, sh->r->bash ? "%s: line %d: " : "%s: %d: ", sh->r->name, sh->line);
    va_list args;
    buffer_add(sh->a, sh->to_err, head, strlen(head));
    va_start(args, fmt);
    say(sh, sh->to_err, fmt, args);
    va_end(args);
    buffer_add(sh->a, sh->to_err, "\n", 1);
}

/* ---- Files ---- */

const char *shell_path(struct shell *sh, const char *written)
{
    struct list parts = { 0 };
    const char *whole =
        *written == '/' ? written : arena_printf(sh->a, "%s/%s", sh->folder, written);
    while (*whole) {
        size_t n = strcspn(whole, "/");
        const char *part = arena_strndup(sh->a, whole, n);
        if (text_is(part, ".."))
            parts.count -= parts.count > 0;
        else if (n && !text_is(part, "."))
            strs_add(sh->a, &parts, part);
        whole += n + (whole[n] == '/');
    }
    return arena_printf(sh->a, "/%s", strs_join(sh->a, &parts, "/"));
}

/* Looks are many: what they need of memory is given back at once. */
const struct dir_entry *shell_look(struct shell *sh, const char *path)
{
    struct arena scratch = { 0 };
    struct call c = *sh->c;
    struct dir_entry seen;
    c.a = &scratch;
    shell_spend(sh, COST_OF_LOOK);
    bool found = !sh->over && guest_look(&c, sh->i, path, &seen);
    struct dir_entry *e = found ? arena_new(sh->a, struct dir_entry) : NULL;
    if (found) {
        *e = seen;
        e->name = arena_strdup(sh->a, seen.name);
    }
    arena_release(&scratch);
    return e;
}

void shell_list(struct shell *sh, const char *path, struct list *ret)
{
    struct arena scratch = { 0 };
    struct list entries = { 0 };
    struct call c = *sh->c;
    c.a = &scratch;
    if (!sh->over)
        guest_list(&c, sh->i, path, &entries);
    shell_spend(sh, COST_OF_LIST + 200 * entries.count);
    LIST_EACH (struct dir_entry, e, &entries) {
        struct dir_entry *kept = list_add(sh->a, ret, struct dir_entry);
        *kept = *e;
        kept->name = arena_strdup(sh->a, e->name);
    }
    arena_release(&scratch);
}

const char *shell_can_write(struct shell *sh, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash == path ? "/" : arena_strndup(sh->a, path, (size_t)(slash - path));
    const struct dir_entry *around = shell_look(sh, folder),
                           *e = around ? shell_look(sh, path) : NULL;
    if (!around)
        return NO_ENTRY;
    if (!around->is_folder)
        return NOT_DIRECTORY;
    if (e && e->is_folder)
        return IS_DIRECTORY;
    sh->frozen |= guest_is_frozen(sh->c, sh->i, path);
    return NULL;
}

const char *shell_write(struct shell *sh, const char *path, const void *bytes, size_t n)
{
    const char *error = shell_can_write(sh, path);
    shell_spend(sh, n);
    if (error || sh->frozen || sh->over)
        return error;
    if (n > LARGEST_FILE)
        return "File too large";
    return guest_write(sh->c, sh->i, path, bytes, n, &error) ? error : NULL;
}

const char *shell_append(struct shell *sh, const char *path, const void *bytes, size_t n)
{
    struct buffer whole = { 0 };
    size_t before = 0;
    const void *old = guest_read(sh->c, sh->i, path, &before);
    shell_spend(sh, before);
    if (old && before <= LARGEST_FILE)
        buffer_add(sh->a, &whole, old, before);
    buffer_add(sh->a, &whole, bytes, n);
    return before > LARGEST_FILE ? "File too large" : shell_write(sh, path, whole.at, whole.n);
}

/* ---- Redirections ---- */

/* Where a file descriptor leads: into one of the piles, and from there perhaps into a file. */
struct sink {
    struct buffer *pile;
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
        sh->in = guest_read(sh->c, sh->i, path, &sh->in_size);
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
        sink.pile = &to->nowhere;
    } else if (text_is(path, "/dev/stdout") || text_is(path, "/dev/stderr")) {
        sink = to->fds[text_is(path, "/dev/stdout") ? 1 : 2];
    } else {
        sink.path = path;
        sink.pile = arena_new(sh->a, struct buffer);
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
    sh->to_out = to->fds[1].pile;
    sh->to_err = to->fds[2].pile;
    return 0;
}

static void write_sinks(struct shell *sh, const struct redirected *to)
{
    for (int fd = 1; fd <= 2; fd++) {
        const struct sink *s = &to->fds[fd];
        bool twice = fd == 2 && s->pile == to->fds[1].pile;
        if (!s->path || !s->pile->n || twice)
            continue;
        const char *why = shell_append(sh, s->path, s->pile->at, s->pile->n);
        if (why) {
            sh->to_err = &sh->err;
            shell_protest(sh, "write error: %s", why);
            sh->status = 1;
        }
    }
}

/* ---- One command ---- */

const struct shell_command *shell_command_named(const char *name)
{
    const struct shell_command *tables[] = { shell_file_commands, shell_system_commands };
    for (size_t t = 0; t < 2; t++) {
        for (const struct shell_command *command = tables[t]; command->name; command++) {
            if (text_is(command->name, name))
                return command;
        }
    }
    return NULL;
}

static int64_t not_found(struct shell *sh, const char *name)
{
    const struct dir_entry *e = strchr(name, '/') ? shell_look(sh, shell_path(sh, name)) : NULL;
    if (e) {
        shell_protest(sh, "%s: %s", name,
                      e->is_folder && sh->r->bash ? IS_DIRECTORY : "Permission denied");
        return 126;
    }
    if (!sh->r->bash)
        shell_protest(sh, "%s: not found", name);
    else if (strchr(name, '/'))
        shell_protest(sh, "%s: " NO_ENTRY, name);
    else
        shell_protest(sh, "%s: command not found", name);
    return 127;
}

int64_t shell_execute(struct shell *sh, size_t n, const char *const *words)
{
    const struct shell_command *command = shell_command_named(words[0]);
    if (sh->nested == MAX_NESTED) {
        shell_protest(sh, "%s: too many commands that run commands", words[0]);
        return 126;
    }
    sh->nested++;
    int64_t status = command ? command->run(sh, n, words) : not_found(sh, words[0]);
    sh->nested--;
    return status;
}

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
        kill_script(sh, "amisim: killed: a script may take 2000 steps before it sleeps\n");
}

/* A command that met a frozen file system has not been: it is tried again. */
static void run_command(struct shell *sh, const struct step *s)
{
    struct buffer read = sh->pipe, out = sh->out, err = sh->err, piped = { 0 };
    struct redirected to = {
        .fds = { [1] = { .pile = s->piped ? &piped : &sh->out }, [2] = { .pile = &sh->err } }
    };
    sh->line = s->line;
    sh->in = read.n ? read.at : "";
    sh->in_size = read.n;
    sh->to_out = to.fds[1].pile;
    sh->to_err = to.fds[2].pile;
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

void shell_run(struct call *c, const struct instance *i, struct shell_run *r)
{
    struct shell sh = { .c = c, .a = c->a, .i = i, .r = r, .folder = r->folder };
    const char *why;
    shell_parse(c->a, r->script, &sh.steps, &why);
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
