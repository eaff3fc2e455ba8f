/* What programs of a guest do to its power: halt, reboot, after a while. */
#ifndef GUEST_GUEST_POWER_H
#define GUEST_GUEST_POWER_H

#include "world/instance/instance.h"

/* The argument of the job guest_power (instance_state.c). */
struct guest_power {
    const char *what; /* halt, reboot */
    int64_t boots; /* of the instance when it was asked for */
};

/* what: "halt", "reboot", or "cancel": what was asked for before is forgotten; NULL: nothing. The
 * last word counts. delay: ms. */
void guest_ask_power(struct call *c, const struct instance *i, const char *what, int64_t delay);

#endif
