/* LockSnapshot, UnlockSnapshot, DescribeLockedSnapshots. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_lock.h"

/* ---- LockSnapshot ---- */

struct lock_snapshot {
    const char *id, *mode;
    int64_t cool_off, days, expires;
};

static const char *const modes[] = { "compliance", "governance", NULL };

static const struct param lock_snapshot_params[] = {
    { "SnapshotId", TEXT(struct lock_snapshot, id), .flags = PARAM_REQUIRED },
    { "LockMode", TEXT(struct lock_snapshot, mode), .flags = PARAM_REQUIRED, .values = modes },
    { "CoolOffPeriod", INT(struct lock_snapshot, cool_off), .min = 1, .max = 72 },
    { "LockDuration", INT(struct lock_snapshot, days), .min = 1, .max = 36500 },
    { "ExpirationDate", TIME(struct lock_snapshot, expires) },
    { 0 },
};

/* The rules are the model's, the texts guesses. */
static int check_lock_request(struct call *c, const struct lock_snapshot *in)
{
    if ((in->days == ABSENT) == (in->expires == ABSENT))
        return fail(c, E_ParameterCombination,
                    "Either LockDuration or ExpirationDate must be specified, but not both.");
    if (in->expires != ABSENT && in->expires < c->now + DAY_MS)
        return fail(c, E_ParameterValue,
                    "The ExpirationDate must be at least 1 day in the future.");
    if (in->cool_off != ABSENT && !text_is(in->mode, "compliance"))
        return fail(c, E_ParameterCombination,
                    "CoolOffPeriod can be specified for compliance mode only.");
    return 0;
}

static int64_t lock_end(const struct lock_snapshot *in, int64_t begins)
{
    return in->expires != ABSENT ? in->expires : begins + in->days * DAY_MS;
}

/* Once the cool-off is over a compliance lock can only become longer [guide]. */
static int check_compliance_lock(struct call *c, const struct lock_snapshot *in,
                                 const struct snapshot_lock *old)
{
    if (!text_is(old->state, "compliance"))
        return 0;
    bool longer = lock_end(in, c->now) >= old->ends;
    if (old->ends == ABSENT)
        longer = in->expires != ABSENT || in->days >= old->days;
    if (!text_is(in->mode, "compliance") || in->cool_off != ABSENT || !longer)
        return fail(c, E_SnapshotLockFixed, in->id);
    return 0;
}

/* A pending snapshot's duration begins when it is complete. */
static void set_lock_times(const struct call *c, const struct lock_snapshot *in,
                           const struct snapshot *s, struct snapshot_lock *lock)
{
    lock->created = c->now;
    lock->cool_off = in->cool_off;
    lock->cool_off_ends = in->cool_off == ABSENT ? ABSENT : c->now + in->cool_off * HOUR_MS;
    lock->begins = text_is(s->status, "pending") ? ABSENT : c->now;
    lock->ends = lock->begins == ABSENT && in->expires == ABSENT ? ABSENT : lock_end(in, c->now);
    lock->days = in->days != ABSENT ? in->days : (in->expires - c->now + DAY_MS - 1) / DAY_MS;
}

static int lock_snapshot(struct call *c, const struct lock_snapshot *in)
{
    struct snapshot s;
    struct snapshot_lock lock;
    if (snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || check_lock_request(c, in)
        || dry_run_ends(c) || snapshot_own(c, in->id, &s))
        return -1;
    if (text_is(s.status, "error"))
        return fail(c, E_SnapshotState, s.id, s.status);
    if (snapshot_lock_find(c, s.id, &lock)) {
        if (check_compliance_lock(c, in, &lock))
            return -1;
    } else {
        lock = (struct snapshot_lock){ .id = s.id, .owner = s.owner, .region = s.region };
    }
    lock.mode = in->mode;
    set_lock_times(c, in, &s, &lock);
    snapshot_lock_put(c, &lock);
    snapshot_lock_prepare(c, &lock);
    emit_noun(c, &snapshot_lock_schema, &lock, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, LockSnapshot, lock_snapshot, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidSnapshot.NotFound InvalidSnapshotID.Malformed InvalidParameterValue "
                    "InvalidParameterCombination IncorrectState OperationNotPermitted",
          .effects = "The snapshot can't be deleted until the lock expires.");

/* ---- UnlockSnapshot ---- */

static int unlock_snapshot(struct call *c, const struct snapshot_id *in)
{
    struct snapshot s;
    struct snapshot_lock lock;
    if (snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || dry_run_ends(c)
        || snapshot_own(c, in->id, &s))
        return -1;
    if (!snapshot_lock_find(c, s.id, &lock))
        return fail(c, E_SnapshotNotLocked, s.id);
    if (text_is(lock.state, "compliance"))
        return fail(c, E_SnapshotLockFixed, s.id);
    snapshot_lock_forget(c, s.id);
    emit_text(c, "snapshotId", s.id);
    return 0;
}

OPERATION_AS(ec2, UnlockSnapshot, unlock_snapshot, snapshot_id_params, struct snapshot_id,
             .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidSnapshot.NotFound InvalidSnapshotID.Malformed InvalidParameterValue "
                       "IncorrectState OperationNotPermitted",
             .effects = "Ends a governance lock, or a compliance lock that cools off.");

/* ---- DescribeLockedSnapshots ---- */

static const struct param describe_locks_params[] = {
    { "SnapshotId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

/* One that is there but not locked is left out [guess]. */
static int missing_locks(struct call *c, const struct list *ids)
{
    struct snapshot s;
    LIST_EACH (const char *, id, ids) {
        if (snapshot_own(c, *id, &s))
            return -1;
    }
    return 0;
}

static const struct describe lock_list = {
    .schema = &snapshot_lock_schema,
    .set = "snapshotSet",
    .ids_name = "snapshotIdsSet",
    .visible = MINE,
    .check_ids = snapshot_ids_check,
    .prepare = snapshot_lock_prepare,
    .missing = missing_locks,
};

LISTS(ec2, DescribeLockedSnapshots, describe_locks_params, lock_list,
      .errors = "InvalidParameterValue InvalidParameterCombination InvalidSnapshot.NotFound "
                "InvalidSnapshotID.Malformed");
