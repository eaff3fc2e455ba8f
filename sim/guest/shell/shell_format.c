/* See shell_format.h. */
#include "guest/shell/shell_format.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WIDEST 100000

static int limited(int64_t n)
{
    return (int)(n > WIDEST ? WIDEST : n < -WIDEST ? -WIDEST : n);
}

static const char *read_number(const char *s, int *ret, int64_t (*star)(void *of), void *of)
{
    int64_t number = 0;
    if (*s == '*') {
        *ret = limited(star(of));
        return s + 1;
    }
    for (; isdigit((unsigned char)*s); s++)
        number = number < WIDEST ? number * 10 + (*s - '0') : number;
    *ret = limited(number);
    return s;
}

const char *format_read(const char *s, struct conversion *c, int64_t (*star)(void *of), void *of)
{
    size_t n = strspn(s, "-+ #0");
    *c = (struct conversion){ .precision = -1 };
    memcpy(c->flags, s, n < sizeof c->flags ? n : sizeof c->flags - 1);
    s = read_number(s + n, &c->width, star, of);
    if (*s == '.')
        s = read_number(s + 1, &c->precision, star, of);
    return s + strspn(s, "hlLjzt");
}

void format_text(struct arena *a, struct buffer *out, const struct conversion *c, const char *text,
                 size_t n)
{
    size_t width = (size_t)(c->width < 0 ? -c->width : c->width);
    bool left = strchr(c->flags, '-') || c->width < 0;
    if (c->precision >= 0 && (size_t)c->precision < n)
        n = (size_t)c->precision;
    for (size_t i = n; i < width && !left; i++)
        buffer_add(a, out, " ", 1);
    buffer_add(a, out, text, n);
    for (size_t i = n; i < width && left; i++)
        buffer_add(a, out, " ", 1);
}

static const char *sign_of(const struct conversion *c, char kind, int64_t value)
{
    if (kind == 'd' || kind == 'i')
        return value < 0 ? "-" : strchr(c->flags, '+') ? "+" : strchr(c->flags, ' ') ? " " : "";
    if (!strchr(c->flags, '#'))
        return "";
    return kind == 'o' ? "0" : !value ? "" : kind == 'x' ? "0x" : kind == 'X' ? "0X" : "";
}

static void add_number(struct arena *a, struct buffer *out, const struct conversion *c,
                       const char *sign, const char *digits, bool whole)
{
    struct conversion plain = *c;
    struct buffer number = { 0 };
    int length = (int)strlen(digits),
        fill = whole && c->precision > length ? c->precision - length : 0;
    bool zeros = strchr(c->flags, '0') && !strchr(c->flags, '-') && (!whole || c->precision < 0);
    if (zeros && c->width > length + (int)strlen(sign))
        fill = c->width - length - (int)strlen(sign);
    buffer_add_text(a, &number, sign);
    while (fill-- > 0)
        buffer_add(a, &number, "0", 1);
    buffer_add_text(a, &number, digits);
    plain.precision = -1;
    format_text(a, out, &plain, number.at, number.n);
}

void format_integer(struct arena *a, struct buffer *out, const struct conversion *c, char kind,
                    int64_t value)
{
    bool is_signed = kind == 'd' || kind == 'i';
    unsigned long long size =
        is_signed && value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;
    const char *digits = kind == 'o'   ? arena_printf(a, "%llo", size)
                         : kind == 'x' ? arena_printf(a, "%llx", size)
                         : kind == 'X' ? arena_printf(a, "%llX", size)
                                       : arena_printf(a, "%llu", size);
    add_number(a, out, c, sign_of(c, kind, value), digits, true);
}

void format_real(struct arena *a, struct buffer *out, const struct conversion *c, char kind,
                 double value)
{
    int precision = c->precision < 0 ? 6 : c->precision > 100 ? 100 : c->precision;
    double size = value < 0 ? -value : value;
    const char *digits = kind == 'e'   ? arena_printf(a, "%.*e", precision, size)
                         : kind == 'E' ? arena_printf(a, "%.*E", precision, size)
                         : kind == 'g' ? arena_printf(a, "%.*g", precision, size)
                         : kind == 'G' ? arena_printf(a, "%.*G", precision, size)
                                       : arena_printf(a, "%.*f", precision, size);
    add_number(a, out, c, value < 0 ? "-" : sign_of(c, 'd', 0), digits, false);
}
