/* See machine.h. */
#include "catalog/machine.h"

#include <stddef.h>

const char *const machine_architectures[] = { "i386",       "x86_64",    "arm64",
                                              "x86_64_mac", "arm64_mac", NULL };
const char *const machine_virtualizations[] = { "hvm", "paravirtual", NULL };
const char *const machine_root_types[] = { "ebs", "instance-store", NULL };
const char *const machine_boot_modes[] = { "legacy-bios", "uefi", "uefi-preferred", NULL };
const char *const machine_v2[] = { "v2.0", NULL };
const char *const machine_simple[] = { "simple", NULL };
