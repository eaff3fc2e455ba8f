/* The commands of the shell: those of shell_command_file.c and of shell_command_system.c. */
#ifndef GUEST_SHELL_COMMAND_H
#define GUEST_SHELL_COMMAND_H

#include "guest/shell/shell_state.h"

/* Each ends with a NULL name. */
extern const struct shell_command shell_file_commands[], shell_system_commands[];

#endif
