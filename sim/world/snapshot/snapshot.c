/* Snapshots: their fields, how they begin, end and go.
 *
 * The file knows volumes and copies of snapshots as sources. It must not know which operation wants
 * one, nor who may: what a caller is allowed is checked by the operations. */
#include "world/snapshot/snapshot.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/quota.h"
#include "reply/emit_noun.h"
#include "store/block.h"
#include "store/noun.h"
#include "world/account/cost.h"
#include "world/account/retention_rule.h"
#include "world/instance/page_cache.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/fast_restore.h"
#include "world/snapshot/snapshot_block_access.h"
#include "world/snapshot/snapshot_lock.h"
#include "world/snapshot/snapshot_tier.h"

extern const struct job_kind job_end_snapshot;

#define MIB (INT64_C(1) << 20)

const struct schema snapshot_permission_schema = {
    .name = "snapshot_permission",
    .size = sizeof(struct snapshot_permission),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct snapshot_permission, group),
                                        .column = "grp", .xml = "group" },
                                      { TEXT_FIELD(struct snapshot_permission, user),
                                        .column = "user", .xml = "userId", .flags = FIELD_INDEXED },
                                      { 0 } },
};

/* VIEW_BRIEF is the Recycle Bin's. */
#define WHOLE (VIEW_DESCRIBED | VIEW_CREATED)

const struct schema snapshot_schema = {
    .name = "snapshot",
    .noun = "snapshot",
    .size = sizeof(struct snapshot),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct snapshot, id), .column = "id", .xml = "snapshotId",
              .filter = "snapshot-id" },
            { TEXT_FIELD(struct snapshot, region), .column = "region" },
            { TEXT_FIELD(struct snapshot, volume), .column = "volume", .xml = "volumeId",
              .filter = "volume-id", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct snapshot, status), .column = "status", .xml = "status",
              .filter = "status", .views = WHOLE, .flags = FIELD_STATE },
            { TEXT_FIELD(struct snapshot, message), .column = "message" },
            { TEXT_FIELD(struct snapshot, shown_message), .xml = "statusMessage", .views = WHOLE },
            { TIME_FIELD(struct snapshot, start), .column = "start", .xml = "startTime",
              .filter = "start-time", .views = WHOLE },
            { TEXT_FIELD(struct snapshot, progress), .xml = "progress", .filter = "progress",
              .flags = FIELD_CREATED_EMPTY, .views = WHOLE },
            { TEXT_FIELD(struct snapshot, owner), .column = "owner", .xml = "ownerId",
              .filter = "owner-id", .flags = FIELD_OWNER | FIELD_INDEXED, .views = WHOLE },
            { TEXT_FIELD(struct snapshot, owner_alias), .column = "owner_alias",
              .xml = "ownerAlias", .filter = "owner-alias", .views = VIEW_DESCRIBED },
            { INT_FIELD(struct snapshot, shown_size), .xml = "volumeSize", .filter = "volume-size",
              .views = WHOLE },
            { TEXT_FIELD(struct snapshot, description), .column = "description",
              .xml = "description", .filter = "description", .flags = FIELD_SHOW_EMPTY },
            { BOOL_FIELD(struct snapshot, shown_encrypted), .xml = "encrypted",
              .filter = "encrypted", .views = WHOLE },
            { TEXT_FIELD(struct snapshot, shown_key), .xml = "kmsKeyId", .views = WHOLE },
            { TAGS_FIELD(struct snapshot, tags), .xml = "tagSet", .flags = FIELD_CREATED_EMPTY,
              .views = WHOLE },
            { TEXT_FIELD(struct snapshot, tier), .column = "tier", .xml = "storageTier",
              .filter = "storage-tier", .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct snapshot, transfer), .column = "transfer", .xml = "transferType",
              .filter = "transfer-type", .views = VIEW_DESCRIBED },
            { INT_FIELD(struct snapshot, duration), .column = "duration",
              .xml = "completionDurationMinutes", .views = VIEW_DESCRIBED },
            { TIME_FIELD(struct snapshot, completed), .column = "completed",
              .xml = "completionTime", .views = VIEW_DESCRIBED },
            { INT_FIELD(struct snapshot, shown_full_size), .xml = "fullSnapshotSizeInBytes",
              .views = VIEW_DESCRIBED },
            { TIME_FIELD(struct snapshot, restore_expiry), .column = "restore_expiry",
              .xml = "restoreExpiryTime", .views = VIEW_DESCRIBED },
            { TIME_FIELD(struct snapshot, recycle_enter), .column = "recycle_enter",
              .xml = "recycleBinEnterTime", .views = VIEW_BRIEF },
            { TIME_FIELD(struct snapshot, recycle_exit), .column = "recycle_exit",
              .xml = "recycleBinExitTime", .views = VIEW_BRIEF },
            { INT_FIELD(struct snapshot, layer), .column = "layer" },
            { INT_FIELD(struct snapshot, declared_bytes), .column = "unseen" },
            { TEXT_FIELD(struct snapshot, lineage), .column = "lineage" },
            { BOOL_FIELD(struct snapshot, direct), .column = "direct" },
            { INT_FIELD(struct snapshot, timeout), .column = "timeout" },
            { TIME_FIELD(struct snapshot, deadline), .column = "deadline" },
            { INT_FIELD(struct snapshot, size), .column = "size" },
            { INT_FIELD(struct snapshot, full_size), .column = "full_size" },
            { BOOL_FIELD(struct snapshot, encrypted), .column = "encrypted" },
            { TEXT_FIELD(struct snapshot, key), .column = "kms_key" },
            { TIME_FIELD(struct snapshot, due), .column = "due" },
            { TEXT_FIELD(struct snapshot, source), .column = "source", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct snapshot, source_region), .column = "source_region" },
            { TEXT_FIELD(struct snapshot, parent), .column = "parent", .flags = FIELD_INDEXED },
            { BOOL_FIELD(struct snapshot, is_copy), .column = "is_copy" },
            { TEXT_FIELD(struct snapshot, failure), .column = "failure" },
            { LIST_FIELD(struct snapshot, permissions, &snapshot_permission_schema),
              .column = "permissions" },
            { TEXTS_FIELD(struct snapshot, product_codes), .column = "product_codes" },
            { TEXT_FIELD(struct snapshot, system), .column = "system" },
            { BOOL_FIELD(struct snapshot, generalized), .column = "generalized" },
            { 0 } },
};

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

static const char *progress(struct call *c, const struct snapshot *s)
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
    s->progress = progress(c, s);
    s->shown_message = unread ? "Metadata not updated" : s->message;
    s->shown_size = unread ? 0 : s->size;
    s->shown_encrypted = unread ? NO : s->encrypted;
    s->shown_key = unread ? NULL : s->key;
    s->shown_full_size = text_is(s->status, "completed") ? s->full_size : ABSENT;
    return true;
}

/* ---- What AWS limits ---- */

#define CREATE_INTERVAL (15 * SECOND_MS)

/* What hangs on how long things take in AWS is held against --pace real only: at the other paces it
 * would depend on how fast the machine is. */
static bool is_paced_as_aws(const struct call *c)
{
    return c->sim->pace == PACE_REAL;
}

static int check_count(struct call *c)
{
    int64_t count =
        store_number(c->store, "SELECT count(*) FROM snapshot WHERE " MINE, SQL_ARGS(MINE_ARGS(c)));
    return count >= quota(c->sim, "snapshots") ? fail(c, E_SnapshotLimit) : 0;
}

static int64_t most_pending(const struct call *c, const struct volume *v)
{
    bool cold = text_is(v->type, "st1") || text_is(v->type, "sc1");
    return quota(c->sim,
                 cold ? "pending-snapshots-per-cold-volume" : "pending-snapshots-per-volume");
}

static int check_pace(struct call *c, const struct volume *v)
{
    int64_t pending = store_number(
        c->store, "SELECT count(*) FROM snapshot WHERE volume = ? AND status = 'pending'",
        SQL_ARGS(SQL_TEXT(v->id)));
    if (pending >= most_pending(c, v))
        return fail(c, E_SnapshotsInProgress);
    int64_t last = store_number(c->store, "SELECT max(start) FROM snapshot WHERE volume = ?",
                                SQL_ARGS(SQL_TEXT(v->id)));
    return last != ABSENT && c->now < last + CREATE_INTERVAL ? fail(c, E_SnapshotRate) : 0;
}

int snapshot_check_volume(struct call *c, const struct volume *v)
{
    if (!text_is(v->status, "available") && !text_is(v->status, "in-use"))
        return fail(c, E_SnapshotVolumeState, v->id);
    if (is_paced_as_aws(c) && check_pace(c, v))
        return -1;
    return check_count(c);
}

int snapshot_check_copies(struct call *c)
{
    int64_t most = quota(c->sim, "snapshot-copies-in-progress");
    int64_t pending = store_number(
        c->store, "SELECT count(*) FROM snapshot WHERE " MINE " AND is_copy AND status = 'pending'",
        SQL_ARGS(MINE_ARGS(c)));
    if (is_paced_as_aws(c) && pending >= most)
        return fail(c, E_SnapshotCopiesInProgress, (long long)most);
    return check_count(c);
}

/* ---- Beginning ---- */

struct snapshot snapshot_new(struct call *c)
{
    struct snapshot s = { 0 };
    schema_init(&snapshot_schema, &s);
    s.id = id_new(c, "snap-");
    s.owner = c->account;
    s.region = c->region;
    s.status = "pending";
    s.lineage = s.id;
    s.declared_bytes = 0;
    s.start = c->now;
    s.tier = "standard";
    s.transfer = "standard"; /* on those that are no copies, too [recorded] */
    s.encrypted = NO;
    return s;
}

static void start(struct call *c, struct snapshot *s, int64_t quick, int64_t real)
{
    int64_t delay = pace_delay(c, quick, real);
    s->due = c->now + delay;
    store_add(c, &snapshot_schema, s);
    job_after(c, delay, &job_end_snapshot, s->id, NULL);
    snapshot_prepare(c, s);
    s->progress = NULL; /* an empty element in the answer that made it [recorded] */
}

static const char *last_of_volume(struct call *c, const char *volume)
{
    return store_word(c,
                      "SELECT id FROM snapshot WHERE volume = ? AND status <> 'error'"
                      " ORDER BY rowid DESC LIMIT 1",
                      SQL_ARGS(SQL_TEXT(volume)));
}

void snapshot_of_volume(struct call *c, const struct volume *from, const char *description,
                        struct snapshot *ret)
{
    struct snapshot s = snapshot_new(c);
    s.volume = from->id;
    s.description = description ? description : "";
    s.size = from->size;
    s.layer = volume_freeze(c, from->id);
    s.declared_bytes = from->declared_bytes;
    s.product_codes = from->product_codes;
    s.system = from->system;
    s.generalized = from->generalized;
    s.lineage = from->lineage;
    s.full_size = s.declared_bytes + layer_count(c->store, s.layer) * BLOCK_SIZE;
    s.encrypted = tri_of(from->encrypted);
    s.key = from->encrypted == YES ? from->key : NULL;
    s.parent = last_of_volume(c, from->id);
    if (!s.parent && !text_blank(from->snapshot))
        s.parent = from->snapshot;
    /* half a megabyte took 46 s [recorded]; how it grows with the data is a guess */
    start(c, &s, 50, 45 * SECOND_MS + s.full_size / (100 * MIB) * SECOND_MS);
    *ret = s;
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
        const char *copy = store_word(
            c,
            "SELECT id FROM snapshot WHERE source = ?1 AND region = ?2 AND owner = ?3"
            " AND kms_key IS ?4 AND status = 'completed' AND tier = 'standard'"
            " ORDER BY rowid DESC LIMIT 1",
            SQL_ARGS(SQL_TEXT(at.id), SQL_TEXT(c->region), SQL_TEXT(c->account), SQL_TEXT(key)));
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
    s.declared_bytes = readable ? from->declared_bytes : 0;
    if (readable) {
        s.product_codes = from->product_codes;
        s.system = from->system;
        s.generalized = from->generalized;
    }
    int64_t real = failure ? 5 * SECOND_MS : 60 * SECOND_MS + s.full_size / (50 * MIB) * SECOND_MS;
    if (minutes != ABSENT) {
        s.transfer = "time-based";
        s.duration = minutes;
        real = failure ? real : minutes * MINUTE_MS;
    }
    start(c, &s, 50, real);
    *ret = s;
}

void snapshot_put(struct call *c, const struct snapshot *s)
{
    store_put(c, &snapshot_schema, s);
    cost_changed(c, s);
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
                                 "SELECT DISTINCT i.id FROM image_mappings m JOIN image i"
                                 " ON i.id = m.parent WHERE m.snapshot = ? AND i.region = ?"
                                 " AND i.state <> 'deregistered' AND i.recycle_enter IS NULL"
                                 " ORDER BY i.rowid DESC",
                                 SQL_ARGS(SQL_TEXT(id), SQL_TEXT(c->region)));
    while (rows_next(r))
        strs_add(c->a, &images, rows_text(r, 0, c->a));
    return images;
}

/* The one that continued it continues what it continued. */
void snapshot_erase(struct call *c, const struct snapshot *s)
{
    store_exec(c->store, "UPDATE snapshot SET parent = ? WHERE parent = ?",
               SQL_ARGS(SQL_TEXT(s->parent), SQL_TEXT(s->id)));
    job_cancel(c, NULL, s->id);
    layer_unref(c->store, s->layer);
    snapshot_lock_forget(c, s->id);
    snapshot_tiering_forget(c, s->id);
    store_remove(c, &snapshot_content_schema, s->id);
    store_remove(c, &snapshot_schema, s->id);
    cost_changed(c, s);
}

/* Only what is complete goes to the bin [guess]. */
static bool recycle(struct call *c, struct snapshot *s)
{
    int64_t until =
        text_is(s->status, "completed") ? retention_until(c, RETENTION_SNAPSHOT, &s->tags) : ABSENT;
    if (until == ABSENT)
        return false;
    s->recycle_enter = c->now;
    s->recycle_exit = until;
    store_put(c, &snapshot_schema, s);
    job_after(c, until - c->now, &job_expire_snapshot, s->id, NULL);
    return true;
}

int snapshot_delete(struct call *c, const char *id)
{
    struct snapshot s;
    if (snapshot_own(c, id, &s))
        return -1;
    struct list images = snapshot_images(c, id);
    if (images.count)
        return fail(c, E_SnapshotInUse, id, strs_join(c->a, &images, ", "));
    if (snapshot_lock_holds(c, id))
        return fail(c, E_SnapshotLocked, id);
    fast_restore_end(c, id);
    if (!recycle(c, &s))
        snapshot_erase(c, &s);
    return 0;
}

/* ---- The Recycle Bin ---- */

bool snapshot_recycled(struct call *c, const char *id, struct snapshot *ret)
{
    return store_get(c, &snapshot_schema, id, ret) && ret->recycle_enter != ABSENT
           && text_is(ret->region, c->region) && text_is(ret->owner, c->account);
}

static void expire_snapshot(struct call *c, const char *id)
{
    struct snapshot s;
    if (snapshot_recycled(c, id, &s))
        snapshot_erase(c, &s);
}

JOB(expire_snapshot, .name = "expire_snapshot");
