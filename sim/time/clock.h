/* The virtual clock: virtual time = base + (machine time since then) * rate, or it stands still.
 *
 * It is saved in the store, so that a restart goes on where the last commit left it: the time the
 * simulator was down counts unless the clock is frozen.
 *
 * Machine time is asked for once, when the process begins; from there on it is counted, so that it
 * never jumps and never goes back. It begins no earlier than the last commit of the process before.
 */
#ifndef TIME_CLOCK_H
#define TIME_CLOCK_H

#include "call/call.h"

struct clock {
    int64_t start; /* where a new world begins, virtual ms; 0: at machine time */
    bool still; /* whether it begins frozen */
    int64_t base; /* virtual ms at `machine` */
    int64_t machine; /* machine ms since 1970 */
    int64_t rate; /* virtual ms in 1000 machine ms; 1000: as it is */
    bool frozen;
    int64_t began; /* machine ms since 1970 when the process began; 0: not yet */
    int64_t counted; /* machine_steady_ms() at that moment */
    int64_t seen; /* machine ms since 1970 that the store knows of */
};

/* From the store; a world that has none yet begins now, or where --clock says. */
void clock_load(struct clock *k, struct store *s);
/* …and saves it: at the start, and after a reset. */
void clock_open(struct clock *k, struct store *s);
/* With a commit: what a later process must not go back behind. */
void clock_seen(struct sim *sim);
int64_t clock_now(const struct clock *k);
/* Each keeps the other settings and saves the clock. The clock never goes back: false if it should.
 * It ends with TIME_LAST and stands still there. */
bool clock_set(struct sim *sim, int64_t now);
void clock_freeze(struct sim *sim, bool frozen);
void clock_rate(struct sim *sim, int64_t rate);
/* Virtual time goes on from this moment, as if nothing had happened since it was saved
 * (checkpoints). */
void clock_resume(struct sim *sim);
/* Machine ms until it is that time; -1: never (frozen). */
int64_t clock_wait(const struct clock *k, int64_t due);

#endif
