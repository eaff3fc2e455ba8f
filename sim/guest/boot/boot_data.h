/* The configuration of a boot: the user data's parts, and what is in /etc/cloud. */
#ifndef GUEST_BOOT_DATA_H
#define GUEST_BOOT_DATA_H

#include "guest/boot/boot_run.h"

/* Sets b->parts, b->part_error and b->config. User data comes from the disk where this instance has
 * kept it there already: what it was changed to since is not looked at. */
void boot_load(struct boot *b);
/* Writes the parts where they belong and says what is wrong with them; boothooks are run, from
 * b->row->item on. */
enum boot_result boot_consume(struct boot *b);

#endif
