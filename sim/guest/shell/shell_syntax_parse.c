/* The grammar. See shell_syntax_parser.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_syntax_parser.h"

static struct node *read_and_or(struct parser *p);
static struct node *read_list(struct parser *p);
static struct node *read_command(struct parser *p);

struct node *parser_node(struct parser *p, enum node_kind kind)
{
    struct node *n = arena_new(p->a, struct node);
    n->kind = kind;
    n->line = p->token.line;
    return n;
}

static void add_node(struct parser *p, struct node *to, struct node *n)
{
    *list_add(p->a, &to->nodes, struct node *) = n;
}

/* A word or an operator that has to stand here; is read. */
static void expect(struct parser *p, const char *what)
{
    if ((p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_OPERATOR)
        && text_is(p->token.text, what)) {
        parser_advance(p);
        return;
    }
    if (p->broken)
        return;
    parser_break(p);
    if (!p->bash)
        p->program->error = arena_printf(p->a, "%s (expecting \"%s\")", p->program->error, what);
}

/* ---- Lists ---- */

static bool list_ends(const struct parser *p)
{
    static const char *const words[] = { "then", "else", "elif", "fi", "do",
                                         "done", "esac", "}",    NULL };
    static const char *const operators[] = { ")", ";;", ";&", ";;&", NULL };
    if (p->broken || p->token.kind == TOKEN_END)
        return true;
    if (p->token.kind == TOKEN_OPERATOR)
        return text_any(p->token.text, operators);
    return p->token.kind == TOKEN_WORD && p->token.text && text_any(p->token.text, words);
}

/* What stands before & runs beside the rest. */
static struct node *in_background(struct parser *p, struct node *body)
{
    struct node *n = parser_numbered(p, parser_node(p, NODE_BACKGROUND));
    add_node(p, n, body);
    return n;
}

/* Commands up to a word or an operator that ends them; at least one. */
static struct node *read_list(struct parser *p)
{
    struct node *list = parser_node(p, NODE_SEQUENCE);
    parser_skip_newlines(p);
    if (list_ends(p))
        parser_break(p);
    while (!list_ends(p)) {
        struct node *n = read_and_or(p);
        if (parser_is(p, "&"))
            n = in_background(p, n);
        add_node(p, list, n);
        if (!parser_is(p, "&") && !parser_is(p, ";") && p->token.kind != TOKEN_NEWLINE)
            break;
        parser_advance(p);
        parser_skip_newlines(p);
    }
    return list;
}

static struct node *read_pipeline(struct parser *p)
{
    if (parser_is_word(p, "!")) {
        struct node *not = parser_node(p, NODE_NOT);
        parser_advance(p);
        if (!parser_deeper(p))
            return not ;
        add_node(p, not, read_pipeline(p));
        p->depth--;
        return not ;
    }
    if (p->bash && parser_is_word(p, "time")) {
        struct node *timed = parser_node(p, NODE_TIME);
        parser_advance(p);
        timed->every = parser_is_word(p, "-p");
        if (timed->every)
            parser_advance(p);
        if (!list_ends(p) && p->token.kind != TOKEN_NEWLINE && !parser_is(p, ";")
            && parser_deeper(p)) {
            add_node(p, timed, read_pipeline(p));
            p->depth--;
        }
        return timed;
    }
    struct node *first = read_command(p), *pipe = NULL;
    while (parser_is(p, "|") || parser_is(p, "|&")) {
        if (!pipe) {
            pipe = parser_node(p, NODE_PIPE);
            add_node(p, pipe, first);
        }
        if (parser_is(p, "|&")) {
            struct node *last = *list_at(&pipe->nodes, struct node *, pipe->nodes.count - 1);
            struct redirect *r = list_add(p->a, &last->redirects, struct redirect);
            struct part *one = list_add(p->a, &r->word.parts, struct part);
            r->kind = REDIRECT_COPY;
            r->fd = 2;
            one->text = "1";
        }
        parser_advance(p);
        parser_skip_newlines(p);
        add_node(p, pipe, read_command(p));
    }
    return pipe ? pipe : first;
}

static struct node *read_and_or(struct parser *p)
{
    struct node *first = read_pipeline(p), *chain = NULL;
    while (parser_is(p, "&&") || parser_is(p, "||")) {
        bool alternative = parser_is(p, "||");
        if (!chain) {
            chain = parser_node(p, NODE_CHAIN);
            add_node(p, chain, first);
        }
        parser_advance(p);
        parser_skip_newlines(p);
        struct node *next = read_pipeline(p);
        next->alternative = alternative;
        add_node(p, chain, next);
    }
    return chain ? chain : first;
}

static struct node *read_nested(struct parser *p)
{
    struct token before = p->token;
    struct node *list = parser_node(p, NODE_SEQUENCE);
    if (!parser_deeper(p))
        return list;
    parser_advance(p);
    parser_skip_newlines(p);
    if (!parser_is(p, ")"))
        list = read_list(p);
    if (!p->broken && p->token.kind == TOKEN_END) {
        p->token = before;
        parser_break_at_end(p, ")");
    } else if (!parser_is(p, ")")) {
        parser_break(p);
    }
    p->token = before;
    p->depth--;
    return list;
}

static struct node *read_all(struct parser *p)
{
    struct token before = p->token;
    struct node *list = parser_node(p, NODE_SEQUENCE);
    parser_advance(p);
    parser_skip_newlines(p);
    if (p->token.kind != TOKEN_END)
        list = read_list(p);
    if (p->token.kind != TOKEN_END)
        parser_break(p);
    p->token = before;
    return list;
}

/* ---- Compound commands ---- */

static struct node *read_if(struct parser *p)
{
    struct node *n = parser_node(p, NODE_IF);
    do {
        parser_advance(p);
        add_node(p, n, read_list(p));
        expect(p, "then");
        add_node(p, n, read_list(p));
    } while (parser_is_word(p, "elif"));
    if (parser_is_word(p, "else")) {
        parser_advance(p);
        add_node(p, n, read_list(p));
    }
    expect(p, "fi");
    return n;
}

static void read_do(struct parser *p, struct node *n)
{
    if (p->bash && parser_is_word(p, "{")) {
        parser_advance(p);
        add_node(p, n, read_list(p));
        expect(p, "}");
        return;
    }
    expect(p, "do");
    add_node(p, n, read_list(p));
    expect(p, "done");
}

static struct node *read_while(struct parser *p)
{
    struct node *n = parser_node(p, parser_is_word(p, "while") ? NODE_WHILE : NODE_UNTIL);
    parser_advance(p);
    add_node(p, n, read_list(p));
    read_do(p, n);
    return n;
}

/* Three expressions; the second parenthesis that opens was not read yet. */
static struct node *read_count(struct parser *p, struct node *n)
{
    n->kind = NODE_COUNT;
    p->at++;
    for (int i = 0; i < 3; i++) {
        parser_read_word(p, IN_COUNT, true, list_add(p->a, &n->words, struct word));
        if (p->broken || *p->at != (i < 2 ? ';' : ')')) {
            parser_break(p);
            return n;
        }
        p->at++;
    }
    if (*p->at != ')')
        parser_break(p);
    p->at += *p->at == ')';
    parser_advance(p);
    if (parser_is(p, ";"))
        parser_advance(p);
    parser_skip_newlines(p);
    read_do(p, n);
    return n;
}

static struct node *read_for(struct parser *p)
{
    struct node *n = parser_node(p, NODE_FOR);
    parser_advance(p);
    if (p->bash && parser_is(p, "(") && *p->at == '(')
        return read_count(p, n);
    if (p->token.kind != TOKEN_WORD || !p->token.text
        || p->token.text[shell_name_length(p->token.text)] || !*p->token.text) {
        parser_break(p);
        return n;
    }
    n->name = p->token.text;
    n->every = true;
    parser_advance(p);
    parser_skip_newlines(p);
    if (parser_is_word(p, "in")) {
        n->every = false;
        for (parser_advance(p); p->token.kind == TOKEN_WORD; parser_advance(p))
            *list_add(p->a, &n->words, struct word) = p->token.word;
        if (!parser_is(p, ";") && p->token.kind != TOKEN_NEWLINE)
            parser_break(p);
    }
    if (parser_is(p, ";"))
        parser_advance(p);
    parser_skip_newlines(p);
    read_do(p, n);
    return n;
}

static void read_branch(struct parser *p, struct node *n)
{
    struct branch *b = list_add(p->a, &n->branches, struct branch);
    if (parser_is(p, "("))
        parser_advance(p);
    for (;;) {
        if (p->token.kind != TOKEN_WORD) {
            parser_break(p);
            return;
        }
        *list_add(p->a, &b->patterns, struct word) = p->token.word;
        parser_advance(p);
        if (!parser_is(p, "|"))
            break;
        parser_advance(p);
    }
    expect(p, ")");
    parser_skip_newlines(p);
    if (!list_ends(p) || p->token.kind == TOKEN_END)
        b->body = read_list(p);
    b->falls = parser_is(p, ";&");
    b->tests = parser_is(p, ";;&");
    if (parser_is(p, ";;") || b->falls || b->tests)
        parser_advance(p);
    else if (!parser_is_word(p, "esac"))
        parser_break(p);
    parser_skip_newlines(p);
}

static struct node *read_case(struct parser *p)
{
    struct node *n = parser_node(p, NODE_CASE);
    parser_advance(p);
    if (p->token.kind != TOKEN_WORD) {
        parser_break(p);
        return n;
    }
    *list_add(p->a, &n->words, struct word) = p->token.word;
    parser_advance(p);
    parser_skip_newlines(p);
    expect(p, "in");
    parser_skip_newlines(p);
    while (!p->broken && !parser_is_word(p, "esac"))
        read_branch(p, n);
    expect(p, "esac");
    return n;
}

static struct node *read_group(struct parser *p, enum node_kind kind, const char *end)
{
    struct node *n = parser_node(p, kind);
    parser_advance(p);
    add_node(p, n, read_list(p));
    expect(p, end);
    return n;
}

/* (( … )); NULL: two subshells. */
static struct node *read_arithmetic_command(struct parser *p)
{
    struct parser before = *p;
    struct node *n = parser_node(p, NODE_ARITHMETIC);
    p->at++;
    parser_read_word(p, IN_ARITHMETIC, true, list_add(p->a, &n->words, struct word));
    if (!p->broken && text_starts(p->at, "))")) {
        p->at += 2;
        parser_advance(p);
        return n;
    }
    if (p->program->refused)
        return n;
    if (++before.attempts > SYNTAX_MAX_DEPTH) {
        parser_refuse(p, "so many (( that are not closed by ))");
        return n;
    }
    *p = before;
    p->program->error = NULL;
    p->program->error_at_end = false;
    return NULL;
}

/* A compound command at the token; NULL: there is none. */
static struct node *read_compound(struct parser *p)
{
    if (parser_is(p, "(")) {
        struct node *n = p->bash && *p->at == '(' ? read_arithmetic_command(p) : NULL;
        return n ? n : read_group(p, NODE_SUBSHELL, ")");
    }
    if (p->token.kind != TOKEN_WORD || !p->token.text)
        return NULL;
    const char *word = p->token.text;
    if (text_is(word, "{"))
        return read_group(p, NODE_GROUP, "}");
    if (text_is(word, "if"))
        return read_if(p);
    if (text_is(word, "while") || text_is(word, "until"))
        return read_while(p);
    if (text_is(word, "for"))
        return read_for(p);
    if (text_is(word, "case"))
        return read_case(p);
    if (p->bash && text_is(word, "[[")) {
        struct node *n = parser_node(p, NODE_TEST);
        n->condition = parser_read_condition(p);
        return n;
    }
    if (p->bash && (text_is(word, "select") || text_is(word, "coproc")))
        parser_refuse(p, word);
    return NULL;
}

/* ---- Functions and simple commands ---- */

/* Its name was read, and so were the parentheses if it has some. */
static struct node *read_function(struct parser *p, const char *name, int line)
{
    struct node *n = parser_numbered(p, parser_node(p, NODE_FUNCTION));
    n->name = name;
    n->line = line;
    parser_skip_newlines(p);
    struct node *body = p->bash ? read_compound(p) : read_command(p);
    if (!body) {
        parser_break(p);
        return n;
    }
    while (p->bash && parser_read_redirect(p, body)) {
    }
    add_node(p, n, body);
    return n;
}

static void read_parentheses(struct parser *p)
{
    parser_advance(p);
    expect(p, ")");
}

static bool declares(const struct node *n)
{
    static const char *const words[] = {
        "export", "readonly", "local", "declare", "typeset", NULL
    };
    const struct word *first = n->words.items;
    const struct part *part = n->words.count ? first->parts.items : NULL;
    return part && first->parts.count == 1 && part->kind == PART_TEXT
           && text_any(part->text, words);
}

/* Goes back to the beginning of the token, which is an assignment. */
static void read_assignment_word(struct parser *p, struct assignment *ret)
{
    p->at = p->token.from;
    p->line = p->token.line;
    parser_read_assignment(p, ret);
    parser_advance(p);
}

static void read_word(struct parser *p, struct node *n)
{
    bool assigns = parser_assignment_name(p, p->token.from) > 0;
    if (assigns && !n->words.count) {
        struct assignment set = { 0 };
        read_assignment_word(p, &set);
        *list_add(p->a, &n->assignments, struct assignment) = set;
    } else if (assigns && declares(n)) {
        struct assignment *set = arena_new(p->a, struct assignment);
        read_assignment_word(p, set);
        list_add(p->a, &n->words, struct word)->assignment = set;
    } else {
        *list_add(p->a, &n->words, struct word) = p->token.word;
        parser_advance(p);
    }
}

static bool is_new_function(struct parser *p, const struct node *n)
{
    const struct word *first = n->words.items;
    const struct part *part = n->words.count == 1 ? first->parts.items : NULL;
    return parser_is(p, "(") && part && !n->assignments.count && !n->redirects.count
           && first->parts.count == 1 && part->kind == PART_TEXT && !part->quoted;
}

static struct node *read_simple(struct parser *p)
{
    struct node *n = parser_node(p, NODE_COMMAND);
    while (!p->broken) {
        if (parser_read_redirect(p, n))
            continue;
        if (p->token.kind != TOKEN_WORD)
            break;
        read_word(p, n);
        if (is_new_function(p, n)) {
            const struct word *name = n->words.items;
            read_parentheses(p);
            return read_function(p, list_at(&name->parts, struct part, 0)->text, n->line);
        }
    }
    if (!n->words.count && !n->assignments.count && !n->redirects.count)
        parser_break(p);
    return n;
}

static struct node *read_function_word(struct parser *p)
{
    int line = p->token.line;
    parser_advance(p);
    const char *name = p->token.kind == TOKEN_WORD ? p->token.text : NULL;
    if (!name)
        parser_break(p);
    parser_advance(p);
    if (parser_is(p, "("))
        read_parentheses(p);
    return read_function(p, name, line);
}

static struct node *read_command(struct parser *p)
{
    static const char *const misplaced[] = { "then", "else", "elif", "fi", "do",
                                             "done", "esac", "}",    NULL };
    struct node *n = NULL;
    if (!parser_deeper(p))
        return parser_node(p, NODE_SEQUENCE);
    if (p->token.kind == TOKEN_WORD && p->token.text && text_any(p->token.text, misplaced))
        parser_break(p);
    else if (p->bash && parser_is_word(p, "function"))
        n = read_function_word(p);
    else
        n = read_compound(p);
    while (n && n->kind != NODE_FUNCTION && parser_read_redirect(p, n)) {
    }
    if (!n)
        n = read_simple(p);
    p->depth--;
    return n;
}

/* ---- A program ---- */

/* What is read before any of it runs: up to the end of the line on which its last command ends. */
static struct node *read_line(struct parser *p)
{
    struct node *line = parser_node(p, NODE_SEQUENCE);
    do {
        struct node *n = read_and_or(p);
        if (parser_is(p, "&"))
            n = in_background(p, n);
        add_node(p, line, n);
        if (!parser_is(p, "&") && !parser_is(p, ";"))
            break;
        parser_advance(p);
    } while (!p->broken && p->token.kind != TOKEN_NEWLINE && p->token.kind != TOKEN_END);
    if (p->token.kind != TOKEN_NEWLINE && p->token.kind != TOKEN_END)
        parser_break(p);
    return line;
}

static struct parser parser_on(struct arena *a, struct program *program, const char *text, int line,
                               bool bash)
{
    return (struct parser){ .a = a,
                            .program = program,
                            .at = text,
                            .line = line,
                            .bash = bash,
                            .nested = read_nested,
                            .all = read_all };
}

struct program *program_parse(struct arena *a, const char *text, bool bash, int first_line)
{
    struct program *program = arena_new(a, struct program);
    struct parser p = parser_on(a, program, text, first_line, bash);
    program->text = text;
    program->bash = bash;
    program->first_line = first_line;
    parser_advance(&p);
    for (;;) {
        parser_skip_newlines(&p);
        if (p.broken || p.token.kind == TOKEN_END)
            return program;
        struct node *line = read_line(&p);
        if (!p.broken)
            *list_add(a, &program->lines, struct node *) = line;
    }
}

struct word *word_parse_text(struct arena *a, const char *text, bool bash)
{
    struct program *program = arena_new(a, struct program);
    struct parser p = parser_on(a, program, text, 1, bash);
    struct word *w = arena_new(a, struct word);
    parser_read_word(&p, IN_TEXT, true, w);
    return p.broken ? NULL : w;
}
