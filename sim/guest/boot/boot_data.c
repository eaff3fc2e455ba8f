/* See boot_data.h. */
#include "guest/boot/boot_data.h"

#include <string.h>

#include "base/text.h"
#include "guest/boot/cloud_config.h"
#include "guest/boot/instance_data.h"
#include "guest/boot/jinja.h"
#include "guest/boot/user_data.h"
#include "guest/guest_file.h"

#define LOGGER "__init__.py"
#define CFG "/etc/cloud/cloud.cfg"
#define CFG_FOLDER "/etc/cloud/cloud.cfg.d"

/* ---- The parts ---- */

struct source {
    struct user_data_source base; /* first: the reader knows only this */
    const struct sim *sim;
};

static const char *fetch(const struct user_data_source *s, const char *url)
{
    return guest_url_content(((const struct source *)s)->sim, url);
}

static void load_parts(struct boot *b)
{
    struct arena *a = b->c->a;
    struct source source = { .base = { fetch }, .sim = b->c->sim };
    struct user_data data;
    size_t n = 0;
    const char *kept = boot_instance_path(b, "user-data.txt");
    const char *bytes = boot_has(b, kept) ? boot_read(b, kept, &n)
                        : b->i->user_data ? base64_decode(a, b->i->user_data, &n)
                                          : NULL;
    user_data_read(a, &source.base, bytes ? bytes : "", bytes ? n : 0, &data);
    b->parts = data.parts;
    b->part_error = data.error;
}

/* ## template: jinja and the line it stands in give way to what is rendered. Complaints only where
 * `tell` says so. */
static void render(struct boot *b, struct mime_part *p, bool tell)
{
    struct list missing = { 0 };
    const char *error, *line = strchr(p->bytes, '\n');
    const char *text =
        jinja_render(b->c->a, line ? line + 1 : "", instance_data(b), &missing, &error);
    if (!text) {
        if (tell)
            BOOT_WARN(b, "Failed to render jinja template %s: %s", p->filename, error);
        p->type = "text/x-unreadable";
        return;
    }
    if (missing.count && tell)
        BOOT_WARN(b, "Could not render jinja template variables in file '%s': %s", p->filename,
                  strs_join(b->c->a, &missing, ", "));
    p->bytes = text;
    p->n = strlen(text);
    p->type = user_data_type(text, p->n);
    if (!p->type)
        p->type = "text/x-unreadable";
}

/* The cloud-configs among the parts as one; NULL: there is none. */
static const struct value *merged_parts(struct boot *b, bool tell)
{
    const struct value *config = NULL;
    LIST_EACH (struct mime_part, part, &b->parts) {
        struct mime_part p = *part;
        const char *error = NULL;
        if (text_is(p.type, "text/jinja2"))
            render(b, &p, tell);
        if (!text_is(p.type, "text/cloud-config"))
            continue;
        const struct value *v = cloud_config_read(b->c->a, p.bytes, p.n, &error);
        if (v)
            config = cloud_config_add(b->c->a, config, v, p.merge);
        else if (tell)
            BOOT_WARN(b, "Failed at merging in cloud config part from %s: %s", p.filename, error);
    }
    return config;
}

/* ---- What the disk has ---- */

static const struct value *config_file(struct boot *b, const char *path)
{
    size_t n = 0;
    const char *error, *text = boot_read(b, path, &n);
    return text ? cloud_config_read(b->c->a, text, n, &error) : NULL;
}

/* cloud.cfg, and over it those of the folder: the last name counts most. */
static const struct value *disk_config(struct boot *b)
{
    struct list entries = { 0 }, names = { 0 };
    const struct value *config = config_file(b, CFG);
    guest_list(b->c, b->i, CFG_FOLDER, &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (text_ends(e->name, ".cfg"))
            strs_add(b->c->a, &names, e->name);
    }
    strs_sort(&names);
    LIST_EACH (const char *, name, &names) {
        const char *path = arena_printf(b->c->a, CFG_FOLDER "/%s", *name);
        config = cloud_config_merge(b->c->a, config_file(b, path), config);
    }
    return config;
}

void boot_load(struct boot *b)
{
    load_parts(b);
    b->config = cloud_config_merge(b->c->a, merged_parts(b, false), disk_config(b));
}

/* ---- Where the parts go ---- */

/* A name that can be a file's. */
static const char *clean(struct boot *b, const char *name)
{
    char *copy = arena_strndup(b->c->a, name, 200);
    for (char *at = copy; *at; at++)
        *at = *at == '/' || (unsigned char)*at < ' ' ? '_' : *at;
    return *copy && !text_is(copy, ".") && !text_is(copy, "..") ? copy : "part";
}

static const char *without_returns(struct boot *b, const char *text)
{
    struct buffer out = { 0 };
    for (const char *at = text; *at; at++) {
        if (at[0] != '\r' || at[1] != '\n')
            buffer_add(b->c->a, &out, at, 1);
    }
    return buffer_text(b->c->a, &out);
}

/* Where scripts of a type are put; NULL: it is none. */
static const char *script_folder(struct boot *b, const char *type)
{
    static const char *const kept[] = { "per-boot", "per-instance", "per-once", NULL };
    if (text_is(type, "text/x-shellscript"))
        return boot_instance_path(b, "scripts");
    for (const char *const *name = kept; *name; name++) {
        if (text_is(type, arena_printf(b->c->a, "text/x-shellscript-%s", *name)))
            return arena_printf(b->c->a, "/var/lib/cloud/scripts/%s", *name);
    }
    return NULL;
}

static enum boot_result boothook(struct boot *b, const struct mime_part *p)
{
    int64_t status = 0;
    const char *path =
        arena_printf(b->c->a, "%s/%s", boot_instance_path(b, "boothooks"), clean(b, p->filename));
    const char *text = without_returns(b, p->bytes);
    if (text_starts(text, "#cloud-boothook"))
        text += strlen("#cloud-boothook");
    text += strspn(text, " \t\r\n");
    if (!b->row->script)
        boot_write(b, path, text, 0700);
    enum boot_result r = boot_run_file(b, path, &status);
    if (r == BOOT_FAILED)
        BOOT_WARN(b, "Boothooks script %s execution error", path);
    return r;
}

/* The first line, or 24 characters of it. */
static const char *beginning(struct boot *b, const struct mime_part *p)
{
    size_t n = strcspn(p->bytes, "\n");
    char *text = arena_strndup(b->c->a, p->bytes, n < 24 ? n : 24);
    text_repair_xml(text, strlen(text));
    return text;
}

static enum boot_result consume(struct boot *b, struct mime_part p)
{
    static const char *const quiet[] = { "text/cloud-config", "text/x-unreadable", NULL };
    if (text_is(p.type, "text/jinja2"))
        render(b, &p, false);
    const char *folder = script_folder(b, p.type);
    if (folder) {
        boot_write(b, arena_printf(b->c->a, "%s/%s", folder, clean(b, p.filename)),
                   without_returns(b, p.bytes), 0700);
        return BOOT_DONE;
    }
    if (text_is(p.type, "text/cloud-boothook"))
        return boothook(b, &p);
    if (text_any(p.type, quiet) || !p.n)
        return BOOT_DONE;
    if (text_is(p.type, "text/part-handler") || text_is(p.type, "text/cloud-config-jsonp"))
        BOOT_WARN(b, "amisim does not run %s: the part %s is left out", p.type, p.filename);
    else
        BOOT_WARN(b, "Unhandled %s (%s) userdata: 'b'%s'...'",
                  text_is(p.type, "text/x-not-multipart") ? "non-multipart"
                                                          : "unknown content-type",
                  p.type, beginning(b, &p));
    return BOOT_DONE;
}

enum boot_result boot_consume(struct boot *b)
{
    struct user_data all = { .parts = b->parts };
    size_t n = 0;
    if (b->row->item == 0 && !b->row->script) {
        const char *raw = b->i->user_data ? base64_decode(b->c->a, b->i->user_data, &n) : "";
        if (!boot_has(b, boot_instance_path(b, "user-data.txt")))
            boot_write_as(b, boot_instance_path(b, "user-data.txt"), raw, n, 0600, NULL);
        boot_write(b, boot_instance_path(b, "user-data.txt.i"),
                   b->parts.count ? user_data_message(b->c->a, &all) : "", 0600);
        boot_write(b, boot_instance_path(b, "vendor-data.txt"), "", 0600);
        boot_write(b, boot_instance_path(b, "cloud-config.txt"),
                   cloud_config_write(b->c->a, merged_parts(b, true)), 0600);
    }
    for (; (size_t)b->row->item < b->parts.count; b->row->item++) {
        if (consume(b, *list_at(&b->parts, struct mime_part, b->row->item)) == BOOT_PAUSED)
            return BOOT_PAUSED;
    }
    b->error = b->part_error;
    return b->part_error ? BOOT_FAILED : BOOT_DONE;
}
