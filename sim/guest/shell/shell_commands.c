/* Every command of the shell, from commands.def. */
#include <stddef.h>

#include "guest/shell/shell_state.h"

#define SHELL_COMMAND(id) extern const struct shell_command shell_command_##id;
#include "guest/shell/commands.def"
#undef SHELL_COMMAND

const struct shell_command *const shell_commands[] = {
#define SHELL_COMMAND(id) &shell_command_##id,
#include "guest/shell/commands.def"
#undef SHELL_COMMAND
    NULL
};
