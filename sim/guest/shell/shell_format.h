/* Conversions of printf, for the builtin and for awk. */
#ifndef GUEST_SHELL_FORMAT_H
#define GUEST_SHELL_FORMAT_H

#include <stdint.h>

#include "base/buffer.h"

struct conversion {
    char flags[8];
    int width, precision; /* precision -1: none */
};

/* Behind the percent sign, up to the letter; a star asks for its number. */
const char *format_read(const char *s, struct conversion *c, int64_t (*star)(void *of), void *of);
/* %s, %c: n bytes. */
void format_text(struct arena *a, struct buffer *out, const struct conversion *c, const char *text,
                 size_t n);
/* d i o u x X */
void format_integer(struct arena *a, struct buffer *out, const struct conversion *c, char kind,
                    int64_t value);
/* e f g, or as capitals */
void format_real(struct arena *a, struct buffer *out, const struct conversion *c, char kind,
                 double value);

#endif
