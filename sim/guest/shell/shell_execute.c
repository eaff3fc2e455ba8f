/* Commands by their names: of the table, of the host, and files that are scripts. See command.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

#define MAX_NESTED 16 /* sudo sudo … */

/* ---- Files that are run ---- */

static int64_t cannot_run(struct shell *sh, const char *name, int64_t status, const char *why)
{
    shell_protest(sh, "%s: %s", name, why);
    return status;
}

static int64_t not_found(struct shell *sh, const char *name)
{
    if (!sh->bash)
        return cannot_run(sh, name, 127, "not found");
    return cannot_run(sh, name, 127, strchr(name, '/') ? NO_ENTRY : "command not found");
}

static bool is_binary(const char *bytes, size_t n)
{
    return n >= 4 && (memcmp(bytes, "\177ELF", 4) == 0 || memchr(bytes, '\0', n < 80 ? n : 80));
}

const char *shell_interpreter(struct arena *a, const char *text, const char **ret_argument)
{
    size_t n = strcspn(text, "\n");
    *ret_argument = "";
    if (!text_starts(text, "#!"))
        return NULL;
    const char *line = arena_strndup(a, text, n);
    line += 2 + strspn(line + 2, " \t");
    n = strcspn(line, " \t");
    const char *program = arena_strndup(a, line, n), *rest = line + n + strspn(line + n, " \t");
    if (text_ends(program, "/env") && *rest) { /* env NAME … */
        n = strcspn(rest, " \t");
        program = arena_strndup(a, rest, n);
        rest += n + strspn(rest + n, " \t");
    }
    size_t length = strlen(rest);
    while (length && strchr(" \t\r", rest[length - 1]))
        length--;
    *ret_argument = arena_strndup(a, rest, length);
    return program;
}

static int64_t run_by_other(struct shell *sh, const char *program, const char *argument,
                            const char *path, size_t n, const char *const *words)
{
    struct list all = { 0 };
    const char *base = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
    if (!shell_command_named(sh, base) && !shell_look(sh, program)) {
        if (!sh->bash)
            return not_found(sh, words[0]);
        return cannot_run(sh, words[0], 126,
                          arena_printf(sh->s->a, "%s: bad interpreter: " NO_ENTRY, program));
    }
    strs_add(sh->s->a, &all, shell_command_named(sh, base) ? base : program);
    if (*argument)
        strs_add(sh->s->a, &all, argument);
    strs_add(sh->s->a, &all, path);
    for (size_t i = 1; i < n; i++)
        strs_add(sh->s->a, &all, words[i]);
    return shell_execute(sh, all.count, all.items);
}

static int64_t run_file(struct shell *sh, const char *path, size_t n, const char *const *words)
{
    const char *text, *argument, *program;
    size_t size;
    const struct dir_entry *e = shell_look(sh, path);
    if (!e)
        return not_found(sh, words[0]);
    if (e->is_folder)
        return cannot_run(sh, words[0], 126, sh->bash ? IS_DIRECTORY : DENIED);
    if (!shell_may(sh, e, 'x') || shell_read(sh, path, &text, &size))
        return cannot_run(sh, words[0], 126, DENIED);
    if (is_binary(text, size))
        return cannot_run(sh, words[0], 126,
                          sh->bash ? "cannot execute binary file: Exec format error"
                                   : "Exec format error");
    program = shell_interpreter(sh->s->a, text, &argument);
    bool bash = program ? text_ends(program, "bash") || !sh->s->host->dash : sh->bash;
    program = program ? program : "sh";
    const char *base = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
    if (text_is(base, "sh") || text_is(base, "bash") || text_is(base, "dash"))
        return shell_run_script(sh, text, path, bash && !text_is(base, "dash"),
                                *argument == '-' ? argument + 1 : "", n - 1, words + 1);
    return run_by_other(sh, program, argument, path, n, words);
}

/* A name without a slash, in the folders of PATH. */
static const char *find_in_path(struct shell *sh, const char *name)
{
    const char *at = shell_variable(sh, "PATH");
    while (at && *at && !shell_stopped(sh)) {
        size_t n = strcspn(at, ":");
        const char *path = arena_printf(sh->s->a, "%.*s/%s", n ? (int)n : 1, n ? at : ".", name);
        const struct dir_entry *e = shell_look(sh, path);
        if (e && !e->is_folder && shell_may(sh, e, 'x'))
            return path;
        at += n + (at[n] == ':');
    }
    return NULL;
}

const char *shell_where(struct shell *sh, const char *name)
{
    const struct shell_command *c = shell_command_named(sh, name);
    if (strchr(name, '/')) {
        const struct dir_entry *e = shell_look(sh, name);
        return e && !e->is_folder && shell_may(sh, e, 'x') ? name : NULL;
    }
    if (c && (!c->builtin || text_is(c->name, "[")))
        return arena_printf(sh->s->a, "/usr/bin/%s", name);
    return find_in_path(sh, name);
}

/* The command of the table that a path like /usr/bin/cat stands for. */
static const struct shell_command *by_path(struct shell *sh, const char *path)
{
    const struct dir_entry *e;
    struct shell_host *h = sh->s->host;
    const struct shell_command *own = h->command ? h->command(h, path) : NULL;
    const char *slash = strrchr(path, '/');
    if (own)
        return own;
    if (!slash || !(e = shell_look(sh, path)) || e->is_folder)
        return NULL;
    size_t n;
    const char *bytes;
    bool on_disk = !shell_read(sh, path, &bytes, &n);
    return on_disk ? NULL : shell_command_named(sh, slash + 1);
}

static int64_t run_named(struct shell *sh, size_t n, const char *const *words)
{
    bool plain = !strchr(words[0], '/');
    const struct shell_command *c =
        plain ? shell_command_named(sh, words[0]) : by_path(sh, words[0]);
    if (c)
        return c->run(sh, n, words);
    const char *path = plain ? find_in_path(sh, words[0]) : words[0];
    if (shell_stopped(sh))
        return 0;
    return path ? run_file(sh, path, n, words) : not_found(sh, words[0]);
}

/* ---- A command that pauses ---- */

/* Where its output and its input were: one that is tried again has said nothing yet. */
struct stand {
    size_t out, err, session_out, session_err, in, session_in;
};

static struct stand stand_of(struct shell *sh)
{
    const struct open_file *out = shell_file(sh, 1), *err = shell_file(sh, 2),
                           *in = shell_file(sh, 0);
    return (struct stand){ .out = out ? out->bytes.n : 0,
                           .err = err ? err->bytes.n : 0,
                           .in = in ? in->at : 0,
                           .session_out = sh->s->out.n,
                           .session_err = sh->s->err.n,
                           .session_in = sh->s->input_at };
}

static void go_back(struct shell *sh, const struct stand *s)
{
    struct open_file *out = shell_file(sh, 1), *err = shell_file(sh, 2), *in = shell_file(sh, 0);
    if (sh->s->undone)
        return;
    sh->s->undone = true;
    if (out && out->bytes.n > s->out)
        out->bytes.n = s->out;
    if (err && err->bytes.n > s->err)
        err->bytes.n = s->err;
    if (in)
        in->at = s->in;
    sh->s->out.n = s->session_out;
    sh->s->err.n = s->session_err;
    sh->s->input_at = s->session_in;
}

static void put_down(struct shell *sh, const struct stand *s, const struct value *kept)
{
    struct value *frame = frame_new(sh);
    bool again = sh->s->pause != PAUSE_SLEEP;
    if (again)
        go_back(sh, s);
    bool moved = sh->next_phase >= 0;
    value_add_int(sh->s->a, frame, "phase", moved ? sh->next_phase : sh->phase);
    sh->next_phase = -1;
    if (sh->keeps) {
        value_add(frame, "kept", sh->keeps);
    } else if (kept && value_get(kept, "kept")) {
        struct value *same = arena_new(sh->s->a, struct value);
        *same = *value_get(kept, "kept");
        same->next = NULL;
        value_add(frame, "kept", same);
    }
    frame_put(sh, frame);
}

int64_t shell_execute(struct shell *sh, size_t n, const char *const *words)
{
    const struct value *kept = frame_take(sh), *kept_around = sh->kept;
    struct value *keeps_around = sh->keeps;
    int64_t phase_around = sh->phase;
    struct stand stand = stand_of(sh);
    if (sh->nested == MAX_NESTED) {
        shell_protest(sh, "%s: too many commands that run commands", words[0]);
        return 126;
    }
    sh->nested++;
    sh->phase = kept ? kept_number(kept, "phase") : 0;
    sh->kept = kept ? value_get(kept, "kept") : NULL;
    sh->keeps = NULL;
    sh->next_phase = -1;
    int64_t status = run_named(sh, n, words);
    if (shell_pausing(sh))
        put_down(sh, &stand, kept);
    sh->kept = kept_around;
    sh->keeps = keeps_around;
    sh->phase = phase_around;
    sh->nested--;
    return status;
}
