/* Text as the shell can read it back. */
#ifndef GUEST_SHELL_QUOTE_H
#define GUEST_SHELL_QUOTE_H

#include "base/arena.h"

const char *quote_single(struct arena *a, const char *text); /* 'it'\''s' */
const char *quote_backslash(struct arena *a, const char *text); /* it\'s, as printf %q has it */
/* Plain where it can be: as set -x shows words. */
const char *quote_needed(struct arena *a, const char *text);
const char *quote_double(struct arena *a, const char *text); /* as declare -p has it */

#endif
