/* What a script says, and what it may cost. See shell_state.h and command.h. */
#include <string.h>

#include "guest/shell/shell_state.h"

#define LARGEST_FILE ((size_t)4 << 20)

static void write_out(struct shell *sh, int64_t descriptor, const void *bytes, size_t n)
{
    if (!shell_write_to(sh, descriptor, bytes, n) || descriptor == 2)
        return;
    shell_protest(sh, "write error: Bad file descriptor");
    sh->status = 1;
}

static void say(struct shell *sh, int64_t descriptor, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

static void say(struct shell *sh, int64_t descriptor, const char *fmt, va_list args)
{
    const char *text = arena_vprintf(sh->s->a, fmt, args);
    write_out(sh, descriptor, text, strlen(text));
}

void shell_say(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, 1, fmt, args);
    va_end(args);
}

void shell_put(struct shell *sh, const void *bytes, size_t n)
{
    write_out(sh, 1, bytes, n);
}

void shell_complain(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, 2, fmt, args);
    va_end(args);
    shell_write_to(sh, 2, "\n", 1);
}

void shell_protest(struct shell *sh, const char *fmt, ...)
{
    const char *head = arena_printf(sh->s->a, sh->bash ? "%s: %sline %d: " : "%s: %s%d: ", sh->name,
                                    sh->complains_as ? sh->complains_as : "", sh->line);
    va_list args;
    va_start(args, fmt);
    shell_write_to(sh, 2, head, strlen(head));
    say(sh, 2, fmt, args);
    va_end(args);
    shell_write_to(sh, 2, "\n", 1);
}

/* ---- What is written and not yet in its file ---- */

/* A file that is gone by now takes nothing. */
static const char *append_bytes(struct shell *sh, struct open_file *file)
{
    struct shell_host *h = sh->s->host;
    struct dir_entry e;
    struct buffer whole = { 0 };
    size_t before = 0;
    if (!h->look(h, file->path, &e, sh->s->a) || e.is_folder)
        return NULL;
    const void *old = h->read(h, file->path, &before, sh->s->a);
    shell_spend(sh, before);
    if (before + file->bytes.n > LARGEST_FILE)
        return "File too large";
    buffer_add(sh->s->a, &whole, old ? old : "", before);
    buffer_add(sh->s->a, &whole, file->bytes.at, file->bytes.n);
    return h->put(h, file->path, &e, whole.at, whole.n);
}

void shell_flush(struct shell *sh)
{
    if (!sh->s->unwritten)
        return;
    sh->s->unwritten = false;
    LIST_EACH (struct open_file *, at, &sh->s->files) {
        struct open_file *file = *at;
        if (file->kind != FILE_PATH || !file->bytes.n)
            continue;
        if (sh->s->host->is_frozen(sh->s->host, file->path)) {
            sh->s->unwritten = true;
            continue;
        }
        const char *why = append_bytes(sh, file);
        file->bytes = (struct buffer){ 0 };
        if (why)
            shell_protest(sh, "write error: %s", why);
    }
}
