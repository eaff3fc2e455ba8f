/* The steps of a boot, one after the other (boot.h plans them). */
#ifndef GUEST_BOOT_STAGE_H
#define GUEST_BOOT_STAGE_H

#include "catalog/guest_system.h"
#include "guest/boot/boot.h"

enum boot_step { BOOT_INIT_LOCAL, BOOT_NETWORK, BOOT_SSHD, BOOT_CONFIG, BOOT_FINAL, BOOT_OVER };

/* Does b->step, or goes on with it, at this call's moment. True: it is through. False: a script
 * wants time to pass, until b->due. */
bool boot_stage_run(struct call *c, const struct instance *i, const struct guest_system *s,
                    struct guest_boot *b);
#endif
