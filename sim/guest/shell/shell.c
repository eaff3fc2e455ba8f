/* See shell.h: a script and what it put into the background, from one pause to the next. */
#include "guest/shell/shell.h"

#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"

#define KILLED 137
#define FIRST_PID 4242

/* ---- Its beginning ---- */

static void export(struct shell *sh, const char *name, const char *value)
{
    variable_set(sh, name, value);
    variable_find(sh, name)->exported = true;
}

static void set_environment(struct shell *sh, const struct shell_run *r)
{
    export(sh, "HOME", sh->user.home);
    export(sh, "USER", sh->user.name);
    export(sh, "LOGNAME", sh->user.name);
    export(sh, "SHELL", sh->user.login);
    export(sh, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    export(sh, "PWD", r->folder);
    variable_set(sh, "IFS", " \t\n");
    variable_set(sh, "OPTIND", "1");
    variable_set(sh, "PS4", "+ ");
    LIST_EACH (const char *, one, &r->environment) {
        const char *equals = strchr(*one, '=');
        if (equals)
            export(sh, arena_strndup(sh->s->a, *one, (size_t)(equals - *one)), equals + 1);
    }
}

static void open_standard(struct shell *sh, const struct shell_run *r)
{
    bool reads = r->input || r->input_open;
    shell_connect(sh, 0, shell_open(sh, reads ? FILE_INPUT : FILE_NOTHING));
    shell_connect(sh, 1, shell_open(sh, FILE_OUTPUT));
    shell_connect(sh, 2, shell_open(sh, FILE_OUTPUT));
    shell_file(sh, 2)->error = true;
}

/* The options of its first line: #!/bin/bash -ex */
static void set_first_line(struct shell *sh, const char *script)
{
    const char *argument = "", *program = shell_interpreter(sh->s->a, script, &argument);
    if (program && *argument == '-')
        shell_set_flags(sh, argument + 1, true);
}

static void begin(struct session *s)
{
    struct task *t = arena_new(s->a, struct task);
    struct shell *sh = arena_new(s->a, struct shell);
    *list_add(s->a, &s->tasks, struct task *) = t;
    s->task = t;
    t->shell = sh;
    t->wake = s->host->now;
    sh->s = s;
    sh->bash = s->r->bash;
    sh->name = s->r->name;
    sh->folder = s->r->folder;
    sh->umask = 022;
    sh->pid = s->next_pid++;
    sh->seconds = s->host->now;
    sh->arguments = s->r->arguments;
    sh->next_phase = sh->substituted = -1;
    open_standard(sh, s->r);
    if (!shell_user_named(sh, s->r->user ? s->r->user : "root", &sh->user)
        && !shell_user_named(sh, "0", &sh->user)) /* somebody took root out of the file */
        sh->user = (struct shell_user){ .name = "root", .home = "/root", .login = "/bin/sh" };
    set_environment(sh, s->r);
    set_first_line(sh, s->r->script);
}

/* ---- Tasks ---- */

static bool can_run(const struct session *s, const struct task *t)
{
    if (t->done)
        return false;
    switch (t->pause) {
    case PAUSE_NONE:
        return true;
    case PAUSE_SLEEP:
        return t->wake <= s->host->now;
    case PAUSE_FROZEN:
    case PAUSE_INPUT:
    case PAUSE_CHILD:
        return !t->tried;
    }
    return false;
}

/* Who waited longest. */
static struct task *next_task(const struct session *s)
{
    struct task *next = NULL;
    LIST_EACH (struct task *, t, &s->tasks) {
        if (can_run(s, *t) && (!next || (*t)->wake < next->wake))
            next = *t;
    }
    return next;
}

/* What was waited for may have come. */
static void try_again(struct session *s, enum pause_kind kind)
{
    LIST_EACH (struct task *, t, &s->tasks)
        (*t)->tried &= (*t)->pause != kind;
}

static void run_task(struct session *s, struct task *t)
{
    struct shell *sh = t->shell;
    const struct node *n = NULL;
    bool thawed = s->r->thawed;
    s->task = t;
    s->pause = PAUSE_NONE;
    s->r->thawed = false;
    t->pause = PAUSE_NONE;
    t->tried = true;
    if (t != *list_at(&s->tasks, struct task *, 0))
        n = *list_at(&shell_numbered(s, t->program, t->number)->nodes, struct node *, 0);
    shell_live(sh, n, t->program);
    if (s->r->thawed)
        try_again(s, PAUSE_FROZEN);
    s->r->thawed |= thawed;
    if (shell_pausing(sh)) {
        t->pause = s->pause;
        t->wake = s->pause == PAUSE_SLEEP ? s->wake : s->host->now;
        s->pause = PAUSE_NONE;
        return;
    }
    t->done = true;
    t->status = sh->status;
    try_again(s, PAUSE_CHILD);
}

/* What still says something when the script is over keeps it from being over. */
static bool is_attached(struct session *s, const struct task *t)
{
    LIST_EACH (struct descriptor, d, &t->shell->descriptors) {
        if (d->file >= 0
            && (*list_at(&s->files, struct open_file *, (size_t)d->file))->kind == FILE_OUTPUT)
            return true;
    }
    return false;
}

static bool is_over(struct session *s)
{
    if (s->killed)
        return true;
    if (!(*list_at(&s->tasks, struct task *, 0))->done)
        return false;
    LIST_EACH (struct task *, t, &s->tasks) {
        if (!(*t)->done && is_attached(s, *t) && !s->r->session)
            return false;
    }
    return true;
}

static void run_tasks(struct session *s)
{
    LIST_EACH (struct task *, t, &s->tasks)
        (*t)->tried = false;
    for (struct task *t; !is_over(s) && (t = next_task(s));)
        run_task(s, t);
}

/* ---- How it stands ---- */

static void find_pause(struct session *s, struct shell_run *r)
{
    int64_t wake = INT64_MAX;
    r->end = SHELL_ENDED;
    LIST_EACH (struct task *, t, &s->tasks) {
        if ((*t)->done)
            continue;
        if ((*t)->pause == PAUSE_SLEEP) {
            wake = (*t)->wake < wake ? (*t)->wake : wake;
            r->end = SHELL_SLEEPS;
        } else if (r->end == SHELL_ENDED && (*t)->pause != PAUSE_CHILD) {
            r->end = (*t)->pause == PAUSE_INPUT ? SHELL_READS : SHELL_WAITS;
        }
    }
    r->pause = r->end == SHELL_SLEEPS ? wake - s->host->now : 0;
}

static void tell(struct session *s, struct shell_run *r)
{
    struct task *script = *list_at(&s->tasks, struct task *, 0);
    bool over = is_over(s);
    r->pause = 0;
    shell_flush(script->shell);
    if (over && s->unwritten && !s->killed)
        r->end = SHELL_WAITS; /* what it wrote cannot get into its file yet */
    else if (over)
        r->end = SHELL_ENDED;
    else
        find_pause(s, r);
    r->left = script->left;
    r->state =
        r->end == SHELL_ENDED && (!r->session || r->left || s->killed) ? NULL : session_keep(s);
    if (s->killed)
        r->end = SHELL_ENDED;
    r->status = s->killed ? KILLED : script->shell->status & 255;
    r->out = s->out;
    r->err = s->err;
}

/* A line of a terminal: a program of its own. False: it is not whole. */
static bool read_line(struct session *s, struct shell_run *r)
{
    struct task *script = *list_at(&s->tasks, struct task *, 0);
    if (r->state && !script->done)
        return true; /* it goes on with the one that it was at */
    size_t program = shell_add_program(script->shell, r->script, 1);
    if ((*list_at(&s->programs, struct program *, program))->error_at_end) {
        r->unfinished = true;
        r->end = SHELL_ENDED;
        return false;
    }
    script->program = program;
    script->done = script->left = false;
    script->pause = PAUSE_NONE;
    return true;
}

/* ---- The doors ---- */

bool shell_check(struct arena *a, const char *script, bool bash, const char **ret_why)
{
    *ret_why = program_parse(a, script, bash, 1)->refused;
    return !*ret_why;
}

bool shell_is_bash(const char *script, const char *system)
{
    size_t n = strcspn(script, "\n");
    const char *bash = strstr(script, "bash");
    if (text_starts(script, "#!"))
        return (bash && (size_t)(bash - script) < n)
               || (!text_is(system, "Ubuntu") && !text_is(system, "Debian"));
    return !text_is(system, "Ubuntu") && !text_is(system, "Debian"); /* there sh is dash */
}

/* One that is for a program that is not here. */
static bool has_other_interpreter(struct session *s, struct shell_run *r)
{
    const char *argument, *program = shell_interpreter(s->a, r->script, &argument);
    if (!program || text_ends(program, "sh"))
        return false;
    const char *text = arena_printf(s->a, "%s: %s: bad interpreter: No such file or directory\n",
                                    r->name, program);
    buffer_add_text(s->a, &r->err, text);
    r->end = SHELL_ENDED;
    r->status = 126;
    return true;
}

void shell_run(struct arena *a, struct shell_host *host, struct shell_run *r)
{
    struct session s = { .a = a,
                         .eval = shell_eval,
                         .expand_parts = expand_parts,
                         .arithmetic = shell_arithmetic,
                         .commands = shell_commands,
                         .host = host,
                         .r = r,
                         .next_pid = FIRST_PID,
                         .chance = { host->seed ^ (uint64_t)host->now } };
    const char *state = r->state;
    r->out = r->err = (struct buffer){ 0 };
    r->unfinished = false;
    if (has_other_interpreter(&s, r))
        return;
    *list_add(a, &s.programs, struct program *) =
        program_parse(a, r->session ? "" : r->script, r->bash, 1);
    if (state)
        session_recall(&s, state);
    else
        begin(&s);
    if (r->session && !read_line(&s, r)) {
        r->state = state;
        return;
    }
    run_tasks(&s);
    tell(&s, r);
}

struct shell *shell_of_user(struct arena *a, struct shell_host *host, const char *user,
                            const char *folder)
{
    struct session *s = arena_new(a, struct session);
    struct shell_run *r = arena_new(a, struct shell_run);
    *r = (struct shell_run){ .script = "", .name = "", .user = user, .folder = folder };
    *s = (struct session){ .a = a, .host = host, .r = r, .next_pid = FIRST_PID };
    begin(s);
    return text_is(s->task->shell->user.name, user) ? s->task->shell : NULL;
}

/* ---- What is shown ---- */

/* The length of a UTF-8 character that XML and JSON can carry; 0: there is none. */
static size_t character(const char *s, size_t left)
{
    for (size_t n = 1; n <= 4 && n <= left; n++) {
        if (text_is_xml(s, n))
            return n;
    }
    return 0;
}

/* Cut as the agent cuts it [seen]; what is no text becomes question marks. */
const char *shell_visible_output(struct arena *a, const struct buffer *p, size_t most)
{
    static const char cut[] = "--output truncated--";
    size_t limit = p->n > most ? most - strlen(cut) : p->n;
    struct buffer text = { 0 };
    for (size_t at = 0; at < limit;) {
        size_t n = character(p->at + at, p->n - at);
        if (n && at + n > limit)
            break;
        buffer_add(a, &text, n ? p->at + at : "?", n ? n : 1);
        at += n ? n : 1;
    }
    if (p->n > most)
        buffer_add(a, &text, cut, strlen(cut));
    return buffer_text(a, &text);
}
