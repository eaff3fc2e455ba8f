/* Modules about who may log in: users and groups, passwords, keys of users and of the host. */
#include <string.h>

#include "base/rng.h"
#include "base/ssh_key.h"
#include "base/text.h"
#include "guest/boot/boot_modules.h"
#include "guest/boot/cloud_config.h"
#include "guest/boot/instance_data.h"
#include "guest/guest_file.h"
#include "guest/shell/shell.h"

#define LOGGER "cc_users_groups.py"
#define INSTANCE "once-per-instance"
#define FIRST_ID 1000

/* ---- /etc/passwd and its kin: lines of fields between colons ---- */

static const char *text_of(struct boot *b, const char *path)
{
    size_t n = 0;
    const char *text = boot_read(b, path, &n);
    if (!text)
        text = shell_system_file(path);
    return text ? text : "";
}

/* The line that begins with the name and a colon; NULL: none. */
static const char *line_of(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (; *text; text += strcspn(text, "\n"), text += *text != '\0') {
        if (strncmp(text, name, n) == 0 && text[n] == ':')
            return text;
    }
    return NULL;
}

static const char *field(struct boot *b, const char *line, int number)
{
    for (; number > 0; number--) {
        line += strcspn(line, ":\n");
        if (*line != ':')
            return "";
        line++;
    }
    return arena_strndup(b->c->a, line, strcspn(line, ":\n"));
}

/* The first number from FIRST_ID on that no line has in its third field. */
static int64_t free_id(struct boot *b, const char *path)
{
    int64_t id = FIRST_ID, n;
    const char *text = text_of(b, path);
    for (; *text; text += strcspn(text, "\n"), text += *text != '\0') {
        if (text_int(field(b, text, 2), &n) && n >= id && n < 60000)
            id = n + 1;
    }
    return id;
}

static void add_line(struct boot *b, const char *path, const char *line, int mode)
{
    boot_append(b, path, arena_printf(b->c->a, "%s\n", line), mode);
}

static void make_group(struct boot *b, const char *name)
{
    if (line_of(text_of(b, "/etc/group"), name))
        return;
    add_line(b, "/etc/group",
             arena_printf(b->c->a, "%s:x:%lld:", name, (long long)free_id(b, "/etc/group")), 0644);
}

/* Adds a user to a group, which is made where it is missing. */
static void join_group(struct boot *b, const char *group, const char *user)
{
    make_group(b, group);
    const char *text = text_of(b, "/etc/group"), *line = line_of(text, group);
    size_t n = strcspn(line, "\n");
    const char *members = field(b, line, 3);
    if (strstr(arena_printf(b->c->a, ",%s,", members), arena_printf(b->c->a, ",%s,", user)))
        return;
    boot_write(b, "/etc/group",
               arena_printf(b->c->a, "%.*s%s%s%s", (int)(line - text + (ptrdiff_t)n), text,
                            *members ? "," : "", user, line + n),
               0644);
}

/* ---- Users ---- */

struct user {
    const char *name, *gecos, *home, *shell, *password, *primary;
    struct list groups, sudo, keys; /* const char * */
    int64_t uid;
    bool locked, system, homeless;
};

static const char *owner_of(struct boot *b, const struct user *u)
{
    return arena_printf(b->c->a, "%s:%s", u->name, u->primary ? u->primary : u->name);
}

/* Keys that are there stay; those that are not come behind them. */
static void authorize(struct boot *b, const char *home, const char *owner, const char *prefix,
                      const struct list *keys)
{
    const char *folder = arena_printf(b->c->a, "%s/.ssh", home);
    const char *path = arena_printf(b->c->a, "%s/authorized_keys", folder);
    const char *old = text_of(b, path);
    struct buffer all = { 0 };
    buffer_add_text(b->c->a, &all, old);
    if (*old && !text_ends(old, "\n"))
        buffer_add_text(b->c->a, &all, "\n");
    LIST_EACH (const char *, key, keys) {
        const char *line = arena_printf(b->c->a, "%s%s\n", prefix, *key);
        if (!strstr(buffer_text(b->c->a, &all), line))
            buffer_add_text(b->c->a, &all, line);
    }
    boot_make_folder(b, folder, 0700, owner);
    boot_write_as(b, path, buffer_text(b->c->a, &all), all.n, 0600, owner);
}

static void add_user_lines(struct boot *b, const struct user *u)
{
    const char *primary = u->primary ? u->primary : u->name;
    int64_t uid = u->uid != ABSENT ? u->uid : free_id(b, "/etc/passwd");
    make_group(b, primary);
    const char *gid = field(b, line_of(text_of(b, "/etc/group"), primary), 2);
    add_line(b, "/etc/passwd",
             arena_printf(b->c->a, "%s:x:%lld:%s:%s:%s:%s", u->name, (long long)uid, gid, u->gecos,
                          u->home, u->shell),
             0644);
    add_line(b, "/etc/shadow",
             arena_printf(b->c->a, "%s:%s%s:%lld:0:99999:7:::", u->name, u->locked ? "!" : "",
                          u->password ? u->password : (u->locked ? "" : "*"),
                          (long long)(b->c->now / 86400000)),
             0640);
}

static void make_user(struct boot *b, const struct user *u)
{
    if (!line_of(text_of(b, "/etc/passwd"), u->name)) {
        add_user_lines(b, u);
        if (!u->homeless)
            boot_make_folder(b, u->home, 0700, owner_of(b, u));
    } else {
        BOOT_DEBUG(b, "User %s already exists, skipping.", u->name);
    }
    LIST_EACH (const char *, group, &u->groups)
        join_group(b, *group, u->name);
    LIST_EACH (const char *, rule, &u->sudo) {
        const char *line = arena_printf(b->c->a, "%s %s\n", u->name, *rule);
        if (!strstr(text_of(b, "/etc/sudoers.d/90-cloud-init-users"), line))
            boot_append(b, "/etc/sudoers.d/90-cloud-init-users", line, 0440);
    }
    if (u->keys.count)
        authorize(b, u->home, owner_of(b, u), "", &u->keys);
}

static struct user default_user(struct boot *b)
{
    const struct guest_user *d = &b->system->user;
    struct user u = { .name = d->name,
                      .gecos = d->gecos,
                      .shell = d->shell,
                      .groups = d->groups,
                      .uid = ABSENT,
                      .locked = true,
                      .home = arena_printf(b->c->a, "/home/%s", d->name) };
    strs_add(b->c->a, &u.sudo, "ALL=(ALL) NOPASSWD:ALL");
    return u;
}

static struct user user_of(struct boot *b, const struct value *v)
{
    struct arena *a = b->c->a;
    bool map = v->type == VALUE_MAP;
    const char *name = map ? cloud_config_text(a, v, "name") : v->text;
    struct user u = { .name = name, .uid = ABSENT };
    const char *uid = cloud_config_text(a, v, "uid"), *home = cloud_config_text(a, v, "homedir"),
               *shell = cloud_config_text(a, v, "shell"), *gecos = cloud_config_text(a, v, "gecos");
    if (!uid || !text_int(uid, &u.uid))
        u.uid = ABSENT;
    u.home = home ? home : arena_printf(a, "/home/%s", name ? name : "");
    u.shell = shell ? shell : text_is(b->system->manager, "apt") ? "/bin/sh" : "/bin/bash";
    u.gecos = gecos ? gecos : "";
    u.password = cloud_config_text(a, v, "passwd");
    u.primary = cloud_config_text(a, v, "primary_group");
    u.groups = cloud_config_texts(a, v, "groups");
    const struct value *sudo = value_get(v, "sudo");
    if (sudo && sudo->type == VALUE_TEXT)
        strs_add(a, &u.sudo, sudo->text);
    else
        u.sudo = cloud_config_texts(a, v, "sudo");
    u.keys = cloud_config_texts(a, v, "ssh_authorized_keys");
    u.locked = cloud_config_truth(v, "lock_passwd", true);
    u.system = cloud_config_truth(v, "system", false);
    u.homeless = u.system || cloud_config_truth(v, "no_create_home", false);
    return u;
}

/* All that the configuration names (struct user); `default` is the system's own. */
static struct list users_of(struct boot *b)
{
    struct list all = { 0 };
    const struct value *users = value_get(b->config, "users");
    if (!users || users->type != VALUE_LIST) {
        *list_add(b->c->a, &all, struct user) = default_user(b);
        return all;
    }
    for (const struct value *v = users->first; v; v = v->next) {
        struct user u = text_is(v->text, "default") ? default_user(b) : user_of(b, v);
        if (!text_blank(u.name))
            *list_add(b->c->a, &all, struct user) = u;
    }
    return all;
}

static void make_groups(struct boot *b)
{
    const struct value *groups = value_get(b->config, "groups");
    for (const struct value *v = groups ? groups->first : NULL; v; v = v->next) {
        if (v->type == VALUE_TEXT)
            make_group(b, v->text);
        for (const struct value *m = v->type == VALUE_MAP ? v->first : NULL; m; m = m->next) {
            struct list members = cloud_config_texts(b->c->a, v, m->key);
            make_group(b, m->key);
            LIST_EACH (const char *, user, &members)
                join_group(b, m->key, *user);
        }
    }
}

static enum boot_result users_groups(struct boot *b)
{
    struct list users = users_of(b);
    make_groups(b);
    LIST_EACH (struct user, u, &users) {
        if (u->homeless && u->keys.count) {
            b->error = arena_printf(b->c->a,
                                    "Not creating user %s. Key(s) ssh_authorized_keys cannot be "
                                    "provided with %s",
                                    u->name, u->system ? "system" : "no_create_home");
            return BOOT_FAILED;
        }
        make_user(b, u);
    }
    return BOOT_DONE;
}

const struct boot_module boot_users_groups = { "users_groups", INSTANCE, NULL, users_groups };

static enum boot_result set_passwords(struct boot *b)
{
    if (value_get(b->config, "ssh_pwauth"))
        boot_write(b, "/etc/ssh/sshd_config.d/50-cloud-init.conf",
                   arena_printf(b->c->a, "PasswordAuthentication %s\n",
                                cloud_config_truth(b->config, "ssh_pwauth", false) ? "yes" : "no"),
                   0600);
    if (value_get(b->config, "chpasswd") || value_get(b->config, "password"))
        BOOT_WARN(b, "amisim sets no passwords: chpasswd and password have no effect");
    return BOOT_DONE;
}

static const char *const password_keys[] = { "ssh_pwauth", "chpasswd", "password", NULL };
const struct boot_module boot_set_passwords = { "set_passwords", INSTANCE, password_keys,
                                                set_passwords };

/* ---- Keys of the host ---- */

struct host_key {
    const char *name;
    enum ssh_key_type type;
};

static const struct host_key host_keys[] = { { "rsa", SSH_RSA },
                                             { "ecdsa", SSH_ECDSA },
                                             { "ed25519", SSH_ED25519 } };

static const char *host_key_path(struct boot *b, const char *name)
{
    return arena_printf(b->c->a, "/etc/ssh/ssh_host_%s_key", name);
}

static void make_host_key(struct boot *b, const struct host_key *k)
{
    const char *host = instance_host_name(b), *path = host_key_path(b, k->name);
    const char *comment = arena_printf(b->c->a, "root@%.*s", (int)strcspn(host, "."), host);
    struct ssh_key key;
    uint64_t seed =
        hash_text(arena_printf(b->c->a, "%s/%lld/%s", b->i->id, (long long)b->i->boots, k->name));
    if (boot_has(b, path) || !ssh_key_make(b->c->a, k->type, SSH_PEM, comment, seed, &key))
        return;
    boot_write(b, path,
               arena_printf(b->c->a, "%s%s", key.private_text,
                            text_ends(key.private_text, "\n") ? "" : "\n"),
               0600);
    boot_write(b, arena_printf(b->c->a, "%s.pub", path),
               arena_printf(b->c->a, "%s %s\n", key.public_line, comment), 0644);
    if (!cloud_config_truth(b->config, "ssh_quiet_keygen", false))
        boot_say(b, arena_printf(b->c->a,
                                 "Generating public/private %s key pair.\n"
                                 "Your identification has been saved in %s\n"
                                 "Your public key has been saved in %s.pub\n"
                                 "The key fingerprint is:\n%s %s\n",
                                 k->name, path, path, ssh_key_digest(b->c->a, key.public_line),
                                 comment));
}

static void remove_host_keys(struct boot *b)
{
    struct list entries = { 0 };
    guest_list(b->c, b->i, "/etc/ssh", &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (text_starts(e->name, "ssh_host_") && strstr(e->name, "key"))
            boot_remove_all(b, arena_printf(b->c->a, "/etc/ssh/%s", e->name));
    }
}

/* The keys that ssh_keys gives: rsa_private, rsa_public, … */
static void take_host_keys(struct boot *b, const struct value *keys)
{
    for (const struct value *v = keys->first; v; v = v->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof host_keys / sizeof *host_keys; i++) {
            const char *path = host_key_path(b, host_keys[i].name);
            bool private = text_is(v->key, arena_printf(b->c->a, "%s_private", host_keys[i].name));
            bool public = text_is(v->key, arena_printf(b->c->a, "%s_public", host_keys[i].name));
            if (v->text && (private || public))
                boot_write(b, private ? path : arena_printf(b->c->a, "%s.pub", path), v->text,
                           0600);
            known |= private || public;
        }
        if (!known)
            BOOT_WARN(b, "Skipping unrecognized ssh_keys entry: \"%s\"", v->key);
    }
}

static void make_host_keys(struct boot *b)
{
    const struct value *given = value_get(b->config, "ssh_keys");
    struct list wanted = cloud_config_texts(b->c->a, b->config, "ssh_genkeytypes");
    if (cloud_config_truth(b->config, "ssh_deletekeys", true))
        remove_host_keys(b);
    if (given) {
        take_host_keys(b, given);
        return;
    }
    const struct list *types = wanted.count ? &wanted : &b->system->host_keys;
    for (size_t i = 0; i < sizeof host_keys / sizeof *host_keys; i++) {
        if (strs_have(types, host_keys[i].name))
            make_host_key(b, &host_keys[i]);
    }
}

static void add_keys(struct boot *b)
{
    struct list keys = { 0 }, users = users_of(b);
    struct list more = cloud_config_texts(b->c->a, b->config, "ssh_authorized_keys");
    const char *pair = boot_public_key(b), *name = NULL;
    if (pair && cloud_config_truth(b->config, "allow_public_ssh_keys", true))
        strs_add(b->c->a, &keys, pair);
    LIST_EACH (const char *, key, &more)
        strs_add(b->c->a, &keys, *key);
    LIST_EACH (struct user, u, &users) {
        if (text_is(u->name, b->system->user.name) && !name)
            name = u->name;
    }
    if (!keys.count)
        return;
    if (name)
        authorize(b, arena_printf(b->c->a, "/home/%s", name),
                  arena_printf(b->c->a, "%s:%s", name, name), "", &keys);
    bool disabled = cloud_config_truth(b->config, "disable_root", true);
    const char *prefix = arena_printf(
        b->c->a,
        "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo 'Please login as "
        "the user \\\"%s\\\" rather than the user \\\"root\\\".';echo;sleep 10;exit 142\" ",
        name ? name : "NONE");
    authorize(b, "/root", NULL, disabled ? prefix : "", &keys);
}

static enum boot_result ssh(struct boot *b)
{
    make_host_keys(b);
    add_keys(b);
    return BOOT_DONE;
}

const struct boot_module boot_ssh = { "ssh", INSTANCE, NULL, ssh };
