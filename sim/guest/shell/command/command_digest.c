/* sha256sum and its kin, base64. */
#include <ctype.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "guest/shell/command/text_input.h"

/* ---- Sums ---- */

static const char *digest(struct shell *sh, const char *command, const char *bytes, size_t n)
{
    unsigned char sum[DIGEST_LARGEST];
    size_t length = strlen(command) - strlen("sum");
    shell_spend(sh, n);
    size_t size = digest_named(arena_strndup(shell_arena(sh), command, length), bytes, n, sum);
    return hex_encode(shell_arena(sh), sum, size);
}

/* Lines as they are said: SUM, two blanks, a name. */
static int64_t check(struct shell *sh, const char *command, const struct list *paths, bool quiet)
{
    int64_t status = 0, failed = 0;
    struct buffer all = text_read_all(sh, command, paths, &status);
    struct list lines = text_lines(sh, all.at, all.n);
    LIST_EACH (struct text_line, l, &lines) {
        const char *line = arena_strndup(shell_arena(sh), l->at, l->n), *blank = strchr(line, ' ');
        const char *bytes, *name = blank && blank[1] ? blank + 2 : NULL;
        size_t n;
        if (!name)
            continue;
        const char *why = shell_read(sh, name, &bytes, &n);
        const char *sum = why ? NULL : digest(sh, command, bytes, n);
        bool same = sum && strlen(sum) == (size_t)(blank - line) && text_starts(line, sum);
        if (why)
            shell_complain(sh, "%s: %s: %s", command, name, why);
        if (!quiet)
            shell_say(sh, "%s: %s\n", name, same ? "OK" : why ? "FAILED open or read" : "FAILED");
        failed += !same;
    }
    if (failed)
        shell_complain(sh, "%s: WARNING: %lld computed checksum%s did NOT match", command,
                       (long long)failed, failed > 1 ? "s" : "");
    return status || failed ? 1 : 0;
}

static int64_t run_sum(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "check", 'c', false }, { "quiet", 'q', false }, { "status", 's', false }, { NULL, 0, 0 }
    };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "cbtw", .names = names
    };
    bool checks = false, quiet = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        checks |= c == 'c';
        quiet |= c == 'q' || c == 's';
    }
    if (checks)
        return check(sh, words[0], &o.rest, quiet);
    if (!o.rest.count)
        strs_add(shell_arena(sh), &o.rest, "-");
    LIST_EACH (const char *, path, &o.rest) {
        const char *bytes;
        size_t size;
        if (text_read(sh, words[0], *path, &bytes, &size))
            status = 1;
        else
            shell_say(sh, "%s  %s\n", digest(sh, words[0], bytes, size), *path);
    }
    return status;
}

/* ---- base64 ---- */

static const char *without_newlines(struct arena *a, const char *s, size_t n)
{
    char *kept = arena_alloc(a, n + 1), *to = kept;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '\n' && s[i] != '\r')
            *to++ = s[i];
    }
    return kept;
}

static int64_t run_base64(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "decode", 'd', false },
                                                      { "wrap", 'w', true },
                                                      { "ignore-garbage", 'i', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "dDw:i", .names = names
    };
    bool decodes = false;
    int64_t wrap = 76, status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        decodes |= c == 'd' || c == 'D';
        if (c == 'w' && (!text_int(o.value, &wrap) || wrap < 0)) {
            shell_complain(sh, "base64: invalid wrap size: '%s'", o.value);
            return 1;
        }
    }
    struct buffer all = text_read_all(sh, "base64", &o.rest, &status);
    if (decodes) {
        size_t size = 0;
        const char *bytes =
            base64_decode(shell_arena(sh), without_newlines(shell_arena(sh), all.at, all.n), &size);
        if (!bytes) {
            shell_complain(sh, "base64: invalid input");
            return 1;
        }
        shell_put(sh, bytes, size);
        return status;
    }
    const char *text = base64_encode(shell_arena(sh), all.at, all.n);
    size_t left = strlen(text), line = wrap ? (size_t)wrap : left;
    for (; left; text += line, left -= line) {
        line = line < left ? line : left;
        shell_put(sh, text, line);
        if (wrap)
            shell_put(sh, "\n", 1);
    }
    return status;
}

/* ---- od, xxd: the bytes as they are met in scripts ---- */

static int64_t run_hexdump(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "A:t:N:vp" };
    bool bytes = false, plain = false;
    int64_t most = INT64_MAX, status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        bytes |= c == 't' && (text_is(o.value, "x1") || text_is(o.value, "x"));
        plain |= c == 'p' || (c == 'A' && text_is(o.value, "n"));
        if (c == 'N' && !text_int(o.value, &most))
            return 1;
    }
    if (!plain || (!bytes && text_is(words[0], "od"))) {
        shell_complain(sh, "%s: only %s is simulated", words[0],
                       text_is(words[0], "od") ? "-An -tx1" : "-p");
        return 1;
    }
    struct buffer all = text_read_all(sh, words[0], &o.rest, &status);
    size_t size = all.n < (uint64_t)most ? all.n : (size_t)most;
    for (size_t i = 0; i < size; i++) {
        const char *hex = hex_encode(shell_arena(sh), all.at + i, 1);
        bool ends = (i + 1) % (bytes ? 16 : 30) == 0 || i + 1 == size;
        shell_say(sh, "%s%s%s", bytes ? " " : "", hex, ends ? "\n" : "");
    }
    return status;
}

COMMAND(sha256sum, "sha256sum", run_sum);
COMMAND(sha512sum, "sha512sum", run_sum);
COMMAND(sha1sum, "sha1sum", run_sum);
COMMAND(md5sum, "md5sum", run_sum);
COMMAND(base64, "base64", run_base64);
COMMAND(od, "od", run_hexdump);
COMMAND(xxd, "xxd", run_hexdump);
