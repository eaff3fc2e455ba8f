/* What cloud-init knows of the instance: instance-data.json, which templates read. */
#ifndef GUEST_INSTANCE_DATA_H
#define GUEST_INSTANCE_DATA_H

#include "guest/boot/boot_run.h"

const struct value *instance_data(struct boot *b);
/* The name of the host: what the configuration says, else the one of IMDS without its domain. */
const char *instance_host_name(struct boot *b);

#endif
