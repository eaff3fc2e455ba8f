/* Folders that files lie in. */
#ifndef GUEST_GUEST_FOLDER_H
#define GUEST_GUEST_FOLDER_H

#include "world/instance/instance.h"

/* Makes what is missing of the folders above a path, root's, with mode 0755: a folder that is there
 * only because a file lies below it goes with that file. */
void guest_make_parents(struct call *c, const struct instance *i, const char *path);

#endif
