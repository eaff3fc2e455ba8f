/* See jinja.h. */
#include "guest/boot/jinja.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define DEEPEST 16 /* {% if %} in one another */
#define MISSING "CI_MISSING_JINJA_VAR/"

struct reader {
    struct arena *a;
    const struct value *data;
    struct list *missing;
    const char *at; /* in an expression, or in the text */
    struct buffer out;
    const char *error;
};

/* One {% if %} that is open. */
struct branch {
    bool shown, taken; /* this branch is; one of them was */
};

static void skip_blanks(struct reader *r)
{
    r->at += strspn(r->at, " \t\n");
}

static bool take(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(r);
    bool whole = !isalnum((unsigned char)word[n - 1]) || !isalnum((unsigned char)r->at[n]);
    if (strncmp(r->at, word, n) != 0 || !whole)
        return false;
    r->at += n;
    return true;
}

static const char *take_quoted(struct reader *r)
{
    skip_blanks(r);
    char quote = *r->at;
    if (quote != '\'' && quote != '"')
        return NULL;
    const char *end = strchr(r->at + 1, quote);
    if (!end)
        return NULL;
    const char *text = arena_strndup(r->a, r->at + 1, (size_t)(end - r->at - 1));
    r->at = end + 1;
    return text;
}

static const char *take_name(struct reader *r)
{
    size_t n = 0;
    while (isalnum((unsigned char)r->at[n]) || r->at[n] == '_')
        n++;
    const char *name = arena_strndup(r->a, r->at, n);
    r->at += n;
    return name;
}

/* cloud-init offers each key with - as _, too. */
static const struct value *member(struct reader *r, const struct value *v, const char *name)
{
    const struct value *found = v && v->type == VALUE_MAP ? value_get(v, name) : NULL;
    if (found || !v || v->type != VALUE_MAP)
        return found;
    for (found = v->first; found; found = found->next) {
        char *key = arena_strdup(r->a, found->key);
        for (char *at = key; *at; at++)
            *at = *at == '-' ? '_' : *at;
        if (text_is(key, name))
            break;
    }
    return found;
}

static const struct value *element(const struct value *list, const char *digits)
{
    int64_t n = 0;
    const struct value *v =
        list && list->type == VALUE_LIST && text_int(digits, &n) ? list->first : NULL;
    for (; v && n > 0; v = v->next)
        n--;
    return v;
}

/* a.b['c'][0]; *ret_path: as it was written. */
static const struct value *take_variable(struct reader *r, const char **ret_path)
{
    skip_blanks(r);
    const char *from = r->at, *name = take_name(r);
    const struct value *v = member(r, r->data, name);
    if (!*name) {
        r->error = "a name was expected in an expression";
        return NULL;
    }
    for (;;) {
        if (*r->at == '.') {
            r->at++;
            v = member(r, v, take_name(r));
        } else if (*r->at == '[') {
            r->at++;
            const char *key = take_quoted(r);
            v = key ? member(r, v, key) : element(v, take_name(r));
            if (!take(r, "]"))
                r->error = "expected ']'";
        } else {
            break;
        }
        if (r->error)
            return NULL;
    }
    *ret_path = arena_strndup(r->a, from, (size_t)(r->at - from));
    return v;
}

static const char *as_text(struct reader *r, const struct value *v)
{
    if (!v)
        return NULL;
    if (v->type == VALUE_NULL)
        return "None";
    if (v->type == VALUE_BOOL)
        return v->flag ? "True" : "False";
    const char *text = value_scalar(r->a, v);
    return text ? text : value_to_json(r->a, v, 0);
}

static const char *filtered(struct reader *r, const char *text)
{
    if (take(r, "default")) {
        const char *otherwise = take(r, "(") ? take_quoted(r) : NULL;
        if (!otherwise || !take(r, ")"))
            r->error = "expected default('…')";
        return text ? text : otherwise;
    }
    if (take(r, "lower"))
        return text ? text_lower(r->a, text) : NULL;
    r->error = "amisim knows the filters default and lower";
    return NULL;
}

/* A variable or a text with its filters; NULL: there is no such variable. */
static const char *take_operand(struct reader *r, const char **ret_path)
{
    const char *text = take_quoted(r);
    *ret_path = text;
    if (!text)
        text = as_text(r, take_variable(r, ret_path));
    while (!r->error && take(r, "|"))
        text = filtered(r, text);
    return text;
}

static void show_value(struct reader *r)
{
    const char *path, *text = take_operand(r, &path);
    if (!r->error && !take(r, "}}"))
        r->error = "expected token 'end of print statement'";
    if (r->error)
        return;
    if (!text) {
        strs_add(r->a, r->missing, path);
        text = arena_printf(r->a, MISSING "%s", path);
    }
    buffer_add_text(r->a, &r->out, text);
}

/* A truth: [not] x, x == y, x != y, x is [not] defined. */
static bool take_condition(struct reader *r)
{
    const char *path;
    bool not = take(r, "not");
    const char *left = take_operand(r, &path);
    bool truth = left && *left && !text_is(left, "False") && !text_is(left, "None");
    if (r->error)
        return false;
    if (take(r, "is")) {
        bool negated = take(r, "not");
        if (!take(r, "defined"))
            r->error = "amisim knows the test defined";
        truth = (left != NULL) != negated;
    } else if (take(r, "==")) {
        const char *right = take_operand(r, &path);
        truth = left && text_is(left, right);
    } else if (take(r, "!=")) {
        const char *right = take_operand(r, &path);
        truth = !left || !text_is(left, right);
    }
    return truth != not ;
}

static void branch_on(struct reader *r, struct list *open)
{
    size_t n = open->count;
    struct branch *top = n ? list_at(open, struct branch, n - 1) : NULL;
    if (take(r, "if")) {
        bool truth = take_condition(r);
        if (n >= DEEPEST)
            r->error = "too many {% if %} in one another";
        bool around = !top || top->shown;
        *list_add(r->a, open, struct branch) =
            (struct branch){ .shown = around && truth, .taken = truth || !around };
    } else if (top && take(r, "elif")) {
        bool truth = take_condition(r);
        top->shown = truth && !top->taken;
        top->taken |= truth;
    } else if (top && take(r, "else")) {
        top->shown = !top->taken;
        top->taken = true;
    } else if (top && take(r, "endif")) {
        open->count--;
    } else {
        r->error = "amisim knows {% if %}, {% elif %}, {% else %} and {% endif %}";
    }
    take(r, "-");
    if (!r->error && !take(r, "%}"))
        r->error = "expected token 'end of statement block'";
    if (*r->at == '\n') /* trim_blocks */
        r->at++;
}

static bool is_shown(const struct list *open)
{
    return !open->count || list_at(open, struct branch, open->count - 1)->shown;
}

/* From one brace that means something to the next. */
static void render_piece(struct reader *r, struct list *open)
{
    size_t n = strcspn(r->at, "{");
    if (is_shown(open))
        buffer_add(r->a, &r->out, r->at, n);
    r->at += n;
    if (text_starts(r->at, "{#")) {
        const char *end = strstr(r->at, "#}");
        r->error = end ? NULL : "Missing end of comment tag";
        r->at = end ? end + 2 : r->at;
    } else if (text_starts(r->at, "{%")) {
        r->at += 2;
        take(r, "-");
        branch_on(r, open);
    } else if (text_starts(r->at, "{{") && is_shown(open)) {
        r->at += 2;
        show_value(r);
    } else if (*r->at) {
        if (is_shown(open))
            buffer_add(r->a, &r->out, r->at, 1);
        r->at++;
    }
}

const char *jinja_render(struct arena *a, const char *text, const struct value *data,
                         struct list *ret_missing, const char **ret_error)
{
    struct reader r = { .a = a, .data = data, .missing = ret_missing, .at = text };
    struct list open = { 0 };
    while (*r.at && !r.error)
        render_piece(&r, &open);
    if (!r.error && open.count)
        r.error = "Unexpected end of template: expected 'endif'";
    *ret_error = r.error;
    return r.error ? NULL : buffer_text(a, &r.out);
}
