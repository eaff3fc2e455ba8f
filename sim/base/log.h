/* The log: one line per event on standard error, as text or JSON, or nothing.
 *
 * Nobody waits for it: a line that can't be written at once is dropped, and the next one that can
 * is preceded by the event "log" with the number of those. A line is never two writes; in text,
 * facts with a blank, a quote, a = or a control character are in quotes, with \", \\ and \xNN. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/value.h"

enum log_form { LOG_TEXT, LOG_JSON, LOG_OFF };

void log_open(enum log_form form);
bool log_wanted(void);
/* From now on lines are gathered and written together, by log_flush, when there is no room for one
 * more, and when the process ends, by a crash as well; log_gather(false) ends that. */
void log_gather(bool gather);
/* Writes what was gathered; all of it is dropped where that can't be done at once. */
void log_flush(void);
/* Whether there is something for log_flush to do. */
bool log_waits(void);
/* One event: `what` and a map of its facts (may be NULL). */
void log_event(struct arena *a, const char *what, const struct value *facts);

/* A broken invariant of our own: says where and stops. Never for bad input. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_at(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
