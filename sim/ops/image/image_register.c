/* RegisterImage: an image from snapshots, or from a bundle in S3 (instance-store). */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/image/image_block_device.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "world/image/image.h"
#include "world/image/image_ready.h"
#include "world/snapshot/snapshot.h"

struct register_image {
    struct machine machine; /* as far as the request says what it is */
    const char *location, *uefi_data, *imds, *name, *description;
    struct list billing, tags, mappings;
};

static const struct param register_image_params[] = {
    { "ImageLocation", TEXT(struct register_image, location) },
    { "BillingProduct", TEXTS(struct register_image, billing) },
    { "BootMode", TEXT(struct register_image, machine.boot_mode), .values = machine_boot_modes },
    { "TpmSupport", TEXT(struct register_image, machine.tpm), .values = machine_v2 },
    { "UefiData", TEXT(struct register_image, uefi_data), .max = 64000 },
    { "ImdsSupport", TEXT(struct register_image, imds), .values = machine_v2 },
    { "TagSpecification", TAG_SPECS(struct register_image, tags, "image") },
    { "Name", TEXT(struct register_image, name), .flags = PARAM_REQUIRED },
    { "Description", TEXT(struct register_image, description), .max = 255 },
    { "Architecture", TEXT(struct register_image, machine.architecture),
      .values = machine_architectures },
    { "KernelId", TEXT(struct register_image, machine.kernel), .id = "aki-" },
    { "RamdiskId", TEXT(struct register_image, machine.ramdisk), .id = "ari-" },
    { "RootDeviceName", TEXT(struct register_image, machine.root_device) },
    { "BlockDeviceMapping", MAPPINGS(struct register_image, mappings) },
    { "VirtualizationType", TEXT(struct register_image, machine.virtualization),
      .values = machine_virtualizations, .otherwise = "paravirtual" }, /* [recorded] */
    { "SriovNetSupport", TEXT(struct register_image, machine.sriov), .values = machine_simple },
    { "EnaSupport", BOOL(struct register_image, machine.ena) },
    { 0 },
};

/* ---- Checks ---- */

static int check_boot(struct call *c, const struct register_image *in)
{
    bool uefi = text_is(in->machine.boot_mode, "uefi");
    size_t n;
    if (in->machine.tpm && !uefi)
        return fail(c, E_ParameterCombination,
                    "TpmSupport requires the boot mode uefi."); /* rule [seen], text [guess] */
    if (in->uefi_data && !uefi && !text_is(in->machine.boot_mode, "uefi-preferred"))
        return fail(c, E_ParameterCombination,
                    "UefiData requires the boot mode uefi or uefi-preferred."); /* [guess] */
    if (in->uefi_data && !base64_decode(c->a, in->uefi_data, &n))
        return fail(c, E_ValueInvalid, in->uefi_data, "uefiData",
                    "Expected base64 text."); /* [guess] */
    return 0;
}

static int check_kernel(struct call *c, const struct machine *m)
{
    struct image image;
    if (!m->kernel && !m->ramdisk)
        return 0;
    if (text_is(m->virtualization, "hvm"))
        return fail(c, E_ParameterCombination,
                    "Kernel and ramdisk IDs can't be specified for images with a "
                    "virtualization type of 'hvm'."); /* rule [seen], text [guess] */
    if (m->kernel && (!image_find(c, m->kernel, &image) || !image_visible(c, &image)))
        return fail(c, E_KernelNotFound, m->kernel);
    if (m->ramdisk && (!image_find(c, m->ramdisk, &image) || !image_visible(c, &image)))
        return fail(c, E_RamdiskNotFound, m->ramdisk);
    return 0;
}

static int check_register(struct call *c, const struct register_image *in)
{
    if (image_check_new(c, in->name) || check_boot(c, in) || check_kernel(c, &in->machine))
        return -1;
    if (in->billing.count)
        return fail(c, E_BillingProduct, *list_at(&in->billing, const char *, 0));
    return mappings_check(c, &in->machine, &in->mappings, &(struct list){ 0 });
}

/* ---- The two forms ---- */

static int add_mappings(struct call *c, const struct list *wanted, struct image *image)
{
    LIST_EACH (struct mapping_wanted, m, wanted) {
        if (m->no_device)
            continue;
        if (mapping_make(c, m, list_add(c->a, &image->mappings, struct mapping)))
            return -1;
    }
    return 0;
}

/* What a snapshot holds remains a product, whatever image is made of it [model]. */
static void take_product_codes(struct call *c, struct image *image)
{
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (m->snapshot && snapshot_find(c, m->snapshot, &s))
            product_codes_add(c, &image->machine.product_codes, &s.content.product_codes);
    }
}

static int from_snapshots(struct call *c, const struct register_image *in, struct image *image)
{
    struct machine *m = &image->machine;
    m->root_type = "ebs";
    m->root_device = m->root_device ? m->root_device : "/dev/sda1"; /* default: [guess] */
    m->architecture = m->architecture ? m->architecture : "i386"; /* [model] */
    const struct mapping_wanted *root = mapping_wanted_for(&in->mappings, m->root_device);
    if (!root || !root->ebs.snapshot)
        return fail(c, E_NoRootSnapshot);
    return add_mappings(c, &in->mappings, image);
}

/* The bundle itself is not looked into: S3 is not simulated, so its manifest says nothing. */
static int from_bundle(struct call *c, const struct register_image *in, struct image *image)
{
    struct machine *m = &image->machine;
    const char *slash = in->location + strcspn(in->location, "/");
    if (slash == in->location || !*slash || !text_ends(in->location, ".manifest.xml"))
        return fail(c, E_ManifestLocation, in->location);
    m->root_type = "instance-store";
    m->architecture = m->architecture ? m->architecture : "x86_64"; /* [guess] */
    image->location = in->location;
    return add_mappings(c, &in->mappings, image);
}

static int register_image(struct call *c, const struct register_image *in)
{
    struct image image;
    struct machine *m = &image.machine;
    if (check_register(c, in))
        return -1;
    if (!in->location && !in->mappings.count)
        return fail(c, E_NoImageSource);
    image_start_creating(c, in->name, &image);
    *m = in->machine;
    m->hypervisor = HYPERVISOR;
    m->platform_details = "Linux/UNIX";
    m->usage_operation = "RunInstances";
    if (m->ena == YES)
        m->sriov = "simple"; /* comes with ENA [recorded] */
    else
        m->ena = UNSET;
    if (in->location ? from_bundle(c, in, &image) : from_snapshots(c, in, &image))
        return -1;
    take_product_codes(c, &image);
    image.description = in->description;
    image.uefi_data = in->uefi_data;
    image.imds = in->imds;
    image_finish_creating(c, &image);
    tag_specs_put(c, &in->tags, "image", image.id);
    emit_text(c, "imageId", image.id);
    return 0;
}

OPERATION(ec2, RegisterImage, register_image, .flags = OP_WRITES,
          .errors =
              "InvalidAMIName.Malformed InvalidAMIName.Duplicate InvalidBlockDeviceMapping "
              "InvalidParameter InvalidParameterValue InvalidParameterCombination "
              "InvalidSnapshotID.NotFound InvalidManifest InvalidKernelId.NotFound AuthFailure "
              "IncorrectState InvalidRamdiskId.NotFound ResourceLimitExceeded UnknownVolumeType",
          .effects = "a new image, available at once unless a snapshot is still pending");
