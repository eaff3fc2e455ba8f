/* test, [ ] and [[ ]]. See shell_judge.h. */
#include "guest/shell/shell_judge.h"

#include <string.h>

#include "base/posix_pattern.h"
#include "base/text.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_quote.h"

#define DEEPEST 50

/* ---- Files and texts ---- */

bool judge_knows(char letter)
{
    return letter && strchr("abcdefghknoprstuvwxzGLNORS", letter);
}

static bool is_set(struct shell *sh, const char *name)
{
    const char *bracket = strchr(name, '[');
    if (!bracket)
        return shell_variable(sh, name) != NULL;
    const struct variable *v =
        variable_find(sh, arena_strndup(sh->s->a, name, (size_t)(bracket - name)));
    const char *index = arena_strndup(sh->s->a, bracket + 1, strlen(bracket + 1) - 1);
    if (v && (text_is(index, "@") || text_is(index, "*")))
        return v->items.count > 0;
    return v && variable_item(sh, v, index);
}

static bool judge_file(struct shell *sh, char letter, const char *path)
{
    const struct dir_entry *e =
        letter == 'L' || letter == 'h' ? shell_look_link(sh, path) : shell_look(sh, path);
    if (!*path || !e)
        return false;
    switch (letter) {
    case 'd':
        return e->is_folder;
    case 'f':
        return !e->is_folder && !text_starts(shell_path(sh, path), "/dev/");
    case 'c':
        return !e->is_folder && text_starts(shell_path(sh, path), "/dev/");
    case 's':
        return e->is_folder || e->size > 0;
    case 'L':
    case 'h':
        return e->target != NULL;
    case 'r':
    case 'w':
    case 'x':
        return shell_may(sh, e, letter);
    case 'u':
        return e->mode & 04000;
    case 'g':
        return e->mode & 02000;
    case 'k':
        return e->mode & 01000;
    case 'O':
        return e->uid == sh->user.uid;
    case 'G':
        return e->gid == sh->user.gid;
    case 'b':
    case 'p':
    case 'S':
    case 'N':
        return false;
    default:
        return true;
    }
}

bool judge_one(struct shell *sh, char letter, const char *operand)
{
    if (letter == 'z' || letter == 'n')
        return (letter == 'z') == !*operand;
    if (letter == 't')
        return sh->s->r->session && operand[strspn(operand, "012")] == '\0';
    if (letter == 'v')
        return is_set(sh, operand);
    if (letter == 'R')
        return false;
    if (letter == 'o')
        return (text_is(operand, "errexit") && sh->options.errexit)
               || (text_is(operand, "xtrace") && sh->options.trace)
               || (text_is(operand, "nounset") && sh->options.nounset)
               || (text_is(operand, "pipefail") && sh->options.pipefail);
    return judge_file(sh, letter, operand);
}

bool judge_files(struct shell *sh, const char *operator, const char * left, const char *right)
{
    const struct dir_entry *a = shell_look(sh, left), *b = shell_look(sh, right);
    const char *error;
    if (text_is(operator, "-nt"))
        return a && (!b || a->changed > b->changed);
    if (text_is(operator, "-ot"))
        return b && (!a || a->changed < b->changed);
    return a && b && text_is(shell_resolve(sh, left, &error), shell_resolve(sh, right, &error));
}

static bool is_number_operator(const char *o)
{
    static const char *const all[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge", NULL };
    return text_any(o, all);
}

static bool compare_numbers(const char *o, int64_t a, int64_t b)
{
    return text_is(o, "-eq")   ? a == b
           : text_is(o, "-ne") ? a != b
           : text_is(o, "-lt") ? a < b
           : text_is(o, "-le") ? a <= b
           : text_is(o, "-gt") ? a > b
                               : a >= b;
}

/* ---- test ---- */

struct testing {
    struct shell *sh;
    size_t n, at;
    const char *const *words;
    const char *command;
    bool wrong;
    int depth;
};

static bool read_or(struct testing *t);

static bool wrong(struct testing *t, const char *word, const char *bash, const char *dash)
{
    bool number = text_is(dash, "Illegal number"); /* said the other way round */
    if (!t->wrong && t->sh->bash)
        shell_protest(t->sh, "%s: %s%s%s", t->command, word, *word ? ": " : "", bash);
    else if (!t->wrong)
        shell_protest(t->sh, "%s: %s%s%s", t->command, number ? dash : word,
                      *word || number ? ": " : "", number ? word : dash);
    t->wrong = true;
    return false;
}

static bool is_binary(const char *word)
{
    static const char *const all[] = { "=",   "==",  "!=",  "<",   ">",   "-nt", "-ot", "-ef",
                                       "-eq", "-ne", "-lt", "-le", "-gt", "-ge", NULL };
    return text_any(word, all);
}

static const char *trimmed(struct arena *a, const char *text)
{
    text += strspn(text, " \t\n");
    size_t n = strlen(text);
    while (n && strchr(" \t\n", text[n - 1]))
        n--;
    text += *text == '+' && n > 1;
    return arena_strndup(a, text, n);
}

static bool compare(struct testing *t, const char *left, const char *o, const char *right)
{
    int64_t a, b;
    struct arena *arena = t->sh->s->a;
    if (text_is(o, "=") || text_is(o, "=="))
        return text_is(left, right);
    if (text_is(o, "!="))
        return !text_is(left, right);
    if (text_is(o, "<") || text_is(o, ">"))
        return *o == '<' ? strcmp(left, right) < 0 : strcmp(left, right) > 0;
    if (!is_number_operator(o))
        return judge_files(t->sh, o, left, right);
    if (!text_int(trimmed(arena, left), &a))
        return wrong(t, left, "integer expression expected", "Illegal number");
    if (!text_int(trimmed(arena, right), &b))
        return wrong(t, right, "integer expression expected", "Illegal number");
    return compare_numbers(o, a, b);
}

static bool read_primary(struct testing *t)
{
    size_t left = t->n - t->at;
    const char *const *w = t->words + t->at;
    if (t->depth++ > DEEPEST || !left)
        return wrong(t, "", "argument expected", "argument expected");
    if (left >= 3 && is_binary(w[1])) {
        t->at += 3;
        return compare(t, w[0], w[1], w[2]);
    }
    if (text_is(w[0], "!") && left > 1) {
        t->at++;
        return !read_primary(t);
    }
    if (text_is(w[0], "(") && left > 2) {
        t->at++;
        bool value = read_or(t);
        if (t->at >= t->n || !text_is(t->words[t->at], ")"))
            return wrong(t, "", "`)' expected", "closing paren expected");
        t->at++;
        return value;
    }
    if (left > 1 && w[0][0] == '-' && judge_knows(w[0][1]) && !w[0][2] && w[0][1] != 'a'
        && (w[0][1] != 'o' || left == 2)) {
        t->at += 2;
        return judge_one(t->sh, w[0][1], w[1]);
    }
    t->at++;
    return *w[0] != '\0';
}

static bool read_and(struct testing *t)
{
    bool value = read_primary(t);
    while (!t->wrong && t->at < t->n && text_is(t->words[t->at], "-a")) {
        t->at++;
        t->depth = 0;
        bool right = read_primary(t);
        value = value && right;
    }
    return value;
}

static bool read_or(struct testing *t)
{
    bool value = read_and(t);
    while (!t->wrong && t->at < t->n && text_is(t->words[t->at], "-o")) {
        t->at++;
        bool right = read_and(t);
        value = value || right;
    }
    return value;
}

static int64_t judge(struct shell *sh, size_t n, const char *const *words, const char *command)
{
    struct testing t = { .sh = sh, .n = n, .words = words, .command = command };
    if (!n)
        return 1;
    if (n == 1)
        return !*words[0];
    if (n == 2 && !text_is(words[0], "!")
        && !(words[0][0] == '-' && judge_knows(words[0][1]) && !words[0][2])) {
        wrong(&t, words[0], "unary operator expected", "unexpected operator");
        return 2;
    }
    if (n == 3 && !is_binary(words[1]) && !text_is(words[0], "!") && !text_is(words[0], "(")
        && !text_is(words[1], "-a") && !text_is(words[1], "-o")) {
        wrong(&t, words[sh->bash], "binary operator expected", "unexpected operator");
        return 2;
    }
    bool value = read_or(&t);
    if (!t.wrong && t.at < n)
        wrong(&t, sh->bash ? "" : words[t.at], "too many arguments", "unexpected operator");
    return t.wrong ? 2 : !value;
}

static int64_t run_test(struct shell *sh, size_t n, const char *const *words)
{
    return judge(sh, n - 1, words + 1, words[0]);
}

static int64_t run_bracket(struct shell *sh, size_t n, const char *const *words)
{
    if (text_is(words[n - 1], "]") && n > 1)
        return judge(sh, n - 2, words + 1, words[0]);
    shell_protest(sh, sh->bash ? "[: missing `]'" : "[: missing ]");
    return 2;
}

/* ---- [[ ]] ---- */

static bool match_regex(struct shell *sh, const char *text, const char *regex)
{
    struct posix_span spans[POSIX_SPANS];
    const char *error;
    struct posix_pattern *p =
        posix_pattern_new(sh->s->a, POSIX_EXTENDED, regex,
                          sh->options.nocasematch ? PATTERN_NO_CASE : 0, NULL, NULL, &error);
    shell_spend(sh, 200 + 4 * strlen(regex));
    if (!p) {
        sh->status = 2;
        return false;
    }
    bool found = posix_pattern_find(p, text, strlen(text), 0, spans);
    shell_spend(sh, posix_pattern_cost(p));
    struct variable *v = variable_make(sh, "BASH_REMATCH");
    *v = (struct variable){ .name = v->name, .kind = VARIABLE_ARRAY, .set = true };
    for (int i = 0; found && i < POSIX_SPANS; i++) {
        bool there = spans[i].to >= spans[i].from;
        if (there || i <= posix_pattern_groups(p))
            variable_set_item(
                sh, v, arena_printf(sh->s->a, "%d", i),
                there ? arena_strndup(sh->s->a, text + spans[i].from, spans[i].to - spans[i].from)
                      : "");
    }
    return found;
}

static bool judge_two(struct shell *sh, const struct condition *c)
{
    const char *left = shell_expand_one(sh, &c->left), *o = c->operator;
    int64_t a, b;
    if (shell_stopped(sh))
        return false;
    if (text_is(o, "=~"))
        return match_regex(sh, left, shell_expand_regex(sh, &c->right));
    if (text_is(o, "=") || text_is(o, "==") || text_is(o, "!=")) {
        const char *pattern = shell_expand_pattern(sh, &c->right);
        return !shell_stopped(sh) && shell_matches(sh, pattern, left) == (*o != '!');
    }
    const char *right = shell_expand_one(sh, &c->right);
    if (text_is(o, "<") || text_is(o, ">"))
        return *o == '<' ? strcmp(left, right) < 0 : strcmp(left, right) > 0;
    if (!is_number_operator(o))
        return judge_files(sh, o, left, right);
    if (shell_arithmetic(sh, left, &a) && shell_arithmetic(sh, right, &b))
        return compare_numbers(o, a, b);
    sh->failed = false;
    return false;
}

static bool judge_condition(struct shell *sh, const struct condition *c, int depth)
{
    const char *text;
    if (depth > DEEPEST * 10) {
        shell_kill(sh, "amisim: killed: conditions nested too deep\n");
        return false;
    }
    switch (c->kind) {
    case CONDITION_WORD:
        text = shell_expand_one(sh, &c->left);
        return *text != '\0';
    case CONDITION_ONE:
        text = shell_expand_one(sh, &c->left);
        return judge_one(sh, c->operator[1] == 'a' ? 'e' : c->operator[1], text);
    case CONDITION_TWO:
        return judge_two(sh, c);
    case CONDITION_NOT:
        return !judge_condition(sh, c->first, depth + 1);
    case CONDITION_AND:
        return judge_condition(sh, c->first, depth + 1)
               && judge_condition(sh, c->second, depth + 1);
    case CONDITION_OR:
        return judge_condition(sh, c->first, depth + 1)
               || judge_condition(sh, c->second, depth + 1);
    }
    return false;
}

bool shell_eval_condition(struct shell *sh, const struct node *n)
{
    sh->status = 0;
    return judge_condition(sh, n->condition, 0);
}

BUILTIN(test, "test", run_test);
BUILTIN(bracket, "[", run_bracket);
