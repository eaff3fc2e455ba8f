/* status.json and result.json: how far cloud-init is, and what went wrong. */
#ifndef GUEST_BOOT_STATUS_H
#define GUEST_BOOT_STATUS_H

#include "guest/boot/boot_run.h"

#define BOOT_STATUS "/var/lib/cloud/data/status.json"
#define BOOT_RESULT "/var/lib/cloud/data/result.json"

/* A stage by its mode: init-local, init, modules-config, modules-final. Its errors are in
 * b->row->errors when it ends; with the end of the last one the result is written. */
void boot_status_begin(struct boot *b, const char *mode);
void boot_status_end(struct boot *b, const char *mode);

#endif
