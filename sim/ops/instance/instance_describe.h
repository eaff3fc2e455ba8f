/* Reservations in answers: DescribeInstances and RunInstances show them the same way. */
#ifndef OPS_INSTANCE_DESCRIBE_H
#define OPS_INSTANCE_DESCRIBE_H

#include "reply/emit_noun.h"

/* reservationId … instancesSet of instances (struct instance) that share a reservation. */
void emit_reservation(struct call *c, const struct list *instances, enum view view);

#endif
