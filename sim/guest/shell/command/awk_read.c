/* awk's grammar. See awk.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/awk_token.h"

static struct awk_node *read_expression(struct awk_reading *r);
static struct awk_node *read_statement(struct awk_reading *r);
static struct awk_node *read_unary(struct awk_reading *r);

static struct awk_node *node(struct awk_reading *r, enum awk_kind kind, const char *text)
{
    struct awk_node *n = arena_new(r->a, struct awk_node);
    n->kind = kind;
    n->text = text;
    return n;
}

static void add(struct awk_reading *r, struct awk_node *to, struct awk_node *n)
{
    *list_add(r->a, &to->nodes, struct awk_node *) = n;
}

static struct awk_node *two(struct awk_reading *r, enum awk_kind kind, const char *text,
                            struct awk_node *left, struct awk_node *right)
{
    struct awk_node *n = node(r, kind, text);
    add(r, n, left);
    add(r, n, right);
    return n;
}

/* ---- Expressions, from the strongest ---- */

static void read_list(struct awk_reading *r, struct awk_node *to, const char *end)
{
    awk_skip_breaks(r);
    while (!awk_token_is(r, end) && r->kind != T_END) {
        add(r, to, read_expression(r));
        awk_skip_breaks(r);
        if (!awk_token_eat(r, ","))
            break;
        awk_skip_breaks(r);
    }
    awk_expect(r, end);
}

static struct awk_node *read_name(struct awk_reading *r)
{
    struct awk_node *n = node(r, AWK_NAME, r->text);
    for (size_t i = 0; r->parameters && i < r->parameters->count; i++) {
        if (text_is(*list_at(r->parameters, const char *, i), r->text))
            n->slot = i + 1;
    }
    awk_advance(r);
    if (awk_token_is(r, "[")) {
        awk_advance(r);
        n->kind = AWK_ITEM;
        read_list(r, n, "]");
        r->divides = true;
    }
    return n;
}

static struct awk_node *read_call(struct awk_reading *r)
{
    struct awk_node *n = node(r, AWK_CALL, r->text);
    if (text_is(r->text, "system"))
        r->program->error = "amisim: system() is not simulated";
    awk_advance(r);
    awk_expect(r, "(");
    read_list(r, n, ")");
    return n;
}

static struct awk_node *read_getline(struct awk_reading *r)
{
    struct awk_node *n = node(r, AWK_GETLINE, NULL);
    awk_advance(r);
    if (r->kind == T_NAME && !awk_token_is_word(r, "in"))
        add(r, n, read_name(r));
    else
        add(r, n, NULL);
    if (awk_token_eat(r, "<")) {
        bool greater = r->no_greater;
        r->no_greater = true;
        struct awk_node *file = r->kind == T_TEXT ? node(r, AWK_TEXT, r->text) : NULL;
        if (file)
            awk_advance(r);
        else
            file = read_name(r);
        add(r, n, file);
        r->no_greater = greater;
    }
    return n;
}

static struct awk_node *read_group(struct awk_reading *r)
{
    bool in = r->no_in, greater = r->no_greater;
    r->no_in = r->no_greater = false;
    awk_advance(r);
    struct awk_node *n = node(r, AWK_LIST, NULL);
    read_list(r, n, ")");
    r->no_in = in;
    r->no_greater = greater;
    return n->nodes.count == 1 && !awk_token_is_word(r, "in")
               ? *list_at(&n->nodes, struct awk_node *, 0)
               : n;
}

static struct awk_node *read_value(struct awk_reading *r)
{
    const char *error;
    struct awk_node *n;
    switch (r->kind) {
    case T_NUMBER:
        n = node(r, AWK_NUMBER, NULL);
        n->number = r->number;
        awk_advance(r);
        return n;
    case T_TEXT:
        n = node(r, AWK_TEXT, r->text);
        awk_advance(r);
        return n;
    case T_REGEX:
        n = node(r, AWK_REGEX, r->text);
        n->pattern = posix_pattern_new(r->a, POSIX_AWK, r->text, 0, NULL, NULL, &error);
        if (!n->pattern)
            r->program->error = error;
        awk_advance(r);
        return n;
    case T_CALL:
        return read_call(r);
    case T_NAME:
        if (awk_token_is_word(r, "getline"))
            return read_getline(r);
        if (awk_token_is_word(r, "length"))
            return awk_advance(r), node(r, AWK_CALL, "length");
        return read_name(r);
    default:
        break;
    }
    if (awk_token_is(r, "("))
        return read_group(r);
    awk_wrong(r);
    return node(r, AWK_NUMBER, NULL);
}

static struct awk_node *read_primary(struct awk_reading *r)
{
    bool up = awk_token_is(r, "++"), down = awk_token_is(r, "--");
    struct awk_node *n;
    if (++r->depth > AWK_DEEPEST) {
        awk_wrong(r);
        return node(r, AWK_NUMBER, NULL);
    }
    if (up || down) {
        n = node(r, AWK_STEP, r->text);
        awk_advance(r);
        add(r, n, read_primary(r));
    } else if (awk_token_eat(r, "$")) {
        n = node(r, AWK_FIELD, NULL);
        bool steps = awk_token_is(r, "++") || awk_token_is(r, "--");
        add(r, n,
            steps                   ? read_primary(r)
            : awk_token_eat(r, "-") ? two(r, AWK_SUM, "-", node(r, AWK_NUMBER, NULL), read_value(r))
                                    : read_value(r));
        if (awk_token_is(r, "++") || awk_token_is(r, "--")) {
            struct awk_node *step = node(r, AWK_STEP, r->text);
            step->after = true;
            add(r, step, n);
            awk_advance(r);
            n = step;
        }
    } else {
        n = read_value(r);
        bool place = n->kind == AWK_NAME || n->kind == AWK_ITEM;
        if (place && (awk_token_is(r, "++") || awk_token_is(r, "--"))) {
            struct awk_node *step = node(r, AWK_STEP, r->text);
            step->after = true;
            add(r, step, n);
            awk_advance(r);
            n = step;
        }
    }
    r->divides = true;
    r->depth--;
    return n;
}

static struct awk_node *read_power(struct awk_reading *r)
{
    struct awk_node *left = read_primary(r);
    if (!awk_token_is(r, "^") && !awk_token_is(r, "**"))
        return left;
    awk_advance(r);
    return two(r, AWK_SUM, "^", left, read_unary(r));
}

static struct awk_node *read_unary(struct awk_reading *r)
{
    enum awk_kind kind = awk_token_is(r, "!")   ? AWK_NOT
                         : awk_token_is(r, "-") ? AWK_MINUS
                                                : AWK_PLUS;
    if (!awk_token_is(r, "!") && !awk_token_is(r, "-") && !awk_token_is(r, "+"))
        return read_power(r);
    struct awk_node *n = node(r, kind, NULL);
    if (++r->depth > AWK_DEEPEST)
        awk_wrong(r);
    awk_advance(r);
    add(r, n, read_unary(r));
    r->depth--;
    return n;
}

static struct awk_node *read_product(struct awk_reading *r)
{
    struct awk_node *left = read_unary(r);
    while (awk_token_is(r, "*") || awk_token_is(r, "/") || awk_token_is(r, "%")) {
        const char *sign = r->text;
        awk_advance(r);
        left = two(r, AWK_SUM, sign, left, read_unary(r));
    }
    return left;
}

static struct awk_node *read_sum(struct awk_reading *r)
{
    struct awk_node *left = read_product(r);
    while (awk_token_is(r, "+") || awk_token_is(r, "-")) {
        const char *sign = r->text;
        awk_advance(r);
        left = two(r, AWK_SUM, sign, left, read_product(r));
    }
    return left;
}

static bool begins_value(const struct awk_reading *r)
{
    if (r->kind == T_NAME || r->kind == T_CALL)
        return !awk_token_is_word(r, "in") && !awk_token_is_word(r, "getline");
    return r->kind == T_NUMBER || r->kind == T_TEXT || r->kind == T_REGEX || awk_token_is(r, "$")
           || awk_token_is(r, "!") || awk_token_is(r, "(") || awk_token_is(r, "-")
           || awk_token_is(r, "+") || awk_token_is(r, "++") || awk_token_is(r, "--");
}

static struct awk_node *read_join(struct awk_reading *r)
{
    struct awk_node *left = read_sum(r);
    while (begins_value(r) && !r->program->error)
        left = two(r, AWK_JOIN, NULL, left, read_sum(r));
    return left;
}

static struct awk_node *read_comparison(struct awk_reading *r)
{
    struct awk_node *left = read_join(r);
    bool compares = awk_token_is(r, "<") || awk_token_is(r, "<=") || awk_token_is(r, "==")
                    || awk_token_is(r, "!=") || awk_token_is(r, ">=")
                    || (awk_token_is(r, ">") && !r->no_greater);
    if (!compares)
        return left;
    const char *sign = r->text;
    awk_advance(r);
    return two(r, AWK_COMPARE, sign, left, read_join(r));
}

static struct awk_node *read_match(struct awk_reading *r)
{
    struct awk_node *left = read_comparison(r);
    while (awk_token_is(r, "~") || awk_token_is(r, "!~")) {
        bool negated = awk_token_is(r, "!~");
        awk_advance(r);
        left = two(r, AWK_MATCH, NULL, left, read_comparison(r));
        left->negated = negated;
    }
    while (awk_token_is_word(r, "in") && !r->no_in) {
        awk_advance(r);
        struct awk_node *n = read_name(r);
        left = two(r, AWK_IN, NULL, left, n);
    }
    return left;
}

static struct awk_node *read_and(struct awk_reading *r)
{
    struct awk_node *left = read_match(r);
    while (awk_token_eat(r, "&&")) {
        awk_skip_breaks(r);
        left = two(r, AWK_AND, NULL, left, read_match(r));
    }
    return left;
}

static struct awk_node *read_or(struct awk_reading *r)
{
    struct awk_node *left = read_and(r);
    while (awk_token_eat(r, "||")) {
        awk_skip_breaks(r);
        left = two(r, AWK_OR, NULL, left, read_and(r));
    }
    return left;
}

static struct awk_node *read_choice(struct awk_reading *r)
{
    struct awk_node *left = read_or(r);
    if (!awk_token_eat(r, "?"))
        return left;
    struct awk_node *n = node(r, AWK_CHOICE, NULL);
    add(r, n, left);
    add(r, n, read_expression(r));
    awk_expect(r, ":");
    add(r, n, read_expression(r));
    return n;
}

static struct awk_node *read_expression(struct awk_reading *r)
{
    static const char *const assigns[] = { "=", "+=", "-=", "*=", "/=", "%=", "^=", "**=", NULL };
    if (++r->depth > AWK_DEEPEST)
        awk_wrong(r);
    struct awk_node *left = read_choice(r);
    bool place = left->kind == AWK_NAME || left->kind == AWK_ITEM || left->kind == AWK_FIELD;
    if (place && r->kind == T_SIGN && text_any(r->text, assigns)) {
        const char *sign = r->text;
        awk_advance(r);
        awk_skip_breaks(r);
        left = two(r, AWK_ASSIGN, sign, left, read_expression(r));
    }
    r->depth--;
    return left;
}

/* ---- Statements ---- */

static struct awk_node *read_print(struct awk_reading *r)
{
    struct awk_node *n = node(r, AWK_PRINT, NULL);
    n->formatted = awk_token_is_word(r, "printf");
    awk_advance(r);
    r->no_greater = true;
    while (r->kind != T_NEWLINE && r->kind != T_END && !awk_token_is(r, ";")
           && !awk_token_is(r, "}") && !awk_token_is(r, ">") && !awk_token_is(r, ">>")
           && !awk_token_is(r, "|")) {
        add(r, n, read_expression(r));
        if (!awk_token_eat(r, ","))
            break;
        awk_skip_breaks(r);
    }
    r->no_greater = false;
    const struct awk_node *only =
        n->nodes.count == 1 ? *list_at(&n->nodes, struct awk_node *, 0) : NULL;
    if (only && only->kind == AWK_LIST)
        n->nodes = only->nodes;
    if (awk_token_is(r, ">") || awk_token_is(r, ">>")) {
        n->output = r->text;
        awk_advance(r);
        add(r, n, read_join(r));
    } else if (awk_token_is(r, "|")) {
        r->program->error = "amisim: print | is not simulated";
    }
    return n;
}

static struct awk_node *read_simple(struct awk_reading *r)
{
    struct awk_node *n;
    if (awk_token_is_word(r, "print") || awk_token_is_word(r, "printf"))
        return read_print(r);
    if (awk_token_is_word(r, "delete")) {
        n = node(r, AWK_DELETE, NULL);
        awk_advance(r);
        add(r, n, read_name(r));
        return n;
    }
    n = node(r, AWK_VALUE, NULL);
    add(r, n, read_expression(r));
    return n;
}

static struct awk_node *read_block(struct awk_reading *r)
{
    struct awk_node *n = node(r, AWK_BLOCK, NULL);
    awk_expect(r, "{");
    awk_skip_newlines(r);
    while (!awk_token_is(r, "}") && r->kind != T_END) {
        add(r, n, read_statement(r));
        awk_skip_newlines(r);
    }
    awk_expect(r, "}");
    return n;
}

static struct awk_node *read_body(struct awk_reading *r)
{
    awk_skip_breaks(r);
    if (awk_token_eat(r, ";"))
        return node(r, AWK_BLOCK, NULL);
    return read_statement(r);
}

static struct awk_node *read_for(struct awk_reading *r)
{
    struct awk_node *n = node(r, AWK_FOR, NULL), *first = NULL;
    awk_advance(r);
    awk_expect(r, "(");
    if (!awk_token_is(r, ";")) {
        r->no_in = true;
        first = read_simple(r);
        r->no_in = false;
    }
    if (awk_token_is_word(r, "in") && first) {
        n->kind = AWK_EACH;
        add(r, n, *list_at(&first->nodes, struct awk_node *, 0));
        awk_advance(r);
        add(r, n, read_name(r));
        awk_expect(r, ")");
        add(r, n, read_body(r));
        return n;
    }
    add(r, n, first);
    awk_expect(r, ";");
    add(r, n, awk_token_is(r, ";") ? NULL : read_expression(r));
    awk_expect(r, ";");
    add(r, n, awk_token_is(r, ")") ? NULL : read_simple(r));
    awk_expect(r, ")");
    add(r, n, read_body(r));
    return n;
}

static struct awk_node *read_if(struct awk_reading *r)
{
    struct awk_node *n = node(r, AWK_IF, NULL);
    awk_advance(r);
    awk_expect(r, "(");
    add(r, n, read_expression(r));
    awk_expect(r, ")");
    add(r, n, read_body(r));
    struct awk_reading before = *r;
    awk_skip_newlines(r);
    if (!awk_token_is_word(r, "else")) {
        *r = before;
        return n;
    }
    awk_advance(r);
    add(r, n, read_body(r));
    return n;
}

static struct awk_node *read_while(struct awk_reading *r)
{
    struct awk_node *n = node(r, awk_token_is_word(r, "do") ? AWK_DO : AWK_WHILE, NULL),
                    *body = NULL;
    bool first = n->kind == AWK_DO;
    awk_advance(r);
    if (first) {
        body = read_body(r);
        awk_skip_newlines(r);
        if (!awk_token_is_word(r, "while"))
            awk_wrong(r);
        awk_advance(r);
    }
    awk_expect(r, "(");
    add(r, n, read_expression(r));
    awk_expect(r, ")");
    add(r, n, first ? body : read_body(r));
    return n;
}

static struct awk_node *read_statement(struct awk_reading *r)
{
    static const struct {
        const char *word;
        enum awk_kind kind;
    } jumps[] = { { "next", AWK_NEXT },
                  { "break", AWK_BREAK },
                  { "continue", AWK_CONTINUE },
                  { "exit", AWK_EXIT },
                  { "return", AWK_RETURN } };
    struct awk_node *n = NULL;
    if (++r->depth > AWK_DEEPEST)
        awk_wrong(r);
    if (awk_token_is(r, "{"))
        n = read_block(r);
    else if (awk_token_is_word(r, "if"))
        n = read_if(r);
    else if (awk_token_is_word(r, "while") || awk_token_is_word(r, "do"))
        n = read_while(r);
    else if (awk_token_is_word(r, "for"))
        n = read_for(r);
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps && !n; i++) {
        if (!awk_token_is_word(r, jumps[i].word))
            continue;
        n = node(r, jumps[i].kind, NULL);
        awk_advance(r);
        bool valued = jumps[i].kind == AWK_EXIT || jumps[i].kind == AWK_RETURN;
        if (valued && r->kind != T_NEWLINE && r->kind != T_END && !awk_token_is(r, ";")
            && !awk_token_is(r, "}"))
            add(r, n, read_expression(r));
    }
    if (!n)
        n = read_simple(r);
    r->depth--;
    return n;
}

static void read_function(struct awk_reading *r)
{
    struct awk_function f = { 0 };
    awk_advance(r);
    f.name = r->text;
    awk_advance(r);
    awk_expect(r, "(");
    while (r->kind == T_NAME) {
        strs_add(r->a, &f.parameters, r->text);
        awk_advance(r);
        if (!awk_token_eat(r, ","))
            break;
        awk_skip_breaks(r);
    }
    awk_expect(r, ")");
    awk_skip_breaks(r);
    r->parameters = &f.parameters;
    f.body = read_block(r);
    r->parameters = NULL;
    *list_add(r->a, &r->program->functions, struct awk_function) = f;
}

static void read_rule(struct awk_reading *r)
{
    struct awk_rule rule = { .begins = awk_token_is_word(r, "BEGIN"),
                             .ends = awk_token_is_word(r, "END") };
    if (rule.begins || rule.ends)
        awk_advance(r);
    else if (!awk_token_is(r, "{")) {
        rule.pattern = read_expression(r);
        if (awk_token_eat(r, ","))
            rule.end = read_expression(r);
    }
    if (awk_token_is(r, "{"))
        rule.action = read_block(r);
    *list_add(r->a, &r->program->rules, struct awk_rule) = rule;
}

struct awk_program *awk_read(struct shell *sh, const char *text)
{
    struct awk_program *p = arena_new(shell_arena(sh), struct awk_program);
    struct awk_reading r = { .sh = sh, .a = shell_arena(sh), .program = p, .at = text };
    shell_spend(sh, 100 * strlen(text));
    awk_advance(&r);
    for (;;) {
        awk_skip_newlines(&r);
        if (r.kind == T_END || p->error)
            return p;
        if (awk_token_is_word(&r, "function") || awk_token_is_word(&r, "func"))
            read_function(&r);
        else
            read_rule(&r);
    }
}
