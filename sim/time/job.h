/* Work that takes time in AWS: rows in the store, due on the virtual clock, run in order of (due,
 * id).
 *
 * A job is a call without a socket: its handler gets a call in the account and Region that asked
 * for it, at the moment it was due, in a savepoint of its own. It survives a restart.
 *
 * It is declared as an operation is, by JOB() or JOB_WITH() at the end of the handler's file;
 * contents/jobs.def names it once more. */
#ifndef TIME_JOB_H
#define TIME_JOB_H

#include "base/field.h"
#include "call/call.h"

/* How a rule lets a job fail. */
struct job_failure {
    const char *code, *reason;
    enum tri disable_key; /* the KMS key behind it is disabled, too */
};

struct job_kind {
    const char *name; /* under which it is stored: database files have it, it never changes */
    /* columns: the names in the stored object; NULL: it takes none */
    const struct schema *argument;
    /* A handler that fails is a bug: a job that goes wrong as in AWS writes that into its noun. */
    void (*run)(struct call *c, const char *subject, const void *in);
    /* For rules (scenario/): what they call it, ends with NULL; NULL: they cannot name it. */
    const char *const *faults;
    /* Which of these it is for a subject, NULL: none of them. No function: the first. */
    const char *(*fault)(struct call *c, const char *subject);
    /* How its noun shows that it failed. */
    void (*fail)(struct call *c, const char *subject, const struct job_failure *how);
    const struct schema *noun; /* a noun that shows its progress: the subject is its id */
    size_t due; /* offset of the moment when that noun will be done */
};

#define JOB_FAULTS(...)                                                                            \
    .faults = (const char *const[])                                                                \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define JOB_DUE(schema, S, m) .noun = (schema), .due = FIELD_AT(S, m, int64_t)

/* Defines job_HANDLER of static void handler(struct call *c, const char *subject). */
#define JOB(handler, ...)                                                                          \
    static void handler##_job(struct call *c, const char *subject, const void *in)                 \
    {                                                                                              \
        (void)in;                                                                                  \
        handler(c, subject);                                                                       \
    }                                                                                              \
    const struct job_kind job_##handler = { .run = handler##_job, __VA_ARGS__ }

/* The same of static void handler(struct call *c, const char *subject, const S *in). */
#define JOB_WITH(handler, table, S, ...)                                                           \
    static void handler##_job(struct call *c, const char *subject, const void *in)                 \
    {                                                                                              \
        const S *typed = in;                                                                       \
        handler(c, subject, typed);                                                                \
    }                                                                                              \
    const struct job_kind job_##handler = {                                                        \
        .argument = &(const struct schema){ .size = sizeof(S), .fields = (table) },                \
        .run = handler##_job,                                                                      \
        __VA_ARGS__                                                                                \
    }

struct job {
    int64_t id, due;
    int64_t begun; /* when it was queued; ABSENT: by an amisim that did not note it */
    const struct job_kind *kind;
    const char *account, *region, *subject;
    const void *in; /* the argument; NULL: its kind takes none */
};

/* The kind that is stored under that name; NULL: this program has none. */
const struct job_kind *job_kind_find(const struct sim *sim, const char *name);
/* The first kind by name for which work is stored that this program does not know; NULL: it knows
 * all. */
const char *job_kind_unknown(const struct sim *sim, struct arena *a);

/* Runs `kind` on `subject` (an identifier) that many virtual ms from now. in: the argument, NULL:
 * none of it is there. */
void job_after(struct call *c, int64_t delay, const struct job_kind *kind, const char *subject,
               const void *in);
/* Forgets the jobs of that kind on that subject; kind NULL: all on it. */
void job_cancel(struct call *c, const struct job_kind *kind, const char *subject);

/* The job of that id, if it still waits, is about that subject and of a known kind. */
/* All that wait, in the order in which they will run (struct job). A kind is NULL where this
 * program does not know it. */
struct list jobs_waiting(struct call *c);
bool job_find(struct call *c, int64_t id, const char *subject, struct job *ret);
/* Moves it to another moment, and forgets it. */
void job_move(struct sim *sim, const struct job *job, int64_t due);
void job_drop(struct sim *sim, const struct job *job);

/* Takes the oldest job that is due by then; false: none. Its kind is NULL where this program does
 * not know it. */
bool job_take(struct sim *sim, int64_t by, struct arena *a, struct job *ret);
/* Runs the job of this call (c->job). -1 where it failed. */
int job_run(struct call *c);
/* When the next one is due; ABSENT: none; 0 where that cannot be read: whoever tries will know. */
int64_t job_next_due(struct sim *sim);
/* What people and rules call it: rules' first name for it, else its own. */
const char *job_kind_label(struct arena *a, const struct job_kind *kind);

/* A delay at the simulator's pace: `real` ms is what AWS takes, `quick` what the default pace
 * takes. */
int64_t pace_delay(const struct call *c, int64_t quick, int64_t real);
/* 0…99 while work that began then and ends then goes on; 100 from its end. */
int progress_percent(int64_t begun, int64_t due, int64_t now);
/* The first moment at which it is at that per cent, of 0 to 99. */
int64_t progress_moment(int64_t begun, int64_t due, int percent);

#endif
