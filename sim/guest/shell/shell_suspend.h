/* What is kept of a script while it pauses, and what is shown of its output. */
#ifndef GUEST_SHELL_SUSPEND_H
#define GUEST_SHELL_SUSPEND_H

#include "guest/shell/shell_state.h"

/* The shell as text, for the time in which it pauses, and back (NULL: it begins). */
const char *shell_suspend(const struct shell *sh);
void shell_resume(struct shell *sh, const char *state);
/* Output as it is shown. */
const char *shell_visible_output(struct shell *sh, const struct buffer *p, size_t most);

#endif
