/* See awk_token.h. */
#include "guest/shell/command/awk_token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void awk_wrong(struct awk_reading *r)
{
    if (!r->program->error)
        r->program->error = arena_printf(r->a, "syntax error near `%s'",
                                         r->kind == T_END       ? "end of program"
                                         : r->kind == T_NEWLINE ? "newline"
                                                                : r->text);
    r->kind = T_END;
}

/* ---- Tokens ---- */

const char *awk_unescape(struct arena *a, const char *s, size_t n)
{
    static const char from[] = "abfnrtv\\\"/", to[] = "\a\b\f\n\r\t\v\\\"/";
    struct buffer out = { 0 };
    for (size_t i = 0; i < n; i++) {
        const char *known = s[i] == '\\' && i + 1 < n ? strchr(from, s[i + 1]) : NULL;
        if (known) {
            buffer_add(a, &out, &to[known - from], 1);
            i++;
        } else {
            buffer_add(a, &out, &s[i], 1);
        }
    }
    return buffer_text(a, &out);
}

static void skip_blanks(struct awk_reading *r)
{
    for (;; r->at++) {
        if (*r->at == '\\' && r->at[1] == '\n')
            r->at++;
        else if (*r->at == '#')
            r->at += strcspn(r->at, "\n") - 1;
        else if (*r->at != ' ' && *r->at != '\t' && *r->at != '\r')
            return;
    }
}

static void read_quoted(struct awk_reading *r, char end, enum awk_token kind)
{
    const char *from = ++r->at;
    bool set = false;
    for (; *r->at && *r->at != '\n' && (*r->at != end || (set && end == '/')); r->at++) {
        set = end == '/' && (*r->at == '[' || (set && *r->at != ']'));
        r->at += *r->at == '\\' && r->at[1];
    }
    r->kind = kind;
    r->text = kind == T_TEXT ? awk_unescape(r->a, from, (size_t)(r->at - from))
                             : arena_strndup(r->a, from, (size_t)(r->at - from));
    if (*r->at != end)
        awk_wrong(r);
    else
        r->at++;
}

static void read_sign(struct awk_reading *r)
{
    static const char *const signs[] = { "**=", "**", "+=", "-=", "*=", "/=", "%=",
                                         "^=",  "==", "<=", ">=", "!=", "!~", "++",
                                         "--",  "&&", "||", ">>", NULL };
    r->kind = T_SIGN;
    for (const char *const *s = signs; *s; s++) {
        if (text_starts(r->at, *s)) {
            r->text = *s;
            r->at += strlen(*s);
            return;
        }
    }
    r->text = arena_strndup(r->a, r->at, 1);
    r->at++;
}

void awk_advance(struct awk_reading *r)
{
    const char *before = r->at;
    char *end;
    if (r->program->error)
        return;
    skip_blanks(r);
    r->glued = r->at == before;
    bool operand = r->divides;
    r->divides = false;
    if (!*r->at) {
        r->kind = T_END;
    } else if (*r->at == '\n') {
        r->kind = T_NEWLINE;
        r->at++;
    } else if (isdigit((unsigned char)*r->at)
               || (*r->at == '.' && isdigit((unsigned char)r->at[1]))) {
        r->kind = T_NUMBER;
        r->number = strtod(r->at, &end);
        r->text = arena_strndup(r->a, r->at, (size_t)(end - r->at));
        r->at = end;
        r->divides = true;
    } else if (*r->at == '"') {
        read_quoted(r, '"', T_TEXT);
        r->divides = true;
    } else if (*r->at == '/' && !operand) {
        read_quoted(r, '/', T_REGEX);
        r->divides = true;
    } else if (isalpha((unsigned char)*r->at) || *r->at == '_') {
        size_t n = 0;
        while (isalnum((unsigned char)r->at[n]) || r->at[n] == '_')
            n++;
        r->text = arena_strndup(r->a, r->at, n);
        r->at += n;
        r->kind = *r->at == '(' ? T_CALL : T_NAME;
        r->divides = true;
    } else {
        read_sign(r);
        r->divides = text_is(r->text, ")") || text_is(r->text, "]") || text_is(r->text, "$")
                     || text_is(r->text, "++") || text_is(r->text, "--");
    }
}

bool awk_token_is(const struct awk_reading *r, const char *sign)
{
    return r->kind == T_SIGN && text_is(r->text, sign);
}

bool awk_token_is_word(const struct awk_reading *r, const char *word)
{
    return (r->kind == T_NAME || r->kind == T_CALL) && text_is(r->text, word);
}

bool awk_token_eat(struct awk_reading *r, const char *sign)
{
    bool there = awk_token_is(r, sign);
    if (there)
        awk_advance(r);
    return there;
}

void awk_expect(struct awk_reading *r, const char *sign)
{
    if (!awk_token_eat(r, sign))
        awk_wrong(r);
}

void awk_skip_newlines(struct awk_reading *r)
{
    while (r->kind == T_NEWLINE || awk_token_is(r, ";"))
        awk_advance(r);
}

void awk_skip_breaks(struct awk_reading *r)
{
    while (r->kind == T_NEWLINE)
        awk_advance(r);
}
