/* Instances. States: pending -> running <-> stopping/stopped, any -> shutting-down -> terminated. */
#ifndef WORLD_INSTANCE_H
#define WORLD_INSTANCE_H

#include "base/field.h"
#include "call/call.h"
#include "world/image.h"
#include "world/volume.h"

struct group_ref {
    const char *id, *name;
};

struct instance {
    const char *id, *owner, *region;
    const char *reservation;
    int64_t launch_index, launched; /* launched: whole seconds */
    const char *image, *type, *state;
    int64_t state_code;             /* 0 16 32 48 64 80 */
    const char *reason, *state_reason_code, *state_reason;
    const char *architecture, *root_type, *root_device, *virtualization, *hypervisor;
    const char *kernel, *ramdisk, *platform, *platform_details, *usage_operation;
    const char *boot_mode, *current_boot_mode, *tpm, *sriov;
    enum tri ena, ebs_optimized, protected_from_termination, protected_from_stop, source_dest_check;
    const char *shutdown_behavior, *key_name, *client_token, *user_data, *profile;
    const char *zone, *zone_id, *tenancy, *subnet, *vpc, *private_ip, *private_dns, *public_ip, *public_dns;
    const char *http_tokens, *http_endpoint, *metadata_state;
    int64_t hop_limit;
    const char *monitoring;
    struct list groups;             /* struct group_ref */
    struct list product_codes;      /* struct product_code */
    struct list ephemeral;          /* struct mapping: instance-store devices of its image */
    struct list tags;
    int64_t terminated;             /* when; it shows for an hour */
    int64_t boots;                  /* how often it booted; see the console log */
    struct list disks;              /* computed: struct attachment of its volumes */
};

extern const struct kind instance_kind, group_ref_kind;

#define INSTANCE_VISIBLE "region = ?1 AND owner = ?2"

bool instance_find(struct call *c, const char *id, struct instance *ret); /* the caller's, this Region */
/* Sets disks and the rest that is computed. */
bool instance_prepare(struct call *c, void *instance);
/* A reboot as CreateImage does it: the state stays running, the console shows shutdown and boot. */
void instance_reboot(struct call *c, struct instance *i, const char *why);
/* A line in the console log of an instance, stamped with the virtual time since boot. */
void console_boot(struct call *c, const struct instance *i, const char *why);
void console_shutdown(struct call *c, const struct instance *i, const char *why);
const char *console_text(struct call *c, const char *instance, int64_t *ret_stamp);

#endif
