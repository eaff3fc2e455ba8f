/* Times are milliseconds since 1970 in UTC; spans are milliseconds. */
#ifndef BASE_TIMEFMT_H
#define BASE_TIMEFMT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* From the year 1 to the end of 9999: what lies beyond is shown as that moment. */
#define TIME_FIRST INT64_C(-62135596800000)
#define TIME_LAST INT64_C(253402300799999)

int64_t time_whole_seconds(int64_t ms);

/* "2026-09-25T11:57:20.570Z" */
char *time_format_ms(struct arena *a, int64_t ms);
/* "2026-09-25T11:57:20Z" */
char *time_format_s(struct arena *a, int64_t ms);
/* "2026-03-04 00:21:54 GMT", as in an instance's reason */
char *time_format_gmt(struct arena *a, int64_t ms);
/* As strftime has it; what does not fit into 200 bytes is empty. */
char *time_format(struct arena *a, const char *format, int64_t ms);
/* ISO 8601 with Z, an offset or nothing (UTC); a date alone is its midnight. False when it is none:
 * 31 February, hour 24, a leap second, what is not from TIME_FIRST to TIME_LAST. */
bool time_parse(const char *s, int64_t *ret_ms);
/* "36h", "10d", "90s", "250ms", "1h30m"; a leading minus is refused. */
bool span_parse(const char *s, int64_t *ret_ms);

/* The machine's clock, for the virtual clock to start from and for the log. Nothing else asks it.
 */
int64_t machine_time_ms(void);
/* Counts on evenly whatever is done to the machine's clock, also while the machine sleeps. */
int64_t machine_steady_ms(void);
/* A clock that never goes back, for rates and durations. */
int64_t machine_monotonic_ms(void);

#endif
