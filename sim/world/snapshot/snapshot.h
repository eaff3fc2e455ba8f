/* Snapshots: what a volume held at one moment. Bytes in bytes, sizes in GiB, times in virtual ms.
 *
 * States: pending -> completed | error [recorded: facts section 7]. Copies show size 0 and
 * encrypted false until they are complete; the struct holds the truth, snapshot_prepare sets what
 * is shown. */
#ifndef WORLD_SNAPSHOT_H
#define WORLD_SNAPSHOT_H

#include "base/field.h"
#include "call/call.h"
#include "time/job.h"

struct snapshot_permission {
    const char *user; /* an account, or NULL */
    const char *group; /* "all", or NULL */
};

/* What is on a disk besides its blocks; whatever is made of a volume or a snapshot has it, too. */
struct disk_content {
    int64_t declared_bytes; /* in addition to the blocks; fixtures tell no more of them than that */
    struct list product_codes; /* const char *, all of AWS Marketplace */
    const char *system; /* the public image that stands on it, "OWNER/NAME"; NULL: none */
    enum tri generalized; /* Windows after Sysprep: the next boot sets it up anew */
};

struct snapshot {
    const char *id, *owner, *region;
    const char *volume; /* vol-ffffffff for copies and EBS direct [recorded] */
    const char *description; /* "" when none was given */
    const char *status, *message;
    int64_t start, due, completed; /* due: when it will be complete (or fail) */
    int64_t size; /* GiB */
    int64_t full_size; /* bytes of all its blocks */
    enum tri encrypted;
    const char *key; /* ARN of the KMS key */
    const char *tier; /* standard, archive */
    const char *transfer; /* standard, time-based */
    int64_t duration; /* CompletionDurationMinutes, or ABSENT */
    const char *source, *source_region; /* what it was copied from */
    int64_t layer; /* its blocks: store/block.h */
    struct disk_content content;
    const char *lineage; /* what shares its blocks: a volume's and all that came from it */
    enum tri direct; /* made through EBS direct */
    /* EBS direct: ms between blocks, and until when the next must come */
    int64_t timeout, deadline;
    const char *parent; /* the snapshot before it in its chain, for incremental cost */
    enum tri is_copy;
    const char *failure; /* what a pending one will fail with, or NULL */
    const char *owner_alias; /* amazon, on Amazon's own */
    int64_t restore_expiry; /* a temporary restore from the archive: until when */
    int64_t recycle_enter, recycle_exit; /* in the Recycle Bin; ABSENT */
    struct list permissions; /* struct snapshot_permission */
    struct list tags;
    /* Set by snapshot_prepare for the caller: */
    const char *progress, *shown_message, *shown_key;
    int64_t shown_size, shown_full_size;
    enum tri shown_encrypted;
};

extern const struct schema snapshot_schema, snapshot_permission_schema;

/* As EBS direct's model has them. */
#define SNAPSHOT_PATTERN "^snap-[0-9a-f]+$"
#define BASE64_PATTERN "^[A-Za-z0-9+/=]+$"

/* What the caller can see in this Region: SQL for struct describe, with two binds: Region, account.
 * Block public access hides public ones while it blocks all sharing. */
#define SNAPSHOT_VISIBLE                                                                           \
    "region = ?1 AND recycle_enter IS NULL AND (owner = ?2"                                        \
    " OR EXISTS (SELECT 1 FROM snapshot_permissions p"                                             \
    " WHERE p.parent = snapshot.id AND (p.user = ?2 OR (p.grp = 'all' AND NOT EXISTS"              \
    " (SELECT 1 FROM snapshot_block_access x WHERE x.id = snapshot.owner || '/' || "               \
    "snapshot.region"                                                                              \
    " AND x.state = 'block-all-sharing')))))"

/* Status messages of copies that fail [recorded]. */
#define SNAPSHOT_SOURCE_MISSING "Source snapshot is not found"
#define SNAPSHOT_SOURCE_PENDING "Source snapshot is not complete"
#define SNAPSHOT_KEY_INACCESSIBLE "Given key ID is not accessible"

/* What a copy or EBS direct shows as its volume [recorded]. */
#define SNAPSHOT_NO_VOLUME "vol-ffffffff"

bool snapshot_find(struct call *c, const char *id,
                   struct snapshot *ret); /* anyone's, this Region */
bool snapshot_find_in(struct call *c, const char *region, const char *id, struct snapshot *ret);
bool snapshot_visible(struct call *c, const struct snapshot *s); /* own, shared or public */
/* One that the caller owns; else InvalidSnapshot.NotFound "The snapshot 'x' does not exist." */
int snapshot_own(struct call *c, const char *id, struct snapshot *ret);
/* Fails where the snapshot is in the archive: nothing can be made of it there. */
int snapshot_check_tier(struct call *c, const struct snapshot *s);
/* Sets what is computed; as struct describe wants it. */
bool snapshot_prepare(struct call *c, void *snapshot);

/* A pending one of the caller with an identifier of its own; nothing is stored yet. */
struct snapshot snapshot_new(struct call *c);
/* Stores a new one and plans its end, quick or real ms from now as the pace has it; sets what the
 * answer that made it shows. All snapshots of one call (CreateImage, CreateSnapshots) carry the
 * same start, c->now; .due says when each will be complete. */
void snapshot_start(struct call *c, struct snapshot *s, int64_t quick, int64_t real);
/* Begins a copy into this Region. key: ARN it will be encrypted with, or NULL. failure: the message
 * it will fail with, or NULL; a copy that fails for its source has no key. minutes:
 * CompletionDurationMinutes or ABSENT. */
void snapshot_copy_of(struct call *c, const struct snapshot *from, const char *key,
                      const char *description, const char *failure, int64_t minutes,
                      struct snapshot *ret);
/* One of EBS direct waits anew for its next block. */
void snapshot_wait_for_blocks(struct call *c, const struct snapshot *s);
/* A pending one completes, or fails as it was to. */
void snapshot_finish(struct call *c, struct snapshot *s);
/* Stores it as it is, and charges anew what its blocks cost. */
void snapshot_put(struct call *c, const struct snapshot *s);
/* Images of this Region that use it, newest first (const char * ids). */
struct list snapshot_images(struct call *c, const char *id);
/* One that the caller has in the Recycle Bin. */
bool snapshot_recycled(struct call *c, const char *id, struct snapshot *ret);

#endif
