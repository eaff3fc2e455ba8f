/* See instance_data.h. */
#include "guest/boot/instance_data.h"

#include <string.h>

#include "base/text.h"
#include "guest/boot/cloud_config.h"

static struct value *add_map(struct boot *b, struct value *into, const char *name)
{
    return value_add_new(b->c->a, into, name, VALUE_MAP);
}

static void add(struct boot *b, struct value *into, const char *name, const char *text)
{
    if (text)
        value_add_text(b->c->a, into, name, text);
}

static void add_meta_data(struct boot *b, struct value *into)
{
    const struct instance *i = b->i;
    struct value *m = add_map(b, into, "meta_data");
    struct list groups = { 0 };
    LIST_EACH (struct security_group_ref, g, &i->groups)
        strs_add(b->c->a, &groups, g->name);
    add(b, m, "ami-id", i->image);
    add(b, m, "ami-launch-index", arena_printf(b->c->a, "%lld", (long long)i->launch_index));
    add(b, m, "hostname", i->private_dns);
    add(b, m, "instance-id", i->id);
    add(b, m, "instance-type", i->type);
    add(b, m, "local-hostname", i->private_dns);
    add(b, m, "local-ipv4", i->private_ip);
    struct value *placement = add_map(b, m, "placement");
    add(b, placement, "availability-zone", i->zone);
    add(b, placement, "region", i->region);
    add(b, m, "public-hostname", i->public_dns);
    add(b, m, "public-ipv4", i->public_ip);
    add(b, m, "reservation-id", i->reservation);
    add(b, m, "security-groups", strs_join(b->c->a, &groups, "\n"));
}

/* The keys that are the same in every cloud; cloud-init offers them at the top as well. */
static void add_standard(struct boot *b, struct value *v)
{
    const struct instance *i = b->i;
    add(b, v, "availability_zone", i->zone);
    add(b, v, "cloud_id", "aws");
    add(b, v, "cloud_name", "aws");
    add(b, v, "distro", b->system->distro);
    add(b, v, "instance_id", i->id);
    add(b, v, "local_hostname", i->private_dns);
    add(b, v, "machine",
        text_starts(i->machine.architecture, "arm64") ? "aarch64" : i->machine.architecture);
    add(b, v, "platform", "ec2");
    add(b, v, "region", i->region);
    add(b, v, "subplatform", "metadata (http://169.254.169.254)");
}

const struct value *instance_data(struct boot *b)
{
    struct value *all = value_new(b->c->a, VALUE_MAP);
    add_standard(b, all);
    add_standard(b, add_map(b, all, "v1"));
    struct value *ds = add_map(b, all, "ds");
    add_meta_data(b, ds);
    return all;
}

const char *instance_host_name(struct boot *b)
{
    const char *said = cloud_config_text(b->c->a, b->config, "fqdn");
    if (!said)
        said = cloud_config_text(b->c->a, b->config, "hostname");
    if (!said)
        said = b->i->private_dns ? b->i->private_dns : "localhost";
    return said;
}
