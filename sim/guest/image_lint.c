/* See image_lint.h. */
#include "guest/image_lint.h"

#include <string.h>

#include "base/text.h"
#include "catalog/guest_system.h"
#include "catalog/public_image.h"
#include "guest/guest_disk.h"
#include "guest/package/package_manager.h"
#include "store/noun.h"
#include "world/instance/page_cache.h"
#include "world/snapshot/snapshot.h"

#define DEEPEST 12
#define MOST_FILES 20000
#define LARGEST_SEARCHED 65536 /* bytes: credentials are not longer */

struct lint {
    struct call *c;
    struct disk_ref disk;
    struct list found; /* struct lint_finding */
    size_t files;
};

static void find(struct lint *l, const char *rule, const char *path, const char *text)
{
    *list_add(l->c->a, &l->found, struct lint_finding) = (struct lint_finding){ rule, path, text };
}

static const char *text_at(struct lint *l, const char *path)
{
    size_t n = 0;
    const char *text = ext4_read(&l->disk, path, &n);
    return text ? text : "";
}

static struct list names_in(struct lint *l, const char *folder)
{
    struct list entries = { 0 };
    ext4_list(&l->disk, folder, &entries);
    return entries;
}

/* ---- Fields of the image ---- */

static void look_at_fields(struct lint *l, const struct image *image)
{
    const struct machine *m = &image->machine;
    if (!text_is(m->virtualization, "hvm"))
        find(l, "virtualization", m->virtualization, "The image is not HVM");
    if (text_is(m->architecture, "i386"))
        find(l, "architecture", m->architecture, "The image is for 32 bits");
    if (!text_is(m->root_type, "ebs"))
        find(l, "root-device", m->root_type, "The image is not backed by EBS");
    if (!text_is(image->imds, "v2.0"))
        find(l, "imds", "ImdsSupport", "The image does not ask for IMDSv2");
}

/* ---- Who can log in ---- */

static void look_at_keys_of(struct lint *l, const char *home)
{
    const char *path = arena_printf(l->c->a, "%s/.ssh/authorized_keys", home);
    if (*text_at(l, path))
        find(l, "authorized-keys", path, "Whoever has the private half can log in");
}

static void look_at_keys(struct lint *l)
{
    struct list homes = names_in(l, "/home"), keys = names_in(l, "/etc/ssh");
    look_at_keys_of(l, "/root");
    LIST_EACH (struct dir_entry, e, &homes)
        look_at_keys_of(l, arena_printf(l->c->a, "/home/%s", e->name));
    LIST_EACH (struct dir_entry, e, &keys) {
        if (text_starts(e->name, "ssh_host_") && text_ends(e->name, "_key"))
            find(l, "host-keys", arena_printf(l->c->a, "/etc/ssh/%s", e->name),
                 "All instances that do not make new ones share this host key");
    }
}

/* user:hash:…; a hash begins with a dollar sign, none at all lets anybody in. */
static void look_at_passwords(struct lint *l)
{
    for (const char *line = text_at(l, "/etc/shadow"); *line;
         line += strcspn(line, "\n"), line += *line != '\0') {
        size_t n = strcspn(line, ":\n");
        const char *user = arena_strndup(l->c->a, line, n);
        if (line[n] == ':' && line[n + 1] == '$')
            find(l, "password", "/etc/shadow", arena_printf(l->c->a, "%s has a password", user));
        if (line[n] == ':' && line[n + 1] == ':')
            find(l, "blank-password", "/etc/shadow",
                 arena_printf(l->c->a, "%s needs no password", user));
    }
}

/* Whether a line of sshd's configuration says so. */
static bool says(const char *text, const char *key, const char *value)
{
    for (; *text; text += strcspn(text, "\n"), text += *text != '\0') {
        const char *at = text + strspn(text, " \t");
        size_t n = strlen(key);
        if (strncmp(at, key, n) != 0 || !strchr(" \t", at[n]))
            continue;
        at += n + strspn(at + n, " \t");
        if (text_starts(at, value) && strchr("\n \t", at[strlen(value)]))
            return true;
    }
    return false;
}

static void look_at_sshd_file(struct lint *l, const char *path)
{
    const char *text = text_at(l, path);
    if (says(text, "PermitRootLogin", "yes"))
        find(l, "root-login", path, "root can log in with a password");
    if (says(text, "PasswordAuthentication", "yes"))
        find(l, "password-authentication", path, "Users can log in with a password");
}

static void look_at_sshd(struct lint *l)
{
    struct list more = names_in(l, "/etc/ssh/sshd_config.d");
    look_at_sshd_file(l, "/etc/ssh/sshd_config");
    LIST_EACH (struct dir_entry, e, &more)
        look_at_sshd_file(l, arena_printf(l->c->a, "/etc/ssh/sshd_config.d/%s", e->name));
}

/* ---- What the instance left ---- */

static void look_at_leftovers(struct lint *l)
{
    static const char *const logs[] = { "/var/log/cloud-init.log", "/var/log/cloud-init-output.log",
                                        NULL };
    struct list instances = names_in(l, "/var/lib/cloud/instances");
    LIST_EACH (struct dir_entry, e, &instances)
        find(l, "user-data", arena_printf(l->c->a, "/var/lib/cloud/instances/%s", e->name),
             "User data and scripts of an instance are in the image");
    for (const char *const *log = logs; *log; log++) {
        if (*text_at(l, *log))
            find(l, "logs", *log, "Logs of an instance are in the image");
    }
    const char *id = text_at(l, "/etc/machine-id");
    if (strlen(id) > 1 && !text_starts(id, "uninitialized"))
        find(l, "machine-id", "/etc/machine-id", "All instances of the image share it");
}

static bool is_secret_name(const char *name)
{
    static const char *const names[] = { "credentials", ".netrc",     "id_rsa",           "id_dsa",
                                         "id_ecdsa",    "id_ed25519", ".git-credentials", NULL };
    return text_any(name, names) || text_ends(name, ".pem");
}

/* A private key, or an access key beside its secret. */
static bool holds_secret(const char *text)
{
    const char *key = strstr(text, "PRIVATE KEY-----");
    return (key && strstr(text, "-----BEGIN ")) || strstr(text, "aws_secret_access_key")
           || strstr(text, "AWS_SECRET_ACCESS_KEY");
}

static void look_at_file(struct lint *l, const char *path, const struct dir_entry *e)
{
    if (text_ends(e->name, "_history") && e->size)
        find(l, "history", path, "What was typed is in the image");
    else if (text_starts(path, "/etc/ssh/ssh_host_"))
        return;
    else if (is_secret_name(e->name) && e->size)
        find(l, "credentials", path, "Files of this name hold secrets");
    else if (e->size && e->size <= LARGEST_SEARCHED && holds_secret(text_at(l, path)))
        find(l, "credentials", path, "The file holds a secret");
}

static void walk(struct lint *l, const char *folder, int depth)
{
    struct list entries = names_in(l, *folder ? folder : "/");
    LIST_EACH (struct dir_entry, e, &entries) {
        const char *path = arena_printf(l->c->a, "%s/%s", folder, e->name);
        if (++l->files > MOST_FILES)
            return;
        if (e->is_folder && depth < DEEPEST)
            walk(l, path, depth + 1);
        else if (!e->is_folder && !e->target)
            look_at_file(l, path, e);
    }
}

/* ---- Packages: how old what is baked in has become ---- */

struct lint_host {
    struct package_host base; /* first: records are read through it */
    struct lint *l;
};

static const char *read_record(struct package_host *h, const char *path)
{
    struct lint *l = ((struct lint_host *)h)->l;
    const char *text = text_at(l, path);
    return *text ? text : NULL;
}

static void look_at_packages(struct lint *l, const struct guest_system *system, const char *key)
{
    const struct public_image *from = public_image_named(l->c->sim, key);
    struct lint_host h = { .base = { .a = l->c->a,
                                     .sim = l->c->sim,
                                     .system = system,
                                     .machine = "x86_64",
                                     .now = l->c->now,
                                     .image_date = from ? from->created : l->c->now,
                                     .read = read_record },
                           .l = l };
    struct list all = package_installed(&h.base);
    LIST_EACH (struct installed, i, &all) {
        const struct package *p = package_named(l->c->sim, system->name, i->name);
        const struct package_release *newest = p ? package_newest(p, l->c->now) : NULL;
        const struct package_release *first = p ? p->releases.items : NULL;
        if (newest && newest > first && !text_is(newest->version, i->version))
            find(l, "old-package", i->name,
                 arena_printf(l->c->a, "%s is installed, %s can be had", i->version,
                              newest->version));
    }
}

/* ---- A boot into which nobody looked left nothing on the blocks, and the same in AWS ---- */

static void look_at_unseen(struct lint *l, const struct guest_system *system,
                           const struct snapshot_content *caught)
{
    const char *why = arena_printf(l->c->a,
                                   "Made at the boot of %s; nobody looked, so the blocks do not "
                                   "have it here",
                                   caught->instance);
    LIST_EACH (const char *, key, &system->host_keys)
        find(l, "host-keys", arena_printf(l->c->a, "/etc/ssh/ssh_host_%s_key", *key), why);
    if (caught->keyed == YES)
        find(l, "authorized-keys",
             arena_printf(l->c->a, "/home/%s/.ssh/authorized_keys", system->user.name), why);
    find(l, "user-data", arena_printf(l->c->a, "/var/lib/cloud/instances/%s", caught->instance),
         why);
    find(l, "logs", "/var/log/cloud-init.log", why);
    find(l, "machine-id", "/etc/machine-id", why);
}

/* ---- The whole ---- */

static bool find_root(struct call *c, const struct image *image, struct snapshot *ret)
{
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (text_is(m->device, image->machine.root_device) && m->snapshot)
            return store_get(c, &snapshot_schema, m->snapshot, ret);
    }
    return false;
}

static void look_at_windows(struct lint *l, const struct snapshot *root)
{
    struct snapshot_content caught;
    if (root->content.generalized != YES && snapshot_caught(l->c, root->id, &caught))
        find(l, "sysprep", "C:\\Windows\\System32\\Sysprep",
             "Windows was not generalized: instances share its identity, and get no password");
}

struct list image_lint(struct call *c, const struct image *image, bool *ret_looked)
{
    struct lint l = { .c = c };
    struct snapshot root;
    struct snapshot_content caught;
    const char *error;
    *ret_looked = false;
    look_at_fields(&l, image);
    if (!find_root(c, image, &root))
        return l.found;
    if (text_is(image->machine.platform, "windows")) {
        look_at_windows(&l, &root);
        return l.found;
    }
    l.disk = disk_of_snapshot(c, &root);
    const struct guest_system *system = guest_system_of(c->sim, root.content.system);
    if (system && snapshot_caught(c, root.id, &caught) && caught.unseen == YES && caught.instance)
        look_at_unseen(&l, system, &caught);
    if (ext4_begin(&l.disk, false, &error))
        return l.found;
    *ret_looked = true;
    look_at_keys(&l);
    look_at_passwords(&l);
    look_at_sshd(&l);
    look_at_leftovers(&l);
    walk(&l, "", 0);
    if (system)
        look_at_packages(&l, system, root.content.system);
    ext4_end(&l.disk, &error);
    return l.found;
}
