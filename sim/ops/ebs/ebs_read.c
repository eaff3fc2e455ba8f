/* EBS direct, reading: ListSnapshotBlocks, ListChangedBlocks, GetSnapshotBlock.
 *
 * Tokens are opaque to clients: what they stand for, an expiry, and a seal that only this process
 * can make. A block token fits one block of one snapshot; every listing makes new ones, old ones
 * stay good until they expire [recorded]. */

#include "base/digest.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"
#include "request/page.h"
#include "request/seal.h"
#include "store/block.h"
#include "time/job.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot.h"

#define TOKEN_LIFE (585000 * SECOND_MS) /* [recorded] */
/* EC2 calls a snapshot completed some 57 seconds before EBS direct can read it [recorded]. */
#define READABLE_AFTER (57 * SECOND_MS)

/* ---- Which snapshots can be read ---- */

static bool is_public_snapshot(const struct snapshot *s)
{
    return LIST_FIND(struct snapshot_permission, &s->permissions, group, "all") != NULL;
}

static int find_readable(struct call *c, const char *id, struct snapshot *ret)
{
    bool found = snapshot_find(c, id, ret) && snapshot_visible(c, ret);
    if (found && !text_is(ret->owner, c->account) && is_public_snapshot(ret))
        return fail_with_reason(c, E_EbsSnapshot, "Public snapshots are not supported");
    bool ready = found && text_is(ret->status, "completed") && !text_is(ret->tier, "archive")
                 && c->now >= ret->completed + pace_delay(c, 0, READABLE_AFTER);
    return ready ? 0 : fail_with_reason(c, E_EbsNoSnapshot, id);
}

/* A key that may not be described is as good as none. One that is disabled lists, but opens no
 * block [recorded]. */
static int check_listed_key(struct call *c, const struct snapshot *s)
{
    if (s->encrypted != YES)
        return 0;
    enum key_verdict verdict = kms_key_use(c, &need_direct_list, s->key);
    return verdict == KEY_FORBIDDEN || verdict == KEY_UNKNOWN
               ? fail_with_reason(c, E_EbsKeyNotFound)
               : 0;
}

static int check_block_key(struct call *c, const struct snapshot *s)
{
    if (s->encrypted != YES)
        return 0;
    switch (kms_key_use(c, &need_direct_block, s->key)) {
    case KEY_USABLE:
        return 0;
    case KEY_DISABLED:
    case KEY_PENDING_DELETION:
        return fail_with_reason(c, E_EbsKeyDisabled, s->key);
    default:
        return fail_with_reason(c, E_EbsKeyNotFound);
    }
}

/* ---- Pages ---- */

#define LIST_ROWS(S)                                                                               \
    { "pageToken",          TEXT(S, page.next_token),                                              \
      .shape = "nextToken", .pattern = BASE64_PATTERN,                                             \
      .flags = PARAM_QUERY, .max = 256 },                                                          \
        { "maxResults", INT(S, page.max_results), .flags = PARAM_QUERY, .min = 100,                \
          .max = 10000 },                                                                          \
    {                                                                                              \
        "startingBlockIndex", INT(S, start), .flags = PARAM_QUERY, .max = INT32_MAX                \
    }

/* `start` is for the first page. */
static int open_block_page(struct call *c, const char *of, const struct paging *in, int64_t start,
                           struct page *ret)
{
    if (page_open(c, NULL, in, of, ret))
        return -1;
    if (!in->next_token && start != ABSENT)
        ret->from = start;
    return 0;
}

/* The members behind the list; an empty listing has expired already [recorded]. */
static void emit_listing_end(struct call *c, const struct snapshot *s, bool empty,
                             const char *token)
{
    emit_epoch(c, "ExpiryTime", empty ? c->now : c->now + TOKEN_LIFE);
    token ? emit_text(c, "NextToken", token) : emit_null(c, "NextToken");
    emit_int(c, "VolumeSize", s->size);
}

static const char *block_name(struct call *c, const char *snapshot)
{
    return arena_printf(c->a, "block/%s", snapshot);
}

static void emit_block_token(struct call *c, const char *name, const char *snapshot,
                             int64_t position)
{
    emit_text(c, name, seal_token(c, block_name(c, snapshot), position, TOKEN_LIFE));
}

/* ---- ListSnapshotBlocks ---- */

struct list_snapshot_blocks {
    const char *snapshot;
    struct paging page;
    int64_t start;
};

static const struct param list_snapshot_blocks_params[] = {
    { "snapshotId", TEXT(struct list_snapshot_blocks, snapshot), .pattern = SNAPSHOT_PATTERN,
      .flags = PARAM_REQUIRED | PARAM_PATH, .min = 1, .max = 64 },
    LIST_ROWS(struct list_snapshot_blocks),
    { 0 },
};

static int list_snapshot_blocks(struct call *c, const struct list_snapshot_blocks *in)
{
    struct snapshot s;
    struct page page;
    const char *of = arena_printf(c->a, "page/%s", in->snapshot), *next = NULL;
    if (find_readable(c, in->snapshot, &s) || check_listed_key(c, &s)
        || open_block_page(c, of, &in->page, in->start, &page))
        return -1;
    struct list blocks = layer_blocks(c->store, c->a, s.layer, page.from, page.size + 1);
    if ((int64_t)blocks.count > page.size)
        next = page_token(c, &page, list_at(&blocks, struct placed, --blocks.count)->position);
    emit_int(c, "BlockSize", BLOCK_SIZE);
    emit_list(c, "Blocks");
    LIST_EACH (struct placed, p, &blocks) {
        emit_item(c);
        emit_int(c, "BlockIndex", p->position);
        emit_block_token(c, "BlockToken", s.id, p->position);
        emit_close(c);
    }
    emit_close(c);
    emit_listing_end(c, &s, !blocks.count, next);
    return 0;
}

OPERATION(ebs, ListSnapshotBlocks, list_snapshot_blocks,
          .route = "GET /snapshots/{snapshotId}/blocks",
          .errors = "ValidationException ResourceNotFoundException AccessDeniedException");

/* ---- ListChangedBlocks ---- */

struct list_changed_blocks {
    const char *first, *second;
    struct paging page;
    int64_t start;
};

static const struct param list_changed_blocks_params[] = {
    /* not required in the model, yet refused without [recorded] */
    { "firstSnapshotId", TEXT(struct list_changed_blocks, first), .pattern = SNAPSHOT_PATTERN,
      .flags = PARAM_QUERY, .min = 1, .max = 64 },
    { "secondSnapshotId", TEXT(struct list_changed_blocks, second), .pattern = SNAPSHOT_PATTERN,
      .flags = PARAM_REQUIRED | PARAM_PATH, .min = 1, .max = 64 },
    LIST_ROWS(struct list_changed_blocks),
    { 0 },
};

/* One lineage: snapshots of one volume, or one made from the other. */
static bool is_ancestor(struct call *c, const struct snapshot *old, const struct snapshot *young)
{
    struct snapshot at = *young;
    for (int steps = 0; at.parent && steps < 10000; steps++) {
        if (text_is(at.parent, old->id))
            return true;
        if (!snapshot_find(c, at.parent, &at))
            return false;
    }
    return false;
}

static bool are_related(struct call *c, const struct snapshot *a, const struct snapshot *b)
{
    if (!text_is(a->volume, SNAPSHOT_NO_VOLUME) && text_is(a->volume, b->volume))
        return true;
    return text_is(a->id, b->id) || is_ancestor(c, a, b) || is_ancestor(c, b, a);
}

struct changed_block {
    int64_t position;
    bool in_first, in_second;
};

/* Two sorted lists in step: positions whose blocks differ. */
static struct list compare_blocks(struct call *c, const struct list *first,
                                  const struct list *second, int64_t most)
{
    struct list changes = { 0 };
    size_t i = 0, j = 0;
    while ((i < first->count || j < second->count) && (int64_t)changes.count < most) {
        const struct placed *a = i < first->count ? list_at(first, struct placed, i) : NULL;
        const struct placed *b = j < second->count ? list_at(second, struct placed, j) : NULL;
        bool use_a = a && (!b || a->position <= b->position);
        bool use_b = b && (!a || b->position <= a->position);
        if (!(use_a && use_b && a->block == b->block)) {
            struct changed_block *change = list_add(c->a, &changes, struct changed_block);
            change->position = use_a ? a->position : b->position;
            change->in_first = use_a;
            change->in_second = use_b;
        }
        i += use_a;
        j += use_b;
    }
    return changes;
}

static void emit_changed_block(struct call *c, const struct changed_block *change,
                               const struct list_changed_blocks *in)
{
    emit_item(c);
    emit_int(c, "BlockIndex", change->position);
    if (change->in_first)
        emit_block_token(c, "FirstBlockToken", in->first, change->position);
    if (change->in_second)
        emit_block_token(c, "SecondBlockToken", in->second, change->position);
    emit_close(c);
}

static int find_snapshot_pair(struct call *c, const struct list_changed_blocks *in,
                              struct snapshot *first, struct snapshot *second)
{
    if (!in->first)
        return fail_with_reason(c, E_EbsSnapshot, "First snapshot should not be empty or null");
    if (find_readable(c, in->first, first) || find_readable(c, in->second, second)
        || check_listed_key(c, second))
        return -1;
    return are_related(c, first, second)
               ? 0
               : fail_with_reason(c, E_EbsUnrelated, in->first, in->second);
}

static int list_changed_blocks(struct call *c, const struct list_changed_blocks *in)
{
    struct snapshot first, second;
    struct page page;
    const char *next = NULL;
    const char *of = arena_printf(c->a, "page/%s/%s", in->first ? in->first : "", in->second);
    if (find_snapshot_pair(c, in, &first, &second)
        || open_block_page(c, of, &in->page, in->start, &page))
        return -1;
    struct list old = layer_blocks(c->store, c->a, first.layer, page.from, INT32_MAX);
    struct list young = layer_blocks(c->store, c->a, second.layer, page.from, INT32_MAX);
    struct list changes = compare_blocks(c, &old, &young, page.size + 1);
    if ((int64_t)changes.count > page.size) {
        changes.count--;
        next =
            page_token(c, &page, list_at(&changes, struct changed_block, changes.count)->position);
    }
    emit_int(c, "BlockSize", BLOCK_SIZE);
    emit_list(c, "ChangedBlocks");
    LIST_EACH (struct changed_block, change, &changes)
        emit_changed_block(c, change, in);
    emit_close(c);
    emit_listing_end(c, &second, !changes.count, next);
    return 0;
}

OPERATION(ebs, ListChangedBlocks, list_changed_blocks,
          .route = "GET /snapshots/{secondSnapshotId}/changedblocks",
          .errors = "ValidationException ResourceNotFoundException AccessDeniedException");

/* ---- GetSnapshotBlock ---- */

struct get_snapshot_block {
    const char *snapshot, *token;
    int64_t index;
};

static const struct param get_snapshot_block_params[] = {
    { "snapshotId", TEXT(struct get_snapshot_block, snapshot), .pattern = SNAPSHOT_PATTERN,
      .flags = PARAM_REQUIRED | PARAM_PATH, .min = 1, .max = 64 },
    { "blockIndex", INT(struct get_snapshot_block, index), .flags = PARAM_REQUIRED | PARAM_PATH,
      .max = INT32_MAX },
    { "blockToken", TEXT(struct get_snapshot_block, token), .pattern = BASE64_PATTERN,
      .flags = PARAM_REQUIRED | PARAM_QUERY, .max = 256 },
    { 0 },
};

static int get_snapshot_block(struct call *c, const struct get_snapshot_block *in)
{
    struct snapshot s;
    int64_t position;
    unsigned char digest[SHA256_SIZE];
    if (find_readable(c, in->snapshot, &s) || check_block_key(c, &s))
        return -1;
    if (!seal_read(c, in->token, block_name(c, s.id), &position) || position != in->index)
        return fail_with_reason(c, E_EbsBlockToken, in->token);
    char *bytes = arena_bytes(c->a, BLOCK_SIZE);
    layer_read_digest(c->store, s.layer, in->index, bytes, digest);
    call_add_header(c, "x-amz-Data-Length", "524288");
    call_add_header(c, "x-amz-Checksum", base64_encode(c->a, digest, sizeof digest));
    call_add_header(c, "x-amz-Checksum-Algorithm", "SHA256");
    emit_bytes(c, "application/octet-stream", bytes, BLOCK_SIZE);
    return 0;
}

OPERATION(ebs, GetSnapshotBlock, get_snapshot_block,
          .route = "GET /snapshots/{snapshotId}/blocks/{blockIndex}",
          .errors = "ValidationException ResourceNotFoundException AccessDeniedException");
