/* What guests call that comes from fixtures: package managers, commands of packages, declared
 * ones. */
#ifndef GUEST_PACKAGE_COMMANDS_H
#define GUEST_PACKAGE_COMMANDS_H

#include "guest/shell_host.h"

/* Who works with the packages of an instance, and until when. */
struct package_lock {
    const char *id, *instance;
    int64_t boot, until; /* boot: instance.boots; until: ms */
};

extern const struct schema package_lock_schema;

struct shell_command;

/* The command of that name, or absolute path, that this machine has; NULL: none. */
const struct shell_command *package_shell_command(struct call *c, const struct instance *i,
                                                  const char *name);
void package_forget(struct call *c, const char *instance);

#endif
