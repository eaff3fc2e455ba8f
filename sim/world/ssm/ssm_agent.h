/* The SSM agent of an instance: there on images whose publisher put it there, and talking while the
 * machine runs and may. */
#ifndef WORLD_SSM_AGENT_H
#define WORLD_SSM_AGENT_H

#include "world/instance/instance.h"

#define AGENT_VERSION "3.3.3050.0" /* [guess] */

struct agent {
    const char *platform, *version; /* of the system */
    const char *ping; /* Online, ConnectionLost */
    int64_t last_ping; /* ms */
};

/* Whether Systems Manager knows the instance; stopped ones are forgotten [recorded]. */
bool ssm_agent_find(struct call *c, const struct instance *i, struct agent *ret);

#endif
