/* Instances. States: pending -> running -> stopping -> stopped -> pending, any -> shutting-down ->
 * terminated. Times are ms; texts are as AWS shows them. */
#ifndef WORLD_INSTANCE_H
#define WORLD_INSTANCE_H

#include "base/field.h"
#include "call/call.h"
#include "world/image/image.h"
#include "world/network/network.h"
#include "world/volume/volume.h"

enum instance_state {
    INSTANCE_PENDING = 0,
    INSTANCE_RUNNING = 16,
    INSTANCE_SHUTTING_DOWN = 32,
    INSTANCE_TERMINATED = 48,
    INSTANCE_STOPPING = 64,
    INSTANCE_STOPPED = 80,
};

/* A volume as its instance shows it. */
struct disk {
    const char *device, *volume;
    const char *status; /* attaching, attached, detaching */
    int64_t at; /* since when */
    int64_t card; /* the EBS card: 0 */
    enum tri delete_on_termination;
};

struct instance {
    const char *id, *owner, *region;
    const char *reservation; /* r-…: launched by one call */
    int64_t launch_index; /* in its reservation, from 0 */
    int64_t launched; /* whole seconds; a start sets it anew */
    const char *image, *type, *state;
    int64_t state_code; /* enum instance_state; instance_set_state sets both */
    const char *reason; /* "User initiated (2026-01-31 09:00:00 GMT)"; NULL: none */
    const char *state_reason_code, *state_reason; /* "Client.UserInitiatedShutdown" and its text */
    struct machine machine;
    int64_t usage_updated; /* when machine.usage_operation was set */
    const char *current_boot_mode; /* legacy-bios, uefi */
    enum tri ebs_optimized, protected_from_termination, protected_from_stop, source_dest_check;
    const char *shutdown_behavior; /* stop, terminate */
    const char *key_name, *client_token;
    const char *public_key; /* its line, as the key pair was at the launch; NULL: none */
    const char *user_data; /* base64 */
    const char *profile; /* the ARN of its IAM profile */
    const char *tenancy; /* default, dedicated */
    const char *zone, *zone_id, *subnet, *vpc, *private_ip, *private_dns, *public_ip, *public_dns;
    const char *placement_group, *affinity, *host;
    int64_t partition;
    const char *http_tokens; /* optional, required */
    const char *http_endpoint, *http_ipv6, *metadata_tags; /* enabled, disabled */
    const char *metadata_state; /* pending, applied */
    int64_t hop_limit;
    const char *monitoring; /* enabled, disabled */
    const char *credits; /* standard, unlimited; NULL: the type is not burstable */
    int64_t cores, threads; /* threads: of each core */
    const char *capacity_preference; /* open, none */
    const char *auto_recovery; /* default, disabled */
    const char *reboot_migration; /* default */
    const char *bandwidth; /* default, vpc-1, ebs-1 */
    const char *hostname_type; /* ip-name, resource-name */
    enum tri dns_a_record, dns_aaaa_record, hibernation, enclave;
    struct list groups; /* struct security_group_ref */
    struct list ephemeral; /* struct mapping: instance-store devices of its image */
    struct list tags;
    int64_t terminated; /* when; it shows for an hour */
    int64_t booted; /* when it booted last */
    enum tri hung; /* it never came up */
    int64_t specialized; /* Windows: the boot after Sysprep, which makes the password */
    const char *password; /* what GetPasswordData answers, once it was asked for */
    int64_t boots; /* how often it booted; see the console log */
    const char *failure; /* what will become of a launch that cannot succeed */
    /* Set by instance_prepare: */
    struct list disks; /* struct disk */
    struct list interfaces; /* struct network_interface */
    const char *profile_id;
};

extern const struct schema instance_schema, disk_schema;

bool instance_find(struct call *c, const char *id,
                   struct instance *ret); /* the caller's, this Region */
/* One that the caller names: InvalidInstanceID.Malformed or .NotFound where there is none. */
int instance_own(struct call *c, const char *id, struct instance *ret);
/* All of them, in order (struct instance); the refusal names every one that is not there. */
int instances_own(struct call *c, const struct list *ids, struct list *ret);
/* Those of one reservation in the order of their launch, prepared (struct instance). */
struct list instances_of_reservation(struct call *c, const char *reservation);
/* How many vCPUs the caller's instances in this Region have that run or are about to. */
int64_t instances_vcpus(struct call *c);
/* The shape of an instance id: 7, 8 or 17 digits [recorded]. */
int instance_check_id(struct call *c, const char *id);
/* InvalidInstanceID.NotFound for these ids (const char *). */
int instances_missing(struct call *c, const struct list *ids);
/* Sets disks and the rest that is computed. */
bool instance_prepare(struct call *c, void *instance);
/* Puts it into a state (not into the store). */
void instance_set_state(struct instance *i, enum instance_state state);
void instance_put(struct call *c, const struct instance *i);
/* Whether its image makes it a Windows machine. */
bool instance_is_windows(const struct instance *i);
/* Its root volume; false: it has none. */
bool instance_root(struct call *c, const struct instance *i, struct volume *ret);
/* A reboot as CreateImage does it: the state stays running, the console shows shutdown and boot. */
void instance_reboot(struct call *c, struct instance *i, const char *why);
/* The machine goes through a boot; counts it. The caller stores the instance. */
void instance_boot(struct call *c, struct instance *i, const char *why);

#endif
