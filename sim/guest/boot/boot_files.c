/* Modules that write files: write_files, the host's name, time zone, locale, mounts. */
#include <string.h>

#include "base/gzip.h"
#include "base/text.h"
#include "guest/boot/boot_modules.h"
#include "guest/boot/cloud_config.h"
#include "guest/boot/instance_data.h"

#define LOGGER "cc_write_files.py"
#define INSTANCE "once-per-instance"
#define LARGEST_FILE ((size_t)1 << 20)
#define USUAL_MODE 0644

/* ---- write_files ---- */

struct coding {
    const char *name;
    bool base64, gzip;
};

static const struct coding *coding_of(struct boot *b, const char *name)
{
    static const struct coding all[] = {
        { "text/plain", false, false }, { "gz", false, true },      { "gzip", false, true },
        { "b64", true, false },         { "base64", true, false },  { "gz+b64", true, true },
        { "gz+base64", true, true },    { "gzip+b64", true, true }, { "gzip+base64", true, true },
    };
    const char *wanted = name ? text_lower(b->c->a, name) : "text/plain";
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (text_is(all[i].name, wanted))
            return &all[i];
    }
    BOOT_WARN(b, "Unknown encoding type %s, assuming text/plain", name);
    return &all[0];
}

/* NULL: it cannot be decoded, and b->error says so. */
static const char *decoded(struct boot *b, const struct value *file, size_t *ret_n)
{
    const char *text = cloud_config_text(b->c->a, file, "content");
    const struct coding *coding = coding_of(b, cloud_config_text(b->c->a, file, "encoding"));
    struct buffer tight = { 0 };
    text = text ? text : "";
    *ret_n = strlen(text);
    if (coding->base64) {
        for (const char *at = text; *at; at++) {
            if (!strchr(" \t\r\n", *at))
                buffer_add(b->c->a, &tight, at, 1);
        }
        text = base64_decode(b->c->a, buffer_text(b->c->a, &tight), ret_n);
    }
    if (!text) {
        b->error = "Incorrect padding";
        return NULL;
    }
    if (coding->gzip)
        text = gzip_open(b->c->a, text, *ret_n, LARGEST_FILE, ret_n);
    if (!text)
        b->error = "Not a gzipped file";
    return text;
}

static int mode_of(struct boot *b, const struct value *file)
{
    int64_t mode = USUAL_MODE;
    const struct value *said = value_get(file, "permissions");
    if (!said || said->type == VALUE_NULL)
        return USUAL_MODE;
    if (!cloud_config_mode(said, &mode)) {
        BOOT_WARN(b, "Undecodable permissions '%s', returning default 644",
                  cloud_config_text(b->c->a, file, "permissions"));
        return USUAL_MODE;
    }
    return (int)mode;
}

/* One entry; false: it ends the module. */
static bool write_one(struct boot *b, const struct value *file, size_t number)
{
    size_t n = 0, old = 0;
    struct buffer whole = { 0 };
    const char *path = cloud_config_text(b->c->a, file, "path");
    if (text_blank(path)) {
        BOOT_WARN(b, "No path provided to write for entry %zu in module write_files", number);
        return true;
    }
    if (value_get(file, "source"))
        BOOT_WARN(b, "amisim fetches nothing: the source of %s is left out", path);
    const char *bytes = decoded(b, file, &n);
    if (!bytes)
        return false;
    const char *before =
        cloud_config_truth(file, "append", false) ? boot_read(b, path, &old) : NULL;
    buffer_add(b->c->a, &whole, before ? before : "", before ? old : 0);
    buffer_add(b->c->a, &whole, bytes, n);
    b->error = boot_write_as(b, path, whole.at, whole.n, mode_of(b, file),
                             cloud_config_text(b->c->a, file, "owner"));
    BOOT_DEBUG(b, "Writing to %s - %s: [%o] %zu bytes", path, before ? "ab" : "wb",
               (unsigned)mode_of(b, file), n);
    return !b->error;
}

static enum boot_result write_some(struct boot *b, bool deferred)
{
    const struct value *files = value_get(b->config, "write_files");
    size_t number = 0;
    for (const struct value *v = files ? files->first : NULL; v; v = v->next) {
        number++;
        if (cloud_config_truth(v, "defer", false) == deferred && !write_one(b, v, number))
            return BOOT_FAILED;
    }
    return BOOT_DONE;
}

static enum boot_result write_files(struct boot *b)
{
    return write_some(b, false);
}

static enum boot_result write_files_deferred(struct boot *b)
{
    return write_some(b, true);
}

static const char *const write_files_keys[] = { "write_files", NULL };
const struct boot_module boot_write_files = { "write_files", INSTANCE, write_files_keys,
                                              write_files };
const struct boot_module boot_write_files_deferred = { "write_files_deferred", INSTANCE,
                                                       write_files_keys, write_files_deferred };

/* ---- The host's name ---- */

static enum boot_result set_hostname(struct boot *b)
{
    const char *name = instance_host_name(b);
    if (cloud_config_truth(b->config, "preserve_hostname", false)) {
        BOOT_DEBUG(b, "Configuration option 'preserve_hostname' is set, not setting the hostname");
        return BOOT_DONE;
    }
    boot_write(b, "/etc/hostname", arena_printf(b->c->a, "%s\n", name), 0644);
    boot_write(b, "/var/lib/cloud/data/set-hostname",
               arena_printf(b->c->a, "{\n \"fqdn\": \"%s\",\n \"hostname\": \"%.*s\"\n}", name,
                            (int)strcspn(name, "."), name),
               0644);
    return BOOT_DONE;
}

const struct boot_module boot_set_hostname = { "set_hostname", INSTANCE, NULL, set_hostname };

/* Each boot; a name that was changed by hand stays [seen]. */
static enum boot_result update_hostname(struct boot *b)
{
    size_t n = 0, m = 0;
    const char *now = boot_read(b, "/etc/hostname", &n);
    const char *before = boot_read(b, "/var/lib/cloud/data/previous-hostname", &m);
    if (cloud_config_truth(b->config, "preserve_hostname", false)
        || (before && now && !text_is(before, now)))
        return BOOT_DONE;
    const char *line = arena_printf(b->c->a, "%s\n", instance_host_name(b));
    boot_write(b, "/var/lib/cloud/data/previous-hostname", line, 0644);
    if (!text_is(now, line))
        boot_write(b, "/etc/hostname", line, 0644);
    return BOOT_DONE;
}

const struct boot_module boot_update_hostname = { "update_hostname", "always", NULL,
                                                  update_hostname };

static enum boot_result update_etc_hosts(struct boot *b)
{
    const char *name = instance_host_name(b);
    int shorter = (int)strcspn(name, ".");
    if (cloud_config_truth(b->config, "manage_etc_hosts", false))
        boot_write(b, "/etc/hosts",
                   arena_printf(b->c->a,
                                "127.0.1.1 %s %.*s\n127.0.0.1 localhost\n\n"
                                "::1 localhost ip6-localhost ip6-loopback\n",
                                name, shorter, name),
                   0644);
    return BOOT_DONE;
}

static const char *const hosts_keys[] = { "manage_etc_hosts", NULL };
const struct boot_module boot_update_etc_hosts = { "update_etc_hosts", "always", hosts_keys,
                                                   update_etc_hosts };

/* ---- Time zone, locale ---- */

static enum boot_result set_timezone(struct boot *b)
{
    const char *zone = cloud_config_text(b->c->a, b->config, "timezone");
    if (text_blank(zone))
        return BOOT_DONE;
    boot_write(b, "/etc/timezone", arena_printf(b->c->a, "%s\n", zone), 0644);
    boot_write(b, "/etc/localtime", arena_printf(b->c->a, "%s\n", zone), 0644);
    return BOOT_DONE;
}

static const char *const timezone_keys[] = { "timezone", NULL };
const struct boot_module boot_timezone = { "timezone", INSTANCE, timezone_keys, set_timezone };

static enum boot_result set_locale(struct boot *b)
{
    const char *locale = cloud_config_text(b->c->a, b->config, "locale");
    bool debian = text_is(b->system->manager, "apt");
    if (!text_blank(locale))
        boot_write(b, debian ? "/etc/default/locale" : "/etc/locale.conf",
                   arena_printf(b->c->a, "LANG=\"%s\"\n", locale), 0644);
    return BOOT_DONE;
}

static const char *const locale_keys[] = { "locale", NULL };
const struct boot_module boot_locale = { "locale", INSTANCE, locale_keys, set_locale };

/* ---- Mounts ---- */

static enum boot_result mounts(struct boot *b)
{
    static const char *const otherwise[6] = {
        "", "", "auto", "defaults,nofail,x-systemd.requires=cloud-init.service", "0", "2"
    };
    const struct value *all = value_get(b->config, "mounts");
    struct buffer lines = { 0 };
    for (const struct value *v = all ? all->first : NULL; v; v = v->next) {
        const char *fields[6];
        const struct value *f = v->type == VALUE_LIST ? v->first : NULL;
        for (size_t i = 0; i < 6; i++, f = f ? f->next : NULL) {
            const char *said = f ? value_scalar(b->c->a, f) : NULL;
            fields[i] = said ? said : otherwise[i];
        }
        if (!*fields[0] || !*fields[1])
            continue;
        const char *device = *fields[0] == '/' || strchr(fields[0], '=')
                                 ? fields[0]
                                 : arena_printf(b->c->a, "/dev/%s", fields[0]);
        buffer_add_text(b->c->a, &lines,
                        arena_printf(b->c->a, "%s\t%s\t%s\t%s,comment=cloudconfig\t%s\t%s\n",
                                     device, fields[1], fields[2], fields[3], fields[4],
                                     fields[5]));
    }
    if (lines.n)
        boot_append(b, "/etc/fstab", lines.at, 0644);
    return BOOT_DONE;
}

static const char *const mounts_keys[] = { "mounts", NULL };
const struct boot_module boot_mounts = { "mounts", INSTANCE, mounts_keys, mounts };

/* ---- The root's size: the file system is as large as its volume already ---- */

static enum boot_result grow(struct boot *b)
{
    BOOT_DEBUG(b, "'/' resized: changed=false");
    return BOOT_DONE;
}

const struct boot_module boot_growpart = { "growpart", "always", NULL, grow };
const struct boot_module boot_resizefs = { "resizefs", "always", NULL, grow };
