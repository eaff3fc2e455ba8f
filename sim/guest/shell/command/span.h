/* Spans of time as sleep and timeout read them. */
#ifndef GUEST_SPAN_H
#define GUEST_SPAN_H

#include <stdbool.h>
#include <stdint.h>

/* "1.5", "2m", "1h", "1d"; false: none. */
bool time_read_pause(const char *s, int64_t *ret_ms);

#endif
