/* What the metadata service shows of the instance itself. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "catalog/instance_type.h"
#include "guest/imds/imds_path.h"
#include "store/noun.h"
#include "world/image/image.h"

/* ---- Members and constants ---- */

const char *imds_instance_text(struct imds_view *v)
{
    const char *text;
    memcpy(&text, (const char *)v->i + v->row->at, sizeof text);
    return text_blank(text) ? NULL : text;
}

const char *imds_constant_none(struct imds_view *v)
{
    (void)v;
    return "none";
}

const char *imds_no_events(struct imds_view *v)
{
    (void)v;
    return "[]";
}

const char *imds_life_cycle(struct imds_view *v)
{
    (void)v;
    return "on-demand";
}

const char *imds_vhostmd(struct imds_view *v)
{
    (void)v;
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
}

static const char *number(struct imds_view *v, int64_t n)
{
    return n == ABSENT ? NULL : arena_printf(v->c->a, "%lld", (long long)n);
}

const char *imds_launch_index(struct imds_view *v)
{
    return number(v, v->i->launch_index);
}

const char *imds_partition_number(struct imds_view *v)
{
    return number(v, v->i->partition);
}

const char *imds_hibernation(struct imds_view *v)
{
    return v->i->hibernation == YES ? "true" : "false";
}

const char *imds_monitoring(struct imds_view *v)
{
    return text_starts(v->i->monitoring, "enabl") ? "enabled" : "disabled";
}

/* ---- The image and the machine ---- */

/* Instance-store images have one; for others AWS says so [guide]. */
const char *imds_manifest(struct imds_view *v)
{
    struct image image;
    if (!text_is(v->i->machine.root_type, "instance-store")
        || !store_get(v->c, &image_schema, v->i->image, &image))
        return "(unknown)";
    return image.location;
}

const char *imds_product_codes(struct imds_view *v)
{
    struct list codes = { 0 };
    LIST_EACH (struct product_code, code, &v->i->machine.product_codes)
        strs_add(v->c->a, &codes, code->code);
    return codes.count ? strs_join(v->c->a, &codes, "\n") : NULL;
}

/* Bare metal is Nitro, too. */
const char *imds_system(struct imds_view *v)
{
    const struct instance_type *type = instance_type_find(v->c->sim, v->i->type);
    return type && text_is(type->hypervisor, "xen") ? "xen" : "nitro";
}

const char *imds_user_data(struct imds_view *v)
{
    size_t n = 0;
    const char *bytes = v->i->user_data ? base64_decode(v->c->a, v->i->user_data, &n) : NULL;
    v->size = n;
    return n ? bytes : NULL;
}

/* ---- Disks ---- */

/* What was attached since the last start is not shown [guide]. */
static bool was_there(const struct instance *i, const struct disk *d)
{
    return d->at < i->launched + MINUTE_MS;
}

static const char *without_dev(const char *device)
{
    return text_starts(device, "/dev/") ? device + strlen("/dev/") : device;
}

static void add_device(struct imds_view *v, struct list *ret, const char *name, const char *device)
{
    *list_add(v->c->a, ret, struct disk) = (struct disk){ .status = name, .device = device };
}

/* struct disk: its device under its name, which stands in .status. */
static struct list devices_of(struct imds_view *v)
{
    struct list all = { 0 };
    const char *root = v->i->machine.root_device;
    int ebs = 0, ephemeral = 0;
    add_device(v, &all, "ami", root);
    LIST_EACH (struct disk, d, &v->i->disks) {
        if (!text_is(d->device, root) && was_there(v->i, d))
            add_device(v, &all, arena_printf(v->c->a, "ebs%d", ++ebs), without_dev(d->device));
    }
    LIST_EACH (struct mapping, m, &v->i->ephemeral)
        add_device(v, &all, arena_printf(v->c->a, "ephemeral%d", ephemeral++),
                   without_dev(m->device));
    add_device(v, &all, "root", root);
    return all;
}

static void add_imds_name(struct imds_view *v, struct list *ret, const char *name,
                          const char *shown)
{
    *list_add(v->c->a, ret, struct imds_name) = (struct imds_name){ name, shown };
}

void imds_devices(struct imds_view *v, struct list *ret)
{
    struct list all = devices_of(v);
    LIST_EACH (struct disk, d, &all)
        add_imds_name(v, ret, d->status, NULL);
}

const char *imds_block_device(struct imds_view *v)
{
    struct list all = devices_of(v);
    return LIST_FIND(struct disk, &all, status, v->wild[0])->device;
}

/* ---- Keys, groups, tags ---- */

void imds_keys(struct imds_view *v, struct list *ret)
{
    if (v->i->public_key)
        add_imds_name(v, ret, "0", arena_printf(v->c->a, "0=%s", v->i->key_name));
}

const char *imds_public_key(struct imds_view *v)
{
    return v->i->public_key;
}

const char *imds_group_names(struct imds_view *v)
{
    struct list names = { 0 };
    LIST_EACH (struct security_group_ref, g, &v->i->groups)
        strs_add(v->c->a, &names, g->name);
    return names.count ? strs_join(v->c->a, &names, "\n") : NULL;
}

/* AWS lets no other key onto an instance that shows its tags here; here they are left out. */
static bool fits_a_path(const char *key)
{
    static const char *const reserved[] = { ".", "..", "_index", NULL };
    return !strpbrk(key, "/ ") && !text_any(key, reserved);
}

void imds_tag_keys(struct imds_view *v, struct list *ret)
{
    if (!text_is(v->i->metadata_tags, "enabled"))
        return;
    LIST_EACH (struct tag, t, &v->i->tags) {
        if (fits_a_path(t->key))
            add_imds_name(v, ret, t->key, NULL);
    }
}

const char *imds_tag(struct imds_view *v)
{
    return LIST_FIND(struct tag, &v->i->tags, key, v->wild[0])->value;
}

/* ---- The partition ---- */

static bool is_chinese(const struct imds_view *v)
{
    return text_starts(v->i->region, "cn-");
}

const char *imds_domain(struct imds_view *v)
{
    return is_chinese(v) ? "amazonaws.com.cn" : "amazonaws.com";
}

const char *imds_partition(struct imds_view *v)
{
    if (is_chinese(v))
        return "aws-cn";
    return text_starts(v->i->region, "us-gov-") ? "aws-us-gov" : "aws";
}
