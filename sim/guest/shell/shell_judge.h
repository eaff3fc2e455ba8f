/* What [ ], test and [[ ]] ask. */
#ifndef GUEST_SHELL_JUDGE_H
#define GUEST_SHELL_JUDGE_H

#include "guest/shell/shell_state.h"

/* -f FILE and the like; the letter is known to judge_knows. */
bool judge_one(struct shell *sh, char letter, const char *operand);
bool judge_knows(char letter);
/* FILE -nt FILE, -ot, -ef */
bool judge_files(struct shell *sh, const char *operator, const char * left, const char *right);

#endif
