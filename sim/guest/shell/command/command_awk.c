/* awk at work: rules and statements. See awk.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/awk.h"

static const struct awk_node *child(const struct awk_node *n, size_t i)
{
    return i < n->nodes.count ? *list_at(&n->nodes, struct awk_node *, i) : NULL;
}

static bool is_true(struct awk *w, const struct awk_node *n)
{
    struct awk_value v = awk_evaluate(w, n);
    return awk_is_true(&v);
}

static bool goes_on(const struct awk *w)
{
    return w->flow == AWK_ON && !shell_stopped(w->sh);
}

static void execute(struct awk *w, const struct awk_node *n);

/* ---- print ---- */

static void write_out(struct awk *w, const struct awk_node *n, const char *text, size_t length)
{
    if (!n->output) {
        shell_put(w->sh, text, length);
        return;
    }
    struct awk_value to = awk_evaluate(w, child(n, n->nodes.count - 1));
    const char *path = awk_as_text(w, &to);
    bool begun = strs_have(&w->outputs, path) || text_is(n->output, ">>");
    const char *why =
        begun ? shell_append(w->sh, path, text, length) : shell_write(w->sh, path, text, length);
    strs_add(w->a, &w->outputs, path);
    if (why) {
        shell_complain(w->sh, "awk: cannot open \"%s\" for output (%s)", path, why);
        w->flow = AWK_EXITS;
        w->status = 2;
    }
}

static void print(struct awk *w, const struct awk_node *n)
{
    size_t count = n->nodes.count - (n->output != NULL);
    struct awk_value *values = arena_array(w->a, struct awk_value, count + 1);
    struct buffer out = { 0 };
    for (size_t i = 0; i < count; i++)
        values[i] = awk_evaluate(w, child(n, i));
    if (n->formatted) {
        const char *text = awk_format(w, count, values);
        write_out(w, n, text, strlen(text));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (i)
            buffer_add_text(w->a, &out, awk_as_text(w, &awk_variable(w, "OFS")->value));
        buffer_add_text(w->a, &out, awk_as_text(w, &values[i]));
    }
    if (!count)
        buffer_add_text(w->a, &out, w->line);
    buffer_add_text(w->a, &out, awk_as_text(w, &awk_variable(w, "ORS")->value));
    write_out(w, n, out.at, out.n);
}

/* ---- Statements ---- */

/* After a loop's body: whether it goes on. */
static bool loops(struct awk *w)
{
    if (w->flow == AWK_CONTINUES)
        w->flow = AWK_ON;
    if (w->flow != AWK_BREAKS)
        return goes_on(w);
    w->flow = AWK_ON;
    return false;
}

static void run_for(struct awk *w, const struct awk_node *n)
{
    if (child(n, 0))
        execute(w, child(n, 0));
    while (goes_on(w) && (!child(n, 1) || is_true(w, child(n, 1)))) {
        execute(w, child(n, 3));
        if (!loops(w))
            return;
        if (child(n, 2))
            execute(w, child(n, 2));
        shell_spend(w->sh, 64);
    }
}

static void run_each(struct awk *w, const struct awk_node *n)
{
    struct list keys = { 0 };
    LIST_EACH (struct awk_item, i, &awk_named(w, child(n, 1))->items)
        strs_add(w->a, &keys, i->key);
    LIST_EACH (const char *, key, &keys) {
        struct awk_value v = awk_text(*key);
        v.looks = true;
        awk_store(w, child(n, 0), v);
        execute(w, child(n, 2));
        if (!loops(w))
            return;
    }
}

static void run_while(struct awk *w, const struct awk_node *n)
{
    bool first = n->kind == AWK_DO;
    while (goes_on(w) && (first || is_true(w, child(n, 0)))) {
        execute(w, child(n, 1));
        if (!loops(w))
            return;
        first = false;
        shell_spend(w->sh, 64);
    }
}

static void delete_item(struct awk *w, const struct awk_node *n)
{
    const struct awk_node *place = child(n, 0);
    struct awk_variable *v = awk_named(w, place);
    struct list parts = { 0 };
    if (place->kind != AWK_ITEM) {
        v->items = (struct list){ 0 };
        return;
    }
    for (size_t i = 0; i < place->nodes.count; i++) {
        struct awk_value part = awk_evaluate(w, child(place, i));
        strs_add(w->a, &parts, awk_as_text(w, &part));
    }
    awk_delete(v, strs_join(w->a, &parts, awk_as_text(w, &awk_variable(w, "SUBSEP")->value)));
}

static void jump(struct awk *w, const struct awk_node *n)
{
    struct awk_value v = child(n, 0) ? awk_evaluate(w, child(n, 0)) : awk_text("");
    if (n->kind == AWK_EXIT && child(n, 0))
        w->status = (int64_t)awk_as_number(&v) & 255;
    if (n->kind == AWK_RETURN)
        w->returned = v;
    w->flow = n->kind == AWK_EXIT     ? AWK_EXITS
              : n->kind == AWK_RETURN ? AWK_RETURNS
              : n->kind == AWK_NEXT   ? AWK_NEXTS
              : n->kind == AWK_BREAK  ? AWK_BREAKS
                                      : AWK_CONTINUES;
}

static void execute(struct awk *w, const struct awk_node *n)
{
    if (!goes_on(w))
        return;
    switch (n->kind) {
    case AWK_BLOCK:
        for (size_t i = 0; i < n->nodes.count && goes_on(w); i++)
            execute(w, child(n, i));
        return;
    case AWK_IF:
        if (is_true(w, child(n, 0)))
            execute(w, child(n, 1));
        else if (child(n, 2))
            execute(w, child(n, 2));
        return;
    case AWK_WHILE:
    case AWK_DO:
        run_while(w, n);
        return;
    case AWK_FOR:
        run_for(w, n);
        return;
    case AWK_EACH:
        run_each(w, n);
        return;
    case AWK_PRINT:
        print(w, n);
        return;
    case AWK_DELETE:
        delete_item(w, n);
        return;
    case AWK_VALUE:
        awk_evaluate(w, child(n, 0));
        return;
    default:
        jump(w, n);
    }
}

/* ---- Rules ---- */

static bool rule_takes(struct awk *w, struct awk_rule *rule)
{
    if (!rule->pattern)
        return true;
    if (!rule->end)
        return is_true(w, rule->pattern);
    if (!rule->inside && !is_true(w, rule->pattern))
        return false;
    rule->inside = !is_true(w, rule->end);
    return true;
}

static void run_rules(struct awk *w, bool begins, bool ends)
{
    LIST_EACH (struct awk_rule, rule, &w->program->rules) {
        if (rule->begins != begins || rule->ends != ends || !goes_on(w))
            continue;
        if (begins || ends || rule_takes(w, rule)) {
            if (rule->action)
                execute(w, rule->action);
            else
                shell_say(w->sh, "%s%s", w->line, awk_as_text(w, &awk_variable(w, "ORS")->value));
        }
    }
}

static bool reads(const struct awk_program *p)
{
    LIST_EACH (struct awk_rule, rule, &p->rules) {
        if (!rule->begins)
            return true;
    }
    return false;
}

static int64_t run_program(struct awk *w)
{
    const char *line;
    run_rules(w, true, false);
    while (reads(w->program) && goes_on(w) && awk_next_line(w, &line)) {
        awk_set_line(w, line);
        run_rules(w, false, false);
        if (w->flow == AWK_NEXTS)
            w->flow = AWK_ON;
    }
    if (w->flow == AWK_EXITS && !w->status)
        w->flow = AWK_ON; /* exit runs END, too */
    run_rules(w, false, true);
    return w->status;
}

/* ---- The command ---- */

static void set(struct awk *w, const char *name, const char *text)
{
    struct awk_variable *v = awk_variable(w, name);
    v->value = awk_text(text);
    v->value.looks = true;
    v->unset = false;
}

static void set_up(struct awk *w)
{
    set(w, "FS", " ");
    set(w, "OFS", " ");
    set(w, "ORS", "\n");
    set(w, "RS", "\n");
    set(w, "SUBSEP", "\034");
    awk_variable(w, "NR")->value = awk_number(0);
    awk_variable(w, "FNR")->value = awk_number(0);
    awk_variable(w, "NF")->value = awk_number(0);
    w->line = "";
}

static int set_option(struct awk *w, char c, const char *value, struct list *texts)
{
    const char *equals = strchr(value, '='), *bytes;
    size_t n;
    if (c == 'F')
        set(w, "FS", text_is(value, "t") ? "\t" : awk_unescape(w->a, value, strlen(value)));
    if (c == 'v' && !equals)
        return -1;
    if (c == 'v')
        set(w, arena_strndup(w->a, value, (size_t)(equals - value)),
            awk_unescape(w->a, equals + 1, strlen(equals + 1)));
    if (c != 'f')
        return 0;
    const char *why = shell_read(w->sh, value, &bytes, &n);
    if (why)
        shell_complain(w->sh, "awk: can't open file %s: %s", value, why);
    else
        strs_add(w->a, texts, arena_strndup(w->a, bytes, n));
    return why ? -1 : 0;
}

static void set_environment(struct awk *w)
{
    static const char *const names[] = { "HOME", "USER", "PATH", "LANG", NULL };
    struct awk_variable *v = awk_variable(w, "ENVIRON");
    for (const char *const *name = names; *name; name++) {
        const char *value = shell_variable(w->sh, *name);
        if (value)
            awk_item(w, v, *name, true)->value = awk_text(value);
    }
}

static int64_t run_awk(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "F:v:f:", .first_operand_ends = true
    };
    struct awk w = { .sh = sh, .a = shell_arena(sh), .execute = execute };
    struct list texts = { 0 };
    size_t at = 0;
    set_up(&w);
    for (char c; (c = shell_option(&o));) {
        if (c == '?' || set_option(&w, c, o.value, &texts))
            return 2;
    }
    if (!texts.count && !o.rest.count) {
        shell_complain(sh, "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]");
        return 2;
    }
    if (!texts.count)
        strs_add(w.a, &texts, *list_at(&o.rest, const char *, at++));
    w.program = awk_read(sh, strs_join(w.a, &texts, "\n"));
    if (w.program->error) {
        shell_complain(sh, "awk: %s", w.program->error);
        return 2;
    }
    set_environment(&w);
    w.inputs =
        (struct list){ (const char **)o.rest.items + at, o.rest.count - at, o.rest.count - at };
    return run_program(&w);
}

COMMAND(awk, "awk", run_awk);
COMMAND(gawk, "gawk", run_awk);
