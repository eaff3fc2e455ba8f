/* See timefmt.h. */
#include "base/timefmt.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

int64_t time_whole_seconds(int64_t ms)
{
    return ms - ((ms % 1000) + 1000) % 1000;
}

static struct tm broken_down(int64_t ms, int *ret_millis)
{
    ms = ms < TIME_FIRST ? TIME_FIRST : ms > TIME_LAST ? TIME_LAST : ms;
    int64_t whole = time_whole_seconds(ms);
    *ret_millis = (int)(ms - whole);
    time_t seconds = (time_t)(whole / 1000);
    struct tm tm = { 0 };
    gmtime_r(&seconds, &tm);
    return tm;
}

/* The number with at least so many digits; returns what follows. */
static char *put_digits(char *at, int number, int least)
{
    if (least > 1 || number > 9)
        at = put_digits(at, number / 10, least - 1);
    *at = (char)('0' + number % 10);
    return at + 1;
}

/* Every image shows two moments: by hand they cost a tenth of strftime and printf. */
char *time_format_ms(struct arena *a, int64_t ms)
{
    int millis;
    struct tm tm = broken_down(ms, &millis);
    const struct {
        int number, least;
        char after;
    } parts[] = { { tm.tm_year + 1900, 4, '-' },
                  { tm.tm_mon + 1, 2, '-' },
                  { tm.tm_mday, 2, 'T' },
                  { tm.tm_hour, 2, ':' },
                  { tm.tm_min, 2, ':' },
                  { tm.tm_sec, 2, '.' },
                  { millis, 3, 'Z' } };
    char *text = arena_alloc(a, 40), *at = text;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        at = put_digits(at, parts[i].number, parts[i].least);
        *at++ = parts[i].after;
    }
    return text;
}

char *time_format_s(struct arena *a, int64_t ms)
{
    char *text = time_format_ms(a, ms);
    char *dot = strrchr(text, '.');
    dot[0] = 'Z';
    dot[1] = '\0';
    return text;
}

/* A format that a user wrote does no harm here: strftime reads no arguments. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
char *time_format(struct arena *a, const char *format, int64_t ms)
{
    int millis;
    struct tm tm = broken_down(ms, &millis);
    char *text = arena_alloc(a, 200);
    if (!strftime(text, 200, format, &tm))
        *text = '\0';
    return text;
}
#pragma GCC diagnostic pop

char *time_format_gmt(struct arena *a, int64_t ms)
{
    return time_format(a, "%Y-%m-%d %H:%M:%S GMT", ms);
}

/* Days since 1970 of a date in the Gregorian calendar (Hinnant's civil-from-days, turned round). */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t days_in(int64_t y, int64_t m)
{
    return days_of(m < 12 ? y : y + 1, m % 12 + 1, 1) - days_of(y, m, 1);
}

static bool digits(const char **s, int n, int64_t least, int64_t most, int64_t *ret)
{
    int64_t number = 0;
    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)(*s)[i]))
            return false;
        number = number * 10 + ((*s)[i] - '0');
    }
    *s += n;
    *ret = number;
    return number >= least && number <= most;
}

static bool skip(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static bool parse_offset(const char *s, int64_t *ret_ms)
{
    int64_t hours = 0, minutes = 0;
    if (!*s || strcmp(s, "Z") == 0)
        return true;
    int sign = *s == '-' ? 1 : *s == '+' ? -1 : 0;
    s++;
    if (!sign || !digits(&s, 2, 0, 14, &hours))
        return false;
    skip(&s, ':');
    if (*s && !digits(&s, 2, 0, 59, &minutes))
        return false;
    *ret_ms += sign * (hours * HOUR_MS + minutes * MINUTE_MS);
    return !*s;
}

static int64_t parse_fraction(const char **s)
{
    int64_t ms = 0, unit = 100;
    for (; isdigit((unsigned char)**s); (*s)++, unit /= 10)
        ms += (**s - '0') * unit;
    return ms;
}

bool time_parse(const char *s, int64_t *ret_ms)
{
    int64_t y, mo, d, h = 0, mi = 0, sec = 0;
    if (!digits(&s, 4, 1, 9999, &y) || !skip(&s, '-') || !digits(&s, 2, 1, 12, &mo)
        || !skip(&s, '-') || !digits(&s, 2, 1, days_in(y, mo), &d))
        return false;
    *ret_ms = days_of(y, mo, d) * DAY_MS;
    if (!*s)
        return true;
    if ((!skip(&s, 'T') && !skip(&s, ' ')) || !digits(&s, 2, 0, 23, &h) || !skip(&s, ':')
        || !digits(&s, 2, 0, 59, &mi))
        return false;
    if (skip(&s, ':') && !digits(&s, 2, 0, 59, &sec))
        return false;
    *ret_ms += h * HOUR_MS + mi * MINUTE_MS + sec * SECOND_MS;
    if (skip(&s, '.'))
        *ret_ms += parse_fraction(&s);
    return parse_offset(s, ret_ms) && *ret_ms >= TIME_FIRST && *ret_ms <= TIME_LAST;
}

bool span_parse(const char *s, int64_t *ret_ms)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = { { "ms", 1 },      { "s", SECOND_MS }, { "m", MINUTE_MS },
                  { "h", HOUR_MS }, { "d", DAY_MS },    { "w", 7 * DAY_MS } };
    *ret_ms = 0;
    if (!*s)
        return false;
    while (*s) {
        int64_t number = 0;
        const char *from = s;
        for (; isdigit((unsigned char)*s) && number < INT64_C(1000000000000); s++)
            number = number * 10 + (*s - '0');
        size_t letters = strspn(s, "abcdefghijklmnopqrstuvwxyz"), i = 0;
        for (; i < sizeof units / sizeof *units; i++) {
            if (strlen(units[i].name) == letters && strncmp(units[i].name, s, letters) == 0)
                break;
        }
        if (s == from || i == sizeof units / sizeof *units || number > INT64_C(1000000000000)
            || number > INT64_MAX / 4 / units[i].ms || *ret_ms > INT64_MAX / 4)
            return false;
        *ret_ms += number * units[i].ms;
        s += letters;
    }
    return true;
}

static int64_t read_clock(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t machine_time_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t machine_steady_ms(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

int64_t machine_monotonic_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}
