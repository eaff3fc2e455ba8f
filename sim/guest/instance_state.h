/* From state to state: what the operations begin and the jobs end. */
#ifndef GUEST_INSTANCE_STATE_H
#define GUEST_INSTANCE_STATE_H

#include "world/instance/instance.h"

/* Pending, and running by a job: of a new or a stopped instance. Stores it. */
void instance_start_launching(struct call *c, struct instance *i);
/* Terminated now, with all that goes with it. Stores it. */
void instance_finish_terminating(struct call *c, struct instance *i);
/* Stopping, and stopped by a job; way: NULL or INSTANCE_POWER_CUT. The caller has set the reason.
 * Stores it. */
void instance_stop(struct call *c, struct instance *i, const char *way);
/* The same for shutting down and terminated. */
void instance_terminate(struct call *c, struct instance *i);
/* The reason of a change that the user asked for. */
void instance_user_reason(struct call *c, struct instance *i);

/* The argument of the job instance_stopped for a stop that leaves the guest no time to shut down.
 */
#define INSTANCE_POWER_CUT "power cut"

#endif
