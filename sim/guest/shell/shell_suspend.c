/* See shell_suspend.h. */
#include "guest/shell/shell_suspend.h"

#include <string.h>

#include "base/text.h"
#include "base/value.h"

/* ---- What is kept ---- */

static void keep_bytes(struct arena *a, struct value *v, const char *name, const void *bytes,
                       size_t n)
{
    value_add_text(a, v, name, n ? base64_encode(a, bytes, n) : "");
}

static void keep_text(struct arena *a, struct value *v, const char *name, const char *text)
{
    keep_bytes(a, v, name, text, strlen(text));
}

const char *shell_suspend(const struct shell *sh)
{
    struct arena *a = sh->a;
    struct value *v = value_new(a, VALUE_MAP);
    value_add_int(a, v, "at", (int64_t)sh->at);
    value_add_int(a, v, "status", sh->status);
    keep_text(a, v, "folder", sh->folder);
    value_add_bool(a, v, "errexit", sh->errexit);
    value_add_bool(a, v, "nounset", sh->nounset);
    value_add_bool(a, v, "trace", sh->trace);
    keep_bytes(a, v, "out", sh->out.at, sh->out.n);
    keep_bytes(a, v, "err", sh->err.at, sh->err.n);
    keep_bytes(a, v, "pipe", sh->pipe.at, sh->pipe.n);
    struct value *variables = value_add_new(a, v, "variables", VALUE_LIST);
    LIST_EACH (struct variable, one, &sh->variables) {
        if (!one->value)
            continue;
        keep_text(a, variables, NULL, one->name);
        keep_text(a, variables, NULL, one->value);
    }
    struct value *loops = value_add_new(a, v, "loops", VALUE_LIST);
    LIST_EACH (struct for_loop, loop, &sh->loops) {
        struct value *words = value_add_new(a, loops, NULL, VALUE_LIST);
        for (size_t i = loop->next; i < loop->words.count; i++)
            keep_text(a, words, NULL, *list_at(&loop->words, const char *, i));
    }
    return value_to_json(a, v, 0);
}

static const char *kept_text(struct arena *a, const char *base64)
{
    size_t n;
    const char *text = base64 ? base64_decode(a, base64, &n) : NULL;
    return text ? text : "";
}

static struct buffer kept_buffer(struct shell *sh, const struct value *v, const char *name)
{
    struct buffer p = { 0 };
    size_t n = 0;
    const char *text = value_text(v, name), *bytes = text ? base64_decode(sh->a, text, &n) : NULL;
    if (bytes)
        buffer_add(sh->a, &p, bytes, n);
    return p;
}

static void recall_lists(struct shell *sh, const struct value *v)
{
    const struct value *at = value_get(v, "variables");
    for (at = at ? at->first : NULL; at && at->next; at = at->next->next)
        shell_set(sh, kept_text(sh->a, at->text), kept_text(sh->a, at->next->text));
    at = value_get(v, "loops");
    for (at = at ? at->first : NULL; at; at = at->next) {
        struct for_loop *loop = list_add(sh->a, &sh->loops, struct for_loop);
        for (const struct value *word = at->first; word; word = word->next)
            strs_add(sh->a, &loop->words, kept_text(sh->a, word->text));
    }
}

void shell_resume(struct shell *sh, const char *state)
{
    const char *error;
    const struct value *v = state ? value_from_json(sh->a, state, strlen(state), &error) : NULL;
    if (!v)
        return;
    sh->at = (size_t)value_get(v, "at")->number;
    sh->status = value_get(v, "status")->number;
    sh->folder = kept_text(sh->a, value_text(v, "folder"));
    sh->errexit = value_get(v, "errexit")->flag;
    sh->nounset = value_get(v, "nounset")->flag;
    sh->trace = value_get(v, "trace")->flag;
    sh->out = kept_buffer(sh, v, "out");
    sh->err = kept_buffer(sh, v, "err");
    sh->pipe = kept_buffer(sh, v, "pipe");
    recall_lists(sh, v);
}

/* ---- What is shown ---- */

/* The length of a UTF-8 character that XML and JSON can carry; 0: there is none. */
static size_t character(const char *s, size_t left)
{
    for (size_t n = 1; n <= 4 && n <= left; n++) {
        if (text_is_xml(s, n))
            return n;
    }
    return 0;
}

/* Cut as the agent cuts it [seen]; what is no text becomes question marks. */
const char *shell_visible_output(struct shell *sh, const struct buffer *p, size_t most)
{
    static const char cut[] = "--output truncated--";
    size_t limit = p->n > most ? most - strlen(cut) : p->n;
    struct buffer text = { 0 };
    for (size_t at = 0; at < limit;) {
        size_t n = character(p->at + at, p->n - at);
        if (n && at + n > limit)
            break;
        buffer_add(sh->a, &text, n ? p->at + at : "?", n ? n : 1);
        at += n ? n : 1;
    }
    if (p->n > most)
        buffer_add(sh->a, &text, cut, strlen(cut));
    return buffer_text(sh->a, &text);
}
