/* See guest_disk.h. */
#include "guest/guest_disk.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "catalog/guest_system.h"
#include "store/block.h"
#include "store/noun.h"
#include "world/image/image.h"

/* ---- Disks ---- */

static struct disk_ref disk_of(struct call *c, int64_t layer, int64_t gib)
{
    return (
        struct disk_ref){ .store = c->store, .layer = layer, .gib = gib, .now = c->now, .a = c->a };
}

struct disk_ref disk_of_volume(struct call *c, const struct volume *v)
{
    /* the struct may be older than the layer */
    return disk_of(
        c,
        store_number(c->store, "SELECT layer FROM volume WHERE id = ?", SQL_ARGS(SQL_TEXT(v->id))),
        v->size);
}

/* What every Linux has at its root, empty but for what a guest writes. */
static const char *const usual_folders[] = { "/boot",
                                             "/etc/cron.d",
                                             "/etc/default",
                                             "/etc/modprobe.d",
                                             "/etc/profile.d",
                                             "/etc/security/limits.d",
                                             "/etc/ssh",
                                             "/etc/sudoers.d",
                                             "/etc/sysconfig",
                                             "/etc/sysctl.d",
                                             "/etc/systemd/system",
                                             "/etc/yum.repos.d",
                                             "/home",
                                             "/mnt",
                                             "/opt",
                                             "/root",
                                             "/run",
                                             "/srv",
                                             "/tmp",
                                             "/usr/bin",
                                             "/usr/lib/systemd/system",
                                             "/usr/local/bin",
                                             "/usr/local/sbin",
                                             "/var/cache",
                                             "/var/lib",
                                             "/var/log",
                                             "/var/tmp",
                                             NULL };

void make_file_system(struct disk_ref *d, const char *id, const char *label)
{
    const char *error;
    unsigned char uuid[16];
    struct rng r = { hash_text(id) };
    for (size_t i = 0; i < sizeof uuid; i++)
        uuid[i] = (unsigned char)rng_next(&r);
    uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80);
    ext4_make(d, uuid, label, &error);
}

/* The image that a public snapshot is the root of; false for other snapshots and other systems. */
static bool find_linux_root(struct call *c, const char *snapshot, struct image *ret)
{
    return store_first(c, &image_schema,
                       "id = (SELECT i.id FROM image_mappings CROSS JOIN image i ON i.id = parent"
                       " WHERE snapshot = ? AND device = i.root_device) AND platform IS NULL",
                       SQL_ARGS(SQL_TEXT(snapshot)), ret);
}

/* A list of a YAML file. */
static const char *names_of(struct call *c, const struct list *names)
{
    return arena_printf(c->a, "[%s]", strs_join(c->a, names, ", "));
}

/* cloud-init's own configuration, as far as it is simulated. */
static const char *cloud_cfg(struct call *c, const struct guest_system *s)
{
    return arena_printf(c->a,
                        "users:\n - default\n\ndisable_root: true\nssh_pwauth: false\n"
                        "preserve_hostname: false\nssh_deletekeys: true\nssh_genkeytypes: %s\n\n"
                        "cloud_init_modules: %s\n\ncloud_config_modules: %s\n\n"
                        "cloud_final_modules: %s\n\n"
                        "system_info:\n  distro: %s\n  default_user:\n    name: %s\n"
                        "    lock_passwd: true\n    gecos: %s\n    groups: %s\n"
                        "    sudo: [\"ALL=(ALL) NOPASSWD:ALL\"]\n    shell: %s\n",
                        names_of(c, &s->host_keys), names_of(c, &s->init), names_of(c, &s->config),
                        names_of(c, &s->final), s->distro, s->user.name, s->user.gecos,
                        names_of(c, &s->user.groups), s->user.shell);
}

/* The users and groups that every system begins with; those of cloud-init join them at the first
 * boot. */
static void write_users(const struct disk_ref *d, bool debian)
{
    const char *error;
    const char *passwd =
        "root:x:0:0:root:/root:/bin/bash\n"
        "daemon:x:2:2:daemon:/sbin:/sbin/nologin\n"
        "nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin\n"
        "sshd:x:74:74:Privilege-separated SSH:/usr/share/empty.sshd:/sbin/nologin\n";
    const char *shadow = "root:*LOCK*:14600::::::\ndaemon:*:18849:0:99999:7:::\n"
                         "nobody:*:18849:0:99999:7:::\nsshd:!!:19600::::::\n";
    const char *group = debian ? "root:x:0:\ndaemon:x:2:\nadm:x:4:\ndialout:x:20:\ncdrom:x:24:\n"
                                 "floppy:x:25:\nsudo:x:27:\naudio:x:29:\ndip:x:30:\nvideo:x:44:\n"
                                 "plugdev:x:46:\nsshd:x:74:\nnetdev:x:106:\nlxd:x:110:\n"
                                 "nogroup:x:65534:\n"
                               : "root:x:0:\ndaemon:x:2:\nadm:x:4:\nwheel:x:10:\nsshd:x:74:\n"
                                 "systemd-journal:x:190:\nnobody:x:65534:\n";
    ext4_write(d, "/etc/passwd", passwd, strlen(passwd), &error);
    ext4_write(d, "/etc/group", group, strlen(group), &error);
    ext4_write(d, "/etc/shadow", shadow, strlen(shadow), &error);
    ext4_set_owner(d, "/etc/shadow", &(struct dir_entry){ .mode = debian ? 0640 : 0 }, &error);
}

/* What tells one system from another. */
static void write_system_files(struct call *c, const struct disk_ref *d, const struct snapshot *s,
                               const struct image *image)
{
    const char *error;
    const struct guest_system *system = guest_system_of(c->sim, s->content.system);
    const char *about = arena_printf(
        c->a, "%sIMAGE_ID=\"%s\"\n",
        system ? system->os_release : arena_printf(c->a, "NAME=\"%s\"\n", image->name), image->id);
    ext4_write(d, "/etc/os-release", about, strlen(about), &error);
    if (!system)
        return;
    write_users(d, text_is(system->manager, "apt"));
    const char *cfg = cloud_cfg(c, system);
    ext4_write(d, "/etc/cloud/cloud.cfg", cfg, strlen(cfg), &error);
}

static void put_usual_files(struct call *c, const struct disk_ref *d, const struct snapshot *s,
                            const struct image *image)
{
    const char *error;
    for (const char *const *folder = usual_folders; *folder; folder++)
        ext4_make_directory(d, *folder, &error);
    ext4_set_owner(d, "/tmp", &(struct dir_entry){ .mode = 01777 }, &error);
    ext4_set_owner(d, "/var/tmp", &(struct dir_entry){ .mode = 01777 }, &error);
    ext4_set_owner(d, "/root", &(struct dir_entry){ .mode = 0550 }, &error);
    write_system_files(c, d, s, image);
}

void guest_fill_snapshot(struct call *c, struct snapshot *s)
{
    struct image image;
    const char *error;
    if (s->layer != ABSENT || !find_linux_root(c, s->id, &image))
        return;
    s->layer = layer_new(c->store, 0);
    struct disk_ref d = disk_of(c, s->layer, s->size);
    d.now = image.created;
    make_file_system(&d, s->id, "/");
    if (!ext4_begin(&d, true, &error)) {
        put_usual_files(c, &d, s, &image);
        ext4_end(&d, &error);
    }
    store_exec(c->store, "UPDATE snapshot SET layer = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(s->layer), SQL_TEXT(s->id)));
}

struct disk_ref disk_of_snapshot(struct call *c, struct snapshot *s)
{
    guest_fill_snapshot(c, s);
    return disk_of(c, s->layer, s->size);
}

void guest_fill_volume(struct call *c, const struct volume *v)
{
    struct snapshot s;
    int64_t layer = disk_of_volume(c, v).layer;
    if (text_blank(v->snapshot) || !layer_is_empty(c->store, layer)
        || !snapshot_find(c, v->snapshot, &s))
        return;
    guest_fill_snapshot(c, &s);
    if (layer_is_empty(c->store, s.layer))
        return;
    store_exec(c->store, "UPDATE volume SET layer = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(layer_new(c->store, s.layer)), SQL_TEXT(v->id)));
    layer_unref(c->store, layer);
}

/* ---- Which volume a path lies on ---- */

const char *guest_mount_point(struct call *c, const struct instance *i, const struct volume *v)
{
    const struct attachment *a = volume_attachment(v, i->id);
    if (text_is(a->device, i->machine.root_device))
        return "";
    const char *slash = strrchr(a->device, '/');
    return arena_printf(c->a, "/mnt/%s", slash ? slash + 1 : a->device);
}

bool guest_find_volume(struct call *c, const struct instance *i, const char *path,
                       struct volume *ret, const char **ret_below)
{
    struct list volumes = volumes_of(c, i->id);
    size_t best = 0;
    bool found = false;
    LIST_EACH (struct volume, v, &volumes) {
        const char *mount = guest_mount_point(c, i, v);
        size_t n = strlen(mount);
        bool below = text_starts(path, mount) && (!path[n] || path[n] == '/');
        if (below && (!found || n > best)) {
            *ret = *v;
            *ret_below = path[n] ? path + n : "/";
            best = n;
            found = true;
        }
    }
    return found;
}
