/* Blocks of addresses, as "10.0.0.0/16" says them. */
#ifndef BASE_CIDR_H
#define BASE_CIDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* An IPv4 block: its first address in host order, and how many bits of that all of them share. */
struct cidr {
    uint32_t base;
    int prefix;
};

/* "10.0.0.7/16" -> base 10.0.0.0 and prefix 16; false when it is no block. text may be NULL. */
bool cidr_parse(const char *text, struct cidr *ret);
const char *cidr_format(struct arena *a, struct cidr block);
/* Whether all of inner is in outer. */
bool cidr_has(struct cidr outer, struct cidr inner);
/* "10.0.0.7" */
const char *address_format(struct arena *a, uint32_t address);
/* An IPv6 block as AWS shows it: without host bits, in its shortest form. NULL: it is none. */
const char *cidr6_canonical(struct arena *a, const char *text);

#endif
