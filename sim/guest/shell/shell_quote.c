/* See shell_quote.h. */
#include "guest/shell/shell_quote.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if (iscntrl((unsigned char)*text))
            return true;
    }
    return false;
}

/* $'…' */
static const char *quote_ansi(struct arena *a, const char *text)
{
    static const char from[] = "\a\b\033\f\n\r\t\v\\'", to[] = "abEfnrtv\\'";
    struct buffer out = { 0 };
    buffer_add_text(a, &out, "$'");
    for (; *text; text++) {
        const char *known = strchr(from, *text);
        if (known)
            buffer_add_text(a, &out, arena_printf(a, "\\%c", to[known - from]));
        else if (iscntrl((unsigned char)*text))
            buffer_add_text(a, &out, arena_printf(a, "\\%03o", (unsigned char)*text));
        else
            buffer_add(a, &out, text, 1);
    }
    buffer_add_text(a, &out, "'");
    return buffer_text(a, &out);
}

const char *quote_single(struct arena *a, const char *text)
{
    struct buffer out = { 0 };
    if (has_control(text))
        return quote_ansi(a, text);
    buffer_add_text(a, &out, "'");
    for (; *text; text++)
        buffer_add(a, &out, *text == '\'' ? "'\\''" : text, *text == '\'' ? 4 : 1);
    buffer_add_text(a, &out, "'");
    return buffer_text(a, &out);
}

const char *quote_backslash(struct arena *a, const char *text)
{
    struct buffer out = { 0 };
    if (!*text)
        return "''";
    if (has_control(text))
        return quote_ansi(a, text);
    for (const char *s = text; *s; s++) {
        if (strchr(" !\"$&'()*,;<>?[\\]^`{|}", *s) || ((*s == '#' || *s == '~') && s == text))
            buffer_add(a, &out, "\\", 1);
        buffer_add(a, &out, s, 1);
    }
    return buffer_text(a, &out);
}

const char *quote_needed(struct arena *a, const char *text)
{
    if (!*text)
        return "''";
    return strpbrk(text, " \t\n!\"$&'()*;<>?[\\]^`{|}") || *text == '#' || *text == '~'
               ? quote_single(a, text)
               : text;
}

const char *quote_double(struct arena *a, const char *text)
{
    struct buffer out = { 0 };
    if (has_control(text))
        return quote_ansi(a, text);
    buffer_add_text(a, &out, "\"");
    for (; *text; text++) {
        if (strchr("\"$`\\", *text))
            buffer_add(a, &out, "\\", 1);
        buffer_add(a, &out, text, 1);
    }
    buffer_add_text(a, &out, "\"");
    return buffer_text(a, &out);
}
