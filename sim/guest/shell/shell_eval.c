/* The evaluator: compound commands. Each function that may pause begins by taking its frame up and
 * ends by putting it down; see shell_state.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_quote.h"

#define DEEPEST 400

static const struct node *child(const struct node *n, size_t i)
{
    return *list_at(&n->nodes, struct node *, i);
}

static int64_t kept_at(const struct value *kept)
{
    return kept ? kept_number(kept, "at") : 0;
}

static void put_at(struct shell *sh, int64_t at)
{
    struct value *frame = frame_new(sh);
    value_add_int(sh->s->a, frame, "at", at);
    frame_put(sh, frame);
}

static void eval_quietly(struct shell *sh, const struct node *n)
{
    sh->quiet++;
    shell_eval(sh, n);
    sh->quiet--;
}

/* ---- Lists ---- */

static void eval_sequence(struct shell *sh, const struct node *n)
{
    size_t at = (size_t)kept_at(frame_take(sh));
    for (; at < n->nodes.count; at++) {
        shell_eval(sh, child(n, at));
        if (shell_pausing(sh))
            put_at(sh, (int64_t)at);
        if (shell_stopped(sh))
            return;
    }
    if (!n->nodes.count)
        sh->status = 0;
}

static void eval_chain(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    for (size_t at = (size_t)kept_at(kept); at < n->nodes.count; at++, kept = NULL) {
        const struct node *one = child(n, at);
        if (at && !kept && one->alternative == !sh->status)
            continue;
        if (at + 1 < n->nodes.count)
            eval_quietly(sh, one);
        else
            shell_eval(sh, one);
        if (shell_pausing(sh))
            put_at(sh, (int64_t)at);
        if (shell_stopped(sh))
            return;
    }
}

static void eval_not(struct shell *sh, const struct node *n)
{
    eval_quietly(sh, child(n, 0));
    if (!shell_stopped(sh))
        sh->status = !sh->status;
}

/* ---- Pipes: one command after the other, each in a process of its own ---- */

struct piping {
    size_t at;
    int64_t input, output; /* files; -1: none */
    struct list statuses; /* int64_t */
};

static void keep_piping(struct shell *sh, const struct piping *p, const struct shell *process)
{
    struct value *frame = frame_new(sh), *all;
    value_add_int(sh->s->a, frame, "at", (int64_t)p->at);
    value_add_int(sh->s->a, frame, "input", p->input);
    value_add_int(sh->s->a, frame, "output", p->output);
    all = value_add_new(sh->s->a, frame, "statuses", VALUE_LIST);
    LIST_EACH (int64_t, status, &p->statuses)
        value_add_int(sh->s->a, all, NULL, *status);
    keep_process(sh, frame, process);
    frame_put(sh, frame);
}

static struct piping kept_piping(struct shell *sh, const struct value *kept)
{
    struct piping p = { .input = -1, .output = -1 };
    if (!kept)
        return p;
    p.at = (size_t)kept_number(kept, "at");
    p.input = kept_number(kept, "input");
    p.output = kept_number(kept, "output");
    const struct value *all = value_get(kept, "statuses");
    for (all = all ? all->first : NULL; all; all = all->next)
        *list_add(sh->s->a, &p.statuses, int64_t) = all->number;
    return p;
}

static void end_pipe(struct shell *sh, const struct piping *p)
{
    int64_t last = *list_at(&p->statuses, int64_t, p->statuses.count - 1);
    for (size_t i = p->statuses.count; !last && sh->options.pipefail && i-- > 0;)
        last = *list_at(&p->statuses, int64_t, i);
    sh->status = last;
    sh->pipe_status = p->statuses;
}

static void eval_pipe(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    struct piping p = kept_piping(sh, kept);
    size_t files = sh->s->files.count;
    for (; p.at < n->nodes.count; p.at++, kept = NULL) {
        struct shell *process = shell_fork(sh);
        if (kept)
            kept_process(sh, kept, process);
        else
            p.output = p.at + 1 < n->nodes.count ? shell_open(sh, FILE_BYTES) : -1;
        if (!kept && p.input >= 0)
            shell_connect(process, 0, p.input);
        if (!kept && p.output >= 0)
            shell_connect(process, 1, p.output);
        shell_live(process, child(n, p.at), 0);
        if (shell_pausing(sh))
            keep_piping(sh, &p, process);
        if (shell_stopped(sh))
            return;
        *list_add(sh->s->a, &p.statuses, int64_t) = process->status;
        p.input = p.output;
    }
    end_pipe(sh, &p);
    shell_trim_files(sh, files);
    shell_judge(sh);
}

/* ---- Conditions and loops ---- */

static void eval_if(struct shell *sh, const struct node *n)
{
    size_t at = (size_t)kept_at(frame_take(sh)), count = n->nodes.count;
    while (at < count) {
        bool condition = at % 2 == 0 && at + 1 < count;
        if (condition)
            eval_quietly(sh, child(n, at));
        else
            shell_eval(sh, child(n, at));
        if (shell_pausing(sh))
            put_at(sh, (int64_t)at);
        if (shell_stopped(sh) || !condition)
            return;
        at += sh->status ? 2 : 1;
    }
    sh->status = 0;
}

/* After a loop's body: whether it goes on. */
static bool loop_goes_on(struct shell *sh)
{
    bool again = sh->flow == FLOW_CONTINUE;
    if (sh->flow != FLOW_BREAK && !again)
        return !shell_stopped(sh);
    if (--sh->levels > 0)
        return false;
    sh->flow = FLOW_ON;
    return again;
}

static void eval_while(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    bool body = kept_at(kept) == 1, until = n->kind == NODE_UNTIL;
    int64_t status = kept ? kept_number(kept, "status") : 0;
    sh->loops++;
    for (;;) {
        if (body)
            shell_eval(sh, child(n, 1));
        else
            eval_quietly(sh, child(n, 0));
        if (shell_pausing(sh)) {
            struct value *frame = frame_new(sh);
            value_add_int(sh->s->a, frame, "at", body);
            value_add_int(sh->s->a, frame, "status", status);
            frame_put(sh, frame);
            break;
        }
        if (!loop_goes_on(sh))
            break;
        if (body)
            status = sh->status;
        else if ((sh->status == 0) == until) {
            sh->status = status;
            break;
        }
        body = !body;
    }
    sh->loops--;
}

static void put_loop(struct shell *sh, size_t at, const struct list *words)
{
    struct value *frame = frame_new(sh);
    value_add_int(sh->s->a, frame, "at", (int64_t)at);
    keep_texts(sh, frame, "words", words);
    frame_put(sh, frame);
}

/* The words of a for or case; -1: it paused or failed there. */
static int expand_here(struct shell *sh, const struct node *n, const struct value *kept,
                       struct list *ret)
{
    struct memo_scope m;
    memo_begin(sh, &m, kept);
    if (n->kind == NODE_CASE)
        strs_add(sh->s->a, ret, shell_expand_one(sh, list_at(&n->words, struct word, 0)));
    else
        shell_expand(sh, &n->words, ret);
    struct value *frame = shell_pausing(sh) ? frame_new(sh) : NULL;
    memo_end(sh, &m, frame);
    if (frame)
        frame_put(sh, frame);
    return shell_stopped(sh) ? -1 : 0;
}

static void eval_for(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    struct list words = { 0 };
    bool inside = kept && value_get(kept, "words");
    size_t at = inside ? (size_t)kept_at(kept) : 0;
    sh->line = n->line;
    if (inside)
        kept_texts(sh, kept, "words", &words);
    else if (n->every)
        words = sh->arguments;
    else if (expand_here(sh, n, kept, &words))
        return;
    sh->loops++;
    if (!words.count)
        sh->status = 0;
    for (; at < words.count; at++, inside = false) {
        if (!inside && sh->bash && sh->options.trace)
            shell_trace(sh, "for %s in %s", n->name, strs_join(sh->s->a, &words, " "));
        if (!inside && variable_set(sh, n->name, *list_at(&words, const char *, at)))
            break;
        shell_eval(sh, child(n, 0));
        if (shell_pausing(sh))
            put_loop(sh, at, &words);
        if (!loop_goes_on(sh))
            break;
    }
    sh->loops--;
}

static bool count_step(struct shell *sh, const struct node *n, size_t which, int64_t *ret)
{
    const char *text = shell_expand_one(sh, list_at(&n->words, struct word, which));
    *ret = 1;
    if (text[strspn(text, " \t\n")] && !shell_arithmetic(sh, text, ret)) {
        sh->status = 1;
        return false;
    }
    return !shell_stopped(sh);
}

static void eval_count(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    int64_t value;
    sh->line = n->line;
    if (!kept && !count_step(sh, n, 0, &value))
        return;
    sh->loops++;
    for (; kept || (count_step(sh, n, 1, &value) && value); kept = NULL) {
        shell_eval(sh, child(n, 0));
        if (shell_pausing(sh))
            put_at(sh, 0);
        if (!loop_goes_on(sh) || !count_step(sh, n, 2, &value) || !shell_step(sh))
            break;
    }
    sh->loops--;
}

static bool branch_takes(struct shell *sh, const struct branch *b, const char *text)
{
    LIST_EACH (struct word, w, &b->patterns) {
        const char *pattern = shell_expand_pattern(sh, w);
        if (shell_stopped(sh))
            return false;
        if (shell_matches(sh, pattern, text))
            return true;
    }
    return false;
}

static void eval_case(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    struct list words = { 0 };
    bool inside = kept && value_get(kept, "words");
    size_t at = inside ? (size_t)kept_at(kept) : 0;
    sh->line = n->line;
    if (inside)
        kept_texts(sh, kept, "words", &words);
    else if (expand_here(sh, n, kept, &words))
        return;
    bool falls = inside, ran = inside;
    for (; at < n->branches.count; at++) {
        const struct branch *b = list_at(&n->branches, struct branch, at);
        if (!falls && !branch_takes(sh, b, *list_at(&words, const char *, 0)))
            continue;
        ran = true;
        if (!b->body)
            sh->status = 0;
        else
            shell_eval(sh, b->body);
        if (shell_pausing(sh))
            put_loop(sh, at, &words);
        if (shell_stopped(sh) || (!b->falls && !b->tests))
            return;
        falls = b->falls;
    }
    if (!ran)
        sh->status = 0;
}

/* ---- The rest ---- */

static void eval_function(struct shell *sh, const struct node *n)
{
    struct function *f = LIST_FIND(struct function, &sh->functions, name, n->name);
    if (!f)
        f = list_add(sh->s->a, &sh->functions, struct function);
    *f = (struct function){ n->name, shell_program_of(sh->s, n), n->number };
    sh->status = 0;
}

/* [[ ]] and (( )) */
static void eval_judgement(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    struct memo_scope m;
    int64_t value = 0;
    bool yes = false;
    sh->line = n->line;
    memo_begin(sh, &m, kept);
    if (n->kind == NODE_TEST) {
        yes = shell_eval_condition(sh, n);
    } else {
        const char *text = shell_expand_one(sh, list_at(&n->words, struct word, 0));
        if (!shell_stopped(sh) && shell_arithmetic(sh, text, &value))
            yes = value != 0;
    }
    struct value *frame = shell_pausing(sh) ? frame_new(sh) : NULL;
    memo_end(sh, &m, frame);
    if (frame) {
        frame_put(sh, frame);
        return;
    }
    if (sh->failed && n->kind == NODE_ARITHMETIC)
        sh->failed = false; /* there it is a status and no more */
    if (shell_stopped(sh))
        return;
    if (sh->status < 2 || n->kind == NODE_ARITHMETIC)
        sh->status = !yes;
    shell_judge(sh);
}

static void eval_time(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    int64_t began = kept ? kept_at(kept) : shell_now(sh);
    if (n->nodes.count)
        shell_eval(sh, child(n, 0));
    if (shell_pausing(sh))
        put_at(sh, began);
    if (shell_stopped(sh))
        return;
    double took = (double)(shell_now(sh) - began) / 1000;
    if (n->every)
        shell_complain(sh, "real %.2f\nuser 0.00\nsys 0.00", took);
    else
        shell_complain(sh, "\nreal\t%dm%.3fs\nuser\t0m0.000s\nsys\t0m0.000s", (int)(took / 60),
                       took - 60 * (int)(took / 60));
}

static void eval_kind(struct shell *sh, const struct node *n)
{
    switch (n->kind) {
    case NODE_COMMAND:
        shell_eval_command(sh, n);
        return;
    case NODE_SEQUENCE:
        eval_sequence(sh, n);
        return;
    case NODE_CHAIN:
        eval_chain(sh, n);
        return;
    case NODE_NOT:
        eval_not(sh, n);
        return;
    case NODE_PIPE:
        eval_pipe(sh, n);
        return;
    case NODE_SUBSHELL:
        shell_eval_apart(sh, child(n, 0), NULL);
        if (!shell_stopped(sh))
            shell_judge(sh);
        return;
    case NODE_GROUP:
        shell_eval(sh, child(n, 0));
        return;
    case NODE_IF:
        eval_if(sh, n);
        return;
    case NODE_WHILE:
    case NODE_UNTIL:
        eval_while(sh, n);
        return;
    case NODE_FOR:
        eval_for(sh, n);
        return;
    case NODE_COUNT:
        eval_count(sh, n);
        return;
    case NODE_CASE:
        eval_case(sh, n);
        return;
    case NODE_FUNCTION:
        eval_function(sh, n);
        return;
    case NODE_TEST:
    case NODE_ARITHMETIC:
        eval_judgement(sh, n);
        return;
    case NODE_BACKGROUND:
        shell_start_task(sh, n);
        return;
    case NODE_TIME:
        eval_time(sh, n);
        return;
    }
}

/* A compound command with redirections of its own. */
static void eval_redirected(struct shell *sh, const struct node *n)
{
    const struct value *kept = frame_take(sh);
    struct list before = { 0 };
    struct memo_scope m;
    size_t files = sh->s->files.count;
    bool inside = kept && value_get(kept, "before");
    int failed = 0;
    sh->line = n->line;
    if (inside) {
        kept_descriptors(sh, kept, "before", &before);
    } else {
        memo_begin(sh, &m, kept);
        failed = shell_redirect(sh, n, &before);
        struct value *frame = shell_pausing(sh) ? frame_new(sh) : NULL;
        memo_end(sh, &m, frame);
        if (frame)
            frame_put(sh, frame);
    }
    if (failed) {
        if (!shell_stopped(sh))
            shell_judge(sh);
        return;
    }
    eval_kind(sh, n);
    if (shell_pausing(sh)) {
        struct value *frame = frame_new(sh);
        keep_descriptors(sh, frame, "before", &before);
        frame_put(sh, frame);
        return;
    }
    shell_redirect_back(sh, &before);
    shell_flush(sh);
    shell_trim_files(sh, files);
}

void shell_eval(struct shell *sh, const struct node *n)
{
    if (shell_stopped(sh) || !shell_step(sh))
        return;
    if (sh->depth >= DEEPEST) {
        shell_kill(sh, "amisim: killed: commands nested too deep\n");
        return;
    }
    sh->depth++;
    if (n->redirects.count && n->kind != NODE_COMMAND && n->kind != NODE_FUNCTION)
        eval_redirected(sh, n);
    else
        eval_kind(sh, n);
    sh->depth--;
}
