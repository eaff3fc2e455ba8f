/* Redirections. See shell_state.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"

#define FIRST_CHOSEN 10 /* of {name}> */

static int refused(struct shell *sh, const char *written, bool reading, const char *why)
{
    bool missing = text_is(why, NO_ENTRY);
    if (sh->s->pause)
        return -1;
    if (sh->bash)
        shell_protest(sh, "%s: %s", written, why);
    else if (reading)
        shell_protest(sh, "cannot open %s: %s", written, missing ? "No such file" : why);
    else
        shell_protest(sh, "cannot create %s: %s", written, missing ? "Directory nonexistent" : why);
    sh->status = sh->bash ? 1 : 2;
    return -1;
}

/* A file that stands for another descriptor, or for nothing; -1: it is an ordinary one. */
static int64_t open_special(struct shell *sh, const char *written)
{
    const char *path = shell_path(sh, written);
    struct open_file special;
    int64_t number;
    if (text_is(path, "/dev/stdin") || text_is(path, "/dev/stdout") || text_is(path, "/dev/stderr"))
        number = path[8] == 'i' ? 0 : path[8] == 'o' ? 1 : 2;
    else if (!text_starts(path, "/dev/fd/") || !text_int(path + strlen("/dev/fd/"), &number))
        number = -1;
    const struct descriptor *d = number < 0 ? NULL : shell_descriptor(sh, number);
    if (d)
        return d->file;
    if (!file_special(sh, path, &special))
        return -1;
    int64_t file = shell_open(sh, FILE_NOTHING);
    **list_at(&sh->s->files, struct open_file *, (size_t)file) = special;
    return file;
}

static int64_t open_for_reading(struct shell *sh, const char *written)
{
    const char *bytes, *why;
    size_t n;
    int64_t file = open_special(sh, written);
    if (file >= 0)
        return file;
    why = shell_read(sh, written, &bytes, &n);
    if (why)
        return refused(sh, written, true, why);
    file = shell_open(sh, FILE_BYTES);
    struct open_file *open = *list_at(&sh->s->files, struct open_file *, (size_t)file);
    open->bytes = (struct buffer){ (char *)bytes, n, n };
    return file;
}

static int64_t open_for_writing(struct shell *sh, const struct redirect *r, const char *written)
{
    const char *path, *why;
    struct dir_entry e;
    int64_t file = open_special(sh, written);
    if (file >= 0)
        return file;
    why = file_may_write(sh, written, &path, &e);
    if (!why && r->kind == REDIRECT_OUT && sh->options.noclobber && !r->force && e.name)
        why = "cannot overwrite existing file";
    if (!why && (!e.name || r->kind == REDIRECT_OUT))
        why = shell_write(sh, path, "", 0);
    if (why || sh->s->pause)
        return refused(sh, written, false, why);
    file = shell_open(sh, FILE_PATH);
    (*list_at(&sh->s->files, struct open_file *, (size_t)file))->path = path;
    return file;
}

/* 2>&1, <&-, 3<&4- */
static int64_t copied(struct shell *sh, const char *text, int64_t *ret_closes)
{
    size_t n = strlen(text);
    int64_t number;
    *ret_closes = -1;
    if (text_is(text, "-"))
        return -1;
    bool moves = n > 1 && text[n - 1] == '-';
    if (!text_int(moves ? arena_strndup(sh->s->a, text, n - 1) : text, &number)) {
        shell_protest(sh, "%s: ambiguous redirect", text);
        sh->status = 1;
        return -2;
    }
    const struct descriptor *d = shell_descriptor(sh, number);
    if (!d || d->file < 0) {
        shell_protest(sh, "%s: Bad file descriptor", text);
        sh->status = sh->bash ? 1 : 2;
        return -2;
    }
    if (moves)
        *ret_closes = number;
    return d->file;
}

static void remember(struct shell *sh, struct list *before, int64_t number)
{
    const struct descriptor *d = shell_descriptor(sh, number);
    struct descriptor *was = list_add(sh->s->a, before, struct descriptor);
    *was = (struct descriptor){ number, d ? d->file : -1 };
}

static int64_t open_text(struct shell *sh, const struct redirect *r, const char *text)
{
    int64_t file = shell_open(sh, FILE_BYTES);
    struct open_file *open = *list_at(&sh->s->files, struct open_file *, (size_t)file);
    buffer_add_text(sh->s->a, &open->bytes, text);
    if (r->line)
        buffer_add(sh->s->a, &open->bytes, "\n", 1);
    return file;
}

/* The number of {name}>; new ones are put into the variable. */
static int64_t chosen(struct shell *sh, const struct redirect *r, const char *text)
{
    int64_t number = FIRST_CHOSEN;
    const char *value = shell_variable(sh, r->fd_name);
    if (text_is(text, "-") && value && text_int(value, &number))
        return number;
    for (const struct descriptor *d; (d = shell_descriptor(sh, number)) && d->file >= 0;)
        number++;
    variable_set(sh, r->fd_name, arena_printf(sh->s->a, "%lld", (long long)number));
    return number;
}

static int redirect_one(struct shell *sh, const struct redirect *r, struct list *before)
{
    const char *text = shell_expand_one(sh, &r->word);
    int64_t file, closes = -1;
    if (shell_stopped(sh))
        return -1;
    int64_t number = r->fd_name ? chosen(sh, r, text) : r->fd;
    if (r->kind == REDIRECT_COPY)
        file = copied(sh, text, &closes);
    else if (r->kind == REDIRECT_TEXT)
        file = open_text(sh, r, text);
    else
        file = r->kind == REDIRECT_IN ? open_for_reading(sh, text) : open_for_writing(sh, r, text);
    if (file == -2 || (file < 0 && r->kind != REDIRECT_COPY))
        return -1;
    if (!r->fd_name)
        remember(sh, before, number);
    shell_connect(sh, number, file);
    if (closes >= 0) {
        remember(sh, before, closes);
        shell_connect(sh, closes, -1);
    }
    if (r->errors) {
        remember(sh, before, 2);
        shell_connect(sh, 2, file);
    }
    return 0;
}

int shell_redirect(struct shell *sh, const struct node *n, struct list *before)
{
    LIST_EACH (struct redirect, r, &n->redirects) {
        if (redirect_one(sh, r, before)) {
            shell_redirect_back(sh, before);
            before->count = 0;
            return -1;
        }
    }
    return 0;
}

void shell_redirect_back(struct shell *sh, const struct list *before)
{
    for (size_t i = before->count; i-- > 0;) {
        const struct descriptor *d = list_at(before, struct descriptor, i);
        shell_connect(sh, d->number, d->file);
    }
}
