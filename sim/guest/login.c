/* See login.h. */
#include "guest/login.h"

#include <string.h>

#include "base/rng.h"
#include "base/ssh_key.h"
#include "base/text.h"
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

/* ---- The first boot ---- */

static const char *default_user(struct call *c, const struct instance *i)
{
    const char *name = release(c, i, "NAME");
    return text_glob("*ubuntu*", name)  ? "ubuntu"
           : text_glob("debian*", name) ? "admin"
                                        : "ec2-user";
}

static void put(struct call *c, const struct instance *i, const char *path, const char *text)
{
    guest_write(c, i, path, text, strlen(text));
}

/* text NULL: a folder. */
static void put_as_user(struct call *c, const struct instance *i, const char *path, int64_t mode,
                        const char *text)
{
    const struct dir_entry e = { .is_folder = !text, .mode = mode, .uid = 1000, .gid = 1000 };
    guest_put(c, i, path, &e, text ? text : "", text ? strlen(text) : 0);
}

static void make_host_keys(struct call *c, const struct instance *i)
{
    static const struct {
        enum ssh_key_type type;
        const char *name;
    } kinds[] = { { SSH_ED25519, "ed25519" }, { SSH_RSA, "rsa" } };
    for (size_t n = 0; n < 2; n++) {
        struct ssh_key key;
        uint64_t seed = c->sim->seed ^ hash_text(i->id) ^ n;
        const char *path = arena_printf(c->a, "/etc/ssh/ssh_host_%s_key", kinds[n].name);
        if (!ssh_key_make(c->a, kinds[n].type, SSH_PEM, "", seed, &key))
            continue;
        put(c, i, path, arena_printf(c->a, "%s\n", key.private_text));
        put(c, i, arena_printf(c->a, "%s.pub", path), arena_printf(c->a, "%s\n", key.public_line));
    }
}

/* What cloud-init does at the first boot of an instance, as far as sshd needs it. */
static void first_boot(struct call *c, const struct instance *i)
{
    const char *user = default_user(c, i), *done = "/var/lib/cloud/data/instance-id";
    size_t n = 0;
    const char *before = guest_read(c, i, done, &n);
    if (before && n > strlen(i->id) && strncmp(before, i->id, strlen(i->id)) == 0)
        return;
    put(c, i, done, arena_printf(c->a, "%s\n", i->id));
    put(c, i, "/etc/passwd",
        arena_printf(c->a, "root:x:0:0:root:/root:/bin/bash\n%s:x:1000:1000::/home/%s:/bin/bash\n",
                     user, user));
    const char *home = arena_printf(c->a, "/home/%s", user);
    put_as_user(c, i, home, 0700, NULL);
    put_as_user(c, i, arena_printf(c->a, "%s/.ssh", home), 0700, NULL);
    if (i->public_key)
        put_as_user(c, i, arena_printf(c->a, "%s/.ssh/authorized_keys", home), 0600,
                    i->public_key);
    make_host_keys(c, i);
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
    first_boot(c, i);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        const char *pem = text_of(c, i, arena_printf(c->a, "/etc/ssh/ssh_host_%s_key", types[t]));
        if (pem)
            strs_add(c->a, &keys, pem);
    }
    return keys;
}

/* ---- Its sshd ---- */

bool guest_sshd(struct call *c, const struct instance *i)
{
    (void)c;
    return i->state_code == INSTANCE_RUNNING && i->hung != YES && !instance_is_windows(i);
}

/* By the name of its system, as /etc/os-release has it [the distributions' packages]. SHA-1 under
 * RSA is refused since 8.8, and by the policy of RHEL 9 and Amazon Linux 2023. */
static const struct {
    const char *system; /* a pattern */
    struct guest_sshd_version sshd;
} systems[] = {
    { "amzn2-ami-*", { "OpenSSH_7.4", true } },
    { "al20*", { "OpenSSH_8.7", false } },
    { "*ubuntu-bionic-*", { "OpenSSH_7.6p1 Ubuntu-4ubuntu0.7", true } },
    { "*ubuntu-focal-*", { "OpenSSH_8.2p1 Ubuntu-4ubuntu0.13", true } },
    { "*ubuntu-jammy-*", { "OpenSSH_8.9p1 Ubuntu-3ubuntu0.13", false } },
    { "*ubuntu-noble-*", { "OpenSSH_9.6p1 Ubuntu-3ubuntu13.14", false } },
    { "debian-11-*", { "OpenSSH_8.4p1 Debian-5+deb11u5", true } },
    { "debian-12-*", { "OpenSSH_9.2p1 Debian-2+deb12u7", false } },
    { "RHEL-8*", { "OpenSSH_8.0", true } },
    { "RHEL-9*", { "OpenSSH_8.7", false } },
    { "*", { "OpenSSH_9.2", false } },
};

struct guest_sshd_version guest_sshd_version(struct call *c, const struct instance *i)
{
    const char *name = release(c, i, "NAME");
    size_t n = 0;
    while (!text_glob(systems[n].system, name))
        n++;
    return systems[n].sshd;
}
