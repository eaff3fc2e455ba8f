/* Seeded random numbers (splitmix64): the same seed gives the same stream on every machine. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state; /* all there is to save */
};

uint64_t rng_next(struct rng *r);
/* A number below limit. */
uint64_t rng_below(struct rng *r, uint64_t limit);
/* A seed that nobody can foresee. */
uint64_t rng_entropy(void);
/* A version 4 UUID in lower case. */
void rng_uuid(struct rng *r, char ret[37]);
/* FNV-1a: a stable number for a name, so that what belongs to a name needs no random state. */
uint64_t hash_text(const char *s);

#endif
