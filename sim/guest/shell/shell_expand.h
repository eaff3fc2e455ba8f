/* Words of the shell: variables, fields and file name patterns. */
#ifndef GUEST_SHELL_EXPAND_H
#define GUEST_SHELL_EXPAND_H

#include "guest/shell/shell_parse.h"
#include "guest/shell/shell_state.h"

/* Words (struct word) as arguments (const char *). */
void shell_expand(struct shell *sh, const struct list *words, struct list *ret);
/* One word as one text. */
const char *shell_expand_one(struct shell *sh, const struct word *w);

#endif
