/* Fields, and what is remembered of words that are expanded once more. See
 * shell_expand.h. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"

static const char special[] = "*?[]\\()|+@!&-^";

/* ---- What was done already ---- */

void memo_begin(struct shell *sh, struct memo_scope *m, const struct value *kept)
{
    *m = (struct memo_scope){ .around = sh->memo, .at_around = sh->memo_at };
    const struct value *at = kept ? value_get(kept, "memo") : NULL;
    for (at = at ? at->first : NULL; at; at = at->next) {
        struct memo *done = list_add(sh->s->a, &m->memo, struct memo);
        done->text = kept_text(sh, at, "text", &done->n);
    }
    sh->memo = &m->memo;
    sh->memo_at = 0;
}

void memo_end(struct shell *sh, struct memo_scope *m, struct value *frame)
{
    sh->memo = m->around;
    sh->memo_at = m->at_around;
    if (!frame)
        return;
    struct value *all = value_add_new(sh->s->a, frame, "memo", VALUE_LIST);
    LIST_EACH (struct memo, done, &m->memo) {
        struct value *one = value_add_new(sh->s->a, all, NULL, VALUE_MAP);
        keep_text(sh, one, "text", done->text, done->n);
    }
}

bool memo_recall(struct shell *sh, const char **ret, size_t *ret_n)
{
    if (!sh->memo || sh->memo_at >= sh->memo->count)
        return false;
    const struct memo *m = list_at(sh->memo, struct memo, sh->memo_at++);
    *ret = m->text;
    *ret_n = m->n;
    return true;
}

void memo_add(struct shell *sh, const char *text, size_t n)
{
    if (!sh->memo)
        return;
    *list_add(sh->s->a, sh->memo, struct memo) = (struct memo){ text, n };
    sh->memo_at++;
}

/* ---- Fields ---- */

void fields_add(struct shell *sh, struct fields *f, const char *text, size_t n, bool quoted)
{
    buffer_add(sh->s->a, &f->plain, text, n);
    shell_spend(sh, n);
    f->there |= n > 0 || quoted;
    if (!quoted)
        buffer_add(sh->s->a, &f->pattern, text, n);
    for (size_t i = 0; i < n && !sh->s->killed; i++) {
        if (quoted && strchr(special, text[i]))
            buffer_add(sh->s->a, &f->pattern, "\\", 1);
        if (quoted)
            buffer_add(sh->s->a, &f->pattern, text + i, 1);
        f->magic |= !quoted && strchr("*?[", text[i]);
        f->magic |= !quoted && text[i] == '(' && i && strchr("+@!", text[i - 1]);
    }
}

void fields_close(struct shell *sh, struct fields *f)
{
    struct list found = { 0 };
    if (f->there && f->magic && f->split && !sh->options.noglob)
        expand_files(sh, buffer_text(sh->s->a, &f->pattern), &found);
    LIST_EACH (const char *, path, &found)
        strs_add(sh->s->a, f->ret, *path);
    bool vanishes = f->magic && f->split && sh->options.nullglob && !sh->options.noglob;
    if (f->there && !found.count && !vanishes)
        strs_add(sh->s->a, f->ret, buffer_text(sh->s->a, &f->plain));
    *f = (struct fields){ .ret = f->ret, .split = f->split, .loose = f->loose };
}

static const char *separators(struct shell *sh)
{
    const char *ifs = shell_variable(sh, "IFS");
    return ifs ? ifs : " \t\n";
}

/* Blanks of IFS go together; another character of it ends one field, an empty one, too. */
void fields_add_value(struct shell *sh, struct fields *f, const char *value, bool quoted)
{
    const char *ifs = separators(sh);
    if (quoted || !f->split || !*ifs) {
        fields_add(sh, f, value, strlen(value), quoted);
        return;
    }
    while (*value) {
        size_t n = strcspn(value, ifs);
        fields_add(sh, f, value, n, false);
        value += n;
        if (!*value)
            return;
        bool hard = false;
        for (; *value && strchr(ifs, *value); value++) {
            if (!isspace((unsigned char)*value) && hard)
                break;
            hard |= !isspace((unsigned char)*value);
        }
        f->there |= hard;
        fields_close(sh, f);
    }
}

/* ---- Words as texts ---- */

static struct fields expand_whole(struct shell *sh, const struct word *w)
{
    struct fields f = { 0 };
    if (w)
        sh->s->expand_parts(sh, w, &f);
    return f;
}

const char *shell_expand_one(struct shell *sh, const struct word *w)
{
    struct fields f = expand_whole(sh, w);
    return buffer_text(sh->s->a, &f.plain);
}

const char *shell_expand_pattern(struct shell *sh, const struct word *w)
{
    struct fields f = expand_whole(sh, w);
    return buffer_text(sh->s->a, &f.pattern);
}

const char *shell_expand_regex(struct shell *sh, const struct word *w)
{
    struct buffer out = { 0 };
    LIST_EACH (struct part, p, &w->parts) {
        struct word one = { .parts = { p, 1, 1 } };
        const char *text = shell_expand_one(sh, &one);
        for (; *text; text++) {
            if (p->quoted && strchr(".[]{}()\\*+?^$|", *text))
                buffer_add(sh->s->a, &out, "\\", 1);
            buffer_add(sh->s->a, &out, text, 1);
        }
    }
    return buffer_text(sh->s->a, &out);
}
