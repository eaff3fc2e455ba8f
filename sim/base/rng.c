/* See rng.h. */
#include "base/rng.h"

#include <stdlib.h>
#include <sys/random.h>

uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t rng_below(struct rng *r, uint64_t limit)
{
    return limit ? rng_next(r) % limit : 0;
}

uint64_t rng_entropy(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        abort();
    return seed;
}

void rng_uuid(struct rng *r, char ret[37])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t high = (rng_next(r) & ~UINT64_C(0xf000)) | UINT64_C(0x4000);
    uint64_t low = (rng_next(r) & ~(UINT64_C(3) << 62)) | (UINT64_C(2) << 62);
    char *at = ret;
    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *at++ = '-';
        uint64_t half = i < 16 ? high : low;
        *at++ = digits[half >> (60 - 4 * (i % 16)) & 15];
    }
    *at = '\0';
}

uint64_t hash_text(const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
    /* one splitmix step spreads short names over all bits */
    struct rng r = { h };
    return rng_next(&r);
}
