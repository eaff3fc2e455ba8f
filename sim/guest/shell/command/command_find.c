/* find. */
#include <stdlib.h>
#include <string.h>

#include "base/posix_pattern.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/command/mode.h"
#include "guest/shell/shell_state.h"

#define DEEPEST 40

enum test_kind {
    TEST_AND,
    TEST_OR,
    TEST_NOT,
    TEST_TRUE,
    TEST_NAME,
    TEST_PATH,
    TEST_TYPE,
    TEST_USER,
    TEST_GROUP,
    TEST_PERM,
    TEST_SIZE,
    TEST_TIME,
    TEST_NEWER,
    TEST_EMPTY,
    DO_PRINT,
    DO_PRINT0,
    DO_PRINTF,
    DO_DELETE,
    DO_EXEC,
    DO_PRUNE,
    DO_QUIT
};

struct test {
    enum test_kind kind;
    const struct test *first, *second; /* AND, OR, NOT */
    struct posix_pattern *pattern;
    const char *text; /* of -type, -printf; of -perm its sign */
    int64_t number, unit; /* of sizes and times */
    char sign; /* + - or 0 */
    struct list words; /* const char *: of -exec */
    bool together; /* -exec … + */
    struct list *gathered; /* const char * */
};

struct finding {
    struct shell *sh;
    size_t n, at;
    const char *const *words;
    const char *error;
    bool acts, depth_first, quits, prunes;
    int64_t deepest, least;
    struct list together; /* struct test *: -exec … + */
    int64_t status;
    int nesting;
    struct list done; /* const char *: what came of each action before it paused, "1" or "0" */
    size_t acted; /* actions so far */
};

static const struct test *read_or(struct finding *f);

/* ---- The expression ---- */

static struct test *new_test(struct finding *f, enum test_kind kind)
{
    struct test *t = arena_new(f->sh->s->a, struct test);
    t->kind = kind;
    return t;
}

static const char *value(struct finding *f, const char *name)
{
    if (f->at < f->n)
        return f->words[f->at++];
    f->error = arena_printf(f->sh->s->a, "missing argument to `%s'", name);
    return "0";
}

static void read_exec(struct finding *f, struct test *t)
{
    f->acts = true;
    for (; f->at < f->n && !text_is(f->words[f->at], ";"); f->at++) {
        bool last =
            text_is(f->words[f->at], "+") && t->words.count && text_is(f->words[f->at - 1], "{}");
        if (last) {
            t->together = true;
            t->words.count--;
            t->gathered = arena_new(f->sh->s->a, struct list);
            *list_add(f->sh->s->a, &f->together, const struct test *) = t;
            break;
        }
        strs_add(f->sh->s->a, &t->words, f->words[f->at]);
    }
    if (f->at >= f->n || !t->words.count)
        f->error = "missing argument to `-exec'";
    f->at++;
}

/* +5, -5, 5, and a unit of sizes. */
static void read_count(struct finding *f, struct test *t, const char *name, bool size)
{
    const char *text = value(f, name);
    char *end;
    t->sign = *text == '+' || *text == '-' ? *text++ : '\0';
    t->number = strtoll(text, &end, 10);
    t->unit = size ? 512 : 1;
    if (size && *end) {
        t->unit = *end == 'c'   ? 1
                  : *end == 'k' ? 1024
                  : *end == 'M' ? 1 << 20
                  : *end == 'G' ? 1 << 30
                                : 512;
        end++;
    }
    if (end == text || *end)
        f->error = arena_printf(f->sh->s->a, "invalid argument `%s' to `%s'", text, name);
}

static void read_perm(struct finding *f, struct test *t)
{
    const char *text = value(f, "-perm");
    t->sign = *text == '-' || *text == '/' ? *text++ : '\0';
    if (!mode_read(text, 0, false, &t->number))
        f->error = arena_printf(f->sh->s->a, "invalid mode `%s'", text);
}

static void read_owner(struct finding *f, struct test *t, bool group)
{
    const char *name = value(f, group ? "-group" : "-user");
    struct shell_user user = { 0 };
    bool known =
        group ? shell_group_named(f->sh, name, &t->number) : shell_user_named(f->sh, name, &user);
    if (!group)
        t->number = user.uid;
    if (!known)
        f->error = arena_printf(f->sh->s->a, "`%s' is not the name of a known %s", name,
                                group ? "group" : "user");
}

static const struct test_name {
    const char *name;
    enum test_kind kind;
    int flags; /* of a pattern; of a time its unit in minutes */
} tests[] = { { "-name", TEST_NAME, 0 },      { "-iname", TEST_NAME, PATTERN_NO_CASE },
              { "-path", TEST_PATH, 0 },      { "-ipath", TEST_PATH, PATTERN_NO_CASE },
              { "-wholename", TEST_PATH, 0 }, { "-type", TEST_TYPE, 0 },
              { "-user", TEST_USER, 0 },      { "-group", TEST_GROUP, 0 },
              { "-perm", TEST_PERM, 0 },      { "-size", TEST_SIZE, 0 },
              { "-mtime", TEST_TIME, 1440 },  { "-mmin", TEST_TIME, 1 },
              { "-newer", TEST_NEWER, 0 },    { "-empty", TEST_EMPTY, 0 },
              { "-true", TEST_TRUE, 0 },      { "-print", DO_PRINT, 0 },
              { "-print0", DO_PRINT0, 0 },    { "-printf", DO_PRINTF, 0 },
              { "-delete", DO_DELETE, 0 },    { "-exec", DO_EXEC, 0 },
              { "-prune", DO_PRUNE, 0 },      { "-quit", DO_QUIT, 0 },
              { NULL, TEST_TRUE, 0 } };

static void fill_test(struct finding *f, struct test *t, const struct test_name *name)
{
    const struct dir_entry *e;
    const char *error;
    f->acts |= t->kind >= DO_PRINT && t->kind <= DO_EXEC;
    switch (t->kind) {
    case TEST_NAME:
    case TEST_PATH:
        t->pattern = posix_pattern_new(f->sh->s->a, POSIX_GLOB, value(f, name->name), name->flags,
                                       "\\A", "\\z", &error);
        break;
    case TEST_TYPE:
    case DO_PRINTF:
        t->text = value(f, name->name);
        break;
    case TEST_USER:
    case TEST_GROUP:
        read_owner(f, t, t->kind == TEST_GROUP);
        break;
    case TEST_PERM:
        read_perm(f, t);
        break;
    case TEST_SIZE:
    case TEST_TIME:
        read_count(f, t, name->name, t->kind == TEST_SIZE);
        t->unit = t->kind == TEST_TIME ? name->flags * MINUTE_MS : t->unit;
        break;
    case TEST_NEWER:
        t->text = value(f, name->name);
        e = shell_look(f->sh, t->text);
        t->number = e ? e->changed : 0;
        if (!e)
            f->error = arena_printf(f->sh->s->a, "'%s': " NO_ENTRY, t->text);
        break;
    case DO_DELETE:
        f->depth_first = true;
        break;
    case DO_EXEC:
        read_exec(f, t);
        break;
    default:
        break;
    }
}

static const struct test *read_primary(struct finding *f)
{
    const char *word = f->at < f->n ? f->words[f->at++] : "";
    if (++f->nesting > DEEPEST || f->error)
        return new_test(f, TEST_TRUE);
    if (text_is(word, "(")) {
        const struct test *inner = read_or(f);
        if (f->at >= f->n || !text_is(f->words[f->at], ")"))
            f->error = "invalid expression; I was expecting to find a ')' somewhere";
        f->at++;
        f->nesting--;
        return inner;
    }
    if (text_is(word, "!") || text_is(word, "-not")) {
        struct test *t = new_test(f, TEST_NOT);
        t->first = read_primary(f);
        f->nesting--;
        return t;
    }
    f->nesting--;
    if (text_is(word, "-maxdepth") || text_is(word, "-mindepth")) {
        int64_t *into = word[2] == 'a' ? &f->deepest : &f->least;
        if (!text_int(value(f, word), into) || *into < 0)
            f->error = arena_printf(f->sh->s->a,
                                    "Expected a positive decimal integer argument to %s", word);
        return new_test(f, TEST_TRUE);
    }
    if (text_is(word, "-depth") || text_is(word, "-xdev") || text_is(word, "-mount")) {
        f->depth_first |= word[1] == 'd';
        return new_test(f, TEST_TRUE);
    }
    for (const struct test_name *name = tests; name->name; name++) {
        if (text_is(name->name, word)) {
            struct test *t = new_test(f, name->kind);
            fill_test(f, t, name);
            return t;
        }
    }
    f->error = *word == '-'
                   ? arena_printf(f->sh->s->a, "unknown predicate `%s'", word)
                   : arena_printf(f->sh->s->a, "paths must precede expression: `%s'", word);
    return new_test(f, TEST_TRUE);
}

static const struct test *read_and(struct finding *f)
{
    const struct test *left = read_primary(f);
    while (f->at < f->n && !f->error && !text_is(f->words[f->at], ")")
           && !text_is(f->words[f->at], "-o") && !text_is(f->words[f->at], "-or")) {
        struct test *both = new_test(f, TEST_AND);
        f->at += text_is(f->words[f->at], "-a") || text_is(f->words[f->at], "-and");
        both->first = left;
        both->second = read_primary(f);
        left = both;
    }
    return left;
}

static const struct test *read_or(struct finding *f)
{
    const struct test *left = read_and(f);
    while (f->at < f->n && !f->error
           && (text_is(f->words[f->at], "-o") || text_is(f->words[f->at], "-or"))) {
        struct test *both = new_test(f, TEST_OR);
        f->at++;
        both->first = left;
        both->second = read_and(f);
        left = both;
    }
    return left;
}

/* ---- What it is asked of ---- */

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static bool matches(struct finding *f, struct posix_pattern *p, const char *text)
{
    struct posix_span spans[POSIX_SPANS];
    bool found = p && posix_pattern_find(p, text, strlen(text), 0, spans);
    shell_spend(f->sh, p ? posix_pattern_cost(p) : 0);
    return found;
}

static bool counts(const struct test *t, int64_t n)
{
    return t->sign == '+' ? n > t->number : t->sign == '-' ? n < t->number : n == t->number;
}

static bool is_empty(struct finding *f, const char *path, const struct dir_entry *e)
{
    struct list entries = { 0 };
    if (!e->is_folder)
        return e->size == 0;
    return !shell_list(f->sh, path, &entries) && !entries.count;
}

static const char *with_path(struct arena *a, const char *word, const char *path)
{
    struct buffer out = { 0 };
    for (const char *found; (found = strstr(word, "{}")); word = found + 2) {
        buffer_add(a, &out, word, (size_t)(found - word));
        buffer_add_text(a, &out, path);
    }
    buffer_add_text(a, &out, word);
    return buffer_text(a, &out);
}

static bool execute(struct finding *f, const struct test *t, const char *path)
{
    struct list words = { 0 };
    if (t->together) {
        strs_add(f->sh->s->a, t->gathered, path);
        return true;
    }
    LIST_EACH (const char *, word, &t->words)
        strs_add(f->sh->s->a, &words, with_path(f->sh->s->a, *word, path));
    return shell_execute(f->sh, words.count, words.items) == 0;
}

static void print_format(struct finding *f, const char *format, const char *path,
                         const struct dir_entry *e)
{
    struct arena *a = f->sh->s->a;
    for (; *format; format++) {
        if (*format == '\\' && format[1]) {
            format++;
            shell_say(f->sh, "%c", *format == 'n' ? '\n' : *format == 't' ? '\t' : *format);
        } else if (*format == '%' && format[1]) {
            format++;
            const char *user = shell_user_name(f->sh, e->uid),
                       *group = shell_group_name(f->sh, e->gid);
            const char *slash = strrchr(path, '/');
            shell_say(f->sh, "%s",
                      *format == 'p'   ? path
                      : *format == 'f' ? last_name(path)
                      : *format == 'h'
                          ? slash ? arena_strndup(a, path, (size_t)(slash - path)) : "."
                      : *format == 's' ? arena_printf(a, "%lld", (long long)e->size)
                      : *format == 'm' ? arena_printf(a, "%llo", (unsigned long long)e->mode)
                      : *format == 'u' ? user ? user : "?"
                      : *format == 'g' ? group ? group : "?"
                      : *format == 'y' ? e->target      ? "l"
                                         : e->is_folder ? "d"
                                                        : "f"
                      : *format == '%' ? "%"
                                       : "?");
        } else {
            shell_say(f->sh, "%c", *format);
        }
    }
}

static bool delete (struct finding *f, const char *path, const struct dir_entry *e)
{
    if (text_is(path, "."))
        return true;
    const char *why = e->is_folder ? shell_remove_folder(f->sh, path) : shell_remove(f->sh, path);
    if (why) {
        shell_complain(f->sh, "find: cannot delete '%s': %s", path, why);
        f->status = 1;
    }
    return !why;
}

static bool act_once(struct finding *f, const struct test *t, const char *path,
                     const struct dir_entry *e)
{
    switch (t->kind) {
    case DO_PRINT:
        shell_say(f->sh, "%s\n", path);
        return true;
    case DO_PRINT0:
        shell_put(f->sh, path, strlen(path) + 1);
        return true;
    case DO_PRINTF:
        print_format(f, t->text, path, e);
        return true;
    case DO_DELETE:
        return delete (f, path, e);
    case DO_EXEC:
        return execute(f, t, path);
    case DO_PRUNE:
        f->prunes = true;
        return true;
    default:
        f->quits = true;
        return true;
    }
}

/* A command that paused is met again by the same way; what was done before it is not done twice. */
static bool act(struct finding *f, const struct test *t, const char *path,
                const struct dir_entry *e)
{
    if (f->acted < f->done.count)
        return **list_at(&f->done, const char *, f->acted++) == '1';
    bool result = act_once(f, t, path, e);
    if (shell_pausing(f->sh))
        return false;
    strs_add(f->sh->s->a, &f->done, result ? "1" : "0");
    f->acted++;
    return result;
}

static bool judge(struct finding *f, const struct test *t, const char *path,
                  const struct dir_entry *e)
{
    int64_t all = t->number;
    if (shell_stopped(f->sh))
        return false;
    switch (t->kind) {
    case TEST_AND:
        return judge(f, t->first, path, e) && judge(f, t->second, path, e);
    case TEST_OR:
        return judge(f, t->first, path, e) || judge(f, t->second, path, e);
    case TEST_NOT:
        return !judge(f, t->first, path, e);
    case TEST_TRUE:
        return true;
    case TEST_NAME:
        return matches(f, t->pattern, last_name(path));
    case TEST_PATH:
        return matches(f, t->pattern, path);
    case TEST_TYPE:
        return strchr(t->text, e->target ? 'l' : e->is_folder ? 'd' : 'f') != NULL;
    case TEST_USER:
        return e->uid == t->number;
    case TEST_GROUP:
        return e->gid == t->number;
    case TEST_PERM:
        return t->sign == '-'   ? (e->mode & all) == all
               : t->sign == '/' ? !all || e->mode & all
                                : e->mode == all;
    case TEST_SIZE:
        return counts(t, (e->size + t->unit - 1) / t->unit);
    case TEST_TIME:
        return counts(t, (shell_now(f->sh) - e->changed) / t->unit);
    case TEST_NEWER:
        return e->changed > t->number;
    case TEST_EMPTY:
        return is_empty(f, path, e);
    default:
        return act(f, t, path, e);
    }
}

static void visit(struct finding *f, const struct test *t, const char *path, int64_t depth)
{
    struct list entries = { 0 };
    const struct dir_entry *e = shell_look_link(f->sh, path);
    if (!e || f->quits || shell_stopped(f->sh)) {
        if (!depth && !e && !shell_stopped(f->sh)) {
            shell_complain(f->sh, "find: '%s': " NO_ENTRY, path);
            f->status = 1;
        }
        return;
    }
    f->prunes = false;
    if (!f->depth_first && depth >= f->least)
        judge(f, t, path, e);
    if (e->is_folder && !f->prunes && depth < f->deepest && depth < DEEPEST) {
        const char *why = shell_list(f->sh, path, &entries);
        if (why) {
            shell_complain(f->sh, "find: '%s': %s", path, why);
            f->status = 1;
        }
        LIST_EACH (struct dir_entry, one, &entries) {
            if (!shell_stopped(f->sh) && !f->quits)
                visit(f, t,
                      arena_printf(f->sh->s->a, "%s%s%s", path, text_ends(path, "/") ? "" : "/",
                                   one->name),
                      depth + 1);
        }
    }
    if (f->depth_first && depth >= f->least)
        judge(f, t, path, e);
}

static void run_together(struct finding *f)
{
    LIST_EACH (const struct test *, t, &f->together) {
        struct list words = { 0 };
        if (!(*t)->gathered->count || shell_stopped(f->sh) || f->acted++ < f->done.count)
            continue;
        LIST_EACH (const char *, word, &(*t)->words)
            strs_add(f->sh->s->a, &words, *word);
        LIST_EACH (const char *, path, (*t)->gathered)
            strs_add(f->sh->s->a, &words, *path);
        if (shell_execute(f->sh, words.count, words.items))
            f->status = 1;
        if (!shell_pausing(f->sh))
            strs_add(f->sh->s->a, &f->done, "1");
    }
}

static int64_t run_find(struct shell *sh, size_t n, const char *const *words)
{
    struct finding f = { .sh = sh, .n = n, .words = words, .at = 1, .deepest = INT64_MAX };
    struct list paths = { 0 };
    const struct test *t;
    const struct value *kept = shell_kept(sh);
    while (f.at < n && (text_is(words[f.at], "-L") || text_is(words[f.at], "-P")))
        f.at++;
    while (f.at < n && words[f.at][0] != '-' && !text_is(words[f.at], "(")
           && !text_is(words[f.at], "!"))
        strs_add(sh->s->a, &paths, words[f.at++]);
    if (!paths.count)
        strs_add(sh->s->a, &paths, ".");
    t = f.at < n ? read_or(&f) : new_test(&f, TEST_TRUE);
    if (!f.error && f.at < n)
        f.error = "you have too many ')'";
    if (f.error) {
        shell_complain(sh, "find: %s", f.error);
        return 1;
    }
    if (!f.acts) {
        struct test *print = new_test(&f, TEST_AND);
        print->first = t;
        print->second = new_test(&f, DO_PRINT);
        t = print;
    }
    if (kept)
        kept_texts(sh, kept, "done", &f.done);
    LIST_EACH (const char *, path, &paths)
        visit(&f, t, *path, 0);
    run_together(&f);
    if (shell_pausing(sh)) {
        struct value *keep = frame_new(sh);
        keep_texts(sh, keep, "done", &f.done);
        shell_keep(sh, keep);
    }
    return f.status;
}

COMMAND(find, "find", run_find);
