/* The evaluator: simple commands and functions. See shell_state.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_quote.h"

/* ---- What is told of it ---- */

void shell_trace(struct shell *sh, const char *fmt, ...)
{
    const char *prompt = shell_variable(sh, "PS4");
    struct word *w = prompt ? word_parse_text(sh->s->a, prompt, sh->bash) : NULL;
    bool traces = sh->options.trace;
    va_list args;
    sh->options.trace = false;
    prompt = w ? shell_expand_one(sh, w) : "+ ";
    sh->options.trace = traces;
    va_start(args, fmt);
    const char *text = arena_vprintf(sh->s->a, fmt, args);
    va_end(args);
    for (int i = 0; i < sh->substitutions && sh->bash && *prompt; i++)
        shell_write_to(sh, 2, prompt, 1);
    shell_complain(sh, "%s%s", prompt, text);
}

static const char *traced_words(struct shell *sh, const struct list *words)
{
    struct list quoted = { 0 };
    LIST_EACH (const char *, w, words)
        strs_add(sh->s->a, &quoted, sh->bash ? quote_needed(sh->s->a, *w) : *w);
    return strs_join(sh->s->a, &quoted, " ");
}

void shell_judge(struct shell *sh)
{
    if (!sh->status || sh->quiet || shell_stopped(sh))
        return;
    if (sh->bash && !sh->trapping)
        shell_run_traps(sh, "ERR");
    if (sh->options.errexit && !shell_stopped(sh))
        sh->flow = FLOW_EXIT;
}

/* ---- A command at work ---- */

struct running {
    struct list words; /* const char * */
    struct list before; /* struct descriptor: what its redirections hide */
    struct list hidden; /* struct variable: what its assignments hide */
    bool lasting; /* exec: its redirections stay */
};

static void keep_running(struct shell *sh, const struct running *r)
{
    struct value *frame = frame_new(sh);
    keep_texts(sh, frame, "words", &r->words);
    keep_descriptors(sh, frame, "before", &r->before);
    keep_variables(sh, frame, "hidden", &r->hidden);
    frame_put(sh, frame);
}

static void kept_running(struct shell *sh, const struct value *kept, struct running *r)
{
    kept_texts(sh, kept, "words", &r->words);
    kept_descriptors(sh, kept, "before", &r->before);
    kept_variables(sh, kept, "hidden", &r->hidden);
}

static void trace_assignment(struct shell *sh, const struct assignment *set)
{
    const struct variable *v = variable_find(sh, set->name);
    const char *value = v ? variable_value(sh, v) : NULL;
    if (sh->options.trace && !shell_stopped(sh) && value && !set->index && !set->list)
        shell_trace(sh, "%s=%s", set->name, sh->bash ? quote_needed(sh->s->a, value) : value);
}

/* Before a command they are its own: exported, and gone with it. */
static void assign_before(struct shell *sh, const struct node *n, struct running *r)
{
    struct list *locals = sh->locals;
    bool traces = sh->options.trace;
    sh->options.trace &= sh->bash; /* dash tells them with the command */
    LIST_EACH (struct assignment, set, &n->assignments) {
        sh->locals = &r->hidden;
        variable_hide(sh, set->name);
        sh->locals = locals;
        shell_assign(sh, set);
        struct variable *v = variable_find(sh, set->name);
        if (v)
            v->exported = true;
        trace_assignment(sh, set);
    }
    sh->options.trace = traces;
}

/* A command with what is assigned before it. */
static void trace_command(struct shell *sh, const struct node *n, const struct running *r)
{
    struct buffer text = { 0 };
    LIST_EACH (struct assignment, set, &n->assignments) {
        const struct variable *v = variable_find(sh, set->name);
        if (!sh->bash && v && v->value)
            buffer_add_text(sh->s->a, &text, arena_printf(sh->s->a, "%s=%s ", set->name, v->value));
    }
    if (sh->options.trace && !shell_stopped(sh))
        shell_trace(sh, "%s%s", buffer_text(sh->s->a, &text), traced_words(sh, &r->words));
}

static void assign_alone(struct shell *sh, const struct node *n)
{
    LIST_EACH (struct assignment, set, &n->assignments) {
        if (shell_stopped(sh))
            return;
        shell_assign(sh, set);
        trace_assignment(sh, set);
    }
}

/* Without a command: assignments, and files that redirections make. */
static void run_nothing(struct shell *sh, const struct node *n, struct running *r)
{
    int64_t before = sh->status;
    sh->status = 0;
    if (shell_redirect(sh, n, &r->before) == 0) {
        sh->status = before; /* $? is still there to be read */
        assign_alone(sh, n);
        if (!shell_stopped(sh))
            sh->status = sh->substituted >= 0 ? sh->substituted : 0;
    }
}

static void declare_lists(struct shell *sh, const struct node *n)
{
    LIST_EACH (struct word, w, &n->words) {
        if (w->assignment && (w->assignment->list || w->assignment->index))
            shell_assign(sh, w->assignment);
    }
}

static void run_it(struct shell *sh, const struct node *n, struct running *r)
{
    const char *first = *list_at(&r->words, const char *, 0);
    r->lasting = text_is(first, "exec");
    sh->status = shell_run_words(sh, r->words.count, r->words.items);
    if (!shell_stopped(sh) && sh->status == 0)
        declare_lists(sh, n);
}

/* Up to where it can be run; false: it cannot, or it pauses. */
static bool prepare(struct shell *sh, const struct node *n, struct running *r)
{
    shell_expand(sh, &n->words, &r->words);
    if (shell_stopped(sh))
        return false;
    if (!r->words.count) {
        run_nothing(sh, n, r);
        return false;
    }
    if (sh->options.trace && !n->assignments.count)
        shell_trace(sh, "%s", traced_words(sh, &r->words));
    if (shell_redirect(sh, n, &r->before))
        return false;
    assign_before(sh, n, r);
    if (n->assignments.count)
        trace_command(sh, n, r);
    return !shell_stopped(sh);
}

static void close_processes(struct shell *sh, size_t files)
{
    LIST_EACH (struct descriptor, d, &sh->descriptors) {
        if (d->number > 20 && d->number < 64 && d->file >= (int64_t)files)
            d->file = -1;
    }
}

static void undo(struct shell *sh, struct running *r, size_t files)
{
    if (!r->lasting)
        shell_redirect_back(sh, &r->before);
    variables_restore(sh, &r->hidden);
    if (shell_pausing(sh))
        return;
    if (sh->s->files.count > files) {
        shell_flush(sh);
        close_processes(sh, files);
        shell_trim_files(sh, files);
    }
}

void shell_eval_command(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    struct running r = { 0 };
    struct memo_scope m;
    size_t files = sh->s->files.count;
    bool inside = kept && value_get(kept, "words");
    sh->line = n->line;
    if (inside) {
        kept_running(sh, kept, &r);
    } else {
        sh->substituted = -1;
        memo_begin(sh, &m, kept);
        inside = prepare(sh, n, &r);
        struct value *frame = shell_pausing(sh) ? frame_new(sh) : NULL;
        memo_end(sh, &m, frame);
        if (frame)
            frame_put(sh, frame);
    }
    if (inside) {
        run_it(sh, n, &r);
        if (shell_pausing(sh)) {
            keep_running(sh, &r);
            return;
        }
    }
    undo(sh, &r, files);
    if (!shell_stopped(sh)) {
        sh->pipe_status = (struct list){ 0 };
        *list_add(sh->s->a, &sh->pipe_status, int64_t) = sh->status;
        shell_judge(sh);
    }
}

/* ---- Functions ---- */

const struct function *shell_function(struct shell *sh, const char *name)
{
    return LIST_FIND(struct function, &sh->functions, name, name);
}

struct calling {
    struct function function;
    struct list hidden, arguments; /* arguments: the caller's */
    const char *around; /* the function that calls */
};

static void keep_calling(struct shell *sh, const struct calling *c)
{
    struct value *frame = frame_new(sh);
    value_add_int(sh->s->a, frame, "program", (int64_t)c->function.program);
    value_add_int(sh->s->a, frame, "number", (int64_t)c->function.number);
    keep_text(sh, frame, "name", c->function.name, strlen(c->function.name));
    if (c->around)
        keep_text(sh, frame, "around", c->around, strlen(c->around));
    keep_texts(sh, frame, "arguments", &c->arguments);
    keep_variables(sh, frame, "hidden", &c->hidden);
    frame_put(sh, frame);
}

static void kept_calling(struct shell *sh, const struct value *kept, struct calling *c)
{
    size_t n;
    c->function.program = (size_t)kept_number(kept, "program");
    c->function.number = (size_t)kept_number(kept, "number");
    c->function.name = kept_text(sh, kept, "name", &n);
    c->around = value_get(kept, "around") ? kept_text(sh, kept, "around", &n) : NULL;
    kept_texts(sh, kept, "arguments", &c->arguments);
    kept_variables(sh, kept, "hidden", &c->hidden);
}

static int64_t call_function(struct shell *sh, const struct function *f, size_t n,
                             const char *const *words)
{
    const struct value *kept = frame_take(sh);
    struct list *locals = sh->locals;
    struct calling c = { .arguments = sh->arguments, .around = sh->function };
    int loops = sh->loops;
    if (kept) {
        kept_calling(sh, kept, &c);
    } else {
        c.function = *f;
        sh->arguments = (struct list){ (void *)(words + 1), n - 1, n - 1 };
    }
    sh->function = c.function.name;
    sh->locals = &c.hidden;
    sh->loops = 0;
    sh->functions_deep++;
    const struct node *node = shell_numbered(sh->s, c.function.program, c.function.number);
    sh->s->eval(sh, *list_at(&node->nodes, struct node *, 0));
    sh->functions_deep--;
    sh->loops = loops;
    sh->locals = locals;
    if (shell_pausing(sh)) {
        keep_calling(sh, &c);
        return 0;
    }
    sh->function = c.around;
    variables_restore(sh, &c.hidden);
    sh->arguments = c.arguments;
    if (sh->flow == FLOW_RETURN)
        sh->flow = FLOW_ON;
    return sh->status;
}

int64_t shell_run_words(struct shell *sh, size_t n, const char *const *words)
{
    const struct function *f = shell_function(sh, words[0]);
    return f ? call_function(sh, f, n, words) : shell_execute(sh, n, words);
}
