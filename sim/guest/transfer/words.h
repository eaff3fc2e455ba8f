/* The words of a simple command, for programs that are more than what the shell has. */
#ifndef GUEST_WORDS_H
#define GUEST_WORDS_H

#include "base/list.h"

/* As a shell takes it apart: blanks, quotes and backslashes. False where it is no simple command:
 * it has other signs of the shell in it. */
bool transfer_words(struct arena *a, const char *command, struct list *ret);

#endif
