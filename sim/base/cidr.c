/* See cidr.h. */
#include "base/cidr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static uint32_t mask_of(int prefix)
{
    return prefix ? ~UINT32_C(0) << (32 - prefix) : 0;
}

bool cidr_parse(const char *text, struct cidr *ret)
{
    unsigned a, b, c, d, prefix;
    char rest;
    if (!text || sscanf(text, "%3u.%3u.%3u.%3u/%2u%c", &a, &b, &c, &d, &prefix, &rest) != 5
        || a > 255 || b > 255 || c > 255 || d > 255 || prefix > 32)
        return false;
    ret->prefix = (int)prefix;
    ret->base = (a << 24 | b << 16 | c << 8 | d) & mask_of(ret->prefix);
    return true;
}

bool cidr_has(struct cidr outer, struct cidr inner)
{
    return inner.prefix >= outer.prefix && (inner.base & mask_of(outer.prefix)) == outer.base;
}

const char *address_format(struct arena *a, uint32_t address)
{
    return arena_printf(a, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
                        address & 255);
}

const char *cidr_format(struct arena *a, struct cidr block)
{
    return arena_printf(a, "%s/%d", address_format(a, block.base), block.prefix);
}

const char *cidr6_canonical(struct arena *a, const char *text)
{
    unsigned char bytes[16];
    char shortest[INET6_ADDRSTRLEN];
    int64_t prefix;
    size_t end = text ? strcspn(text, "/") : 0;
    if (!text || text[end] != '/' || !text_int(text + end + 1, &prefix) || prefix < 0
        || prefix > 128 || inet_pton(AF_INET6, arena_strndup(a, text, end), bytes) != 1)
        return NULL;
    for (int64_t bit = prefix; bit < 128; bit++)
        bytes[bit / 8] &= (unsigned char)~(128 >> bit % 8);
    inet_ntop(AF_INET6, bytes, shortest, sizeof shortest);
    return arena_printf(a, "%s/%d", shortest, (int)prefix);
}
