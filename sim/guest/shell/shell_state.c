/* See shell_state.h. */
#include "guest/shell/shell_state.h"

#include <string.h>

#include "base/text.h"

#define LARGEST_FILE ((size_t)4 << 20)
/* What a question about a file counts as, in bytes. */
#define COST_OF_LOOK 4000
#define COST_OF_LIST 8000
#define MAX_NESTED 16 /* sudo sudo … */

/* ---- Saying something ---- */

void shell_kill(struct shell *sh, const char *why)
{
    if (!sh->killed)
        buffer_add_text(sh->a, &sh->err, why);
    sh->killed = sh->over = true;
}

void shell_spend(struct shell *sh, size_t bytes)
{
    sh->bytes += bytes;
    if (sh->bytes > SHELL_MAX_BYTES)
        shell_kill(sh, "amisim: killed: a script may handle 16 MiB before it sleeps\n");
}

static void say(struct shell *sh, struct buffer *into, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

static void say(struct shell *sh, struct buffer *into, const char *fmt, va_list args)
{
    const char *text = arena_vprintf(sh->a, fmt, args);
    shell_spend(sh, strlen(text));
    buffer_add_text(sh->a, into, text);
}

void shell_say(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, sh->to_out, fmt, args);
    va_end(args);
}

void shell_complain(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, sh->to_err, fmt, args);
    va_end(args);
    buffer_add(sh->a, sh->to_err, "\n", 1);
}

void shell_protest(struct shell *sh, const char *fmt, ...)
{
    const char *head =
        arena_printf(sh->a, sh->r->bash ? "%s: line %d: " : "%s: %d: ", sh->r->name, sh->line);
    va_list args;
    buffer_add_text(sh->a, sh->to_err, head);
    va_start(args, fmt);
    say(sh, sh->to_err, fmt, args);
    va_end(args);
    buffer_add(sh->a, sh->to_err, "\n", 1);
}

/* ---- Variables ---- */

static struct variable *find_variable(struct shell *sh, const char *name)
{
    return LIST_FIND(struct variable, &sh->variables, name, name);
}

void shell_set(struct shell *sh, const char *name, const char *value)
{
    struct variable *v = find_variable(sh, name);
    if (!v) {
        v = list_add(sh->a, &sh->variables, struct variable);
        v->name = name;
    }
    v->value = value;
}

void shell_unset(struct shell *sh, const char *name)
{
    struct variable *v = find_variable(sh, name);
    if (v)
        v->value = NULL;
}

static const char *given(struct shell *sh, const char *name)
{
    static const char *const none[] = { "@", "*", "!", "-", NULL };
    if (text_is(name, "?"))
        return arena_printf(sh->a, "%lld", (long long)sh->status);
    if (text_is(name, "0"))
        return sh->r->name;
    if (text_is(name, "#"))
        return "0";
    if (text_is(name, "$"))
        return "4242";
    return text_any(name, none) ? "" : NULL;
}

static const char *environment(struct shell *sh, const char *name)
{
    return text_is(name, "HOME")       ? "/root"
           : text_is(name, "USER")     ? "root"
           : text_is(name, "PATH")     ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
           : text_is(name, "PWD")      ? sh->folder
           : text_is(name, "HOSTNAME") ? sh->host->name
                                       : NULL;
}

const char *shell_variable(struct shell *sh, const char *name)
{
    const struct variable *v = find_variable(sh, name);
    const char *value = v ? v->value : given(sh, name);
    return v || value ? value : environment(sh, name);
}

/* ---- Files ---- */

const char *shell_path(struct shell *sh, const char *written)
{
    struct list parts = { 0 };
    const char *whole =
        *written == '/' ? written : arena_printf(sh->a, "%s/%s", sh->folder, written);
    while (*whole) {
        size_t n = strcspn(whole, "/");
        const char *part = arena_strndup(sh->a, whole, n);
        if (text_is(part, ".."))
            parts.count -= parts.count > 0;
        else if (n && !text_is(part, "."))
            strs_add(sh->a, &parts, part);
        whole += n + (whole[n] == '/');
    }
    return arena_printf(sh->a, "/%s", strs_join(sh->a, &parts, "/"));
}

const struct dir_entry *shell_look(struct shell *sh, const char *path)
{
    struct dir_entry seen;
    shell_spend(sh, COST_OF_LOOK);
    if (sh->over || !sh->host->look(sh->host, path, &seen, sh->a))
        return NULL;
    struct dir_entry *e = arena_new(sh->a, struct dir_entry);
    *e = seen;
    return e;
}

void shell_list(struct shell *sh, const char *path, struct list *ret)
{
    if (!sh->over)
        sh->host->list(sh->host, path, ret, sh->a);
    shell_spend(sh, COST_OF_LIST + 200 * ret->count);
}

const void *shell_read(struct shell *sh, const char *path, size_t *ret_n)
{
    return sh->host->read(sh->host, path, ret_n, sh->a);
}

bool shell_meets_frozen(struct shell *sh, const char *path)
{
    sh->frozen |= sh->host->is_frozen(sh->host, path);
    return sh->frozen;
}

const char *shell_can_write(struct shell *sh, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = slash == path ? "/" : arena_strndup(sh->a, path, (size_t)(slash - path));
    const struct dir_entry *around = shell_look(sh, folder),
                           *e = around ? shell_look(sh, path) : NULL;
    if (!around)
        return NO_ENTRY;
    if (!around->is_folder)
        return NOT_DIRECTORY;
    if (e && e->is_folder)
        return IS_DIRECTORY;
    shell_meets_frozen(sh, path);
    return NULL;
}

const char *shell_write(struct shell *sh, const char *path, const void *bytes, size_t n)
{
    const char *error = shell_can_write(sh, path);
    shell_spend(sh, n);
    if (error || sh->frozen || sh->over)
        return error;
    if (n > LARGEST_FILE)
        return "File too large";
    return sh->host->write(sh->host, path, bytes, n);
}

const char *shell_append(struct shell *sh, const char *path, const void *bytes, size_t n)
{
    struct buffer whole = { 0 };
    size_t before = 0;
    const void *old = shell_read(sh, path, &before);
    shell_spend(sh, before);
    if (old && before <= LARGEST_FILE)
        buffer_add(sh->a, &whole, old, before);
    buffer_add(sh->a, &whole, bytes, n);
    return before > LARGEST_FILE ? "File too large" : shell_write(sh, path, whole.at, whole.n);
}

/* ---- Commands ---- */

const struct shell_command *shell_command_named(const struct shell *sh, const char *name)
{
    for (const struct shell_command *const *table = sh->commands; *table; table++) {
        for (const struct shell_command *command = *table; command->name; command++) {
            if (text_is(command->name, name))
                return command;
        }
    }
    return NULL;
}

static int64_t not_found(struct shell *sh, const char *name)
{
    const struct dir_entry *e = strchr(name, '/') ? shell_look(sh, shell_path(sh, name)) : NULL;
    if (e) {
        shell_protest(sh, "%s: %s", name,
                      e->is_folder && sh->r->bash ? IS_DIRECTORY : "Permission denied");
        return 126;
    }
    if (!sh->r->bash)
        shell_protest(sh, "%s: not found", name);
    else if (strchr(name, '/'))
        shell_protest(sh, "%s: " NO_ENTRY, name);
    else
        shell_protest(sh, "%s: command not found", name);
    return 127;
}

int64_t shell_execute(struct shell *sh, size_t n, const char *const *words)
{
    const struct shell_command *command = shell_command_named(sh, words[0]);
    if (sh->nested == MAX_NESTED) {
        shell_protest(sh, "%s: too many commands that run commands", words[0]);
        return 126;
    }
    sh->nested++;
    int64_t status = command ? command->run(sh, n, words) : not_found(sh, words[0]);
    sh->nested--;
    return status;
}
