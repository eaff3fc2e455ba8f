/* A machine: what an image describes and an instance is.
 *
 * Whoever is made of the other takes it as one: image->machine = instance->machine. What only an
 * image says (imds, uefi_data: how an instance is to start) stays in struct image. */
#ifndef CATALOG_MACHINE_H
#define CATALOG_MACHINE_H

#include "base/field.h"

/* Of every machine, of those that run on Nitro, too [recorded]. */
#define HYPERVISOR "xen"

/* Words that requests and fixtures may say; each list ends with NULL. */
extern const char *const machine_architectures[];
extern const char *const machine_virtualizations[];
extern const char *const machine_root_types[];
extern const char *const machine_boot_modes[];
extern const char *const machine_v2[]; /* of TPM and of the metadata service */
extern const char *const machine_simple[]; /* of SR-IOV */

struct product_code {
    const char *code, *type; /* type: marketplace */
};

struct machine {
    const char *architecture; /* i386, x86_64, arm64, x86_64_mac, arm64_mac */
    const char *kernel, *ramdisk; /* image ids; of a public image in the fixtures a kernel's name */
    const char *platform; /* windows; NULL: all else */
    const char *platform_details, *usage_operation;
    const char *root_type, *root_device; /* ebs, instance-store; the name of its device */
    const char *virtualization, *hypervisor; /* hvm, paravirtual; HYPERVISOR */
    /* legacy-bios, uefi, uefi-preferred; v2.0; simple; NULL: the image says nothing */
    const char *boot_mode, *tpm, *sriov;
    enum tri ena;
    struct list product_codes; /* struct product_code */
};

#endif
