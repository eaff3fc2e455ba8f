/* What awk reads. See awk.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/awk.h"

/* By RS: a character, a newline, or "" for paragraphs. */
bool awk_take_line(struct awk *w, const char **at, size_t *left, const char **ret)
{
    const char *separator = awk_as_text(w, &awk_variable(w, "RS")->value);
    const char *end = NULL;
    size_t n, gap = 1;
    if (!*separator) {
        while (*left && **at == '\n') {
            ++*at;
            --*left;
        }
        const char *text = arena_strndup(w->a, *at, *left), *found = strstr(text, "\n\n");
        end = found ? *at + (found - text) : NULL;
        gap = 2;
    } else if (*left) {
        end = memchr(*at, *separator, *left);
    }
    if (!*left)
        return false;
    n = end ? (size_t)(end - *at) : *left;
    size_t kept = n;
    if (!end && !*separator && n && (*at)[n - 1] == '\n')
        kept--;
    *ret = arena_strndup(w->a, *at, kept);
    shell_spend(w->sh, n + 16);
    n += end ? gap : 0;
    *at += n;
    *left -= n;
    return true;
}

/* name=value among the operands sets a variable in its turn. */
static bool is_setting(struct awk *w, const char *operand)
{
    const char *equals = strchr(operand, '=');
    size_t n = 0;
    while (operand[n] == '_' || (operand[n] >= 'a' && operand[n] <= 'z')
           || (operand[n] >= 'A' && operand[n] <= 'Z')
           || (n && operand[n] >= '0' && operand[n] <= '9'))
        n++;
    if (!equals || !n || operand + n != equals)
        return false;
    struct awk_variable *v = awk_variable(w, arena_strndup(w->a, operand, n));
    v->value = awk_text(awk_unescape(w->a, equals + 1, strlen(equals + 1)));
    v->value.looks = true;
    return true;
}

static bool open_next(struct awk *w)
{
    while (w->input < w->inputs.count && !shell_stopped(w->sh)) {
        const char *operand = *list_at(&w->inputs, const char *, w->input++), *why = NULL;
        if (is_setting(w, operand))
            continue;
        if (text_is(operand, "-"))
            w->rest = shell_input(w->sh, &w->left);
        else
            why = shell_read(w->sh, operand, &w->rest, &w->left);
        if (why) {
            shell_complain(w->sh, "awk: cannot open \"%s\" (%s)", operand, why);
            w->status = 2;
            w->left = 0;
            continue;
        }
        w->opened = true;
        awk_variable(w, "FILENAME")->value = awk_text(text_is(operand, "-") ? "" : operand);
        awk_variable(w, "FNR")->value = awk_number(0);
        return true;
    }
    if (w->opened || w->status)
        return false;
    w->opened = true;
    w->rest = shell_input(w->sh, &w->left);
    return true;
}

static void count(struct awk *w, const char *name)
{
    struct awk_variable *v = awk_variable(w, name);
    v->value = awk_number(awk_as_number(&v->value) + 1);
}

bool awk_next_line(struct awk *w, const char **ret)
{
    while (!awk_take_line(w, &w->rest, &w->left, ret)) {
        if (!open_next(w))
            return false;
    }
    count(w, "NR");
    count(w, "FNR");
    return true;
}
