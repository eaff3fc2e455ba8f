/* Programs, processes, and what runs in the background. See shell_state.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"

#define MOST_TASKS 64

/* ---- Programs ---- */

size_t shell_add_program(struct shell *sh, const char *text, int line)
{
    struct program *p = program_parse(sh->s->a, text, sh->bash, line);
    shell_spend(sh, 16 * strlen(text));
    *list_add(sh->s->a, &sh->s->programs, struct program *) = p;
    return sh->s->programs.count - 1;
}

static struct program *program_at(struct session *s, size_t program)
{
    return *list_at(&s->programs, struct program *, program);
}

struct node *shell_numbered(struct session *s, size_t program, size_t number)
{
    return *list_at(&program_at(s, program)->numbered, struct node *, number);
}

size_t shell_program_of(struct session *s, const struct node *n)
{
    size_t program = 0;
    while (n->number >= program_at(s, program)->numbered.count
           || shell_numbered(s, program, n->number) != n)
        program++;
    return program;
}

/* The line that an error stands on. */
static const char *line_of(struct shell *sh, const struct program *p)
{
    const char *at = p->text;
    for (int line = p->first_line; line < p->error_line && *at; line++)
        at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n');
    return arena_strndup(sh->s->a, at, strcspn(at, "\n"));
}

static void break_off(struct shell *sh, const struct program *p)
{
    const char *error = p->refused ? arena_printf(sh->s->a, "amisim: %s", p->refused) : p->error;
    sh->line = p->refused ? sh->line : p->error_line;
    sh->complains_as = sh->bash && p->first_line > 1 ? "eval: " : NULL;
    shell_protest(sh, "%s", error);
    if (sh->bash && strstr(error, "near unexpected token"))
        shell_protest(sh, "`%s'", line_of(sh, p));
    sh->complains_as = NULL;
    sh->status = 2;
    if (!sh->bash || !sh->sourced)
        sh->flow = FLOW_EXIT;
}

/* A failed word ends what was read together with it, and no more. */
static bool line_failed(struct shell *sh)
{
    if (!sh->failed || sh->s->killed)
        return false;
    sh->failed = false;
    return true;
}

void shell_eval_program(struct shell *sh, size_t program)
{
    const struct value *kept = frame_take(sh);
    const struct program *p = program_at(sh->s, program);
    size_t at = kept ? (size_t)kept_number(kept, "at") : 0;
    for (; at < p->lines.count; at++) {
        sh->s->eval(sh, *list_at(&p->lines, struct node *, at));
        if (shell_pausing(sh)) {
            struct value *frame = frame_new(sh);
            value_add_int(sh->s->a, frame, "at", (int64_t)at);
            frame_put(sh, frame);
            return;
        }
        if (line_failed(sh) && sh->options.errexit)
            sh->flow = FLOW_EXIT;
        if (shell_stopped(sh))
            return;
    }
    if (p->error || p->refused)
        break_off(sh, p);
}

/* What no function stands in is given up when it was run. */
static void give_up_program(struct shell *sh, size_t program)
{
    if (program + 1 == sh->s->programs.count && !program_at(sh->s, program)->numbered.count)
        sh->s->programs.count--;
}

void shell_eval_text(struct shell *sh, const char *text, int line)
{
    const struct value *kept = frame_take(sh);
    size_t program =
        kept ? (size_t)kept_number(kept, "program") : shell_add_program(sh, text, line);
    if (!kept)
        sh->status = program_at(sh->s, program)->lines.count ? sh->status : 0;
    sh->sourced++;
    shell_eval_program(sh, program);
    sh->sourced--;
    if (!shell_pausing(sh)) {
        give_up_program(sh, program);
        return;
    }
    struct value *frame = frame_new(sh);
    value_add_int(sh->s->a, frame, "program", (int64_t)program);
    frame_put(sh, frame);
}

/* ---- Processes ---- */

struct shell *shell_fork(struct shell *sh)
{
    struct arena *a = sh->s->a;
    struct shell *process = arena_new(a, struct shell);
    *process = *sh;
    process->variables = process->descriptors = process->traps = (struct list){ 0 };
    process->functions = (struct list){ 0 };
    LIST_EACH (struct variable *, v, &sh->variables)
        *list_add(a, &process->variables, struct variable *) = variable_copy(a, *v);
    LIST_EACH (struct descriptor, d, &sh->descriptors)
        *list_add(a, &process->descriptors, struct descriptor) = *d;
    LIST_EACH (struct function, f, &sh->functions)
        *list_add(a, &process->functions, struct function) = *f;
    if (sh->locals) {
        process->locals = arena_new(a, struct list);
        LIST_EACH (struct variable, hidden, sh->locals)
            *list_add(a, process->locals, struct variable) = *hidden;
    }
    process->subshell = true;
    process->trapping = false;
    process->memo = NULL;
    process->loops = process->nested = 0;
    process->keeps = NULL;
    process->kept = NULL;
    process->phase = 0;
    process->pid = sh->s->next_pid++;
    shell_spend(sh, sizeof *process + sh->variables.count * sizeof(struct variable));
    return process;
}

void shell_trim_files(struct shell *sh, size_t from)
{
    struct list *files = &sh->s->files;
    while (files->count > from) {
        int64_t last = (int64_t)files->count - 1;
        const struct open_file *file = *list_at(files, struct open_file *, (size_t)last);
        if (file->kind == FILE_PATH && file->bytes.n)
            return;
        LIST_EACH (struct descriptor, d, &sh->descriptors) {
            if (d->file == last)
                return;
        }
        LIST_EACH (struct task *, t, &sh->s->tasks) {
            LIST_EACH (struct descriptor, d, &(*t)->shell->descriptors) {
                if (d->file == last && !(*t)->done)
                    return;
            }
        }
        if (file->kind == FILE_PROGRAM)
            return;
        files->count--;
    }
}

/* What >( ) gathered goes to its command. */
static void finish_programs(struct shell *sh)
{
    const struct value *kept = frame_take(sh);
    size_t at = kept ? (size_t)kept_number(kept, "at") : 0;
    for (; at < sh->s->files.count && !shell_stopped(sh); at++) {
        struct open_file *file = *list_at(&sh->s->files, struct open_file *, at);
        if (file->kind != FILE_PROGRAM || file->owner != sh->pid)
            continue;
        struct shell reader = *sh;
        reader.descriptors = (struct list){ 0 };
        LIST_EACH (struct descriptor, d, &file->descriptors)
            shell_connect(&reader, d->number, d->file);
        if (!kept) {
            file->input = shell_open(sh, FILE_BYTES);
            (*list_at(&sh->s->files, struct open_file *, (size_t)file->input))->bytes = file->bytes;
        }
        shell_connect(&reader, 0, file->input);
        shell_eval_apart(&reader, shell_numbered(sh->s, file->program, file->number), NULL);
        if (shell_pausing(sh)) {
            struct value *frame = frame_new(sh);
            value_add_int(sh->s->a, frame, "at", (int64_t)at);
            frame_put(sh, frame);
            return;
        }
        file->kind = FILE_NOTHING;
        kept = NULL;
    }
}

static void run_exit_trap(struct shell *sh)
{
    bool exits = sh->flow == FLOW_EXIT;
    sh->flow = FLOW_ON;
    shell_run_traps(sh, "EXIT");
    if (exits && !sh->s->pause)
        sh->flow = FLOW_EXIT;
}

void shell_live(struct shell *sh, const struct node *n, size_t program)
{
    const struct value *kept = frame_take(sh);
    int64_t stage = kept ? kept_number(kept, "stage") : 0;
    if (stage == 0 && n)
        sh->s->eval(sh, n);
    else if (stage == 0)
        shell_eval_program(sh, program);
    if (!sh->s->pause && stage == 0) {
        if (sh->failed)
            sh->failed = false;
        stage = 1;
    }
    if (stage == 1 && !sh->s->pause && !sh->s->killed) {
        run_exit_trap(sh);
        stage += !sh->s->pause;
    }
    if (stage == 2 && !sh->s->pause && !sh->s->killed) {
        int64_t status = sh->status;
        sh->flow = FLOW_ON;
        finish_programs(sh);
        sh->status = status;
    }
    if (!shell_pausing(sh)) {
        sh->flow = FLOW_ON;
        shell_flush(sh);
        return;
    }
    struct value *frame = frame_new(sh);
    value_add_int(sh->s->a, frame, "stage", stage);
    frame_put(sh, frame);
}

/* A frame that holds a process. */
static void put_process(struct shell *sh, const struct shell *process, int64_t number)
{
    struct value *frame = frame_new(sh);
    value_add_int(sh->s->a, frame, "number", number);
    keep_process(sh, frame, process);
    frame_put(sh, frame);
}

void shell_eval_apart(struct shell *sh, const struct node *n, struct buffer *ret_out)
{
    const struct value *kept = frame_take(sh);
    struct shell *process = shell_fork(sh);
    size_t files = sh->s->files.count;
    int64_t output = kept ? kept_number(kept, "number") : ret_out ? shell_open(sh, FILE_BYTES) : -1;
    if (kept)
        kept_process(sh, kept, process);
    if (!kept && ret_out) {
        shell_connect(process, 1, output);
        process->substitutions++;
        if (sh->bash && !sh->options.inherit_errexit)
            process->options.errexit = false;
    }
    shell_live(process, n, 0);
    if (shell_pausing(sh)) {
        put_process(sh, process, output);
        return;
    }
    sh->status = process->status;
    if (ret_out)
        *ret_out = (*list_at(&sh->s->files, struct open_file *, (size_t)output))->bytes;
    shell_trim_files(sh, files);
}

/* Only what was exported is there for another program. */
static void keep_exported(struct shell *process)
{
    struct list all = process->variables;
    process->variables = (struct list){ 0 };
    LIST_EACH (struct variable *, v, &all) {
        if ((*v)->exported && (*v)->set)
            *list_add(process->s->a, &process->variables, struct variable *) = *v;
    }
    process->functions = (struct list){ 0 };
    process->locals = NULL;
    process->function = NULL;
    process->options = (struct options){ 0 };
    process->quiet = process->functions_deep = process->sourced = process->substitutions = 0;
    process->subshell = false;
    process->option_at = process->option_in = 0;
    process->seconds = shell_now(process);
}

int64_t shell_run_script(struct shell *sh, const char *text, const char *name, bool bash,
                         const char *flags, size_t n, const char *const *arguments)
{
    const struct value *kept = frame_take(sh);
    struct shell *process = shell_fork(sh);
    size_t files = sh->s->files.count, program;
    keep_exported(process);
    process->bash = bash;
    if (kept) {
        program = (size_t)kept_number(kept, "number");
        kept_process(sh, kept, process);
    } else {
        process->name = name;
        process->arguments = (struct list){ (void *)arguments, n, n };
        process->status = 0;
        if (!shell_set_flags(process, flags, true)) {
            shell_complain(sh, "%s: -%s: invalid option", bash ? "bash" : "sh", flags);
            return 2;
        }
        program = shell_add_program(process, text, 1);
    }
    shell_live(process, NULL, program);
    if (shell_pausing(sh)) {
        put_process(sh, process, (int64_t)program);
        return 0;
    }
    give_up_program(sh, program);
    shell_trim_files(sh, files);
    return process->status;
}

void shell_become(struct shell *sh, const struct shell_user *user, bool login)
{
    const char *const values[][2] = { { "HOME", user->home },
                                      { "USER", user->name },
                                      { "LOGNAME", user->name },
                                      { "SHELL", user->login } };
    sh->user = *user;
    for (size_t i = 0; login && i < sizeof values / sizeof *values; i++) {
        variable_set(sh, values[i][0], values[i][1]);
        variable_find(sh, values[i][0])->exported = true;
    }
}

/* ---- In the background ---- */

void shell_start_task(struct shell *sh, const struct node *n)
{
    if (sh->s->tasks.count >= MOST_TASKS) {
        shell_protest(sh, "fork: retry: Resource temporarily unavailable");
        sh->status = 254;
        return;
    }
    struct task *t = arena_new(sh->s->a, struct task);
    t->shell = shell_fork(sh);
    t->shell->quiet = 0;
    t->program = shell_program_of(sh->s, n);
    t->number = n->number;
    t->wake = shell_now(sh);
    shell_connect(t->shell, 0, shell_open(sh, FILE_NOTHING));
    *list_add(sh->s->a, &sh->s->tasks, struct task *) = t;
    sh->last_background = t->shell->pid;
    sh->status = 0;
}

/* ---- Traps ---- */

void shell_run_traps(struct shell *sh, const char *signal)
{
    const struct trap *t = LIST_FIND(struct trap, &sh->traps, signal, signal);
    if (!t || !*t->text)
        return;
    const struct value *kept = frame_take(sh);
    int64_t status = kept ? kept_number(kept, "status") : sh->status;
    bool around = sh->trapping;
    sh->trapping = true;
    shell_eval_text(sh, t->text, 1);
    sh->trapping = around;
    if (shell_pausing(sh)) {
        struct value *frame = frame_new(sh);
        value_add_int(sh->s->a, frame, "status", status);
        frame_put(sh, frame);
    } else if (sh->flow == FLOW_ON) {
        sh->status = status;
    }
}
