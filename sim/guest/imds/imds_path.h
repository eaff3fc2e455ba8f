/* Inside the metadata service: the table of paths, and the functions that work out what they show.
 */
#ifndef GUEST_IMDS_PATH_H
#define GUEST_IMDS_PATH_H

#include "world/instance/instance.h"

#define IMDS_WILD 2

struct imds_path;

/* One look at one path of one instance. */
struct imds_view {
    struct call *c;
    const struct instance *i; /* prepared, with its tags */
    const struct imds_path *row;
    const char *wild[IMDS_WILD]; /* what stands in the place of the row's names in braces */
    int wilds;
    size_t size; /* of a value that is bytes; 0: it is a text */
};

struct imds_name {
    const char *name; /* in the path */
    const char *shown; /* in a list, where it is not the name */
};

/* A path below a version, such as "meta-data/public-keys/{key}/openssh-key". */
struct imds_path {
    const char *path;
    const char *(*value)(struct imds_view *v); /* NULL: there is none */
    size_t at; /* instance_text, nic_text: the member */
    bool always; /* there is one, whatever the instance; no list needs to work it out */
};

/* What is at a path (without its version): a value, or what a folder holds, one name in a line.
 * NULL: nothing. *ret_bytes: it is no text. */
const char *imds_find(struct imds_view *v, const char *path, size_t *ret_size, bool *ret_bytes);

/* ---- Values ---- */

const char *imds_instance_text(struct imds_view *v);
const char *imds_constant_none(struct imds_view *v);
const char *imds_launch_index(struct imds_view *v);
const char *imds_manifest(struct imds_view *v);
const char *imds_block_device(struct imds_view *v);
const char *imds_no_events(struct imds_view *v);
const char *imds_life_cycle(struct imds_view *v);
const char *imds_mac(struct imds_view *v);
const char *imds_vhostmd(struct imds_view *v);
const char *imds_partition_number(struct imds_view *v);
const char *imds_product_codes(struct imds_view *v);
const char *imds_public_key(struct imds_view *v);
const char *imds_group_names(struct imds_view *v);
const char *imds_domain(struct imds_view *v);
const char *imds_partition(struct imds_view *v);
const char *imds_system(struct imds_view *v);
const char *imds_tag(struct imds_view *v);
const char *imds_hibernation(struct imds_view *v);
const char *imds_monitoring(struct imds_view *v);
const char *imds_user_data(struct imds_view *v);

/* ---- Values of the interface that the path names ---- */

const char *imds_nic_text(struct imds_view *v);
const char *imds_nic_device(struct imds_view *v);
const char *imds_nic_card(struct imds_view *v);
const char *imds_nic_association(struct imds_view *v);
const char *imds_nic_group_names(struct imds_view *v);
const char *imds_nic_group_ids(struct imds_view *v);
const char *imds_nic_subnet_block(struct imds_view *v);
const char *imds_nic_vpc_block(struct imds_view *v);

/* ---- Who the instance is ---- */

const char *imds_profile(struct imds_view *v);
const char *imds_role_credentials(struct imds_view *v);
const char *imds_own_info(struct imds_view *v);
const char *imds_own_credentials(struct imds_view *v);
const char *imds_document(struct imds_view *v);
const char *imds_document_pkcs7(struct imds_view *v);
const char *imds_document_signature(struct imds_view *v);

/* ---- Names in braces (struct imds_name) ---- */

void imds_devices(struct imds_view *v, struct list *ret);
void imds_roles(struct imds_view *v, struct list *ret);
void imds_macs(struct imds_view *v, struct list *ret);
void imds_public_addresses(struct imds_view *v, struct list *ret);
void imds_keys(struct imds_view *v, struct list *ret);
void imds_tag_keys(struct imds_view *v, struct list *ret);

#endif
