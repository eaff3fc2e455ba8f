/* See mode.h. */
#include "guest/shell/command/mode.h"

#include <string.h>

#include "base/text.h"

static bool read_octal(const char *text, int64_t *ret)
{
    *ret = 0;
    for (const char *s = text; *s; s++) {
        if (*s < '0' || *s > '7' || *ret > 07777)
            return false;
        *ret = *ret * 8 + (*s - '0');
    }
    return *text && *ret <= 07777;
}

/* The bits of r, w, x, X, s, t for those who are meant. */
static int64_t bits_of(const char *letters, size_t n, int64_t who, int64_t before, bool folder)
{
    int64_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        bool runs = letters[i] == 'x' || (letters[i] == 'X' && (folder || before & 0111));
        if (letters[i] == 'r')
            bits |= 0444 & who;
        else if (letters[i] == 'w')
            bits |= 0222 & who;
        else if (runs)
            bits |= 0111 & who;
        else if (letters[i] == 's')
            bits |= (who & 0700 ? 04000 : 0) | (who & 0070 ? 02000 : 0);
        else if (letters[i] == 't')
            bits |= 01000;
        else if (letters[i] == 'u' || letters[i] == 'g' || letters[i] == 'o') {
            int64_t three = before >> (letters[i] == 'u' ? 6 : letters[i] == 'g' ? 3 : 0) & 7;
            bits |= (three << 6 | three << 3 | three) & who;
        }
    }
    return bits;
}

static const char *read_clause(const char *s, bool folder, int64_t *mode)
{
    int64_t who = 0;
    for (; *s && strchr("ugoa", *s); s++)
        who |= *s == 'u' ? 0700 : *s == 'g' ? 0070 : *s == 'o' ? 0007 : 0777;
    if (!*s || !strchr("+-=", *s))
        return NULL;
    who = who ? who : 0777;
    while (*s && strchr("+-=", *s)) {
        char how = *s++;
        size_t n = strspn(s, "rwxXstugo");
        int64_t bits = bits_of(s, n, who, *mode, folder);
        *mode = how == '+' ? *mode | bits : how == '-' ? *mode & ~bits : (*mode & ~who) | bits;
        s += n;
    }
    return s;
}

bool mode_read(const char *text, int64_t before, bool folder, int64_t *ret)
{
    if (read_octal(text, ret))
        return true;
    *ret = before;
    for (const char *s = text;; s++) {
        s = read_clause(s, folder, ret);
        if (!s)
            return false;
        if (*s != ',')
            return !*s;
    }
}

const char *mode_text(struct arena *a, const struct dir_entry *e)
{
    char *text = arena_strdup(a, "-rwxrwxrwx");
    if (e->is_folder || e->target)
        text[0] = e->is_folder ? 'd' : 'l';
    for (int i = 0; i < 9; i++) {
        if (!(e->mode >> (8 - i) & 1))
            text[1 + i] = '-';
    }
    if (e->mode & 04000)
        text[3] = text[3] == 'x' ? 's' : 'S';
    if (e->mode & 02000)
        text[6] = text[6] == 'x' ? 's' : 'S';
    if (e->mode & 01000)
        text[9] = text[9] == 'x' ? 't' : 'T';
    return text;
}

bool mode_owner(struct shell *sh, const char *command, const char *text, int64_t *ret_uid,
                int64_t *ret_gid)
{
    size_t n = strcspn(text, ":.");
    struct shell_user user = { .uid = -1, .gid = -1 };
    const char *name = arena_strndup(shell_arena(sh), text, n);
    *ret_uid = *ret_gid = -1;
    if (n && !shell_user_named(sh, name, &user) && !text_int(name, &user.uid)) {
        shell_complain(sh, "%s: invalid user: '%s'", command, text);
        return false;
    }
    if (n)
        *ret_uid = user.uid;
    if (text[n] && !text[n + 1])
        *ret_gid = user.gid;
    if (text[n] && text[n + 1] && !shell_group_named(sh, text + n + 1, ret_gid)) {
        shell_complain(sh, "%s: invalid group: '%s'", command, text);
        return false;
    }
    return true;
}

int64_t command_missing_operand(struct shell *sh, const char *command)
{
    shell_complain(sh, "%s: missing operand", command);
    return 1;
}
