/* A call: one request on its way through the rooms, or one job that fell due (a call without a
 * socket).
 *
 * It carries who asks (account), where (Region), when (a moment of virtual time that stands still
 * for the whole call), the memory of the request and, in the end, the outcome. */
#ifndef CALL_CALL_H
#define CALL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/rng.h"
#include "base/value.h"
#include "call/contents.h"

struct active;
struct call;
struct clock;
struct fault;
struct fixtures;
struct job;
struct op;
struct out;
struct store;

/* How long asynchronous work takes in virtual time: nothing, tens of milliseconds, what AWS takes.
 */
enum pace { PACE_INSTANT, PACE_QUICK, PACE_REAL };

/* Where sshd of an instance answers. */
struct ssh_door {
    const char *instance, *address;
    int port;
};

/* The process: everything that outlives a call. State of the simulated world is in the store only.
 */
struct sim {
    struct store *store;
    struct clock *clock;
    const struct fixtures *fixtures;
    const struct contents *contents;
    struct active *scenarios; /* NULL: none are possible (unit tests) */
    /* Performs the operation of a call that was let in already (server/pipeline.h): for timelines.
     */
    int (*perform)(struct call *c);
    enum pace pace;
    uint64_t seed;
    struct rng ids; /* identifiers; saved by the store with each commit */
    /* request ids: a stream of its own, so that reading changes no identifier */
    struct rng requests;
    const char *version;
    /* Whether a resource cannot be seen yet, though it is there; NULL: nobody says so of any. */
    bool (*is_hidden)(struct call *c, const char *resource);
    struct list
        allowed; /* const char *, NAME or NAME:PORT: other names that are ours (--allow-host) */
    bool ssh; /* instances answer SSH: public addresses are this machine's (--ssh) */
    struct list ssh_doors; /* struct ssh_door: those that are open */
    bool exposed; /* other machines reach us under names that nobody told us */
    /* The Region whose public images are known to be in the store (world/seed.h), and the
     * store_undone() at which they were. */
    const char *ready;
    int64_t ready_at;
    /* When the next job is due, where that is known, and the store_undone() at which it was
     * (time/job.c). */
    int64_t next_due, next_due_at;
    bool knows_next_due;
    int64_t now; /* of the call or job that runs, virtual ms */
    int64_t jobs_wait; /* machine ms: jobs are not tried before, the disk refused the last ones */
    bool lost; /* a commit failed, and those who wait for it have not been told */
    bool behind; /* what the process holds of the store's state is to be read again first */
};

/* A header of the answer beside the usual ones. */
struct header {
    const char *name, *value;
};

/* An answer in pieces. Between two of them others are served, who may change the world; what it
 * keeps from one to the next lies in the arena of the call that began it, which stays as long. */
struct stream {
    /* The next piece, in `a`: asked for when the client has room, and where there was none after
     * whatever may have changed. 64 KiB are a good size. None (*ret_n 0): nothing yet, unless it
     * ends. What the store refuses in here breaks it off. */
    const char *(*more)(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n);
    /* It is over, read to its end or not: gives back what is not the arena's. NULL: nothing is. */
    void (*drop)(struct sim *sim, struct stream *s);
    bool follows; /* it goes on until somebody hangs up: there may be few of them at a time */
    bool ends; /* set by `more`: this piece is the last */
    bool broken; /* set by `more`: there is no end; the client is shown that, as far as HTTP can */
};

struct outcome {
    int status; /* HTTP; 0 while undecided */
    const char *code; /* AWS error code; NULL: good */
    const char *message; /* may be NULL where AWS sends none */
    const char *reason; /* EBS direct's Reason; else NULL */
    struct list headers; /* struct header */
    bool silent; /* the client gets no answer at all: its connection ends */
};

/* What a scenario makes an operation take for true in one call. */
enum pretence {
    PRETEND_KERNEL_MISSING = 1 << 0, /* no kernel has a counterpart in another Region */
    PRETEND_KEY_DENIED = 1 << 1, /* no KMS key can be used, though it can be described */
    PRETEND_NO_BOOT = 1 << 2, /* a machine that boots hangs */
};

struct call {
    struct arena *a;
    struct sim *sim;
    struct store *store; /* sim->store, for short */
    const struct op *op; /* NULL in jobs and before routing */
    /* What was asked for by name, where there is no such operation or service here; else NULL. */
    const char *asked, *asked_service;
    const struct job *job; /* the one that runs; NULL: a request */
    struct fault *fault; /* what rules do to it (scenario/fault.h) */
    struct list *jobs; /* struct job, without its argument: those it queued; NULL: nobody asks */
    const char *account; /* 12 digits */
    const char *region;
    const char *access_key;
    int64_t now; /* virtual ms */
    char request_id[37];
    const struct value *input; /* the request as it was decoded; NULL in jobs */
    bool cbor; /* the client speaks RPC v2 CBOR: what JSON would be is that, in both directions */
    const void *body; /* the raw body, for operations that take bytes */
    size_t body_size;
    bool dry_run;
    struct list made; /* const char *: the identifiers that were drawn for it (call/id.h) */
    struct list *fresh; /* const char *: those of them that no row has yet; NULL: nobody asks */
    struct list named; /* const char *: those that it was sent; see call_named (call/named.h) */
    bool knows_named;
    /* const char *: identifiers to look out for in the answer, or NULL */
    const struct list *watched;
    struct list shown; /* const char *: those of them that it shows */
    unsigned pretend; /* enum pretence */
    struct out *out;
    bool may_stream; /* nothing is to be done with the answer as a whole before it leaves */
    struct stream *stream; /* the answer is given by this; NULL: as a whole */
    struct outcome outcome;
};

/* Ends the call with an AWS error and returns -1. Use an E_ macro of call/errors.h: it is status,
 * code and text as one, and the compiler checks the arguments. The first failure of a call stands.
 */
int fail(struct call *c, int status, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with EBS direct's Reason. */
int fail_with_reason(struct call *c, const char *reason, int status, const char *code,
                     const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Takes an error back, for a caller that turns it into another result (DeleteAssociatedSnapshots).
 */
void call_clear_error(struct call *c);

/* An additional header of the answer. */
void call_add_header(struct call *c, const char *name, const char *value);

#endif
