/* What the metadata service shows of the instance's network interfaces. */
#include <string.h>

#include "base/text.h"
#include "guest/imds/imds_path.h"
#include "store/noun.h"

const char *imds_mac(struct imds_view *v)
{
    return v->i->interfaces.count ? list_at(&v->i->interfaces, struct network_interface, 0)->mac
                                  : NULL;
}

void imds_macs(struct imds_view *v, struct list *ret)
{
    LIST_EACH (struct network_interface, nic, &v->i->interfaces)
        *list_add(v->c->a, ret, struct imds_name) = (struct imds_name){ .name = nic->mac };
}

/* The one whose MAC stands in the path. */
static const struct network_interface *nic_of(const struct imds_view *v)
{
    return LIST_FIND(struct network_interface, &v->i->interfaces, mac, v->wild[0]);
}

const char *imds_nic_text(struct imds_view *v)
{
    const char *text;
    memcpy(&text, (const char *)nic_of(v) + v->row->at, sizeof text);
    return text_blank(text) ? NULL : text;
}

const char *imds_nic_device(struct imds_view *v)
{
    return arena_printf(v->c->a, "%lld", (long long)nic_of(v)->device_index);
}

const char *imds_nic_card(struct imds_view *v)
{
    return arena_printf(v->c->a, "%lld", (long long)nic_of(v)->card);
}

void imds_public_addresses(struct imds_view *v, struct list *ret)
{
    const char *address = nic_of(v)->public_ip;
    if (!text_blank(address))
        *list_add(v->c->a, ret, struct imds_name) = (struct imds_name){ .name = address };
}

const char *imds_nic_association(struct imds_view *v)
{
    return nic_of(v)->private_ip;
}

static const char *groups(struct imds_view *v, size_t member)
{
    struct list texts = { 0 };
    LIST_EACH (struct security_group_ref, g, &nic_of(v)->groups) {
        const char *text;
        memcpy(&text, (const char *)g + member, sizeof text);
        strs_add(v->c->a, &texts, text);
    }
    return texts.count ? strs_join(v->c->a, &texts, "\n") : NULL;
}

const char *imds_nic_group_names(struct imds_view *v)
{
    return groups(v, offsetof(struct security_group_ref, name));
}

const char *imds_nic_group_ids(struct imds_view *v)
{
    return groups(v, offsetof(struct security_group_ref, id));
}

const char *imds_nic_subnet_block(struct imds_view *v)
{
    struct subnet subnet;
    return store_get(v->c, &subnet_schema, nic_of(v)->subnet, &subnet) ? subnet.cidr : NULL;
}

const char *imds_nic_vpc_block(struct imds_view *v)
{
    struct vpc vpc;
    return store_get(v->c, &vpc_schema, nic_of(v)->vpc, &vpc) ? vpc.cidr : NULL;
}
