/* The functions that awk has. See awk.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/command/awk.h"

static struct awk_value text_in_case(struct awk *w, const char *text, bool upper)
{
    char *changed = arena_strdup(w->a, text);
    for (char *c = changed; *c; c++)
        *c = (char)(upper ? toupper((unsigned char)*c) : tolower((unsigned char)*c));
    return awk_text(changed);
}

/* Characters from 1; what lies outside is not there. */
static struct awk_value substring(struct awk *w, size_t n, const struct awk_value *values)
{
    const char *text = awk_as_text(w, &values[0]);
    double from = awk_as_number(&values[1]), length = (double)strlen(text);
    double to = n > 2 ? from + awk_as_number(&values[2]) : length + 1;
    from = from < 1 ? 1 : from;
    to = to > length + 1 ? length + 1 : to;
    if (!(from < to))
        return awk_text("");
    return awk_text(arena_strndup(w->a, text + (size_t)(from - 1), (size_t)to - (size_t)from));
}

static struct awk_value index_of(struct awk *w, const struct awk_value *values)
{
    const char *text = awk_as_text(w, &values[0]),
               *found = strstr(text, awk_as_text(w, &values[1]));
    return awk_number(found ? (double)(found - text + 1) : 0);
}

static struct awk_value time_text(struct awk *w, size_t n, const struct awk_value *values)
{
    int64_t ms = n > 1 ? (int64_t)awk_as_number(&values[1]) * SECOND_MS : shell_now(w->sh);
    return awk_text(
        time_format(w->a, n ? awk_as_text(w, &values[0]) : "%a %b %e %H:%M:%S %Z %Y", ms));
}

bool awk_call(struct awk *w, const char *name, size_t n, const struct awk_value *values,
              struct awk_value *ret)
{
    static const struct awk_value nothing[3] = { { .text = "", .is_text = true },
                                                 { .text = "", .is_text = true },
                                                 { .text = "", .is_text = true } };
    const struct awk_value *v = n ? values : nothing;
    if (text_is(name, "length"))
        *ret = awk_number((double)strlen(n ? awk_as_text(w, v) : w->line));
    else if (text_is(name, "substr") && n > 1)
        *ret = substring(w, n, values);
    else if (text_is(name, "index") && n > 1)
        *ret = index_of(w, values);
    else if (text_is(name, "toupper") || text_is(name, "tolower"))
        *ret = text_in_case(w, awk_as_text(w, v), name[2] == 'u');
    else if (text_is(name, "sprintf"))
        *ret = awk_text(awk_format(w, n, values));
    else if (text_is(name, "int"))
        *ret = awk_number((double)(int64_t)awk_as_number(v));
    else if (text_is(name, "rand"))
        *ret = awk_number((double)shell_chance(w->sh, 1u << 30) / (1u << 30));
    else if (text_is(name, "srand") || text_is(name, "close") || text_is(name, "fflush"))
        *ret = awk_number(0);
    else if (text_is(name, "systime"))
        *ret = awk_number((double)(int64_t)((double)shell_now(w->sh) / SECOND_MS));
    else if (text_is(name, "strftime"))
        *ret = time_text(w, n, values);
    else
        return false;
    return true;
}

const char *awk_substitute(struct awk *w, struct posix_pattern *p, const char *with,
                           const char *text, bool every, double *ret_count)
{
    struct posix_span spans[POSIX_SPANS];
    struct buffer out = { 0 };
    size_t n = strlen(text), at = 0;
    *ret_count = 0;
    while (at <= n && awk_find(w, p, text, at, spans) && !shell_stopped(w->sh)) {
        buffer_add(w->a, &out, text + at, spans[0].from - at);
        for (const char *s = with; *s; s++) {
            if (*s == '&') {
                buffer_add(w->a, &out, text + spans[0].from, spans[0].to - spans[0].from);
                continue;
            }
            s += *s == '\\' && (s[1] == '&' || s[1] == '\\');
            buffer_add(w->a, &out, s, 1);
        }
        at = spans[0].to;
        if (spans[0].to == spans[0].from) {
            if (at < n)
                buffer_add(w->a, &out, text + at, 1);
            at++;
        }
        ++*ret_count;
        if (!every)
            break;
    }
    if (at < n)
        buffer_add(w->a, &out, text + at, n - at);
    return buffer_text(w->a, &out);
}
