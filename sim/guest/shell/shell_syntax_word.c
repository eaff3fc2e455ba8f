/* Words: quotes, parameters, substitutions. See shell_syntax_parser.h. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_syntax_parser.h"

#define MOST_ATTEMPTS 64 /* $(( that turn out to be $( ( */

struct reader {
    struct word *word;
    struct buffer text; /* of the part at hand */
    bool text_quoted;
    enum context context;
    bool quoted;
    int parentheses;
};

size_t shell_name_length(const char *s)
{
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '_')
        n++;
    return isdigit((unsigned char)*s) ? 0 : n;
}

/* ---- Text ---- */

static void close_text(struct parser *p, struct reader *r)
{
    if (!r->text.at)
        return;
    struct part *part = list_add(p->a, &r->word->parts, struct part);
    part->kind = PART_TEXT;
    part->quoted = r->text_quoted;
    part->text = r->text.at;
    r->text = (struct buffer){ 0 };
}

/* n may be 0: "" is there, too. */
static void add_text(struct parser *p, struct reader *r, const char *s, size_t n, bool quoted)
{
    if (r->text.at && r->text_quoted != quoted)
        close_text(p, r);
    r->text_quoted = quoted;
    buffer_add(p->a, &r->text, s, n);
}

static struct part *add_part(struct parser *p, struct reader *r, enum part_kind kind)
{
    close_text(p, r);
    struct part *part = list_add(p->a, &r->word->parts, struct part);
    part->kind = kind;
    part->quoted = r->quoted;
    return part;
}

static void take(struct parser *p, struct reader *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p->line += p->at[i] == '\n';
    add_text(p, r, p->at, n, r->quoted);
    p->at += n;
}

/* ---- Quotes ---- */

static void read_single(struct parser *p, struct reader *r)
{
    const char *end = strchr(p->at + 1, '\'');
    if (!end) {
        parser_break_at_end(p, "'");
        return;
    }
    for (const char *s = p->at; s < end; s++)
        p->line += *s == '\n';
    add_text(p, r, p->at + 1, (size_t)(end - p->at - 1), true);
    p->at = end + 1;
}

static void read_double(struct parser *p, struct reader *r)
{
    struct word quoted = { 0 };
    p->at++;
    add_text(p, r, "", 0, true);
    parser_read_word(p, IN_QUOTES, true, &quoted);
    LIST_EACH (struct part, part, &quoted.parts) {
        if (part->kind == PART_TEXT) {
            add_text(p, r, part->text, strlen(part->text), true);
        } else {
            close_text(p, r);
            *list_add(p->a, &r->word->parts, struct part) = *part;
        }
    }
    if (*p->at == '"')
        p->at++;
}

static size_t read_number(const char *s, int base, size_t most, unsigned *ret)
{
    size_t n = 0;
    *ret = 0;
    for (; n < most && isxdigit((unsigned char)s[n]); n++) {
        int digit =
            isdigit((unsigned char)s[n]) ? s[n] - '0' : tolower((unsigned char)s[n]) - 'a' + 10;
        if (digit >= base)
            break;
        *ret = *ret * (unsigned)base + (unsigned)digit;
    }
    return n;
}

/* bash's $'…' */
static void read_ansi(struct parser *p, struct reader *r)
{
    static const char from[] = "abefnrtvE\\'\"?", to[] = "\a\b\033\f\n\r\t\v\033\\'\"?";
    add_text(p, r, "", 0, true);
    for (p->at += 2; *p->at && *p->at != '\'';) {
        const char *known = *p->at == '\\' && p->at[1] ? strchr(from, p->at[1]) : NULL;
        unsigned number;
        char one;
        size_t n = 0;
        if (known) {
            add_text(p, r, to + (known - from), 1, true);
            p->at += 2;
            continue;
        }
        if (*p->at == '\\' && p->at[1] == 'x')
            n = 2 + read_number(p->at + 2, 16, 2, &number);
        else if (*p->at == '\\')
            n = 1 + read_number(p->at + 1, 8, 3, &number);
        one = n > 1 ? (char)number : *p->at;
        p->line += *p->at == '\n';
        if (n <= 1 || one)
            add_text(p, r, &one, 1, true);
        p->at += n > 1 ? n : 1;
    }
    if (!*p->at)
        parser_break_at_end(p, "'");
    p->at += *p->at == '\'';
}

static void read_backslash(struct parser *p, struct reader *r)
{
    char next = p->at[1];
    if (next == '\n') {
        p->line++;
        p->at += 2;
        return;
    }
    bool literal = r->quoted && (!next || !strchr("$`\\", next))
                   && !(next == '"' && r->context != IN_TEXT)
                   && !(next == '}' && r->context >= IN_BRACES && r->context <= IN_BRACES_COLON);
    if (!next || literal) {
        take(p, r, 1);
        return;
    }
    p->at++;
    p->line += next == '\n';
    add_text(p, r, p->at++, 1, true);
}

/* ---- ${ } ---- */

static struct word *read_operand(struct parser *p, enum context context, bool quoted)
{
    struct word *w = arena_new(p->a, struct word);
    parser_read_word(p, context, quoted, w);
    return w;
}

static size_t parameter_length(const char *s)
{
    size_t n = shell_name_length(s);
    if (n)
        return n;
    if (isdigit((unsigned char)*s))
        return strspn(s, "0123456789");
    return *s && strchr("@*#?-$!", *s) ? 1 : 0;
}

static bool twice(struct parser *p)
{
    bool again = p->at[0] == p->at[1];
    p->at += again ? 2 : 1;
    return again;
}

static void read_replacement(struct parser *p, struct part *part)
{
    part->operation = REPLACE;
    part->twice = twice(p);
    if (!part->twice && (*p->at == '#' || *p->at == '%'))
        part->operation = *p->at++ == '#' ? REPLACE_PREFIX : REPLACE_SUFFIX;
    if (*p->at == '/') { /* the pattern may begin with one: ${x///…} */
        part->first = arena_new(p->a, struct word);
    } else {
        part->first = read_operand(p, IN_BRACES_SLASH, false);
    }
    if (*p->at == '/') {
        p->at++;
        part->second = read_operand(p, IN_BRACES, false);
    }
}

/* The operation behind the name; false: there is none of that kind. */
static bool read_operation(struct parser *p, struct reader *r, struct part *part)
{
    static const char gives[] = "-=?+";
    static const enum operation given[] = { GIVE_DEFAULT, GIVE_ASSIGNED, GIVE_OR_FAIL, GIVE_OTHER };
    const char *at = p->at + (*p->at == ':');
    const char *give = *at ? strchr(gives, *at) : NULL;
    if (give) {
        part->colon = *p->at == ':';
        part->operation = given[give - gives];
        p->at = at + 1;
        part->first = read_operand(p, IN_BRACES, r->quoted);
    } else if (*p->at == '#' || *p->at == '%') {
        part->operation = *p->at == '#' ? CUT_PREFIX : CUT_SUFFIX;
        part->twice = twice(p);
        part->first = read_operand(p, IN_BRACES, false);
    } else if (p->bash && *p->at == ':') {
        p->at++;
        part->operation = SUBSTRING;
        part->first = read_operand(p, IN_BRACES_COLON, true);
        if (*p->at == ':') {
            p->at++;
            part->second = read_operand(p, IN_BRACES, true);
        }
    } else if (p->bash && *p->at == '/') {
        read_replacement(p, part);
    } else if (p->bash && (*p->at == '^' || *p->at == ',')) {
        part->operation = *p->at == '^' ? UPPER : LOWER;
        part->twice = twice(p);
        part->first = read_operand(p, IN_BRACES, false);
    } else if (p->bash && *p->at == '@' && isalpha((unsigned char)p->at[1])) {
        p->at++;
        part->operation = TRANSFORM;
        part->first = read_operand(p, IN_BRACES, true);
    }
    return *p->at == '}';
}

static void read_prefix(struct parser *p, struct part *part)
{
    const char *s = p->at;
    size_t next = *s ? parameter_length(s + 1) : 0;
    bool ends = next && (s[1 + next] == '}' || s[1 + next] == '[');
    if (*s == '#' && ends && s[1] != '}') {
        part->operation = LENGTH;
        p->at++;
    } else if (*s == '!' && p->bash && next && s[1] != '}' && !strchr("-+=?", s[1])) {
        part->indirect = true;
        p->at++;
    }
}

/* ${!x*} ${!x@} ${!x[@]} are no indirections. */
static void settle_indirect(struct parser *p, struct part *part)
{
    if ((*p->at == '*' || *p->at == '@') && p->at[1] == '}') {
        part->operation = NAMES;
        part->indirect = false;
        part->first = arena_new(p->a, struct word);
        part->twice = *p->at++ == '@';
    } else if (*p->at == '[' && (p->at[1] == '@' || p->at[1] == '*')
               && text_starts(p->at + 2, "]}")) {
        part->operation = KEYS;
        part->indirect = false;
        part->twice = p->at[1] == '@';
        p->at += 3;
    }
}

static void read_braced(struct parser *p, struct reader *r)
{
    const char *from = p->at;
    struct part part = { .kind = PART_PARAMETER, .quoted = r->quoted };
    p->at += 2;
    read_prefix(p, &part);
    size_t n = parameter_length(p->at);
    part.text = arena_strndup(p->a, p->at, n);
    p->at += n;
    if (part.indirect)
        settle_indirect(p, &part);
    if (n && p->bash && *p->at == '[') {
        p->at++;
        part.index = read_operand(p, IN_INDEX, true);
        p->at += *p->at == ']';
    }
    bool good = n && (*p->at == '}' || (part.operation == GIVE && read_operation(p, r, &part)));
    if (p->broken)
        return;
    if (!good) { /* said when it is met */
        read_operand(p, IN_BRACES, true);
        part = (struct part){ .kind = PART_PARAMETER, .quoted = r->quoted, .text = "" };
        part.first = arena_new(p->a, struct word);
        struct part *source = list_add(p->a, &part.first->parts, struct part);
        source->text = arena_strndup(p->a, from, (size_t)(p->at - from) + 1);
    }
    p->at += *p->at == '}';
    *add_part(p, r, PART_PARAMETER) = part;
}

/* ---- Substitutions ---- */

/* $(( )); false: it is $( ( … ) … ). */
static bool read_arithmetic(struct parser *p, struct reader *r)
{
    const char *from = p->at;
    int line = p->line;
    struct word *w = arena_new(p->a, struct word);
    p->at += 3;
    parser_read_word(p, IN_ARITHMETIC, true, w);
    if (!p->broken && text_starts(p->at, "))")) {
        p->at += 2;
        add_part(p, r, PART_ARITHMETIC)->first = w;
        return true;
    }
    if (p->program->refused)
        return true;
    if (++p->attempts > MOST_ATTEMPTS) {
        parser_refuse(p, "so many $(( that are not closed by ))");
        return true;
    }
    p->broken = false;
    p->program->error = NULL;
    p->program->error_at_end = false;
    p->at = from;
    p->line = line;
    return false;
}

static void read_substitution(struct parser *p, struct reader *r, enum part_kind kind)
{
    bool output = kind == PART_PROCESS && *p->at == '>';
    p->at += 2;
    struct node *node = p->nested(p);
    if (output)
        parser_numbered(p, node);
    struct part *part = add_part(p, r, kind);
    part->node = node;
    part->output = output;
}

/* Backquotes: what stands between them is unescaped first and then read by itself. */
static void read_backquotes(struct parser *p, struct reader *r)
{
    struct buffer text = { 0 };
    struct parser inner = *p;
    const char *s = p->at + 1;
    for (; *s && *s != '`'; s++) {
        bool escapes = *s == '\\' && s[1] && (strchr("$`\\", s[1]) || (r->quoted && s[1] == '"'));
        s += escapes;
        p->line += *s == '\n';
        buffer_add(p->a, &text, s, 1);
    }
    if (!*s) {
        parser_break_at_end(p, "`");
        return;
    }
    p->at = s + 1;
    inner.at = buffer_text(p->a, &text);
    inner.awaited = (struct list){ 0 };
    if (!parser_deeper(p))
        return;
    inner.depth = p->depth;
    struct node *node = inner.all(&inner);
    p->depth--;
    p->broken = inner.broken;
    p->attempts = inner.attempts;
    add_part(p, r, PART_COMMAND)->node = node;
}

static void read_dollar(struct parser *p, struct reader *r)
{
    char next = p->at[1];
    size_t n = next ? parameter_length(p->at + 1) : 0;
    if (next == '{') {
        read_braced(p, r);
    } else if (next == '(') {
        if (p->at[2] != '(' || !read_arithmetic(p, r))
            read_substitution(p, r, PART_COMMAND);
    } else if (n) {
        if (isdigit((unsigned char)next))
            n = 1;
        add_part(p, r, PART_PARAMETER)->text = arena_strndup(p->a, p->at + 1, n);
        p->at += 1 + n;
    } else if (next == '\'' && p->bash && !r->quoted) {
        read_ansi(p, r);
    } else if (next == '"' && p->bash && !r->quoted) {
        p->at++;
    } else {
        take(p, r, 1);
    }
}

/* ---- A word ---- */

static bool opens_group(const struct reader *r)
{
    return r->text.n && !r->text_quoted && strchr("?*+@!", r->text.at[r->text.n - 1]);
}

static bool word_stops(const struct parser *p, struct reader *r, char c)
{
    if (r->parentheses)
        return false;
    if (c == '(' && p->bash && opens_group(r))
        return false;
    if ((c == '<' || c == '>') && p->bash && p->at[1] == '(')
        return false;
    return strchr(" \t\n;&|<>()", c) != NULL;
}

static bool stops(const struct parser *p, struct reader *r, char c)
{
    switch (r->context) {
    case IN_WORD:
        return word_stops(p, r, c);
    case IN_QUOTES:
        return c == '"';
    case IN_TEXT:
        return false;
    case IN_BRACES:
        return c == '}';
    case IN_BRACES_SLASH:
        return c == '}' || c == '/';
    case IN_BRACES_COLON:
        return c == '}' || (c == ':' && !r->parentheses);
    case IN_INDEX:
        return c == ']' && !r->parentheses;
    case IN_ARITHMETIC:
        return c == ')' && !r->parentheses;
    case IN_COUNT:
        return (c == ')' || c == ';') && !r->parentheses;
    case IN_REGEX:
        return !r->parentheses && strchr(" \t\n)", c);
    }
    return true;
}

static void count_parentheses(struct reader *r, char c)
{
    char opens = r->context == IN_INDEX ? '[' : '(', closes = r->context == IN_INDEX ? ']' : ')';
    if (r->context == IN_QUOTES || r->context == IN_TEXT || r->context == IN_BRACES
        || r->context == IN_BRACES_SLASH)
        return;
    r->parentheses += c == opens;
    r->parentheses -= c == closes && r->parentheses;
}

static bool quotes_count(const struct reader *r)
{
    return !r->quoted || r->context == IN_ARITHMETIC || r->context == IN_COUNT
           || r->context == IN_INDEX || r->context == IN_BRACES_COLON;
}

static void read_character(struct parser *p, struct reader *r)
{
    char c = *p->at;
    if (c == '\\') {
        read_backslash(p, r);
    } else if (c == '\'' && quotes_count(r) && r->context != IN_ARITHMETIC) {
        read_single(p, r);
    } else if (c == '"' && r->context != IN_TEXT) {
        read_double(p, r);
    } else if (c == '$') {
        read_dollar(p, r);
    } else if (c == '`') {
        read_backquotes(p, r);
    } else if ((c == '<' || c == '>') && r->context == IN_WORD && p->at[1] == '(' && p->bash
               && !r->parentheses) {
        read_substitution(p, r, PART_PROCESS);
    } else {
        count_parentheses(r, c);
        r->word->braces |= c == '{' && !r->quoted && r->context == IN_WORD && p->bash;
        take(p, r, 1);
    }
}

static const char *closing(enum context context)
{
    return context == IN_QUOTES                              ? "\""
           : context == IN_INDEX                             ? "]"
           : context == IN_ARITHMETIC || context == IN_COUNT ? ")"
                                                             : "}";
}

void parser_read_word(struct parser *p, enum context context, bool quoted, struct word *ret)
{
    struct reader r = { .word = ret, .context = context, .quoted = quoted };
    if (!parser_deeper(p))
        return;
    while (!p->broken && *p->at && !stops(p, &r, *p->at))
        read_character(p, &r);
    if (!p->broken && !*p->at
        && ((context != IN_WORD && context != IN_TEXT && context != IN_REGEX) || r.parentheses))
        parser_break_at_end(p, closing(context));
    close_text(p, &r);
    p->depth--;
}
