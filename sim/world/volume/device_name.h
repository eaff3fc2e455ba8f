/* Names of block devices, as launches, images and attachments take them [guide: device naming on
 * Linux and Windows instances; what is refused was seen by users, see docs/fidelity.md]. */
#ifndef WORLD_DEVICE_NAME_H
#define WORLD_DEVICE_NAME_H

#include <stdbool.h>

/* Who names the device: two letters behind xvda belong to attachments alone. */
enum device_use { DEVICE_MAPPED, DEVICE_ATTACHED };

/* Whether a machine of this virtualization ("hvm", "paravirtual") takes the name, with or without
 * /dev/. Partitions and hd belong to paravirtual ones; sda1 is a root device of both. */
bool device_name_fits(const char *name, const char *virtualization, enum device_use use);
/* The name without /dev/, inside the given text. */
const char *device_bare(const char *name);
/* xvdb and /dev/xvdb are one device. */
bool device_is(const char *a, const char *b);
/* Whether it is the virtual name of an instance store volume: ephemeral0 … ephemeral23 [guide];
 * NULL is none. */
bool virtual_name_fits(const char *name);

#endif
