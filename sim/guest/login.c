/* See login.h. */
#include "guest/login.h"

#include <string.h>

#include "base/text.h"
#include "guest/boot/boot.h"
#include "guest/guest_file.h"

#define LARGEST_FILE (256 * 1024) /* of keys or users: no more of it is read */

/* A file as a text, cut where it has a zero byte; NULL: there is none. */
static char *text_of(struct call *c, const struct instance *i, const char *path)
{
    size_t n = 0;
    const char *bytes = guest_read(c, i, path, &n);
    return bytes ? arena_strndup(c->a, bytes, n < LARGEST_FILE ? n : LARGEST_FILE) : NULL;
}

/* The next line, cut out of the text; NULL: no more. */
static char *next_line(char **text)
{
    char *line = *text;
    if (!line || !*line)
        return NULL;
    size_t n = strcspn(line, "\n");
    *text = line + n + (line[n] != '\0');
    line[n] = '\0';
    return line;
}

/* The value of a variable of os-release, without its quotes. */
static const char *release(struct call *c, const struct instance *i, const char *name)
{
    char *text = text_of(c, i, "/etc/os-release");
    size_t n = strlen(name);
    for (char *line; (line = next_line(&text));) {
        if (strncmp(line, name, n) != 0 || line[n] != '=')
            continue;
        line += n + 1;
        line += *line == '"';
        return arena_strndup(c->a, line, strcspn(line, "\""));
    }
    return "";
}

/* ---- Users ---- */

/* name:password:uid:gid:gecos:home:shell */
static const char *passwd_field(char *line, int nth)
{
    for (; nth; nth--) {
        line = strchr(line, ':');
        if (!line)
            return NULL;
        line++;
    }
    line[strcspn(line, ":")] = '\0';
    return line;
}

static const char *home_of(struct call *c, const struct instance *i, const char *user)
{
    char *text = text_of(c, i, "/etc/passwd");
    size_t n = strlen(user);
    for (char *line; (line = next_line(&text));) {
        if (strncmp(line, user, n) == 0 && line[n] == ':')
            return passwd_field(line, 5);
    }
    return NULL;
}

/* ---- Keys ---- */

/* The end of the options before a key: blanks within quotes are theirs. */
static const char *skip_options(const char *line)
{
    bool quoted = false;
    for (; *line && (quoted || (*line != ' ' && *line != '\t')); line++) {
        if (*line == '\\' && line[1] == '"')
            line++;
        else if (*line == '"')
            quoted = !quoted;
    }
    return line;
}

static bool is_key_type(const char *word)
{
    return text_starts(word, "ssh-") || text_starts(word, "ecdsa-");
}

/* command="…": what stands between the quotes, with \" for a quote. */
static const char *command_of(struct call *c, const char *options, const char *end)
{
    static const char word[] = "command=\"";
    const char *at = strstr(options, word);
    if (!at || at >= end)
        return NULL;
    char *out = arena_strdup(c->a, at + sizeof word - 1), *to = out;
    for (const char *from = out; *from && *from != '"'; from++) {
        from += *from == '\\' && from[1] == '"';
        *to++ = *from;
    }
    *to = '\0';
    return out;
}

static bool line_has(struct call *c, const char *line, const char *key, const char **ret_command)
{
    line += strspn(line, " \t");
    const char *type = line;
    *ret_command = NULL;
    if (*line == '#')
        return false;
    if (!is_key_type(line)) {
        const char *end = skip_options(line);
        *ret_command = command_of(c, line, end);
        type = end + strspn(end, " \t");
    }
    const char *found = type + strcspn(type, " \t");
    found += strspn(found, " \t");
    size_t n = strcspn(found, " \t\r");
    return is_key_type(type) && n == strlen(key) && strncmp(found, key, n) == 0;
}

bool guest_login(struct call *c, const struct instance *i, const char *user, const char *key,
                 struct guest_login *ret)
{
    boot_catch_up(c, i);
    const char *home = home_of(c, i, user);
    if (text_blank(home))
        return false;
    *ret = (struct guest_login){ .user = user, .home = home };
    char *text = text_of(c, i, arena_printf(c->a, "%s/.ssh/authorized_keys", home));
    for (char *line; (line = next_line(&text));) {
        if (line_has(c, line, key, &ret->command))
            return true;
    }
    return false;
}

/* ---- The host's own keys ---- */

struct list guest_host_keys(struct call *c, const struct instance *i)
{
    static const char *const types[] = { "ed25519", "ecdsa", "rsa" };
    struct list keys = { 0 };
    boot_catch_up(c, i);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        const char *pem = text_of(c, i, arena_printf(c->a, "/etc/ssh/ssh_host_%s_key", types[t]));
        if (pem)
            strs_add(c->a, &keys, pem);
    }
    return keys;
}

/* ---- Its sshd ---- */

bool guest_sshd(struct call *c, const struct instance *i, int64_t *ret_since)
{
    *ret_since = ABSENT;
    return i->hung != YES && !instance_is_windows(i) && boot_sshd(c, i, ret_since);
}

/* By ID and the beginning of VERSION_ID of /etc/os-release [the distributions' packages]. SHA-1
 * under RSA is refused since 8.8, and by the policy of RHEL 9 and Amazon Linux 2023. */
static const struct {
    const char *id, *version;
    struct guest_sshd_version sshd;
} systems[] = {
    { "amzn", "202", { "OpenSSH_8.7", false } },
    { "amzn", "2", { "OpenSSH_7.4", true } },
    { "ubuntu", "18.04", { "OpenSSH_7.6p1 Ubuntu-4ubuntu0.7", true } },
    { "ubuntu", "20.04", { "OpenSSH_8.2p1 Ubuntu-4ubuntu0.13", true } },
    { "ubuntu", "22.04", { "OpenSSH_8.9p1 Ubuntu-3ubuntu0.13", false } },
    { "ubuntu", "24.04", { "OpenSSH_9.6p1 Ubuntu-3ubuntu13.14", false } },
    { "debian", "11", { "OpenSSH_8.4p1 Debian-5+deb11u5", true } },
    { "debian", "12", { "OpenSSH_9.2p1 Debian-2+deb12u7", false } },
    { "rhel", "8", { "OpenSSH_8.0", true } },
    { "rhel", "9", { "OpenSSH_8.7", false } },
};

struct guest_sshd_version guest_sshd_version(struct call *c, const struct instance *i)
{
    const char *id = release(c, i, "ID"), *version = release(c, i, "VERSION_ID");
    for (size_t n = 0; n < sizeof systems / sizeof *systems; n++) {
        if (text_is(systems[n].id, id) && text_starts(version, systems[n].version))
            return systems[n].sshd;
    }
    return (struct guest_sshd_version){ "OpenSSH_9.9", false };
}
