/* Builtins about the folder, the umask, and which command a name is. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

/* ---- cd, pwd, pushd, popd ---- */

static int64_t cannot_go(struct shell *sh, const char *to, const char *why)
{
    if (!sh->bash) {
        shell_protest(sh, "cd: can't cd to %s", to);
        return 2;
    }
    shell_protest(sh, "cd: %s: %s", to, why);
    return 1;
}

static int64_t go(struct shell *sh, const char *to)
{
    const char *path = shell_path(sh, to);
    const struct dir_entry *e = shell_look(sh, path);
    if (!e)
        return cannot_go(sh, to, NO_ENTRY);
    if (!e->is_folder)
        return cannot_go(sh, to, NOT_DIRECTORY);
    if (!shell_may(sh, e, 'x'))
        return cannot_go(sh, to, DENIED);
    variable_set(sh, "OLDPWD", sh->folder);
    sh->folder = path;
    variable_set(sh, "PWD", path);
    return 0;
}

static int64_t run_cd(struct shell *sh, size_t n, const char *const *words)
{
    size_t at = 1;
    while (at < n
           && (text_is(words[at], "-P") || text_is(words[at], "-L") || text_is(words[at], "--")))
        at++;
    const char *to = at < n ? words[at] : shell_variable(sh, "HOME");
    if (!to) {
        shell_protest(sh, "cd: HOME not set");
        return sh->bash ? 1 : 2;
    }
    if (at + 1 < n && sh->bash) {
        shell_protest(sh, "cd: too many arguments");
        return 1;
    }
    if (!text_is(to, "-"))
        return *to ? go(sh, to) : 0;
    to = shell_variable(sh, "OLDPWD");
    if (!to) {
        shell_protest(sh, "cd: OLDPWD not set");
        return sh->bash ? 1 : 2;
    }
    int64_t status = go(sh, to);
    if (!status)
        shell_say(sh, "%s\n", sh->folder);
    return status;
}

static int64_t run_pwd(struct shell *sh, size_t n, const char *const *words)
{
    const char *error, *path = n > 1 && text_is(words[1], "-P")
                                   ? shell_resolve(sh, sh->folder, &error)
                                   : sh->folder;
    shell_say(sh, "%s\n", path ? path : sh->folder);
    return 0;
}

static void show_folders(struct shell *sh)
{
    struct list stack = { 0 };
    const struct variable *v = variable_find(sh, "DIRSTACK");
    strs_add(sh->s->a, &stack, sh->folder);
    if (v)
        variable_values(sh, v, &stack);
    shell_say(sh, "%s\n", strs_join(sh->s->a, &stack, " "));
}

static void set_stack(struct shell *sh, const struct list *values)
{
    struct variable *v = variable_make(sh, "DIRSTACK");
    *v = (struct variable){ .name = v->name, .kind = VARIABLE_ARRAY, .set = true };
    for (size_t i = 0; i < values->count; i++)
        variable_set_item(sh, v, arena_printf(sh->s->a, "%zu", i),
                          *list_at(values, const char *, i));
}

static int64_t run_pushd(struct shell *sh, size_t n, const char *const *words)
{
    struct list stack = { 0 };
    const struct variable *v = variable_find(sh, "DIRSTACK");
    if (n < 2) {
        shell_protest(sh, "pushd: no other directory");
        return 1;
    }
    strs_add(sh->s->a, &stack, sh->folder);
    int64_t status = go(sh, words[1]);
    if (status)
        return status;
    if (v)
        variable_values(sh, v, &stack);
    set_stack(sh, &stack);
    show_folders(sh);
    return 0;
}

static int64_t run_popd(struct shell *sh, size_t n, const char *const *words)
{
    struct list stack = { 0 };
    const struct variable *v = variable_find(sh, "DIRSTACK");
    (void)n;
    (void)words;
    if (v)
        variable_values(sh, v, &stack);
    if (!stack.count) {
        shell_protest(sh, "popd: directory stack empty");
        return 1;
    }
    int64_t status = go(sh, *list_at(&stack, const char *, 0));
    if (status)
        return status;
    struct list rest = { (const char **)stack.items + 1, stack.count - 1, stack.count - 1 };
    set_stack(sh, &rest);
    show_folders(sh);
    return 0;
}

static int64_t run_umask(struct shell *sh, size_t n, const char *const *words)
{
    if (n < 2) {
        shell_say(sh, "%04llo\n", (unsigned long long)sh->umask);
        return 0;
    }
    char *end;
    long mask = strtol(words[1], &end, 8);
    if (*end || mask < 0 || mask > 0777) {
        shell_protest(sh,
                      sh->bash ? "umask: %s: octal number out of range" : "umask: Illegal mode: %s",
                      words[1]);
        return sh->bash ? 1 : 2;
    }
    sh->umask = mask;
    return 0;
}

/* ---- command, type, hash ---- */

static bool is_keyword(const char *word)
{
    static const char *const all[] = { "if",   "then", "else",  "elif",     "fi",   "do", "done",
                                       "case", "esac", "while", "until",    "for",  "{",  "}",
                                       "!",    "[[",   "]]",    "function", "time", "in", NULL };
    return text_any(word, all);
}

static int64_t describe(struct shell *sh, const char *name, bool verbose)
{
    const struct shell_command *c = shell_command_named(sh, name);
    const char *path = NULL;
    if (is_keyword(name)) {
        shell_say(sh, verbose ? "%s is a shell keyword\n" : "%s\n", name);
    } else if (shell_function(sh, name)) {
        shell_say(sh,
                  verbose ? sh->bash ? "%s is a function\n" : "%s is a shell function\n" : "%s\n",
                  name);
    } else if (c && c->builtin) {
        shell_say(sh, verbose ? "%s is a shell builtin\n" : "%s\n", name);
    } else if ((path = shell_where(sh, name))) {
        if (verbose)
            shell_say(sh, "%s is %s\n", name, path);
        else
            shell_say(sh, "%s\n", path);
    } else {
        return sh->bash ? 1 : 127;
    }
    return 0;
}

static int64_t run_command(struct shell *sh, size_t n, const char *const *words)
{
    size_t at = 1;
    bool brief = false, verbose = false;
    for (; at < n && words[at][0] == '-' && words[at][1]; at++) {
        brief |= strchr(words[at], 'v') != NULL;
        verbose |= strchr(words[at], 'V') != NULL;
    }
    if (at >= n)
        return 0;
    if (!brief && !verbose)
        return shell_execute(sh, n - at, words + at);
    int64_t status = sh->bash ? 1 : 127;
    for (; at < n; at++) {
        int64_t one = describe(sh, words[at], verbose);
        if (one && verbose)
            shell_protest(sh, sh->bash ? "command: %s: not found" : "%s: not found", words[at]);
        status = one ? status : 0;
    }
    return status;
}

static const char *kind_of(struct shell *sh, const char *name)
{
    const struct shell_command *c = shell_command_named(sh, name);
    return is_keyword(name)           ? "keyword"
           : shell_function(sh, name) ? "function"
           : c && c->builtin          ? "builtin"
           : shell_where(sh, name)    ? "file"
                                      : NULL;
}

static int64_t run_type(struct shell *sh, size_t n, const char *const *words)
{
    size_t at = 1;
    char option = '\0';
    int64_t status = 0;
    for (; sh->bash && at < n && words[at][0] == '-' && words[at][1]; at++)
        option = words[at][1];
    for (; at < n; at++) {
        const char *kind = kind_of(sh, words[at]);
        if (!kind)
            status = sh->bash ? 1 : 127;
        if (!kind && !option)
            shell_protest(sh, sh->bash ? "type: %s: not found" : "%s: not found", words[at]);
        else if (kind && option == 't')
            shell_say(sh, "%s\n", kind);
        else if (kind && (option == 'p' || option == 'P') && text_is(kind, "file"))
            shell_say(sh, "%s\n", shell_where(sh, words[at]));
        else if (kind && option != 'p' && option != 'P')
            describe(sh, words[at], true);
    }
    return status;
}

static int64_t run_hash(struct shell *sh, size_t n, const char *const *words)
{
    int64_t status = 0;
    for (size_t at = 1; at < n; at++) {
        if (words[at][0] != '-' && !kind_of(sh, words[at])) {
            shell_protest(sh, "hash: %s: not found", words[at]);
            status = 1;
        }
    }
    return status;
}

static int64_t run_builtin(struct shell *sh, size_t n, const char *const *words)
{
    const struct shell_command *c = n > 1 ? shell_command_named(sh, words[1]) : NULL;
    if (n > 1 && (!c || !c->builtin)) {
        shell_protest(sh, "builtin: %s: not a shell builtin", words[1]);
        return 1;
    }
    return n > 1 ? shell_execute(sh, n - 1, words + 1) : 0;
}

/* What has limits in a kernel has none here. */
static int64_t run_ulimit(struct shell *sh, size_t n, const char *const *words)
{
    if (n < 2 || (n == 2 && words[1][0] == '-'))
        shell_say(sh, "unlimited\n");
    return 0;
}

BUILTIN(cd, "cd", run_cd);
BUILTIN(pwd, "pwd", run_pwd);
BUILTIN(pushd, "pushd", run_pushd);
BUILTIN(popd, "popd", run_popd);
BUILTIN(umask, "umask", run_umask);
BUILTIN(command, "command", run_command);
BUILTIN(type, "type", run_type);
BUILTIN(hash, "hash", run_hash);
BUILTIN(builtin, "builtin", run_builtin);
BUILTIN(ulimit, "ulimit", run_ulimit);
