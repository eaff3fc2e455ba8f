/* Snapshots: who finds which, what is shown, how copies begin and how all end. How one is taken of
 * a volume is in snapshot_take.c, how one goes in snapshot_delete.c. It must not know which
 * operation wants one, nor who may: what a caller is allowed is checked by the operations. */
#include "world/snapshot/snapshot.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "store/block.h"
#include "store/noun.h"
#include "world/account/cost.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot_block_access.h"
#include "world/snapshot/snapshot_lock.h"

extern const struct job_kind job_end_snapshot;

#define MIB (INT64_C(1) << 20)

/* ---- Finding ---- */

bool snapshot_find_in(struct call *c, const char *region, const char *id, struct snapshot *ret)
{
    return store_get(c, &snapshot_schema, id, ret) && text_is(ret->region, region)
           && ret->recycle_enter == ABSENT;
}

bool snapshot_find(struct call *c, const char *id, struct snapshot *ret)
{
    return snapshot_find_in(c, c->region, id, ret);
}

bool snapshot_visible(struct call *c, const struct snapshot *s)
{
    if (text_is(s->owner, c->account))
        return true;
    LIST_EACH (struct snapshot_permission, p, &s->permissions) {
        if (text_is(p->user, c->account)
            || (text_is(p->group, "all") && !snapshot_hides_public(c, s)))
            return true;
    }
    return false;
}

int snapshot_own(struct call *c, const char *id, struct snapshot *ret)
{
    if (!snapshot_find(c, id, ret) || !text_is(ret->owner, c->account))
        return fail(c, E_SnapshotNotFound, id);
    return 0;
}

int snapshot_check_tier(struct call *c, const struct snapshot *s)
{
    return text_is(s->tier, "archive") ? fail(c, E_SnapshotArchived, s->id) : 0;
}

/* ---- What is shown ---- */

/* A copy knows nothing of its source until its work has begun in earnest [recorded: pending
 * copies]; how long that takes is a guess: a quarter of the time. */
static bool is_unread_copy(const struct call *c, const struct snapshot *s)
{
    return text_is(s->status, "pending") && s->is_copy == YES
           && c->now < s->start + (s->due - s->start) / 4;
}

static const char *snapshot_progress(struct call *c, const struct snapshot *s)
{
    if (text_is(s->status, "completed"))
        return "100%";
    if (text_is(s->status, "error") || s->failure || is_unread_copy(c, s) || s->due == ABSENT)
        return "0%";
    int percent = progress_percent(s->start, s->due, c->now);
    return arena_printf(c->a, "%d%%", percent < 100 ? percent : 99);
}

bool snapshot_prepare(struct call *c, void *snapshot)
{
    struct snapshot *s = snapshot;
    bool unread = is_unread_copy(c, s) || (text_is(s->status, "pending") && s->failure);
    s->progress = snapshot_progress(c, s);
    s->shown_message = unread ? "Metadata not updated" : s->message;
    s->shown_size = unread ? 0 : s->size;
    s->shown_encrypted = unread ? NO : s->encrypted;
    s->shown_key = unread ? NULL : s->key;
    s->shown_full_size = text_is(s->status, "completed") ? s->full_size : ABSENT;
    return true;
}

/* ---- Beginning ---- */

struct snapshot snapshot_new(struct call *c)
{
    NOUN(struct snapshot, snapshot_schema, s);
    s.id = id_new(c, "snap-");
    s.owner = c->account;
    s.region = c->region;
    s.status = "pending";
    s.lineage = s.id;
    s.content.declared_bytes = 0;
    s.start = c->now;
    s.tier = "standard";
    s.transfer = "standard"; /* on those that are no copies, too [recorded] */
    s.encrypted = NO;
    return s;
}

void snapshot_start(struct call *c, struct snapshot *s, int64_t quick, int64_t real)
{
    int64_t delay = pace_delay(c, quick, real);
    s->due = c->now + delay;
    store_add(c, &snapshot_schema, s);
    job_after(c, delay, &job_end_snapshot, s->id, NULL);
    snapshot_prepare(c, s);
    s->progress = NULL; /* an empty element in the answer that made it [recorded] */
}

/* The snapshot that a copy continues: the source itself where nothing but time lies between them,
 * else an earlier copy of the source or of what the source continues, under the same key. */
static const char *parent_of_copy(struct call *c, const struct snapshot *from, const char *key)
{
    struct snapshot at = *from;
    if (text_is(from->region, c->region) && text_is(from->owner, c->account)
        && text_is(from->key, key))
        return from->id;
    for (;;) {
        const char *copy =
            store_word(c,
                       "SELECT id FROM snapshot WHERE source = ?3" AND_MINE
                       " AND kms_key IS ?4 AND status = 'completed' AND tier = 'standard'"
                       " ORDER BY rowid DESC LIMIT 1",
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(at.id), SQL_TEXT(key)));
        if (copy || !at.parent || !store_get(c, &snapshot_schema, at.parent, &at))
            return copy;
    }
}

/* A copy shares blocks with its parent, as far as money goes. */
static void continue_lineage(struct call *c, struct snapshot *s)
{
    struct snapshot parent;
    if (s->parent && store_get(c, &snapshot_schema, s->parent, &parent) && parent.lineage)
        s->lineage = parent.lineage;
}

/* A copy that only continues its source shares its blocks; another key, account or Region has
 * blocks of its own, as far as the simulator's cost goes: the bytes are stored once all the same.
 */
static int64_t layer_of_copy(struct call *c, const struct snapshot *from, const char *key)
{
    bool shared = text_is(from->region, c->region) && text_is(from->owner, c->account)
                  && text_is(from->key, key);
    if (!shared)
        return layer_flatten(c->store, from->layer);
    layer_ref(c->store, from->layer);
    return from->layer;
}

void snapshot_copy_of(struct call *c, const struct snapshot *from, const char *key,
                      const char *description, const char *failure, int64_t minutes,
                      struct snapshot *ret)
{
    bool readable = !failure || key;
    struct snapshot s = snapshot_new(c);
    s.volume = SNAPSHOT_NO_VOLUME;
    s.description = description ? description : "";
    s.is_copy = YES;
    s.source = from->id;
    s.source_region = from->region;
    s.failure = failure;
    s.size = readable ? from->size : 0;
    s.full_size = readable && from->full_size != ABSENT ? from->full_size : 0;
    s.layer = failure ? 0 : layer_of_copy(c, from, key);
    s.encrypted = key ? YES : NO;
    s.key = key;
    if (!failure)
        s.parent = parent_of_copy(c, from, key);
    continue_lineage(c, &s);
    if (readable)
        s.content = from->content;
    int64_t real = failure ? 5 * SECOND_MS : 60 * SECOND_MS + s.full_size / (50 * MIB) * SECOND_MS;
    if (minutes != ABSENT) {
        s.transfer = "time-based";
        s.duration = minutes;
        real = failure ? real : minutes * MINUTE_MS;
    }
    snapshot_start(c, &s, 50, real);
    *ret = s;
}

void snapshot_put(struct call *c, const struct snapshot *s)
{
    store_put(c, &snapshot_schema, s);
    cost_changed(c, s);
}

void snapshot_wait_for_blocks(struct call *c, const struct snapshot *s)
{
    store_exec(c->store, "UPDATE snapshot SET deadline = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(c->now + s->timeout), SQL_TEXT(s->id)));
}

/* ---- Ending ---- */

void snapshot_finish(struct call *c, struct snapshot *s)
{
    s->status = s->failure ? "error" : "completed";
    s->message = s->failure;
    if (!s->failure)
        s->completed = c->now;
    snapshot_put(c, s);
    snapshot_lock_start(c, s);
}

static void end_snapshot(struct call *c, const char *id)
{
    struct snapshot s;
    if (snapshot_find(c, id, &s) && text_is(s.status, "pending"))
        snapshot_finish(c, &s);
}

static const char *end_snapshot_fault(struct call *c, const char *id)
{
    struct snapshot s;
    return !snapshot_find(c, id, &s) ? NULL : s.is_copy == YES ? "snapshot-copy" : "snapshot";
}

static void end_snapshot_fail(struct call *c, const char *id, const struct job_failure *how)
{
    struct snapshot s;
    if (!snapshot_find(c, id, &s) || !text_is(s.status, "pending"))
        return;
    if (how->disable_key == YES)
        kms_key_disable(c, s.key);
    s.failure = how->reason;
    snapshot_finish(c, &s);
}

JOB(end_snapshot, .name = "end_snapshot", JOB_FAULTS("snapshot", "snapshot-copy"),
    .fault = end_snapshot_fault, .fail = end_snapshot_fail,
    JOB_DUE(&snapshot_schema, struct snapshot, due));

struct list snapshot_images(struct call *c, const char *id)
{
    struct list images = { 0 };
    struct rows *r = store_query(c->store,
                                 "SELECT DISTINCT i.id FROM image_mappings m CROSS JOIN image i"
                                 " ON i.id = m.parent WHERE m.snapshot = ? AND i.region = ?"
                                 " AND i.state <> 'deregistered' AND i.recycle_enter IS NULL"
                                 " ORDER BY i.rowid DESC",
                                 SQL_ARGS(SQL_TEXT(id), SQL_TEXT(c->region)));
    while (rows_next(r))
        strs_add(c->a, &images, rows_text(r, 0, c->a));
    return images;
}

/* ---- The Recycle Bin ---- */

bool snapshot_recycled(struct call *c, const char *id, struct snapshot *ret)
{
    return store_get(c, &snapshot_schema, id, ret) && ret->recycle_enter != ABSENT
           && text_is(ret->region, c->region) && text_is(ret->owner, c->account);
}
