/* Commands that run others: as another user, in another shell, once for each word. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/span.h"
#include "guest/shell/shell_state.h"

/* ---- A process for what is run ---- */

/* Runs words in a process that may have another user and other variables; it pauses as they do. */
struct inner {
    const struct shell_user *user; /* NULL: the same */
    bool login; /* with the user's own environment */
    bool clears; /* env -i */
    struct list set, unset; /* const char *: NAME=value, NAME */
    const char *folder;
};

static void set_up(struct shell *process, const struct inner *i)
{
    struct arena *a = process->s->a;
    if (i->clears)
        process->variables = (struct list){ 0 };
    LIST_EACH (const char *, name, &i->unset)
        variable_unset(process, *name);
    if (i->user)
        shell_become(process, i->user, i->login);
    LIST_EACH (const char *, one, &i->set) {
        const char *equals = strchr(*one, '='),
                   *name = arena_strndup(a, *one, (size_t)(equals - *one));
        variable_set(process, name, equals + 1);
        variable_find(process, name)->exported = true;
    }
    if (i->folder)
        process->folder = i->folder;
}

static int64_t run_inner(struct shell *sh, const struct inner *i, size_t n,
                         const char *const *words)
{
    const struct value *kept = frame_take(sh);
    struct shell *process = shell_fork(sh);
    process->functions = (struct list){ 0 };
    process->nested = sh->nested;
    process->quiet = 1;
    if (kept)
        kept_process(sh, kept, process);
    else
        set_up(process, i);
    int64_t status = shell_execute(process, n, words);
    if (shell_pausing(sh)) {
        struct value *frame = frame_new(sh);
        keep_process(sh, frame, process);
        frame_put(sh, frame);
    }
    return process->flow == FLOW_EXIT && process->status ? process->status : status;
}

/* ---- sudo, su ---- */

static bool may_sudo(struct shell *sh)
{
    struct list entries = { 0 };
    int64_t wheel;
    if (!sh->user.uid)
        return true;
    const char *const groups[] = { "wheel", "sudo", "admin", NULL };
    for (const char *const *g = groups; *g; g++) {
        if (!shell_group_named(sh, *g, &wheel))
            continue;
        LIST_EACH (int64_t, gid, &sh->user.groups) {
            if (*gid == wheel)
                return true;
        }
    }
    sh->s->host->list(sh->s->host, "/etc/sudoers.d", &entries, sh->s->a);
    LIST_EACH (struct dir_entry, e, &entries) {
        size_t n;
        const char *path = arena_printf(sh->s->a, "/etc/sudoers.d/%s", e->name);
        const void *bytes = sh->s->host->read(sh->s->host, path, &n, sh->s->a);
        const char *text = bytes ? arena_strndup(sh->s->a, bytes, n) : "";
        const char *line = arena_printf(sh->s->a, "%s ALL", sh->user.name),
                   *found = strstr(text, line);
        if (found && (found == text || found[-1] == '\n'))
            return true;
    }
    return false;
}

static int64_t run_login_shell(struct shell *sh, const struct inner *i, const char *command)
{
    const char *const words[] = { "bash", "-c", command ? command : ":" };
    if (text_ends(i->user->login, "nologin") || text_ends(i->user->login, "/false")) {
        shell_say(sh, "This account is currently not available.\n");
        return 1;
    }
    return run_inner(sh, i, 3, words);
}

static bool read_sudo(struct shell *sh, struct shell_options *o, const char **user, bool *login,
                      bool *shell)
{
    for (char c; (c = shell_option(o));) {
        if (c == '?')
            return false;
        if (c == 'g' || c == 'l' || c == 'h') {
            shell_complain(sh, "sudo: this option is not simulated: -%c", c);
            return false;
        }
        *user = c == 'u' ? o->value : *user;
        *login |= c == 'i';
        *shell |= c == 's';
    }
    return true;
}

static int64_t run_sudo(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "user", 'u', true },
                                                      { "login", 'i', false },
                                                      { "preserve-env", 'E', false },
                                                      { "non-interactive", 'n', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = { .sh = sh,
                               .n = n,
                               .words = words,
                               .letters = "EnHSkisu:g:lh",
                               .names = names,
                               .first_operand_ends = true };
    const char *name = "root";
    bool login = false, shell = false;
    struct shell_user user;
    struct inner i = { .user = &user, .login = true };
    if (!read_sudo(sh, &o, &name, &login, &shell))
        return 1;
    if (!shell_user_named(sh, *name == '#' ? name + 1 : name, &user)) {
        shell_complain(sh, "sudo: unknown user %s", name);
        return 1;
    }
    if (!may_sudo(sh)) {
        shell_complain(sh, "sudo: a password is required");
        return 1;
    }
    while (o.rest.count && strchr(*list_at(&o.rest, const char *, 0), '=')
           && shell_name_length(*list_at(&o.rest, const char *, 0))) {
        strs_add(sh->s->a, &i.set, *list_at(&o.rest, const char *, 0));
        o.rest =
            (struct list){ (const char **)o.rest.items + 1, o.rest.count - 1, o.rest.count - 1 };
    }
    if (login)
        i.folder = user.home;
    if (login || shell)
        return run_login_shell(sh, &i, o.rest.count ? strs_join(sh->s->a, &o.rest, " ") : NULL);
    if (o.rest.count)
        return run_inner(sh, &i, o.rest.count, o.rest.items);
    shell_complain(sh, "usage: sudo [-EHnS] [-u user] [VAR=value] [-i | -s] [command [arg ...]]");
    return 1;
}

static int64_t run_su(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "command", 'c', true }, { "login", 'l', false }, { "shell", 's', true }, { NULL, 0, 0 }
    };
    struct list all = { 0 };
    const char *command = NULL;
    bool login = false;
    struct shell_user user;
    struct inner i = { .user = &user, .login = true };
    for (size_t at = 0; at < n; at++) {
        login |= text_is(words[at], "-");
        if (!text_is(words[at], "-"))
            strs_add(sh->s->a, &all, words[at]);
    }
    struct shell_options o = {
        .sh = sh, .n = all.count, .words = all.items, .letters = "c:ls:mpu:", .names = names
    };
    const char *name = NULL;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        command = c == 'c' ? o.value : command;
        name = c == 'u' ? o.value : name;
        login |= c == 'l';
    }
    bool named = name != NULL;
    if (!name)
        name = o.rest.count ? *list_at(&o.rest, const char *, 0) : "root";
    if (!shell_user_named(sh, name, &user)) {
        shell_complain(sh, "%s: user %s does not exist", words[0], name);
        return 1;
    }
    if (sh->user.uid) {
        shell_complain(sh, "%s: Authentication failure", words[0]);
        return 1;
    }
    if (login)
        i.folder = user.home;
    if (named && !command && o.rest.count)
        return run_inner(sh, &i, o.rest.count, o.rest.items);
    return run_login_shell(sh, &i, command);
}

/* ---- sh, bash ---- */

struct starting {
    const char *command; /* of -c */
    struct buffer flags;
    bool input; /* -s, or no operand */
    bool bash;
};

/* The options of a shell; gives the first operand's place, 0 where one is not known. */
static size_t read_shell(struct shell *sh, size_t n, const char *const *words, struct starting *s)
{
    size_t at = 1;
    bool command = false;
    for (; at < n && (words[at][0] == '-' || words[at][0] == '+') && words[at][1]; at++) {
        if (words[at][0] == '-' && words[at][1] == '-') {
            if (text_is(words[at], "--"))
                return at + 1;
            if (!text_is(words[at], "--login") && !text_is(words[at], "--norc")
                && !text_is(words[at], "--noprofile") && !text_is(words[at], "--posix")) {
                shell_complain(sh, "%s: %s: invalid option", words[0], words[at]);
                return 0;
            }
            continue;
        }
        for (const char *letter = words[at] + 1; *letter; letter++) {
            command |= *letter == 'c';
            s->input |= *letter == 's';
            if (!strchr("cslio", *letter))
                buffer_add(sh->s->a, &s->flags, letter, 1);
        }
        if (strchr(words[at], 'o') && at + 1 < n)
            at++;
    }
    if (command && at < n)
        s->command = words[at++];
    return at;
}

static int64_t start_shell(struct shell *sh, size_t n, const char *const *words, bool bash)
{
    struct starting s = { .bash = bash };
    size_t at = read_shell(sh, n, words, &s), size;
    const char *text = s.command, *name = words[0], *why;
    if (!at)
        return 2;
    if (text) {
        name = at < n ? words[at++] : name;
    } else if (s.input || at >= n) {
        if (shell_kept(sh)) {
            text = kept_text(sh, shell_kept(sh), "script", &size);
        } else {
            text = shell_input(sh, &size);
            struct value *kept = frame_new(sh);
            keep_text(sh, kept, "script", text, size);
            shell_keep(sh, kept);
        }
    } else {
        name = words[at++];
        why = shell_read(sh, name, &text, &size);
        if (why) {
            shell_complain(sh, bash ? "%s: %s: %s" : "%s: 0: cannot open %s: %s", words[0], name,
                           !bash && text_is(why, NO_ENTRY) ? "No such file" : why);
            return bash ? 127 : 2;
        }
        text = arena_strndup(sh->s->a, text, size);
    }
    if (shell_stopped(sh))
        return 0;
    return shell_run_script(sh, text, name, bash, buffer_text(sh->s->a, &s.flags), n - at,
                            words + at);
}

static int64_t run_sh(struct shell *sh, size_t n, const char *const *words)
{
    return start_shell(sh, n, words, !sh->s->host->dash);
}

static int64_t run_bash(struct shell *sh, size_t n, const char *const *words)
{
    return start_shell(sh, n, words, true);
}

static int64_t run_dash(struct shell *sh, size_t n, const char *const *words)
{
    return start_shell(sh, n, words, false);
}

/* ---- env, nohup, timeout ---- */

static int64_t run_printenv(struct shell *sh, size_t n, const char *const *words)
{
    struct list all = { 0 };
    int64_t status = 0;
    variables_exported(sh, &all);
    for (size_t i = 0; n == 1 && i < all.count; i++)
        shell_say(sh, "%s\n", *list_at(&all, const char *, i));
    for (size_t at = 1; at < n; at++) {
        const struct variable *v = variable_find(sh, words[at]);
        if (v && v->exported && v->set)
            shell_say(sh, "%s\n", v->value);
        else
            status = 1;
    }
    return status;
}

static int64_t run_env(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "iu:C:", .first_operand_ends = true
    };
    struct inner i = { 0 };
    struct list all = { 0 };
    size_t at = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 125;
        i.clears |= c == 'i';
        if (c == 'u')
            strs_add(sh->s->a, &i.unset, o.value);
        if (c == 'C')
            i.folder = shell_path(sh, o.value);
    }
    const char *const *rest = o.rest.items;
    i.clears |= o.rest.count && text_is(rest[0], "-");
    at += o.rest.count && text_is(rest[0], "-");
    for (; at < o.rest.count && strchr(rest[at], '='); at++)
        strs_add(sh->s->a, &i.set, rest[at]);
    if (at < o.rest.count)
        return run_inner(sh, &i, o.rest.count - at, rest + at);
    if (!i.clears)
        variables_exported(sh, &all);
    LIST_EACH (const char *, one, &all)
        shell_say(sh, "%s\n", *one);
    LIST_EACH (const char *, one, &i.set)
        shell_say(sh, "%s\n", *one);
    return 0;
}

static int64_t run_nohup(struct shell *sh, size_t n, const char *const *words)
{
    struct inner i = { 0 };
    size_t at = 1;
    while (at < n && words[at][0] == '-') /* nice -n 5 */
        at += text_is(words[at], "-n") ? 2 : 1;
    if (at >= n) {
        shell_complain(sh, "%s: missing operand", words[0]);
        return 125;
    }
    return run_inner(sh, &i, n - at, words + at);
}

/* The command is not broken off: what takes longer says so when it is done. */
static int64_t run_timeout(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "k:s:fv", .first_operand_ends = true
    };
    struct inner i = { 0 };
    int64_t most;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 125;
    }
    if (o.rest.count < 2 || !time_read_pause(*list_at(&o.rest, const char *, 0), &most)) {
        shell_complain(sh, o.rest.count < 2 ? "timeout: missing operand"
                                            : "timeout: invalid time interval");
        return 125;
    }
    int64_t began = shell_kept(sh) ? kept_number(shell_kept(sh), "began") : shell_now(sh);
    struct value *kept = frame_new(sh);
    value_add_int(sh->s->a, kept, "began", began);
    shell_keep(sh, kept);
    int64_t status = run_inner(sh, &i, o.rest.count - 1, (const char **)o.rest.items + 1);
    return most && shell_now(sh) - began >= most ? 124 : status;
}

/* ---- xargs ---- */

struct gathering {
    bool nul, no_empty;
    const char *replace, *delimiter;
    int64_t most; /* words a time; 0: all */
};

static struct list split(struct shell *sh, const struct gathering *g, const char *text, size_t n)
{
    struct list items = { 0 };
    for (size_t at = 0; at < n;) {
        struct buffer item = { 0 };
        char quote = '\0';
        bool there = false;
        for (; at < n; at++) {
            char c = text[at];
            bool ends = g->nul         ? !c
                        : g->delimiter ? c == *g->delimiter
                        : g->replace   ? c == '\n'
                                       : !quote && strchr(" \t\n", c);
            if (ends)
                break;
            there = true;
            bool plain = g->nul || g->delimiter;
            if (!plain && quote && c == quote)
                quote = '\0';
            else if (!plain && !quote && (c == '"' || c == '\''))
                quote = c;
            else
                buffer_add(sh->s->a, &item,
                           !plain && c == '\\' && at + 1 < n ? &text[++at] : &text[at], 1);
        }
        at++;
        const char *one = buffer_text(sh->s->a, &item);
        if (g->replace)
            one += strspn(one, " \t");
        if (there || g->nul)
            strs_add(sh->s->a, &items, one);
    }
    return items;
}

static const char *replaced(struct arena *a, const char *word, const char *what, const char *with)
{
    struct buffer out = { 0 };
    for (const char *found; (found = strstr(word, what)); word = found + strlen(what)) {
        buffer_add(a, &out, word, (size_t)(found - word));
        buffer_add_text(a, &out, with);
    }
    buffer_add_text(a, &out, word);
    return buffer_text(a, &out);
}

static int64_t run_gathered(struct shell *sh, const struct gathering *g, const struct list *command,
                            const struct list *items, size_t from, size_t to)
{
    struct list words = { 0 };
    struct inner i = { 0 };
    LIST_EACH (const char *, word, command)
        strs_add(sh->s->a, &words,
                 g->replace
                     ? replaced(sh->s->a, *word, g->replace, *list_at(items, const char *, from))
                     : *word);
    for (size_t at = from; at < to && !g->replace; at++)
        strs_add(sh->s->a, &words, *list_at(items, const char *, at));
    return run_inner(sh, &i, words.count, words.items);
}

static bool read_gathering(struct shell *sh, struct shell_options *o, struct gathering *g)
{
    for (char c; (c = shell_option(o));) {
        if (c == '?')
            return false;
        g->nul |= c == '0';
        g->no_empty |= c == 'r';
        g->replace = c == 'I' ? o->value : c == 'i' ? "{}" : g->replace;
        g->delimiter = c == 'd' ? (text_is(o->value, "\\n") ? "\n" : o->value) : g->delimiter;
        if ((c == 'n' || c == 'L') && (!text_int(o->value, &g->most) || g->most < 1)) {
            shell_complain(sh, "xargs: invalid number \"%s\" for -%c option", o->value, c);
            return false;
        }
    }
    if (g->replace)
        g->most = 1;
    return true;
}

static int64_t run_xargs(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "null", '0', false },     { "no-run-if-empty", 'r', false }, { "max-args", 'n', true },
        { "max-procs", 'P', true }, { "delimiter", 'd', true },        { NULL, 0, 0 }
    };
    struct shell_options o = { .sh = sh,
                               .n = n,
                               .words = words,
                               .letters = "0rtn:I:iP:L:d:",
                               .names = names,
                               .first_operand_ends = true };
    struct gathering g = { 0 };
    struct list items = { 0 };
    size_t size, at = 0;
    int64_t status = 0;
    if (!read_gathering(sh, &o, &g))
        return 1;
    if (!o.rest.count)
        strs_add(sh->s->a, &o.rest, "echo");
    const struct value *kept = shell_kept(sh);
    if (kept) {
        kept_texts(sh, kept, "items", &items);
        at = (size_t)kept_number(kept, "at");
        status = kept_number(kept, "status");
    } else {
        const char *text = shell_input(sh, &size);
        items = split(sh, &g, text, size);
    }
    bool once = !items.count && !g.no_empty && !g.replace;
    for (; (at < items.count || once) && !shell_stopped(sh); once = false) {
        size_t to = g.most && at + (size_t)g.most < items.count ? at + (size_t)g.most : items.count;
        int64_t one = run_gathered(sh, &g, &o.rest, &items, at, to);
        if (shell_pausing(sh)) {
            struct value *keep = frame_new(sh);
            keep_texts(sh, keep, "items", &items);
            value_add_int(sh->s->a, keep, "at", (int64_t)at);
            value_add_int(sh->s->a, keep, "status", status);
            shell_keep(sh, keep);
            return 0;
        }
        status = one == 126 || one == 127 ? one : one ? 123 : status;
        if (one == 126 || one == 127)
            break;
        at = to;
    }
    return status;
}

static int64_t run_which(struct shell *sh, size_t n, const char *const *words)
{
    int64_t status = 0;
    for (size_t at = 1; at < n; at++) {
        const char *path = words[at][0] == '-' ? NULL : shell_where(sh, words[at]);
        if (path)
            shell_say(sh, "%s\n", path);
        else if (words[at][0] != '-')
            status = 1;
    }
    return status;
}

COMMAND(sudo, "sudo", run_sudo);
COMMAND(su, "su", run_su);
COMMAND(runuser, "runuser", run_su);
COMMAND(sh, "sh", run_sh);
COMMAND(bash, "bash", run_bash);
COMMAND(dash, "dash", run_dash);
COMMAND(env, "env", run_env);
COMMAND(printenv, "printenv", run_printenv);
COMMAND(nohup, "nohup", run_nohup);
COMMAND(nice, "nice", run_nohup);
COMMAND(setsid, "setsid", run_nohup);
COMMAND(timeout, "timeout", run_timeout);
COMMAND(xargs, "xargs", run_xargs);
COMMAND(which, "which", run_which);
