/* Images (AMIs, AKIs): what an instance is started from. Times in virtual ms, sizes in GiB.
 *
 * States: pending -> available <-> disabled; pending -> failed; any -> deregistered. A deregistered
 * image keeps its row for a day, and for as long as instances, images that were made of it or the
 * cost of its snapshots lead to it: image_forget_some. */
#ifndef WORLD_IMAGE_H
#define WORLD_IMAGE_H

#include "base/field.h"
#include "call/call.h"
#include "catalog/machine.h"

/* A device of an image: a volume (of a snapshot, or empty), an ephemeral disk, or none at all. */
struct mapping {
    const char *device, *virtual_name, *no_device;
    const char *snapshot, *former; /* former: that of a deregistered image */
    int64_t size, iops, throughput; /* throughput in MiB/s; ABSENT: not said */
    const char *type; /* gp2, io1, … */
    enum tri delete_on_termination, encrypted;
};

/* Adds the codes (const char *) that are not there yet to a list of struct product_code: those of a
 * volume to its instance, those of a snapshot to an image made of it. */
void product_codes_add(struct call *c, struct list *into, const struct list *codes);
/* Those of a volume or a snapshot as their productCodes. */
void product_codes_emit(struct call *c, const struct list *codes);

/* Who may launch it beside its owner; the group all is image.public. */
struct launch_permission {
    const char *user, *organization, *unit;
};

/* Copied with the image: the source is the image that it was put on first. */
struct watermark {
    const char *key; /* account:name */
    const char *source_region, *source_image;
    int64_t source_created, created;
};

struct image {
    const char *id, *owner, *region;
    const char *name, *description, *location, *state;
    const char *reason_code, *reason; /* stateReason of a failed one */
    int64_t created; /* whole seconds */
    const char *type; /* machine, kernel, ramdisk */
    struct machine machine;
    enum tri public, free_tier, restored; /* restored: made by CreateRestoreImageTask */
    const char *imds, *uefi_data; /* v2.0; base64 */
    const char *owner_alias, *public_parameter; /* parameter: name in SSM, with its leading slash */
    const char *source_instance, *source_image, *source_region;
    int64_t deprecation; /* from then on others find it by id only; ABSENT: never */
    int64_t last_launched, launched_before; /* before: the last launch more than a day earlier */
    const char *protection; /* enabled-without-cooldown, enabled-with-cooldown; NULL: disabled */
    int64_t protected_until; /* end of a cooldown that runs */
    int64_t deregistered; /* when; ABSENT */
    int64_t look_again; /* whether it can be forgotten; ABSENT: it is not deregistered */
    int64_t mapped; /* until then the mappings show no snapshots; ABSENT: from the start */
    int64_t recycle_enter, recycle_exit; /* in the Recycle Bin; ABSENT */
    struct list mappings; /* struct mapping */
    struct list permissions; /* struct launch_permission */
    struct list watermarks; /* struct watermark */
    struct list tags;
    /* Set by image_prepare for the caller: */
    const char *shown_protection, *shown_parameter;
    enum tri allowed;
};

extern const struct schema image_schema, mapping_schema, product_code_schema,
    launch_permission_schema, watermark_schema;

/* What the caller can see in this Region: SQL for struct describe, with two binds: Region, account.
 */
#define IMAGE_VISIBLE                                                                              \
    "region = ?1 AND state <> 'deregistered' AND recycle_enter IS NULL AND (owner = ?2"            \
    " OR public = 1 OR EXISTS (SELECT 1 FROM image_permissions p WHERE p.parent = image.id"        \
    " AND (p.user = ?2 OR EXISTS (SELECT 1 FROM organization_member o WHERE o.account = ?2"        \
    " AND o.arn IN (p.organization, p.unit)))))"

/* Anyone's in this Region, deregistered ones, too; in another. */
bool image_find(struct call *c, const char *id, struct image *ret);
bool image_find_in(struct call *c, const char *region, const char *id, struct image *ret);
/* Own, public or shared with the caller; not deregistered. */
bool image_visible(struct call *c, const struct image *image);
/* One that is visible, or InvalidAMIID.NotFound. */
int image_see(struct call *c, const char *id, struct image *ret);
/* A deregistered id is an empty list after two days still, and not an error [reports.md]; until
 * when is not known [guess]. */
#define IMAGE_REMEMBERED (7 * DAY_MS)
/* Deregistered so long ago that AWS knows its id no more, and no instance of it is left [model]. */
bool image_forgotten(struct call *c, const struct image *image);
/* One that the caller owns; else InvalidAMIID.NotFound, .Unavailable or AuthFailure as AWS answers.
 */
int image_own(struct call *c, const char *id, struct image *ret);
/* InvalidAMIID.Unavailable unless its state is available. */
int image_check_available(struct call *c, const struct image *image);
/* Sets what is computed; false where Allowed AMIs hides it from the caller. */
bool image_prepare(struct call *c, void *image);
/* Only characters that the name of an image may have. */
bool image_name_spelt(const char *name);
/* AMI name rules and uniqueness in account and Region; for a new image also the quota of images. */
int image_check_name(struct call *c, const char *name);
int image_check_new(struct call *c, const char *name);
void image_put(struct call *c, const struct image *image);
/* A fresh image of the caller's, made now in this Region, with an id and what all images have. */
void image_start_creating(struct call *c, const char *name, struct image *ret);
/* Notes a launch; not into the store. */
void image_launched(struct call *c, struct image *image);
/* lastLaunchedTime as it is shown: 24 hours late [model]. */
int64_t image_last_launched(struct call *c, const struct image *image);
/* Ends a pending image as failed. */
void image_fail(struct call *c, struct image *image, const char *code, const char *reason);
/* How many the caller has in this Region, the Recycle Bin included; only: SQL, a constant, or NULL.
 */
int64_t image_count(struct call *c, const char *only);
/* A public image is deprecated two years after its creation at the latest [model]. */
int64_t image_public_deprecation(const struct image *image);
/* GiB of its volumes that have snapshots. */
int64_t image_size(const struct image *image);
/* The mapping of the root device, or NULL. */
struct mapping *image_root(const struct image *image);
/* The snapshot of a device, whether the image is deregistered or not; NULL. */
const char *mapping_snapshot(const struct mapping *m);

#endif
