/* See shell_parse.h. */
#include "guest/shell/shell_parse.h"

#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_token.h"

#define DEEPEST 32 /* compound commands inside each other */

static struct step *add_step(struct parser *p, enum step_schema kind)
{
    struct step *s = list_add(p->a, p->steps, struct step);
    s->kind = kind;
    s->line = p->line;
    return s;
}

static size_t here(const struct parser *p)
{
    return p->steps->count;
}

static bool is_operator(const struct parser *p, const char *text)
{
    return p->token.kind == TOKEN_OPERATOR && text_is(p->token.text, text);
}

static bool is_reserved(const struct parser *p, const char *text)
{
    return p->token.kind == TOKEN_WORD && !p->token.quoted && text_is(p->token.text, text);
}

static void skip_newlines(struct parser *p)
{
    while (p->token.kind == TOKEN_NEWLINE && !parser_stopped(p))
        parser_advance(p);
}

static void expect(struct parser *p, const char *reserved)
{
    if (parser_stopped(p))
        return;
    if (is_reserved(p, reserved))
        parser_advance(p);
    else
        p->broken = true;
}

/* ---- Redirections ---- */

static int default_fd(const char *operator)
{
    return *operator== '<' ? 0 : 1;
}

static void read_redirect(struct parser *p, size_t step)
{
    const char *operator= p->token.text;
    struct redirect r = { .fd = p->token.fd >= 0 ? p->token.fd : default_fd(operator) };
    if (text_is(operator, "<<<") || text_is(operator, "<>") || text_is(operator, "<&"))
        parser_refuse(p, arena_printf(p->a, "redirection %s", operator));
    r.both = *operator== '&';
    r.kind = text_any(operator,(const char *const[]){ ">>", "&>>", NULL }) ? REDIRECT_APPEND
             : text_is(operator, ">&")                                     ? REDIRECT_TO_FD
             : text_starts(operator, "<<")                                 ? REDIRECT_TEXT
             : text_is(operator, "<")                                      ? REDIRECT_IN
                                                                           : REDIRECT_OUT;
    parser_advance(p);
    if (parser_stopped(p))
        return;
    if (p->token.kind != TOKEN_WORD) {
        p->broken = true;
        return;
    }
    if (r.kind == REDIRECT_TO_FD) {
        if (!text_is(p->token.text, "1") && !text_is(p->token.text, "2"))
            parser_refuse(p, "redirection to file descriptors but 1 and 2");
        r.to = *p->token.text - '0';
    }
    struct step *s = parser_step(p, step);
    if (r.kind == REDIRECT_TEXT) {
        struct list end = { 0 };
        LIST_EACH (struct piece, piece, &p->token.word.pieces)
            strs_add(p->a, &end, piece->text);
        *list_add(p->a, &p->awaited, struct awaited) =
            (struct awaited){ .step = step,
                              .redirect = s->redirects.count,
                              .end = strs_join(p->a, &end, ""),
                              .tabs = text_is(operator, "<<-"),
                              .literal = p->token.quoted };
    } else {
        r.word = p->token.word;
    }
    *list_add(p->a, &s->redirects, struct redirect) = r;
    parser_advance(p);
}

/* ---- Commands ---- */

static void read_list(struct parser *p, const char *const *ends);

static bool is_redirection(const struct parser *p)
{
    return p->token.kind == TOKEN_OPERATOR
           && (strchr("<>", *p->token.text) || text_starts(p->token.text, "&>"));
}

/* NAME= at the beginning of a word, unquoted. */
static size_t assignment_length(const struct token *t)
{
    const struct piece *first = t->word.pieces.items;
    size_t n = first && first->kind == PIECE_TEXT ? shell_name_length(first->text) : 0;
    return n && first->text[n] == '=' ? n : 0;
}

static void add_assignment(struct parser *p, struct step *s, size_t n)
{
    struct assignment *set = list_add(p->a, &s->assignments, struct assignment);
    struct piece *first = p->token.word.pieces.items;
    set->name = arena_strndup(p->a, first->text, n);
    first->text += n + 1;
    set->value = p->token.word;
}

static void leave_loop(struct parser *p, bool again)
{
    if (!p->loop) {
        add_step(p, STEP_OK);
        return;
    }
    size_t at = here(p);
    add_step(p, STEP_JUMP)->to = p->loop->top;
    if (!again)
        *list_add(p->a, &p->loop->breaks, size_t) = at;
}

/* A word that is no command where one begins; true: it was dealt with. */
static bool read_reserved(struct parser *p)
{
    static const char *const others[] = { "case", "select", "function", "[[",
                                          "((",   "time",   "coproc",   NULL };
    static const char *const misplaced[] = { "then", "else", "elif", "fi", "do",
                                             "done", "esac", "}",    "in", NULL };
    if (p->token.kind != TOKEN_WORD || p->token.quoted)
        return false;
    if (text_any(p->token.text, others)) {
        parser_refuse(p, p->token.text);
        return true;
    }
    if (text_any(p->token.text, misplaced)) {
        p->broken = true;
        return true;
    }
    if (!is_reserved(p, "break") && !is_reserved(p, "continue"))
        return false;
    leave_loop(p, is_reserved(p, "continue"));
    parser_advance(p);
    if (p->token.kind == TOKEN_WORD)
        parser_refuse(p, "levels of break and continue");
    return true;
}

/* One part of a simple command; false: the command ends before the token. */
static bool read_part(struct parser *p, size_t at)
{
    struct step *s = parser_step(p, at);
    size_t n = p->token.kind == TOKEN_WORD && !s->words.count ? assignment_length(&p->token) : 0;
    if (is_redirection(p)) {
        read_redirect(p, at);
        return true;
    }
    if (is_operator(p, "("))
        parser_refuse(p, s->words.count ? "functions" : "subshells, (…)");
    if (p->token.kind != TOKEN_WORD)
        return false;
    if (n)
        add_assignment(p, s, n);
    else
        *list_add(p->a, &s->words, struct word) = p->token.word;
    parser_advance(p);
    return true;
}

static void read_simple(struct parser *p)
{
    size_t at = here(p);
    if (read_reserved(p))
        return;
    add_step(p, STEP_RUN);
    while (!parser_stopped(p) && read_part(p, at))
        ;
    const struct step *s = parser_step(p, at);
    if (!parser_stopped(p) && !s->words.count && !s->assignments.count && !s->redirects.count)
        p->broken = true;
}

static void tolerate(struct parser *p, size_t from)
{
    for (size_t i = from; i < here(p); i++)
        parser_step(p, i)->tolerated = true;
}

/* From the word after if or elif to the end of its body; leaves a jump over the rest. */
static void read_branch(struct parser *p, struct list *ends)
{
    static const char *const then[] = { "then", NULL };
    static const char *const rest[] = { "elif", "else", "fi", NULL };
    size_t from = here(p);
    read_list(p, then);
    tolerate(p, from);
    expect(p, "then");
    size_t skip = here(p);
    add_step(p, STEP_IF_FAILED);
    read_list(p, rest);
    *list_add(p->a, ends, size_t) = here(p);
    add_step(p, STEP_JUMP);
    parser_step(p, skip)->to = here(p);
}

static void read_if(struct parser *p)
{
    static const char *const fi[] = { "fi", NULL };
    struct list ends = { 0 };
    do {
        parser_advance(p);
        read_branch(p, &ends);
    } while (is_reserved(p, "elif") && !parser_stopped(p));
    if (is_reserved(p, "else")) {
        parser_advance(p);
        read_list(p, fi);
    } else {
        add_step(p, STEP_OK);
    }
    expect(p, "fi");
    LIST_EACH (size_t, end, &ends)
        parser_step(p, *end)->to = here(p);
}

/* From do to done; jumps back to the top of the loop, and out of it go `exit` and each break. */
static void read_body(struct parser *p, size_t top, size_t exit)
{
    static const char *const done[] = { "done", NULL };
    struct loop loop = { .top = top }, *outer = p->loop;
    p->loop = &loop;
    expect(p, "do");
    read_list(p, done);
    expect(p, "done");
    add_step(p, STEP_JUMP)->to = top;
    parser_step(p, exit)->to = here(p);
    LIST_EACH (size_t, at, &loop.breaks)
        parser_step(p, *at)->to = here(p);
    add_step(p, STEP_OK);
    p->loop = outer;
}

static void read_while(struct parser *p, bool until)
{
    static const char *const do_[] = { "do", NULL };
    size_t top = here(p);
    parser_advance(p);
    read_list(p, do_);
    tolerate(p, top);
    size_t exit = here(p);
    add_step(p, until ? STEP_IF_OK : STEP_IF_FAILED);
    read_body(p, top, exit);
}

static void read_for(struct parser *p)
{
    parser_advance(p);
    if (parser_stopped(p))
        return;
    if (p->token.kind != TOKEN_WORD || shell_name_length(p->token.text) != strlen(p->token.text)) {
        p->broken = true;
        return;
    }
    const char *name = p->token.text;
    parser_advance(p);
    skip_newlines(p);
    expect(p, "in");
    size_t begin = here(p);
    add_step(p, STEP_LOOP)->loop = p->fors;
    while (p->token.kind == TOKEN_WORD && !parser_stopped(p)) {
        *list_add(p->a, &parser_step(p, begin)->words, struct word) = p->token.word;
        parser_advance(p);
    }
    if (is_operator(p, ";"))
        parser_advance(p);
    skip_newlines(p);
    size_t top = here(p);
    struct step *next = add_step(p, STEP_NEXT);
    next->loop = p->fors++;
    next->text = name;
    read_body(p, top, top);
    p->fors--;
}

static void read_group(struct parser *p)
{
    static const char *const end[] = { "}", NULL };
    parser_advance(p);
    read_list(p, end);
    expect(p, "}");
}

static bool is_compound(const struct parser *p)
{
    static const char *const words[] = { "if", "while", "until", "for", "{", NULL };
    return p->token.kind == TOKEN_WORD && !p->token.quoted && text_any(p->token.text, words);
}

static void read_compound(struct parser *p)
{
    if (++p->depth > DEEPEST)
        parser_refuse(p, arena_printf(p->a, "more than %d commands inside each other", DEEPEST));
    else if (is_reserved(p, "if"))
        read_if(p);
    else if (is_reserved(p, "for"))
        read_for(p);
    else if (is_reserved(p, "{"))
        read_group(p);
    else
        read_while(p, is_reserved(p, "until"));
    p->depth--;
    if (!parser_stopped(p) && (is_redirection(p) || is_operator(p, "|")))
        parser_refuse(p, "redirections and pipes of compound commands");
}

/* ---- Lists ---- */

static void read_pipeline(struct parser *p)
{
    size_t from = here(p);
    bool negated = false;
    for (; is_reserved(p, "!"); parser_advance(p))
        negated = !negated;
    if (is_compound(p)) {
        read_compound(p);
    } else {
        for (;;) {
            size_t at = here(p);
            read_simple(p);
            if (!is_operator(p, "|") || parser_stopped(p))
                break;
            parser_step(p, at)->piped = parser_step(p, at)->tolerated = true;
            parser_advance(p);
            skip_newlines(p);
            if (is_compound(p))
                parser_refuse(p, "redirections and pipes of compound commands");
        }
    }
    if (!negated)
        return;
    tolerate(p, from);
    add_step(p, STEP_NOT);
}

/* Each operator jumps over what stands behind it, and no further. */
static void read_and_or(struct parser *p)
{
    size_t from = here(p), jump = 0;
    bool jumps = false;
    for (;;) {
        read_pipeline(p);
        if (jumps)
            parser_step(p, jump)->to = here(p);
        bool and = is_operator(p, "&&");
        if (parser_stopped(p) || (!and&&!is_operator(p, "||")))
            return;
        tolerate(p, from);
        jump = here(p);
        jumps = true;
        add_step(p, and? STEP_IF_FAILED : STEP_IF_OK);
        from = here(p);
        parser_advance(p);
        skip_newlines(p);
    }
}

/* Up to one of the reserved words; NULL: up to the end of the script. */
static void read_list(struct parser *p, const char *const *ends)
{
    size_t begin = here(p);
    for (;;) {
        skip_newlines(p);
        bool ended = p->token.kind == TOKEN_WORD && !p->token.quoted && ends
                     && text_any(p->token.text, ends);
        if (parser_stopped(p) || p->token.kind == TOKEN_END || ended)
            break;
        size_t good = here(p);
        read_and_or(p);
        if (p->broken && !ends)
            p->steps->count = good; /* what comes before the mistake is run */
        if (parser_stopped(p))
            return;
        if (is_operator(p, "&"))
            parser_refuse(p, "background jobs, &");
        else if (is_operator(p, ";"))
            parser_advance(p);
        else if (p->token.kind != TOKEN_NEWLINE && p->token.kind != TOKEN_END)
            p->broken = true;
    }
    if (ends && !parser_stopped(p) && (p->token.kind == TOKEN_END || here(p) == begin))
        p->broken = true; /* an end, or nothing, where a command should be */
}

bool shell_parse(struct arena *a, const char *script, struct list *ret, const char **ret_why)
{
    struct parser p = { .a = a, .at = script, .line = 1, .steps = ret };
    *ret = (struct list){ 0 };
    parser_advance(&p);
    read_list(&p, NULL);
    *ret_why = p.why;
    if (p.broken) {
        struct step *s = add_step(&p, STEP_BROKEN);
        bool newline = p.token.kind == TOKEN_NEWLINE;
        s->text = newline ? "newline" : p.token.text;
        s->line -= newline;
    }
    return !p.why;
}
