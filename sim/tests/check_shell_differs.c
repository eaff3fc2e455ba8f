/* The guest's shell against those that it stands for: the same script in dash, in bash and in ours,
 * in a scratch folder; what they say and end with has to be the same. The scripts of
 * sim/tests/scripts/, and generated ones; bash -n and our parser have to agree on both, and on what
 * is left of them when a line is taken out. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/suite.h"

#include "base/list.h"
#include "base/rng.h"
#include "base/text.h"
#include "guest/shell/shell.h"
#include "guest/shell/shell_syntax.h"
#include "tests/memory_host.h"

#define NOW INT64_C(1767225600000)

static struct arena a;
static char folder[] = "/tmp/amisim-shell-XXXXXX";

static void set_up(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
    ck_assert_int_eq(system(arena_printf(&a, "rm -rf %s", folder)), 0);
    arena_release(&a);
}

static bool has_shells(void)
{
    return access("/bin/bash", X_OK) == 0 && access("/bin/dash", X_OK) == 0;
}

/* ---- Running ---- */

struct said {
    const char *text;
    int status;
};

static const char *read_file(const char *path)
{
    struct buffer text = { 0 };
    char piece[4096];
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buffer_add(&a, &text, piece, n);
    fclose(file);
    return buffer_text(&a, &text);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

/* In a folder of its own, which is empty. */
static struct said run_real(const char *script, const char *shell)
{
    write_file(arena_printf(&a, "%s/script", folder), script);
    int status = system(arena_printf(&a,
                                     "cd %s && rm -rf in out && mkdir in && cd in && "
                                     "LC_ALL=C timeout 20 /bin/%s ../script >../out 2>/dev/null "
                                     "</dev/null",
                                     folder, shell));
    return (struct said){ read_file(arena_printf(&a, "%s/out", folder)), WEXITSTATUS(status) };
}

static struct said run_ours(const char *script, bool bash)
{
    struct memory_host machine = memory_host_new(&a);
    struct dir_entry e = { .is_folder = true, .mode = FOLDER_MODE };
    const char *in = arena_printf(&a, "%s/in", folder);
    struct shell_run r = {
        .script = script, .name = "../script", .folder = in, .bash = bash, .keep = (size_t)1 << 20
    };
    memory_put(&machine.base, folder, &e, "", 0);
    memory_put(&machine.base, in, &e, "", 0);
    machine.base.dash = !bash;
    machine.base.now = NOW;
    do {
        shell_run(&a, &machine.base, &r);
        machine.base.now += r.pause;
    } while (r.end == SHELL_SLEEPS);
    return (struct said){ buffer_text(&a, &r.out), (int)r.status };
}

static void compare(const char *what, const char *script, const char *shell)
{
    struct said real = run_real(script, shell), ours = run_ours(script, text_is(shell, "bash"));
    ck_assert_msg(text_is(real.text, ours.text), "%s in %s: said\n%s\nnot\n%s\nscript:\n%s", what,
                  shell, ours.text, real.text, script);
    ck_assert_msg(real.status == ours.status, "%s in %s: ended with %d, not %d\nscript:\n%s", what,
                  shell, ours.status, real.status, script);
}

/* ---- The scripts that were written ---- */

static struct list scripts_of(const char *kind)
{
    struct list paths = { 0 };
    const char *path = arena_printf(&a, "sim/tests/scripts/%s", kind);
    DIR *dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (*entry->d_name != '.')
            strs_add(&a, &paths, arena_printf(&a, "%s/%s", path, entry->d_name));
    }
    closedir(dir);
    strs_sort(&paths);
    return paths;
}

START_TEST(test_written_scripts)
{
    struct list plain = scripts_of("sh"), bash = scripts_of("bash");
    if (!has_shells())
        return;
    ck_assert_uint_gt(plain.count, 5);
    LIST_EACH (const char *, path, &plain) {
        compare(*path, read_file(*path), "dash");
        compare(*path, read_file(*path), "bash");
    }
    LIST_EACH (const char *, path, &bash)
        compare(*path, read_file(*path), "bash");
}
END_TEST

/* ---- Generated ones ---- */

struct writing {
    struct rng r;
    struct buffer text;
    int depth;
};

static void put(struct writing *w, const char *text)
{
    buffer_add_text(&a, &w->text, text);
}

static const char *one_of(struct writing *w, const char *const *options)
{
    size_t n = 0;
    while (options[n])
        n++;
    return options[rng_below(&w->r, n)];
}

static const char *name(struct writing *w)
{
    static const char *const names[] = { "a", "b", "c", "list", NULL };
    return one_of(w, names);
}

static const char *word(struct writing *w)
{
    static const char *const words[] = { "x",
                                         "\"$a\"",
                                         "$b",
                                         "'q u'",
                                         "\"$c $a\"",
                                         "${a:-d}",
                                         "${b#?}",
                                         "${list%% *}",
                                         "${a:+set}",
                                         "$((1 + 2))",
                                         "\"$(echo $b)\"",
                                         "`echo $a`",
                                         "${#list}",
                                         "\"${c##*/}\"",
                                         "a/b/c.txt",
                                         "1",
                                         "0",
                                         "\\$a",
                                         "\"a\\\"b\"",
                                         "${b%.*}",
                                         "$list",
                                         "\"${a-no}\"",
                                         "file*",
                                         "$(($i * 3 % 7))",
                                         NULL };
    return one_of(w, words);
}

static void put_statement(struct writing *w);

static void put_body(struct writing *w)
{
    uint64_t n = 1 + rng_below(&w->r, 2);
    while (n--)
        put_statement(w);
}

static void put_condition(struct writing *w)
{
    switch (rng_below(&w->r, 4)) {
    case 0:
        put(w, arena_printf(&a, "[ \"$%s\" = %s ]", name(w), word(w)));
        break;
    case 1:
        put(w, arena_printf(&a, "test -n \"$%s\"", name(w)));
        break;
    case 2:
        put(w, arena_printf(&a, "! [ $((i %% 2)) -eq %d ]", (int)rng_below(&w->r, 2)));
        break;
    default:
        put(w, rng_below(&w->r, 2) ? "true && ! false" : "false || [ -f file ]");
    }
}

static void put_compound(struct writing *w)
{
    const char *v = name(w);
    switch (rng_below(&w->r, 6)) {
    case 0:
        put(w, "if ");
        put_condition(w);
        put(w, "; then\n");
        put_body(w);
        put(w, "else\n");
        put_body(w);
        put(w, "fi\n");
        break;
    case 1:
        put(w, arena_printf(&a, "for %s in %s %s %s; do\n", v, word(w), word(w), word(w)));
        put_body(w);
        put(w, "done\n");
        break;
    case 2:
        put(w,
            arena_printf(&a, "case %s in\n%s | y*) echo one ;;\n*) echo two\n", word(w), word(w)));
        put_body(w);
        put(w, ";;\nesac\n");
        break;
    case 3:
        put(w, "(\n");
        put_body(w);
        put(w, ")\n");
        break;
    case 4:
        put(w, "{\n");
        put_body(w);
        put(w, "} | while IFS= read -r line; do echo \"<$line>\"; done\n");
        break;
    default:
        put(w, arena_printf(&a, "%s=$(\n", v));
        put_body(w);
        put(w, ")\n");
    }
}

static void put_statement(struct writing *w)
{
    const char *v = name(w);
    if (w->depth < 3 && rng_below(&w->r, 3) == 0) {
        w->depth++;
        put_compound(w);
        w->depth--;
        return;
    }
    switch (rng_below(&w->r, 9)) {
    case 0:
        put(w, arena_printf(&a, "%s=%s\n", v, word(w)));
        break;
    case 1:
        put(w, "i=$((i + 1))\n");
        break;
    case 2:
        put(w, arena_printf(&a, "echo %s %s >> file; cat file | wc -l | tr -d ' '\n", word(w),
                            word(w)));
        break;
    case 3:
        put(w, arena_printf(&a, "f %s %s; echo $?\n", word(w), word(w)));
        break;
    case 4:
        put(w, arena_printf(&a, "set -- %s %s; echo $# \"$1\"\n", word(w), word(w)));
        break;
    case 5: /* bash 5.2 loses what stands behind one in $( ) */
        if (!w->depth)
            put(w, arena_printf(&a, "cat <<E\n$%s %s\nE\n", v, word(w)));
        break;
    case 6:
        put(w, arena_printf(&a, "echo %s | sed 's/a/[&]/g' | tr b B\n", word(w)));
        break;
    default:
        put(w, arena_printf(&a, "printf '%%s|' %s %s; echo\n", word(w), word(w)));
    }
}

static const char *generate(uint64_t seed)
{
    struct writing w = { .r = { seed } };
    put(&w, "a=1 b=b.two.txt c=/usr/lib/c list='one two  three' i=0\n"
            "f() { echo \"f $# $1\"; i=$((i + $#)); return $(($# + 1)); }\n");
    for (int i = 0; i < 8; i++)
        put_statement(&w);
    put(&w, "echo \"$a|$b|$c|$list|$i\"\n");
    return buffer_text(&a, &w.text);
}

START_TEST(test_generated_scripts)
{
    if (!has_shells())
        return;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        const char *script = generate(seed);
        compare(arena_printf(&a, "seed %d", (int)seed), script, seed % 2 ? "bash" : "dash");
    }
}
END_TEST

/* ---- What can be parsed ---- */

/* The script without one of its lines. */
static const char *without_line(const char *script, uint64_t which)
{
    const char *at = script;
    for (; which && strchr(at, '\n'); which--)
        at = strchr(at, '\n') + 1;
    const char *end = strchr(at, '\n');
    return arena_printf(&a, "%.*s%s", (int)(at - script), script, end ? end + 1 : "");
}

static bool bash_parses(const char *script)
{
    write_file(arena_printf(&a, "%s/script", folder), script);
    return system(arena_printf(&a, "bash -n %s/script 2>/dev/null", folder)) == 0;
}

static void agree(const char *script)
{
    const struct program *p = program_parse(&a, script, true, 1);
    ck_assert_msg((!p->error && !p->refused) == bash_parses(script), "%s: %s",
                  p->error ? p->error : "parsed, and bash does not", script);
}

START_TEST(test_parses_as_bash_does)
{
    struct list all = scripts_of("sh"), bash = scripts_of("bash");
    struct rng r = { 18 };
    if (!has_shells())
        return;
    LIST_EACH (const char *, path, &bash)
        strs_add(&a, &all, *path);
    LIST_EACH (const char *, path, &all) {
        const char *script = read_file(*path);
        agree(script);
        for (int i = 0; i < 12; i++)
            agree(without_line(script, rng_below(&r, 60)));
    }
    for (uint64_t seed = 1; seed <= 60; seed++)
        agree(without_line(generate(seed), rng_below(&r, 40)));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("shell differs");
    TCase *t = tcase_create("shell differs");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_written_scripts);
    tcase_add_test(t, test_generated_scripts);
    tcase_add_test(t, test_parses_as_bash_does);
    suite_add_tcase(s, t);
    return run_suite(s);
}
