/* Volumes. Sizes in GiB, throughput and rates in MiB/s, times in virtual ms; numbers that are not
 * there are ABSENT. States: creating -> available <-> in-use -> deleting. */
#ifndef WORLD_VOLUME_H
#define WORLD_VOLUME_H

#include "base/field.h"
#include "call/call.h"
#include "store/store.h"
#include "world/snapshot/snapshot.h"

struct attachment {
    const char *volume, *instance, *device, *status; /* attaching, attached, detaching */
    int64_t at; /* when it began */
    enum tri delete_on_termination;
};

struct volume {
    const char *id, *owner, *region;
    const char *zone, *zone_id, *type, *status;
    int64_t created, size, iops, throughput;
    int64_t layer; /* its blocks: store/block.h */
    struct disk_content content;
    const char *lineage; /* as its snapshots have it */
    const char *snapshot; /* "" when it was made empty */
    const char *source; /* CopyVolumes */
    enum tri encrypted, multi_attach;
    const char *key; /* ARN of the KMS key */
    enum tri key_given; /* CreateVolume shows the key only then [recorded] */
    enum tri rolled_back; /* its key cannot be used: it vanishes instead of becoming available */
    int64_t initialization_rate; /* of the blocks of its snapshot, where one was asked for */
    enum tri auto_io; /* I/O goes on by itself after the volume was impaired */
    int64_t recycle_enter, recycle_exit; /* in the Recycle Bin; ABSENT */
    struct list attachments; /* struct attachment, stored with it */
    enum tri frozen; /* its guest lets nothing be written until it is thawed (fsfreeze) */
    struct list tags;
    enum tri fast_restored; /* by a fast snapshot restore of its snapshot */
    /* Set by volume_prepare: */
    const char *arn;
    const char *shown_key; /* in the answer that made it */
};

/* The latest modification of a volume: modifying, optimizing, completed. */
struct volume_modification {
    const char *volume; /* the key of the table */
    const char *owner, *region, *state;
    int64_t started, applied,
        ended; /* applied: when it is optimizing; ended: when it will be done */
    int64_t size, iops, throughput, old_size, old_iops, old_throughput;
    const char *type, *old_type;
    enum tri multi_attach, old_multi_attach;
    struct list starts; /* of those of the last day, in ms, as text */
    /* Set by modification_prepare: */
    int64_t progress, shown_end;
};

extern const struct schema volume_schema, attachment_schema, volume_modification_schema;

#define VOLUME_VISIBLE MINE " AND recycle_enter IS NULL"

/* What is wanted of a new volume; ABSENT or NULL: by default. */
struct volume_spec {
    const char *zone; /* name */
    const char *type, *snapshot;
    const char *key; /* as the caller wrote it; its right to be there has been checked */
    const char *source; /* CopyVolumes: the caller's volume */
    int64_t size, iops, throughput, initialization_rate;
    enum tri encrypted, multi_attach;
};

/* Sets what is computed; as struct describe wants it. */
bool volume_prepare(struct call *c, void *volume);
/* The caller's, in this Region; one that is being deleted is no longer found. */
bool volume_find(struct call *c, const char *id, struct volume *ret);
/* The same, or InvalidVolume.NotFound. */
int volume_own(struct call *c, const char *id, struct volume *ret);
void volume_put(struct call *c, const struct volume *v);
/* A spec in which nothing is wanted. */
struct volume_spec volume_spec_new(void);
/* Type, size, iops and throughput with their defaults and AWS's refusals; fills what was left out.
 * A volume of a snapshot is at least as large as that [recorded]. */
int volume_check(struct call *c, struct volume_spec *spec);
/* Fails where several attachments are asked of a type that cannot have them; the type has been
 * checked. */
int volume_check_multi_attach(struct call *c, const struct volume_spec *spec);
/* Makes it in state creating, with its job; the spec has been checked (volume_check). It is
 * encrypted when it was asked to be, when its snapshot is, or by default; under the key that was
 * named, else the one of the caller's own snapshot, else the default one [recorded]. A key that is
 * not there or cannot be used refuses nothing: the volume vanishes (rolled_back) [recorded]. */
void volume_create(struct call *c, const struct volume_spec *spec, struct volume *ret);
/* The volume is in-use (as soon as it is made) and its attachment attaching, attached by a job. */
void volume_attach(struct call *c, struct volume *v, const char *instance, const char *device,
                   enum tri delete_on_termination);
/* The attachment is detaching; gone, and the volume available with its last one, by a job. */
void volume_detach(struct call *c, struct volume *v, const char *instance);
/* Ends what volume_detach began. */
void volume_finish_detaching(struct call *c, struct volume *v, const char *instance);
/* What a snapshot of it holds: its layer as it is now, held for the snapshot (store/block.h). */
int64_t volume_freeze(struct call *c, const char *id);
/* Takes it out of the world at once, with its blocks. */
void volume_remove(struct call *c, const struct volume *v);
/* Its attachments end; it shows deleting for a moment, then it is gone. Or it goes into the Recycle
 * Bin at once, where a rule keeps it. */
void volume_delete(struct call *c, struct volume *v);
/* One of the caller's in the Recycle Bin. */
bool volume_find_recycled(struct call *c, const char *id, struct volume *ret);
/* Begins to make it what the spec says (checked by volume_check): it is so when it is optimizing.
 */
void volume_modify(struct call *c, const struct volume *v, const struct volume_spec *spec,
                   struct volume_modification *ret);
/* The latest one of a volume; false: there was none. */
bool volume_modification_find(struct call *c, const char *volume, struct volume_modification *ret);
/* As volume_prepare. */
bool modification_prepare(struct call *c, void *modification);
/* How many of the caller's are being made of others. */
int64_t volume_copies_in_progress(struct call *c);
/* Bytes that its blocks hold. */
int64_t volume_used(struct call *c, const struct volume *v);
/* The attachment to an instance, or NULL. */
struct attachment *volume_attachment(const struct volume *v, const char *instance);
/* The volumes attached to an instance, in order of their devices (struct volume). */
struct list volumes_of(struct call *c, const char *instance);

/* What a gp3 volume has without asking. */
#define GP3_IOPS 3000
#define GP3_THROUGHPUT 125

/* The limits of a volume type. */
struct volume_type {
    const char *name;
    int64_t min_size, max_size;
    int64_t min_iops, max_iops, iops_per_gib; /* 0: iops cannot be set */
    int64_t max_throughput; /* 0: throughput cannot be set */
    bool iops_required, multi_attach;
};
/* By its name, in capitals or not; NULL: there is no such type. */
const struct volume_type *volume_type_find(const char *name);

#endif
