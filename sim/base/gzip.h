/* What is compressed with gzip, opened (zlib). */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Whether bytes begin as gzip's do. */
bool gzip_is(const void *bytes, size_t n);
/* The bytes inside, all members one after the other, with a '\0' behind them that *ret_n does not
 * count. NULL where they are damaged, cut, or more than `most`. */
char *gzip_open(struct arena *a, const void *bytes, size_t n, size_t most, size_t *ret_n);

#endif
