/* Open files and descriptors. See shell_state.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

/* ---- Descriptors ---- */

struct descriptor *shell_descriptor(const struct shell *sh, int64_t number)
{
    LIST_EACH (struct descriptor, d, &sh->descriptors) {
        if (d->number == number)
            return d;
    }
    return NULL;
}

struct open_file *shell_file(struct shell *sh, int64_t descriptor)
{
    const struct descriptor *d = shell_descriptor(sh, descriptor);
    return d && d->file >= 0 ? *list_at(&sh->s->files, struct open_file *, (size_t)d->file) : NULL;
}

int64_t shell_open(struct shell *sh, enum file_kind kind)
{
    struct open_file *file = arena_new(sh->s->a, struct open_file);
    file->kind = kind;
    *list_add(sh->s->a, &sh->s->files, struct open_file *) = file;
    shell_spend(sh, sizeof *file);
    return (int64_t)sh->s->files.count - 1;
}

void shell_connect(struct shell *sh, int64_t descriptor, int64_t file)
{
    struct descriptor *d = shell_descriptor(sh, descriptor);
    if (!d)
        d = list_add(sh->s->a, &sh->descriptors, struct descriptor);
    *d = (struct descriptor){ descriptor, file };
}

/* ---- Writing ---- */

static void add_output(struct session *s, bool error, const void *bytes, size_t n)
{
    struct buffer *to = error ? &s->err : &s->out;
    if (s->r->keep && to->n > s->r->keep)
        return; /* more than can ever be shown is not kept */
    buffer_add(s->a, to, bytes, n);
}

int shell_write_to(struct shell *sh, int64_t descriptor, const void *bytes, size_t n)
{
    struct open_file *file = shell_file(sh, descriptor);
    shell_spend(sh, n);
    if (sh->s->killed)
        return 0;
    if (!file)
        return n ? -1 : 0;
    if (file->kind == FILE_OUTPUT)
        add_output(sh->s, file->error, bytes, n);
    else if (file->kind == FILE_BYTES || file->kind == FILE_PATH || file->kind == FILE_PROGRAM)
        buffer_add(sh->s->a, &file->bytes, bytes, n);
    if (file->kind == FILE_PATH)
        sh->s->unwritten = true;
    return 0;
}

/* ---- Reading ---- */

/* What a file has left; false: more may come. */
static bool left_of(struct shell *sh, const struct open_file *file, const char **ret, size_t *ret_n)
{
    struct shell_run *r = sh->s->r;
    *ret = "";
    *ret_n = 0;
    if (file && file->kind == FILE_BYTES && file->bytes.n > file->at) {
        *ret = file->bytes.at + file->at;
        *ret_n = file->bytes.n - file->at;
    } else if (file && file->kind == FILE_INPUT && r->input_size > sh->s->input_at) {
        *ret = (const char *)r->input + sh->s->input_at;
        *ret_n = r->input_size - sh->s->input_at;
    }
    return !file || file->kind != FILE_INPUT || !r->input_open;
}

static void skip(struct shell *sh, struct open_file *file, size_t n)
{
    if (file && file->kind == FILE_INPUT)
        sh->s->input_at += n;
    else if (file)
        file->at += n;
    shell_spend(sh, n);
}

const char *shell_read_line(struct shell *sh, int64_t descriptor, char end, size_t *ret_n)
{
    struct open_file *file = shell_file(sh, descriptor);
    const char *bytes;
    bool whole = left_of(sh, file, &bytes, ret_n);
    const char *found = *ret_n ? memchr(bytes, end, *ret_n) : NULL;
    if (found)
        *ret_n = (size_t)(found - bytes) + 1;
    else if (!whole)
        shell_wait(sh, PAUSE_INPUT);
    if (!*ret_n || (!found && !whole))
        return NULL;
    skip(sh, file, *ret_n);
    return bytes;
}

const char *shell_read_some(struct shell *sh, int64_t descriptor, size_t *ret_n)
{
    struct open_file *file = shell_file(sh, descriptor);
    const char *bytes;
    size_t n;
    bool whole = left_of(sh, file, &bytes, &n);
    if (!n && !whole)
        shell_wait(sh, PAUSE_INPUT);
    *ret_n = n < *ret_n ? n : *ret_n;
    skip(sh, file, *ret_n);
    return bytes;
}

const char *shell_input(struct shell *sh, size_t *ret_n)
{
    struct open_file *file = shell_file(sh, 0);
    const char *bytes;
    if (!left_of(sh, file, &bytes, ret_n)) {
        shell_wait(sh, PAUSE_INPUT);
        *ret_n = 0;
        return "";
    }
    skip(sh, file, *ret_n);
    return arena_strndup(sh->s->a, bytes, *ret_n);
}
