/* See log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/timefmt.h"

static enum log_form log_form = LOG_TEXT;

void log_open(enum log_form form)
{
    log_form = form;
}

bool log_wanted(void)
{
    return log_form != LOG_OFF;
}

static void log_json(struct arena *a, const char *when, const char *what, const struct value *facts)
{
    struct value *line = value_new(a, VALUE_MAP);
    value_add_text(a, line, "time", when);
    value_add_text(a, line, "event", what);
    for (const struct value *v = facts ? facts->first : NULL; v; v = v->next) {
        struct value *copy = arena_new(a, struct value);
        *copy = *v;
        copy->next = NULL;
        value_add(line, v->key, copy);
    }
    fprintf(stderr, "%s\n", value_to_json(a, line, 0));
}

/* Text comes from strangers: what could move a terminal's cursor is not printed. */
static const char *plain(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);
    for (char *at = copy; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    }
    return copy;
}

static void log_text(struct arena *a, const char *when, const char *what, const struct value *facts)
{
    struct list words = { 0 };
    strs_add(a, &words, when);
    strs_add(a, &words, what);
    for (const struct value *v = facts ? facts->first : NULL; v; v = v->next) {
        if (v->type == VALUE_TEXT)
            strs_add(a, &words, arena_printf(a, "%s=%s", v->key, plain(a, v->text)));
        else if (v->type != VALUE_NULL)
            strs_add(a, &words,
                     arena_printf(a, "%s=%lld", v->key,
                                  (long long)(v->type == VALUE_BOOL ? v->flag : v->number)));
    }
    /* one write for a line: standard error is not buffered */
    fprintf(stderr, "%s\n", strs_join(a, &words, " "));
}

void log_event(struct arena *a, const char *what, const struct value *facts)
{
    if (log_form == LOG_OFF)
        return;
    const char *when = time_format_ms(a, machine_time_ms());
    if (log_form == LOG_JSON)
        log_json(a, when, what, facts);
    else
        log_text(a, when, what, facts);
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "amisim: bug at %s:%d: ", file, line);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}
