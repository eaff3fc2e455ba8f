/* Volumes. Sizes in GiB, throughput in MiB/s. States: creating -> available <-> in-use -> deleting. */
#ifndef WORLD_VOLUME_H
#define WORLD_VOLUME_H

#include "base/field.h"
#include "call/call.h"

struct attachment {
    const char *volume, *instance, *device, *status; /* attaching, attached, detaching */
    int64_t at;             /* attachTime */
    enum tri delete_on_termination;
};

struct volume {
    const char *id, *owner, *region;
    const char *zone, *zone_id, *type, *status;
    int64_t created, size, iops, throughput;
    int64_t used;           /* bytes that its blocks hold */
    const char *snapshot;   /* "" when it was made empty */
    const char *source;     /* CopyVolumes */
    enum tri encrypted, multi_attach;
    const char *key;        /* ARN of the KMS key */
    enum tri key_given;     /* CreateVolume shows the key only then [recorded] */
    int64_t initialization_rate;
    enum tri auto_io;
    struct list attachments; /* struct attachment, stored with it */
    struct list tags;
    const char *arn;        /* set by volume_prepare */
};

extern const struct kind volume_kind, attachment_kind;

#define VOLUME_VISIBLE "region = ?1 AND owner = ?2"

/* What is wanted of a new volume; 0 or ABSENT or NULL: by default. */
struct volume_spec {
    const char *zone;     /* name */
    const char *type, *snapshot, *key;
    int64_t size, iops, throughput, initialization_rate;
    enum tri encrypted, multi_attach;
};

bool volume_prepare(struct call *c, void *volume);
bool volume_find(struct call *c, const char *id, struct volume *ret); /* the caller's, this Region */
/* Makes it in state creating, with its job; the spec has been checked (volume_check). */
void volume_create(struct call *c, const struct volume_spec *spec, struct volume *ret);
/* Type, size, iops and throughput with their defaults and AWS's refusals; fills what was left out. */
int volume_check(struct call *c, struct volume_spec *spec);
/* Instances attach and detach through these. The volume goes in-use / available by a job. */
void volume_attach(struct call *c, struct volume *v, const char *instance, const char *device,
                   enum tri delete_on_termination);
void volume_detach(struct call *c, struct volume *v, const char *instance);
void volume_delete(struct call *c, struct volume *v);
/* The volumes attached to an instance, in order of their devices (struct volume). */
struct list volumes_of(struct call *c, const char *instance);

#endif
