/* An instance as the machine that a script runs on (guest/shell/shell.h). */
#ifndef GUEST_SHELL_HOST_H
#define GUEST_SHELL_HOST_H

#include "guest/shell/shell.h"
#include "world/instance/instance.h"

struct shell;

struct guest_shell_host {
    struct shell_host base; /* first: the shell knows only this */
    struct call *c;
    const struct instance *i;
};

/* The machine as a shell or a transfer of files sees it; both outlive it. */
void guest_shell_host_of(struct call *c, const struct instance *i, struct guest_shell_host *ret);
/* For commands that know the instance: guest_commands.def. */
#define guest_of_shell(sh) ((struct guest_shell_host *)shell_machine(sh))
/* Runs a script on it until it ends or pauses; what is set in *r lives in the call's arena. */
void guest_run_shell(struct call *c, const struct instance *i, struct shell_run *r);

#endif
