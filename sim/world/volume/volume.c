/* Volumes in the store: who finds which, what becomes of them. Which operation asks for
 * it, and how it words its refusals of identifiers, is known to the operations. */
#include "world/volume/volume.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/region.h"
#include "store/block.h"
#include "store/noun.h"
#include "store/tag_row.h"
#include "time/job.h"
#include "world/account/retention_rule.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/fast_restore.h"
#include "world/snapshot/snapshot.h"

extern const struct job_kind job_volume_attached, job_volume_created, job_volume_detached,
    job_volume_gone;

/* ---- Finding ---- */

bool volume_prepare(struct call *c, void *volume)
{
    struct volume *v = volume;
    v->arn = arena_printf(c->a, "arn:aws:ec2:%s:%s:volume/%s", v->region, v->owner, v->id);
    v->shown_key = v->key_given == YES ? v->key : NULL;
    return true;
}

static bool find_own_volume(struct call *c, const char *id, struct volume *ret)
{
    return store_get(c, &volume_schema, id, ret) && text_is(ret->region, c->region)
           && text_is(ret->owner, c->account);
}

bool volume_find(struct call *c, const char *id, struct volume *ret)
{
    return find_own_volume(c, id, ret) && !text_is(ret->status, "deleting")
           && ret->recycle_enter == ABSENT;
}

bool volume_find_recycled(struct call *c, const char *id, struct volume *ret)
{
    return find_own_volume(c, id, ret) && ret->recycle_enter != ABSENT;
}

int volume_own(struct call *c, const char *id, struct volume *ret)
{
    return volume_find(c, id, ret) ? 0 : fail(c, E_VolumeNotFound, id);
}

void volume_put(struct call *c, const struct volume *v)
{
    store_put(c, &volume_schema, v);
}

struct attachment *volume_attachment(const struct volume *v, const char *instance)
{
    return LIST_FIND(struct attachment, &v->attachments, instance, instance);
}

struct list volumes_of(struct call *c, const char *instance)
{
    return store_list(c, &volume_schema,
                      "id IN (SELECT parent FROM volume_attachments WHERE instance = ?1)"
                      " ORDER BY (SELECT device FROM volume_attachments"
                      " WHERE parent = id AND instance = ?1)",
                      SQL_ARGS(SQL_TEXT(instance)));
}

int64_t volume_used(struct call *c, const struct volume *v)
{
    int64_t bytes = v->content.declared_bytes + layer_count(c->store, v->layer) * BLOCK_SIZE;
    int64_t gib = bytes / (BLOCKS_IN_GIB * BLOCK_SIZE);
    /* a restored size may be any number: it is multiplied once it is known to be small */
    return v->size >= 0 && v->size <= gib ? v->size * BLOCKS_IN_GIB * BLOCK_SIZE : bytes;
}

int64_t volume_copies_in_progress(struct call *c)
{
    return store_count(c, &volume_schema, MINE " AND source IS NOT NULL AND status = 'creating'",
                       SQL_ARGS(MINE_ARGS(c)));
}

/* ---- Making ---- */

struct volume_spec volume_spec_new(void)
{
    return (struct volume_spec){
        .size = ABSENT, .iops = ABSENT, .throughput = ABSENT, .initialization_rate = ABSENT
    };
}

/* What a volume is made from: nothing, a snapshot or another volume. */
struct origin {
    enum tri encrypted;
    const char *owner, *key, *lineage; /* lineage: of a snapshot */
    int64_t layer; /* of a snapshot */
    struct disk_content content;
};

static struct origin origin_of(struct call *c, const struct volume_spec *spec)
{
    struct snapshot s;
    struct volume v;
    if (spec->source && volume_find(c, spec->source, &v))
        return (struct origin){
            .encrypted = v.encrypted, .owner = v.owner, .key = v.key, .content = v.content
        };
    /* whether the caller may see it is asked before: who may launch an image needs no share of its
     * snapshots */
    if (!text_blank(spec->snapshot) && snapshot_find(c, spec->snapshot, &s))
        return (struct origin){ s.encrypted, s.owner, s.key, s.lineage, s.layer, s.content };
    return (struct origin){ 0 };
}

/* A reference that names no key is shown as it was written [recorded]. */
static void take_named_key(struct call *c, struct volume *v, const char *reference)
{
    struct kms_key key = { 0 };
    v->rolled_back = kms_key_lookup(c, reference, &key) ? NO : YES;
    v->key = key.arn ? key.arn : reference;
    v->key_given = YES;
}

static void take_volume_key(struct call *c, struct volume *v, const char *reference,
                            const struct origin *from)
{
    struct kms_key key;
    if (reference) {
        take_named_key(c, v, reference);
    } else if (from->key && text_is(from->owner, c->account)) {
        v->key = from->key;
        v->key_given = YES;
    } else {
        /* a foreign encrypted snapshot is restored under the caller's own default key [recorded] */
        kms_key_for_ebs(c, &key);
        v->key = key.arn;
    }
    const struct key_need *need = from->key ? &need_volume_to : &need_volume_new;
    if (v->rolled_back != YES && kms_key_use(c, need, v->key) != KEY_USABLE)
        v->rolled_back = YES;
    if (from->key && kms_key_use(c, &need_volume_from, from->key) != KEY_USABLE)
        v->rolled_back = YES;
}

static struct volume begin_volume(struct call *c, const struct volume_spec *spec)
{
    NOUN(struct volume, volume_schema, v);
    v.id = id_new(c, "vol-");
    v.owner = c->account;
    v.region = c->region;
    v.zone = spec->zone;
    v.zone_id = zone_find(region_find(c->sim, c->region), spec->zone)->id;
    v.type = spec->type;
    v.status = "creating";
    v.created = c->now;
    v.size = spec->size;
    v.iops = spec->iops;
    v.throughput = spec->throughput;
    v.initialization_rate = spec->initialization_rate;
    v.snapshot = spec->snapshot ? spec->snapshot : "";
    v.source = spec->source;
    v.encrypted = NO;
    v.multi_attach = tri_of(spec->multi_attach);
    v.auto_io = NO;
    return v;
}

/* Nothing is written: a new volume stands on the blocks of what it is made from. */
static int64_t first_layer(struct call *c, const struct volume_spec *spec,
                           const struct origin *from)
{
    if (!spec->source)
        return layer_new(c->store, from->layer);
    int64_t frozen = volume_freeze(c, spec->source), layer = layer_new(c->store, frozen);
    layer_unref(c->store, frozen); /* held by the new one */
    return layer;
}

int64_t volume_freeze(struct call *c, const char *id)
{
    int64_t layer =
        store_number(c->store, "SELECT layer FROM volume WHERE id = ?", SQL_ARGS(SQL_TEXT(id)));
    int64_t frozen = layer_freeze(c->store, &layer);
    store_exec(c->store, "UPDATE volume SET layer = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(layer), SQL_TEXT(id)));
    return frozen;
}

void volume_remove(struct call *c, const struct volume *v)
{
    layer_unref(c->store, v->layer);
    store_remove(c, &volume_modification_schema, v->id);
    store_remove(c, &volume_schema, v->id);
}

void volume_create(struct call *c, const struct volume_spec *spec, struct volume *ret)
{
    struct origin from = origin_of(c, spec);
    struct volume v = begin_volume(c, spec);
    v.layer = first_layer(c, spec, &from);
    v.content = from.content;
    if (v.content.declared_bytes == ABSENT)
        v.content.declared_bytes = 0;
    /* what was another's, or comes from another volume, is stored anew with its first snapshot
     * [guess] */
    v.lineage = from.lineage && text_is(from.owner, c->account) ? from.lineage : v.id;
    if (spec->encrypted == YES || from.encrypted == YES || kms_key_encrypts_by_default(c)) {
        v.encrypted = YES;
        take_volume_key(c, &v, spec->key, &from);
    }
    if (!text_blank(v.snapshot) && fast_restore_works(c, v.snapshot, v.zone))
        v.fast_restored = YES;
    int64_t delay = pace_delay(c, 20, 5 * SECOND_MS);
    store_put(c, &volume_schema, &v);
    job_after(c, delay, &job_volume_created, v.id, NULL);
    volume_prepare(c, &v);
    *ret = v;
}

static void volume_created(struct call *c, const char *id)
{
    struct volume v;
    if (!volume_find(c, id, &v) || !text_is(v.status, "creating"))
        return;
    if (v.rolled_back == YES) {
        volume_remove(c, &v);
        return;
    }
    v.status = v.attachments.count ? "in-use" : "available";
    store_put(c, &volume_schema, &v);
}

JOB(volume_created, .name = "volume_created");

/* ---- Attaching ---- */

/* Of the jobs that end what volume_attach and volume_detach began. */
struct attachment_change {
    const char *instance;
};

static const struct field attachment_change_fields[] = {
    { TEXT_FIELD(struct attachment_change, instance), .column = "instance" },
    { 0 },
};

void volume_attach(struct call *c, struct volume *v, const char *instance, const char *device,
                   enum tri delete_on_termination)
{
    struct attachment *a = list_add(c->a, &v->attachments, struct attachment);
    *a = (struct attachment){
        .volume = v->id,
        .instance = instance,
        .device = device,
        .status = "attaching",
        .at = c->now,
        .delete_on_termination = tri_of(delete_on_termination),
    };
    if (!text_is(v->status, "creating"))
        v->status = "in-use";
    store_put(c, &volume_schema, v);
    job_after(c, pace_delay(c, 30, 6 * SECOND_MS), &job_volume_attached, v->id,
              &(struct attachment_change){ instance });
}

static void volume_attached(struct call *c, const char *id, const struct attachment_change *in)
{
    struct volume v;
    struct attachment *a = volume_find(c, id, &v) ? volume_attachment(&v, in->instance) : NULL;
    if (!a || !text_is(a->status, "attaching"))
        return;
    if (v.encrypted == YES && v.rolled_back != YES
        && kms_key_use(c, &need_attach, v.key) != KEY_USABLE) {
        /* the volume cannot be decrypted for the instance [guide: EventBridge events of
         * attachVolume] */
        a->status = "detaching";
        volume_finish_detaching(c, &v, in->instance);
        return;
    }
    a->status = "attached";
    store_put(c, &volume_schema, &v);
}

JOB_WITH(volume_attached, attachment_change_fields, struct attachment_change,
         .name = "volume_attached");

void volume_detach(struct call *c, struct volume *v, const char *instance)
{
    struct attachment *a = volume_attachment(v, instance);
    if (!a)
        return;
    a->status = "detaching";
    store_put(c, &volume_schema, v);
    job_after(c, pace_delay(c, 20, 4 * SECOND_MS), &job_volume_detached, v->id,
              &(struct attachment_change){ instance });
}

void volume_finish_detaching(struct call *c, struct volume *v, const char *instance)
{
    struct list rest = { 0 };
    LIST_EACH (struct attachment, a, &v->attachments) {
        if (!text_is(a->instance, instance) || !text_is(a->status, "detaching"))
            *list_add(c->a, &rest, struct attachment) = *a;
    }
    v->attachments = rest;
    v->frozen = UNSET;
    if (!rest.count && text_is(v->status, "in-use"))
        v->status = "available";
    store_put(c, &volume_schema, v);
}

static void volume_detached(struct call *c, const char *id, const struct attachment_change *in)
{
    struct volume v;
    if (volume_find(c, id, &v))
        volume_finish_detaching(c, &v, in->instance);
}

JOB_WITH(volume_detached, attachment_change_fields, struct attachment_change,
         .name = "volume_detached");

/* Until when a rule keeps it; nothing keeps one that never was. */
static int64_t kept_until(struct call *c, const struct volume *v)
{
    if (text_is(v->status, "creating"))
        return ABSENT;
    struct list tags = tags_of(c, v->id);
    return retention_until(c, RETENTION_VOLUME, &tags);
}

void volume_delete(struct call *c, struct volume *v)
{
    int64_t until = kept_until(c, v);
    v->attachments = (struct list){ 0 };
    v->status = until == ABSENT ? "deleting" : "available";
    if (until != ABSENT) {
        v->recycle_enter = c->now;
        v->recycle_exit = until;
    }
    job_cancel(c, NULL, v->id);
    store_put(c, &volume_schema, v);
    job_after(c, until == ABSENT ? pace_delay(c, 20, 3 * SECOND_MS) : until - c->now,
              &job_volume_gone, v->id, NULL);
}

/* Also at the end of its time in the Recycle Bin. */
static void volume_gone(struct call *c, const char *id)
{
    struct volume v;
    if (store_get(c, &volume_schema, id, &v))
        volume_remove(c, &v);
}

JOB(volume_gone, .name = "volume_gone");
