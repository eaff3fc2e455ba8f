/* $(( )): C's operators on 64 bits that wrap around. See shell_expand.h. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"

#define DEEPEST 40

struct sum {
    struct shell *sh;
    const char *whole, *at;
    const char *error;
    const char *near; /* the error's token */
    const char *operand; /* the right one of the operator at hand */
    bool skips; /* what is read does not count: behind && and the like */
    int depth;
};

/* What can be assigned to. */
struct place {
    const char *name, *index; /* NULL: it is no variable */
    int64_t value;
};

static struct place read_comma(struct sum *s);
static struct place read_assignment(struct sum *s);

static void wrong(struct sum *s, const char *what, const char *near)
{
    if (s->error)
        return;
    s->error = what;
    s->near = near;
}

static void skip_blanks(struct sum *s)
{
    s->at += strspn(s->at, " \t\n");
}

static bool eat(struct sum *s, const char *token)
{
    skip_blanks(s);
    if (!text_starts(s->at, token))
        return false;
    s->at += strlen(token);
    return true;
}

/* ---- Variables ---- */

static int64_t value_of_text(struct sum *s, const char *text)
{
    int64_t n;
    if (text_int(text, &n) && (*text != '0' || !text[1]))
        return n;
    struct sum inner = { .sh = s->sh, .whole = text, .at = text, .depth = s->depth + 1 };
    if (inner.depth > DEEPEST) {
        wrong(s, "expression recursion level exceeded", s->at);
        return 0;
    }
    skip_blanks(&inner);
    if (!*inner.at)
        return 0;
    n = read_comma(&inner).value;
    skip_blanks(&inner);
    if (!inner.error && *inner.at)
        wrong(&inner, "syntax error in expression", inner.at);
    if (inner.error)
        wrong(s, inner.error, inner.near);
    return n;
}

static void load(struct sum *s, struct place *p)
{
    struct shell *sh = s->sh;
    const struct variable *v = variable_find(sh, p->name);
    if (s->skips)
        return;
    const char *text = !v         ? variable_special(sh, p->name)
                       : p->index ? variable_item(sh, v, p->index)
                                  : variable_value(sh, v);
    if (!text && sh->options.nounset) {
        shell_protest(sh, sh->bash ? "%s: unbound variable" : "%s: parameter not set", p->name);
        sh->status = sh->bash ? 1 : 2;
        sh->failed = true;
        sh->flow = FLOW_EXIT;
        wrong(s, "", s->at);
        return;
    }
    p->value = text ? value_of_text(s, text) : 0;
}

static void store(struct sum *s, const struct place *p, int64_t value)
{
    struct shell *sh = s->sh;
    if (s->skips || s->error)
        return;
    const char *text = arena_printf(sh->s->a, "%lld", (long long)value);
    if (p->index)
        variable_set_item(sh, variable_make(sh, p->name), p->index, text);
    else
        variable_set(sh, p->name, text);
}

static const char *read_index(struct sum *s)
{
    int depth = 0;
    const char *from = s->at + 1;
    for (const char *c = s->at; *c; c++) {
        depth += *c == '[';
        depth -= *c == ']';
        if (!depth) {
            s->at = c + 1;
            return arena_strndup(s->sh->s->a, from, (size_t)(c - from));
        }
    }
    wrong(s, "bad array subscript", s->at);
    s->at += strlen(s->at);
    return "0";
}

static struct place read_variable(struct sum *s)
{
    size_t n = shell_name_length(s->at);
    struct place p = { .name = arena_strndup(s->sh->s->a, s->at, n) };
    s->at += n;
    if (*s->at == '[' && s->sh->bash)
        p.index = read_index(s);
    load(s, &p);
    return p;
}

/* ---- Numbers and unary operators ---- */

static int digit_of(char c, int64_t base)
{
    if (isdigit((unsigned char)c))
        return c - '0';
    if (islower((unsigned char)c))
        return c - 'a' + 10;
    if (isupper((unsigned char)c))
        return c - 'A' + (base <= 36 ? 10 : 36);
    return c == '@' ? 62 : c == '_' ? 63 : 64;
}

static int64_t read_number(struct sum *s)
{
    const char *from = s->at;
    int64_t base = 10;
    uint64_t value = 0;
    if (*s->at == '0' && tolower((unsigned char)s->at[1]) == 'x') {
        base = 16;
        s->at += 2;
    } else if (*s->at == '0') {
        base = 8;
    } else {
        size_t n = strspn(s->at, "0123456789");
        if (s->at[n] == '#' && s->sh->bash && n < 3
            && text_int(arena_strndup(s->sh->s->a, s->at, n), &base))
            s->at += n + 1;
        if (base < 2 || base > 64)
            wrong(s, "invalid arithmetic base", from);
    }
    for (; isalnum((unsigned char)*s->at) || *s->at == '_' || *s->at == '@'; s->at++) {
        if (digit_of(*s->at, base) >= base)
            wrong(s, "value too great for base", from);
        value = value * (uint64_t)base + (uint64_t)digit_of(*s->at, base);
    }
    return (int64_t)value;
}

static struct place read_primary(struct sum *s)
{
    struct place p = { 0 };
    skip_blanks(s);
    if (eat(s, "(")) {
        p.value = read_comma(s).value;
        if (!eat(s, ")"))
            wrong(s, "missing `)'", s->at);
        return p;
    }
    if (isdigit((unsigned char)*s->at)) {
        p.value = read_number(s);
        return p;
    }
    if (!shell_name_length(s->at)) {
        wrong(s, "syntax error: operand expected", s->at);
        return p;
    }
    p = read_variable(s);
    skip_blanks(s);
    bool up = text_starts(s->at, "++"), down = text_starts(s->at, "--");
    if (up || down) {
        s->at += 2;
        store(s, &p, (int64_t)((uint64_t)p.value + (up ? 1u : (uint64_t)-1)));
        p.name = NULL;
    }
    return p;
}

static struct place read_unary(struct sum *s)
{
    struct place p = { 0 };
    skip_blanks(s);
    bool up = text_starts(s->at, "++"), down = text_starts(s->at, "--");
    if (++s->depth > DEEPEST) {
        wrong(s, "expression recursion level exceeded", s->at);
        return p;
    }
    if ((up || down) && shell_name_length(s->at + 2)) {
        s->at += 2;
        p = read_variable(s);
        p.value = (int64_t)((uint64_t)p.value + (up ? 1u : (uint64_t)-1));
        store(s, &p, p.value);
        p.name = NULL;
    } else if (*s->at && strchr("+-!~", *s->at)) {
        char c = *s->at++;
        int64_t value = read_unary(s).value;
        p.value = c == '-'   ? (int64_t)(0 - (uint64_t)value)
                  : c == '!' ? !value
                  : c == '~' ? ~value
                             : value;
    } else {
        p = read_primary(s);
    }
    s->depth--;
    return p;
}

/* ---- Binary operators ---- */

static const struct operator
{
    const char *text;
    int level; /* binds the stronger, the higher */
}
operators[] = {
    { "||", 1 }, { "&&", 2 }, { "**", 12 }, { "<<", 8 }, { ">>", 8 }, { "<=", 7 }, { ">=", 7 },
    { "==", 6 }, { "!=", 6 }, { "|", 3 },   { "^", 4 },  { "&", 5 },  { "<", 7 },  { ">", 7 },
    { "+", 9 },  { "-", 9 },  { "*", 10 },  { "/", 10 }, { "%", 10 }, { NULL, 0 },
};

static const struct operator* operator_at(struct sum *s)
{
    skip_blanks(s);
    for (const struct operator* o = operators; o->text; o++) {
        size_t n = strlen(o->text);
        if (!text_starts(s->at, o->text))
            continue;
        bool assigns =
            s->at[n] == '=' && o->level != 7 && o->level != 6 && o->level > 2 && o->level != 12;
        return assigns ? NULL : o;
    }
    return NULL;
}

static int64_t power_of(struct sum *s, int64_t base, int64_t exponent)
{
    uint64_t value = 1, factor = (uint64_t)base;
    if (exponent < 0)
        wrong(s, "exponent less than 0", s->at);
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            value *= factor;
        factor *= factor;
    }
    return (int64_t)value;
}

static int64_t divide(struct sum *s, int64_t a, int64_t b, bool rest)
{
    if (!b) {
        if (!s->skips)
            wrong(s, s->sh->bash ? "division by 0" : "division by zero", s->operand);
        return 0;
    }
    if (b == -1)
        return rest ? 0 : (int64_t)(0 - (uint64_t)a);
    return rest ? a % b : a / b;
}

static int64_t combine(struct sum *s, const char *o, int64_t a, int64_t b)
{
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    switch (*o) {
    case '*':
        return o[1] == '*' ? power_of(s, a, b) : (int64_t)(x * y);
    case '/':
    case '%':
        return divide(s, a, b, *o == '%');
    case '+':
        return (int64_t)(x + y);
    case '-':
        return (int64_t)(x - y);
    case '<':
        return o[1] == '<' ? (int64_t)(x << (y & 63)) : o[1] == '=' ? a <= b : a < b;
    case '>':
        return o[1] == '>' ? a >> (y & 63) : o[1] == '=' ? a >= b : a > b;
    case '=':
        return a == b;
    case '!':
        return a != b;
    case '&':
        return o[1] == '&' ? a && b : a & b;
    case '|':
        return o[1] == '|' ? a || b : a | b;
    default:
        return a ^ b;
    }
}

static struct place read_binary(struct sum *s, int level)
{
    struct place left = read_unary(s);
    const struct operator* o;
    if (++s->depth > DEEPEST)
        wrong(s, "expression recursion level exceeded", s->at);
    while (!s->error && (o = operator_at(s)) && o->level >= level) {
        bool skipped = s->skips;
        s->at += strlen(o->text);
        s->skips |=
            (text_is(o->text, "&&") && !left.value) || (text_is(o->text, "||") && left.value);
        skip_blanks(s);
        const char *operand = s->at;
        int64_t right = read_binary(s, o->level + (o->level != 12)).value;
        s->skips = skipped;
        s->operand = operand;
        left = (struct place){ .value = combine(s, o->text, left.value, right) };
    }
    s->depth--;
    return left;
}

static struct place read_choice(struct sum *s)
{
    struct place p = read_binary(s, 1);
    if (s->error || !eat(s, "?"))
        return p;
    bool skipped = s->skips, yes = p.value;
    s->skips = skipped || !yes;
    int64_t first = read_assignment(s).value;
    if (!eat(s, ":"))
        wrong(s, "`:' expected for conditional expression", s->at);
    s->skips = skipped || yes;
    int64_t second = read_assignment(s).value;
    s->skips = skipped;
    return (struct place){ .value = yes ? first : second };
}

static struct place read_assignment(struct sum *s)
{
    static const char *const assigns[] = { "<<=", ">>=", "+=", "-=", "*=", "/=",
                                           "%=",  "&=",  "^=", "|=", NULL };
    struct place p = { 0 };
    if (++s->depth > DEEPEST) {
        wrong(s, "expression recursion level exceeded", s->at);
        return p;
    }
    p = read_choice(s);
    skip_blanks(s);
    const char *const *o = assigns;
    while (*o && !text_starts(s->at, *o))
        o++;
    bool plain = *s->at == '=' && s->at[1] != '=';
    if (!s->error && (*o || plain)) {
        if (!p.name)
            wrong(s, "attempted assignment to non-variable", s->at);
        s->at += plain ? 1 : strlen(*o);
        s->operand = s->at;
        int64_t value = read_assignment(s).value;
        p.value = plain ? value : combine(s, *o, p.value, value);
        if (p.name)
            store(s, &p, p.value);
    }
    s->depth--;
    return p;
}

static struct place read_comma(struct sum *s)
{
    struct place p = read_assignment(s);
    while (!s->error && eat(s, ","))
        p = read_assignment(s);
    return p;
}

bool shell_arithmetic(struct shell *sh, const char *text, int64_t *ret)
{
    struct sum s = { .sh = sh, .whole = text, .at = text };
    shell_spend(sh, 16 + strlen(text));
    *ret = 0;
    skip_blanks(&s);
    text = s.at;
    if (!*s.at || sh->s->killed)
        return !sh->s->killed;
    *ret = read_comma(&s).value;
    skip_blanks(&s);
    if (!s.error && *s.at)
        wrong(&s, sh->bash ? "syntax error in expression" : "expecting EOF", s.at);
    if (!s.error)
        return !sh->failed;
    if (*s.error && sh->bash)
        shell_protest(sh, "%s: %s (error token is \"%s\")", text, s.error, s.near);
    else if (*s.error)
        shell_protest(sh, "arithmetic expression: %s: \"%s\"", s.error, text);
    sh->status = sh->bash ? 1 : 2;
    sh->failed = true;
    if (!sh->bash)
        sh->flow = FLOW_EXIT;
    return false;
}
