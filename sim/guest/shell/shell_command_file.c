/* The commands of the shell that read and change files, as GNU coreutils has them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/shell_command.h"

#define DEEPEST_FOLDER 64

/* ---- Options ---- */

/* The letters before the first operand are set in *ret; "long" ones come as pairs of their name and
 * letter. Returns the index of the first operand; 0: an option is not known, and that was said. */
static size_t options(struct shell *sh, size_t n, const char *const *words, const char *letters,
                      const char *const *longs, const char **ret)
{
    char *seen = arena_alloc(sh->a, strlen(letters) + 1);
    size_t at = 1, count = 0;
    *ret = seen;
    for (; at < n && words[at][0] == '-' && words[at][1]; at++) {
        const char *option = words[at] + 1, *letter = NULL;
        if (text_is(option, "-"))
            return at + 1;
        for (const char *const *l = longs; *option == '-' && l && *l; l += 2)
            letter = text_is(l[0], option + 1) ? l[1] : letter;
        for (const char *o = letter ? letter : option; *o; o++) {
            if (*option == '-' && !letter) {
                shell_complain(sh, "%s: unrecognized option '-%s'", words[0], option);
                return 0;
            }
            if (!strchr(letters, *o)) {
                shell_complain(sh, "%s: invalid option -- '%c'", words[0], *o);
                return 0;
            }
            if (!strchr(seen, *o))
                seen[count++] = *o;
        }
    }
    return at;
}

static bool has(const char *seen, char letter)
{
    return strchr(seen, letter) != NULL;
}

static int64_t no_operand(struct shell *sh, const char *command)
{
    shell_complain(sh, "%s: missing operand", command);
    return 1;
}

/* ---- Output ---- */

static char escape_of(char c)
{
    static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
    const char *at = c ? strchr(from, c) : NULL;
    return at ? to[at - from] : '\0';
}

/* A text with its backslash escapes; false: \c ends all output. */
static bool put_escaped(struct shell *sh, const char *s)
{
    struct buffer text = { 0 };
    bool goes_on = true;
    for (; *s && goes_on; s++) {
        char escaped = *s == '\\' ? escape_of(s[1]) : '\0';
        if (escaped) {
            buffer_add(sh->a, &text, &escaped, 1);
            s++;
        } else if (*s == '\\' && s[1] == 'c') {
            goes_on = false;
        } else if (*s == '\\' && s[1] == '0') {
            char *end;
            char octal[4] = { 0 };
            memcpy(octal, s + 2, strnlen(s + 2, 3));
            char byte = (char)strtol(octal, &end, 8);
            buffer_add(sh->a, &text, &byte, 1);
            s += 1 + (end - octal);
        } else {
            buffer_add(sh->a, &text, s, 1);
        }
    }
    shell_spend(sh, text.n);
    buffer_add(sh->a, sh->to_out, text.at, text.n);
    return goes_on;
}

/* dash's echo always minds escapes, bash's with -e. */
static int64_t run_echo(struct shell *sh, size_t n, const char *const *words)
{
    bool newline = true, escapes = !sh->r->bash;
    size_t at = 1;
    for (; at < n && words[at][0] == '-' && words[at][1]; at++) {
        const char *known = sh->r->bash ? "neE" : "n";
        if (strspn(words[at] + 1, known) != strlen(words[at] + 1))
            break;
        newline &= !strchr(words[at], 'n');
        escapes |= strchr(words[at], 'e') != NULL;
        escapes &= !strchr(words[at], 'E');
    }
    for (size_t first = at; at < n; at++) {
        if (at > first)
            shell_say(sh, " ");
        if (!escapes)
            shell_say(sh, "%s", words[at]);
        else if (!put_escaped(sh, words[at]))
            return 0;
    }
    if (newline)
        shell_say(sh, "\n");
    return 0;
}

/* One conversion; returns what follows it in the format. */
static const char *convert(struct shell *sh, const char *format, const char *word)
{
    int64_t number = 0;
    char letter = format[1];
    if (letter == '%') {
        shell_say(sh, "%%");
    } else if (letter == 's') {
        shell_say(sh, "%s", word ? word : "");
    } else if (letter == 'b') {
        put_escaped(sh, word ? word : "");
    } else if (letter == 'd' || letter == 'i' || letter == 'u') {
        if (word && !text_int(word, &number)) {
            shell_protest(sh, "printf: %s: invalid number", word);
            sh->status = 1;
        }
        shell_say(sh, "%lld", (long long)number);
    } else {
        shell_protest(sh, "printf: %%%c: invalid directive", letter ? letter : ' ');
        sh->status = 1;
        return format + strlen(format);
    }
    return format + 2;
}

/* The format again and again while there are words for it. */
static int64_t run_printf(struct shell *sh, size_t n, const char *const *words)
{
    size_t at = 2, before;
    if (n < 2) {
        shell_protest(sh, "printf: usage: printf format [arguments]");
        return 2;
    }
    sh->status = 0;
    do {
        before = at;
        for (const char *f = words[1]; *f && !sh->over;) {
            char escaped = *f == '\\' ? escape_of(f[1]) : '\0';
            if (*f == '%') {
                bool wants = f[1] != '%' && at < n;
                f = convert(sh, f, wants ? words[at] : NULL);
                at += wants;
            } else if (escaped) {
                buffer_add(sh->a, sh->to_out, &escaped, 1);
                f += 2;
            } else {
                size_t plain = strcspn(f + 1, "%\\") + 1;
                shell_spend(sh, plain);
                buffer_add(sh->a, sh->to_out, f, plain);
                f += plain;
            }
        }
    } while (at < n && at > before && !sh->over);
    return sh->status;
}

static int64_t run_cat(struct shell *sh, size_t n, const char *const *words)
{
    const char *seen;
    size_t at = options(sh, n, words, "u", NULL, &seen), size;
    int64_t status = !at;
    for (bool any = at && at < n; at && (at < n || !any) && !sh->over; at++, any = true) {
        const char *word = at < n ? words[at] : "-", *path = shell_path(sh, word);
        const struct dir_entry *e;
        if (text_is(word, "-")) {
            shell_spend(sh, sh->in_size);
            buffer_add(sh->a, sh->to_out, sh->in, sh->in_size);
            continue;
        }
        if (text_is(path, "/dev/null"))
            continue;
        e = shell_look(sh, path);
        const void *bytes = e && !e->is_folder ? shell_read(sh, path, &size) : NULL;
        if (bytes) {
            shell_spend(sh, size);
            buffer_add(sh->a, sh->to_out, bytes, size);
        } else {
            shell_complain(sh, "cat: %s: %s", word, e ? IS_DIRECTORY : NO_ENTRY);
            status = 1;
        }
    }
    return status;
}

static int64_t run_tee(struct shell *sh, size_t n, const char *const *words)
{
    static const char *const longs[] = { "append", "a", NULL };
    const char *seen, *why;
    size_t at = options(sh, n, words, "ai", longs, &seen);
    int64_t status = !at;
    if (at)
        buffer_add(sh->a, sh->to_out, sh->in, sh->in_size);
    for (; at && at < n && !sh->over && !sh->frozen; at++) {
        const char *path = shell_path(sh, words[at]);
        if (text_is(path, "/dev/null"))
            continue;
        why = has(seen, 'a') ? shell_append(sh, path, sh->in, sh->in_size)
                             : shell_write(sh, path, sh->in, sh->in_size);
        if (why) {
            shell_complain(sh, "tee: %s: %s", words[at], why);
            status = 1;
        }
    }
    return status;
}

/* ---- ls ---- */

static int by_entry_name(const void *a, const void *b)
{
    const struct dir_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static void list_entry(struct shell *sh, const struct dir_entry *e, const char *name, bool longer)
{
    if (longer)
        shell_say(sh, "%s root root %lld %s %s\n", e->is_folder ? "drwxr-xr-x. 2" : "-rw-r--r--. 1",
                  e->is_folder ? 4096LL : (long long)e->size,
                  time_format(sh->a, "%b %e %H:%M", e->changed), name);
    else
        shell_say(sh, "%s\n", name);
}

static void list_folder(struct shell *sh, const char *path, const char *seen)
{
    struct list entries = { 0 };
    shell_list(sh, path, &entries);
    if (entries.count)
        qsort(entries.items, entries.count, sizeof(struct dir_entry), by_entry_name);
    if (has(seen, 'l'))
        shell_say(sh, "total %zu\n", 4 * entries.count);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (*e->name != '.' || has(seen, 'a') || has(seen, 'A'))
            list_entry(sh, e, e->name, has(seen, 'l'));
    }
}

static int64_t run_ls(struct shell *sh, size_t n, const char *const *words)
{
    const char *seen;
    size_t at = options(sh, n, words, "1laAdhp", NULL, &seen);
    bool many = at + 1 < n;
    int64_t status = at ? 0 : 2;
    for (bool any = at && at < n; at && (at < n || !any) && !sh->over; at++, any = true) {
        const char *word = at < n ? words[at] : ".", *path = shell_path(sh, word);
        const struct dir_entry *e = shell_look(sh, path);
        if (!e) {
            shell_complain(sh, "ls: cannot access '%s': " NO_ENTRY, word);
            status = 2;
        } else if (e->is_folder && !has(seen, 'd')) {
            if (many)
                shell_say(sh, "%s:\n", word);
            list_folder(sh, path, seen);
            if (many && at + 1 < n)
                shell_say(sh, "\n");
        } else {
            list_entry(sh, e, word, has(seen, 'l'));
        }
    }
    return status;
}

/* ---- Folders ---- */

static const char *make_folder(struct shell *sh, const char *path)
{
    const char *why = shell_can_write(sh, path);
    if (text_is(why, IS_DIRECTORY) || (!why && shell_look(sh, path)))
        return "File exists";
    if (why || sh->frozen || sh->over)
        return why;
    return sh->host->make_directory(sh->host, path);
}

/* With all above it; those that are there are fine. */
static const char *make_folders(struct shell *sh, const char *path)
{
    for (const char *at = path + 1; *at && !sh->frozen && !sh->over;) {
        at += strcspn(at, "/");
        const char *part = arena_strndup(sh->a, path, (size_t)(at - path));
        const struct dir_entry *e = shell_look(sh, part);
        const char *why = e ? (e->is_folder ? NULL
                               : *at        ? NOT_DIRECTORY
                                            : "File exists")
                            : make_folder(sh, part);
        if (why)
            return why;
        at += *at == '/';
    }
    return NULL;
}

static int64_t run_mkdir(struct shell *sh, size_t n, const char *const *words)
{
    static const char *const longs[] = { "parents", "p", NULL };
    const char *seen;
    size_t at = options(sh, n, words, "p", longs, &seen);
    int64_t status = !at;
    if (at == n)
        return no_operand(sh, "mkdir");
    for (; at && at < n && !sh->frozen && !sh->over; at++) {
        const char *path = shell_path(sh, words[at]);
        const char *why = has(seen, 'p') ? make_folders(sh, path) : make_folder(sh, path);
        if (why) {
            shell_complain(sh, "mkdir: cannot create directory '%s': %s", words[at], why);
            status = 1;
        }
    }
    return status;
}

static bool is_mount(struct shell *sh, const char *path)
{
    return sh->host->is_mount(sh->host, path);
}

static const char *remove_folder(struct shell *sh, const char *path)
{
    const struct dir_entry *e = shell_look(sh, path);
    struct list entries = { 0 };
    if (!e || !e->is_folder)
        return e ? NOT_DIRECTORY : NO_ENTRY;
    if (is_mount(sh, path))
        return "Device or resource busy";
    shell_meets_frozen(sh, path);
    shell_list(sh, path, &entries);
    if (entries.count)
        return "Directory not empty";
    if (sh->frozen || sh->over)
        return NULL;
    return sh->host->remove_directory(sh->host, path);
}

static int64_t run_rmdir(struct shell *sh, size_t n, const char *const *words)
{
    const char *seen;
    size_t at = options(sh, n, words, "", NULL, &seen);
    int64_t status = !at;
    if (at == n)
        return no_operand(sh, "rmdir");
    for (; at && at < n && !sh->frozen && !sh->over; at++) {
        const char *why = remove_folder(sh, shell_path(sh, words[at]));
        if (why) {
            shell_complain(sh, "rmdir: failed to remove '%s': %s", words[at], why);
            status = 1;
        }
    }
    return status;
}

/* ---- Removing, copying, moving ---- */

static const char *below(struct shell *sh, const char *folder, const char *name)
{
    return arena_printf(sh->a, "%s/%s", text_is(folder, "/") ? "" : folder, name);
}

static const char *remove_tree(struct shell *sh, const char *path, int depth)
{
    const struct dir_entry *e = shell_look(sh, path);
    const char *why = NULL;
    shell_meets_frozen(sh, path);
    if (!e || sh->frozen || sh->over)
        return NULL;
    if (!e->is_folder)
        return sh->host->remove(sh->host, path);
    if (depth > DEEPEST_FOLDER)
        return "File name too long";
    struct list entries = { 0 };
    shell_list(sh, path, &entries);
    LIST_EACH (struct dir_entry, inner, &entries) {
        const char *at = below(sh, path, inner->name);
        if (!why && !is_mount(sh, at))
            why = remove_tree(sh, at, depth + 1);
    }
    return why ? why : remove_folder(sh, path);
}

static int64_t run_rm(struct shell *sh, size_t n, const char *const *words)
{
    static const char *const longs[] = { "recursive", "r", "force", "f", NULL };
    const char *seen, *why;
    size_t at = options(sh, n, words, "rRfv", longs, &seen);
    int64_t status = !at;
    bool deep = at && (has(seen, 'r') || has(seen, 'R'));
    if (at == n && !has(seen, 'f'))
        return no_operand(sh, "rm");
    for (; at && at < n && !sh->frozen && !sh->over; at++) {
        const char *path = shell_path(sh, words[at]);
        const struct dir_entry *e = shell_look(sh, path);
        if (text_is(path, "/")) {
            shell_complain(sh, "rm: it is dangerous to operate recursively on '/'");
            return 1;
        }
        if (!e && has(seen, 'f'))
            continue;
        why = !e ? NO_ENTRY : e->is_folder && !deep ? IS_DIRECTORY : remove_tree(sh, path, 0);
        if (why) {
            shell_complain(sh, "rm: cannot remove '%s': %s", words[at], why);
            status = 1;
        }
    }
    return status;
}

static const char *copy_tree(struct shell *sh, const char *from, const char *to, int depth)
{
    const struct dir_entry *e = shell_look(sh, from);
    const char *why = NULL;
    size_t n = 0;
    if (sh->frozen || sh->over)
        return NULL;
    if (!e->is_folder) {
        const void *bytes = shell_read(sh, from, &n);
        return shell_write(sh, to, bytes, n);
    }
    if (depth > DEEPEST_FOLDER)
        return "File name too long";
    struct list entries = { 0 };
    shell_list(sh, from, &entries);
    if (!shell_look(sh, to))
        why = make_folder(sh, to);
    LIST_EACH (struct dir_entry, inner, &entries) {
        if (!why)
            why =
                copy_tree(sh, below(sh, from, inner->name), below(sh, to, inner->name), depth + 1);
    }
    return why;
}

/* Into itself it cannot go. */
static bool is_inside(const char *path, const char *folder)
{
    return text_is(folder, "/")
           || (text_starts(path, folder) && (path[strlen(folder)] == '/' || !path[strlen(folder)]));
}

static const char *take(struct shell *sh, const char *from, const char *to, bool moving)
{
    const char *why = is_inside(to, from) ? "Invalid argument" : copy_tree(sh, from, to, 0);
    if (why || !moving || sh->frozen || sh->over)
        return why;
    return remove_tree(sh, from, 0);
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* cp and mv: the last operand is the target, a folder takes what comes by its name. */
static int64_t transfer(struct shell *sh, size_t at, size_t n, const char *const *words,
                        bool folders, bool moving)
{
    int64_t status = 0;
    if (n - at < 2) {
        shell_complain(
            sh, n == at ? "%s: missing file operand" : "%s: missing destination file operand",
            words[0]);
        return 1;
    }
    const char *target = shell_path(sh, words[n - 1]);
    const struct dir_entry *into = shell_look(sh, target);
    bool folder = into && into->is_folder;
    if (n - at > 2 && !folder) {
        shell_complain(sh, "%s: target '%s' is not a directory", words[0], words[n - 1]);
        return 1;
    }
    for (; at < n - 1 && !sh->frozen && !sh->over; at++) {
        const char *from = shell_path(sh, words[at]);
        const struct dir_entry *e = shell_look(sh, from);
        const char *to = folder ? below(sh, target, last_name(from)) : target, *why;
        if (!e) {
            shell_complain(sh, "%s: cannot stat '%s': " NO_ENTRY, words[0], words[at]);
            status = 1;
        } else if (e->is_folder && !folders) {
            shell_complain(sh, "%s: -r not specified; omitting directory '%s'", words[0],
                           words[at]);
            status = 1;
        } else if ((why = take(sh, from, to, moving))) {
            shell_complain(sh, "%s: cannot %s '%s': %s", words[0],
                           moving ? "move" : "create regular file", moving ? words[at] : to, why);
            status = 1;
        }
    }
    return status;
}

static int64_t run_cp(struct shell *sh, size_t n, const char *const *words)
{
    static const char *const longs[] = { "recursive", "r", "archive", "a", "force", "f", NULL };
    const char *seen;
    size_t at = options(sh, n, words, "rRafpv", longs, &seen);
    if (!at)
        return 1;
    return transfer(sh, at, n, words, has(seen, 'r') || has(seen, 'R') || has(seen, 'a'), false);
}

static int64_t run_mv(struct shell *sh, size_t n, const char *const *words)
{
    const char *seen;
    size_t at = options(sh, n, words, "fv", NULL, &seen);
    return at ? transfer(sh, at, n, words, true, true) : 1;
}

/* ---- touch, truncate ---- */

static int64_t run_touch(struct shell *sh, size_t n, const char *const *words)
{
    const char *seen;
    size_t at = options(sh, n, words, "acm", NULL, &seen), size = 0;
    int64_t status = !at;
    if (at == n)
        return no_operand(sh, "touch");
    for (; at && at < n && !sh->frozen && !sh->over; at++) {
        const char *path = shell_path(sh, words[at]);
        const struct dir_entry *e = shell_look(sh, path);
        if ((e && e->is_folder) || (!e && has(seen, 'c')))
            continue;
        const void *bytes = e ? shell_read(sh, path, &size) : "";
        const char *why = shell_write(sh, path, bytes, e ? size : 0);
        if (why) {
            shell_complain(sh, "touch: cannot touch '%s': %s", words[at], why);
            status = 1;
        }
    }
    return status;
}

/* -s SIZE and -sSIZE, in bytes. */
static int64_t run_truncate(struct shell *sh, size_t n, const char *const *words)
{
    int64_t size = -1, status = 0;
    size_t at = 1;
    if (n > 2 && (text_is(words[1], "-s") || text_is(words[1], "--size"))) {
        at = 3;
        text_int(words[2], &size);
    } else if (n > 1 && text_starts(words[1], "-s")) {
        at = 2;
        text_int(words[1] + 2, &size);
    }
    if (size < 0 || size > (int64_t)SHELL_MAX_BYTES || at >= n) {
        shell_complain(sh, at >= n ? "truncate: missing file operand"
                                   : "truncate: you must specify '--size' in bytes");
        return 1;
    }
    for (; at < n && !sh->frozen && !sh->over; at++) {
        const char *path = shell_path(sh, words[at]);
        size_t before = 0;
        const void *old = shell_read(sh, path, &before);
        char *bytes = arena_alloc(sh->a, (size_t)size + 1);
        if (old)
            memcpy(bytes, old, before < (size_t)size ? before : (size_t)size);
        const char *why = shell_write(sh, path, bytes, (size_t)size);
        if (why) {
            shell_complain(sh, "truncate: cannot open '%s' for writing: %s", words[at], why);
            status = 1;
        }
    }
    return status;
}

const struct shell_command shell_file_commands[] = {
    { "echo", run_echo },   { "printf", run_printf }, { "cat", run_cat },
    { "tee", run_tee },     { "ls", run_ls },         { "mkdir", run_mkdir },
    { "rmdir", run_rmdir }, { "rm", run_rm },         { "cp", run_cp },
    { "mv", run_mv },       { "touch", run_touch },   { "truncate", run_truncate },
    { NULL, NULL },
};
