/* EBS direct, writing: StartSnapshot, PutSnapshotBlock, CompleteSnapshot. A snapshot made of blocks
 * that a client sends; EC2 shows it like any other. */
#include "base/digest.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/block.h"
#include "store/tag_row.h"
#include "world/account/sts_session.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_limit.h"

extern const struct job_kind job_ebs_timeout, job_ebs_complete;

static const char *const sha256_only[] = { "SHA256", NULL };
static const char *const linear_only[] = { "LINEAR", NULL };

/* The caller's own snapshot of this Region that EBS direct made and that is still open for blocks.
 */
static int find_direct_snapshot(struct call *c, const char *id, struct snapshot *ret)
{
    if (!snapshot_find(c, id, ret) || !text_is(ret->owner, c->account) || ret->direct != YES)
        return fail_with_reason(c, E_EbsNoSnapshot, id);
    return 0;
}

/* ---- StartSnapshot ---- */

struct start_snapshot {
    int64_t size, timeout;
    const char *parent, *description, *token, *key;
    enum tri encrypted;
    struct list tags; /* struct tag */
};

/* EC2's rules and texts, as an error of EBS direct. */
static int refuse_tag(struct call *c, enum tag_problem what, const char *key)
{
    static const char *const texts[] = {
        [TAG_NO_KEY] = E_TEXT(E_TagNoKey),         [TAG_RESERVED] = E_TEXT(E_TagReserved),
        [TAG_KEY_LENGTH] = E_TEXT(E_TagKeyLength), [TAG_VALUE_LENGTH] = E_TEXT(E_TagValueLength),
        [TAG_TOO_MANY] = E_TEXT(E_TagLimit),
    };
    return fail_with_reason(c, E_EbsTag,
                            what == TAG_REPEATED ? arena_printf(c->a, E_TEXT(E_TagDuplicate), key)
                                                 : texts[what]);
}

static const struct tag_words direct_tag_words = {
    .rows = { { "Key", TEXT(struct tag, key), .max = 127 },
              { "Value", TEXT(struct tag, value), .flags = PARAM_EMPTY, .max = 255 },
              { 0 } },
    .no_value = "",
    .most = 50,
    .refuse = refuse_tag,
};

static const struct param start_snapshot_params[] = {
    { "VolumeSize", INT(struct start_snapshot, size), .flags = PARAM_REQUIRED, .min = 1,
      .max = 65536 },
    { "ParentSnapshotId", TEXT(struct start_snapshot, parent), .pattern = SNAPSHOT_PATTERN,
      .min = 1, .max = 64 },
    { "Tags", TAGS(struct start_snapshot, tags, direct_tag_words) },
    { "Description", TEXT(struct start_snapshot, description), .max = 255 },
    { "ClientToken", TEXT(struct start_snapshot, token), .max = 255 },
    { "Encrypted", BOOL(struct start_snapshot, encrypted) },
    { "KmsKeyArn", TEXT(struct start_snapshot, key), .min = 1, .max = 2048 },
    { "Timeout", INT(struct start_snapshot, timeout), .min = 10, .max = 4320, .otherwise = "60" },
    { 0 },
};

static int check_start_request(struct call *c, const struct start_snapshot *in)
{
    if (in->parent && in->encrypted != UNSET)
        return fail_with_reason(c, E_EbsParameter,
                                "ParentSnapshotId and Encrypt cannot be specified together");
    if (in->parent && in->key)
        return fail_with_reason(c, E_EbsParameter,
                                "ParentSnapshotId and KmsKeyArn cannot be specified together");
    if (in->encrypted == NO && in->key)
        return fail_with_reason(c, E_EbsParameter,
                                "Encrypt cannot be false when KmsKeyArn is specified");
    if (in->encrypted == NO && kms_key_encrypts_by_default(c))
        return fail_with_reason(
            c, E_EbsParameter,
            "Encrypt cannot be false when encryption by default is enabled"); /* [guess] */
    return 0;
}

static int check_parent_snapshot(struct call *c, const struct start_snapshot *in,
                                 struct snapshot *parent)
{
    if (!in->parent)
        return 0;
    if (!snapshot_find(c, in->parent, parent) || !text_is(parent->owner, c->account))
        return fail_with_reason(c, E_EbsNoSnapshot, in->parent);
    if (!text_is(parent->status, "completed"))
        return fail_with_reason(c, E_EbsParentIncomplete, in->parent);
    if (in->size < parent->size)
        return fail_with_reason(
            c, E_EbsVolumeSize,
            "The volume size must not be smaller than that of the parent snapshot");
    if (parent->encrypted != YES && kms_key_encrypts_by_default(c))
        return fail_with_reason(
            c, E_EbsParameter,
            "An unencrypted parent cannot be used with encryption by default"); /* [guess] */
    return 0;
}

/* What the caller lacks of a key, as an error that names the action [recorded]. */
static int refuse_direct_key(struct call *c, const struct key_need *need, enum key_verdict verdict,
                             const char *key)
{
    if (verdict == KEY_DISABLED || verdict == KEY_PENDING_DELETION)
        return fail_with_reason(c, E_EbsKeyDisabled, key);
    if (verdict == KEY_INACCESSIBLE)
        return fail_with_reason(c, E_EbsKeyAction, caller_arn(c), need->actions[0], key);
    return fail_with_reason(c, E_EbsKey,
                            arena_printf(c->a, "The KMS key '%s' cannot be used", key));
}

static int check_parent_key(struct call *c, const struct snapshot *parent)
{
    if (parent->encrypted != YES)
        return 0;
    enum key_verdict verdict = kms_key_use(c, &need_direct_parent_read, parent->key);
    if (verdict == KEY_INACCESSIBLE || verdict == KEY_UNKNOWN)
        return fail_with_reason(c, E_EbsKeyNotFound);
    if (verdict == KEY_USABLE)
        verdict = kms_key_use(c, &need_direct_parent, parent->key);
    return verdict == KEY_USABLE ? 0
                                 : refuse_direct_key(c, &need_direct_parent, verdict, parent->key);
}

/* The key the snapshot will be under: its parent's, the one named, or the Region's default. */
static int choose_direct_key(struct call *c, const struct start_snapshot *in, struct snapshot *s,
                             const struct snapshot *parent)
{
    if (in->parent) {
        s->encrypted = parent->encrypted;
        s->key = parent->key;
        return check_parent_key(c, parent);
    }
    enum key_verdict verdict = kms_key_choose(c, &need_direct_new, in->key, in->encrypted, &s->key);
    if (verdict == KEY_USABLE && !in->key && s->key)
        verdict = kms_key_use(c, &need_direct_new, s->key);
    if (verdict != KEY_USABLE)
        return refuse_direct_key(c, &need_direct_new, verdict, s->key ? s->key : in->key);
    s->encrypted = s->key ? YES : NO;
    return 0;
}

/* A snapshot in the answer that began it: members in alphabetical order, null for what is not set;
 * the status of a replay is what it was [recorded]. */
static const struct schema started_schema = {
    .name = "started_snapshot",
    .size = sizeof(struct snapshot),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct snapshot, description), .json = "Description" },
            { TEXT_FIELD(struct snapshot, key), .json = "KmsKeyArn", .flags = FIELD_SHOW_NULL },
            { TEXT_FIELD(struct snapshot, owner), .json = "OwnerId" },
            { TEXT_FIELD(struct snapshot, parent), .json = "ParentSnapshotId",
              .flags = FIELD_SHOW_NULL },
            { TEXT_FIELD(struct snapshot, id), .json = "SnapshotId" },
            { .type = FIELD_NEVER, .json = "SseType", .flags = FIELD_SHOW_NULL },
            { TIME_FIELD(struct snapshot, start), .json = "StartTime" },
            { CONSTANT_FIELD("pending"), .json = "Status" },
            { 0 } },
};

static void emit_started(struct call *c, const struct snapshot *s, const struct list *tags)
{
    emit_int(c, "BlockSize", BLOCK_SIZE);
    emit_noun(c, &started_schema, s, VIEW_CREATED);
    tags->count ? tags_emit(c, &direct_tag_words, "Tags", tags) : emit_null(c, "Tags");
    emit_int(c, "VolumeSize", s->size);
    c->outcome.status = 201;
}

static int replay_start(struct call *c, const char *id, const struct start_snapshot *in)
{
    struct snapshot s;
    if (!snapshot_find(c, id, &s))
        return fail(c, E_EbsConflict); /* [guess] the snapshot is gone */
    emit_started(c, &s, &in->tags);
    return 0;
}

static int start_snapshot(struct call *c, const struct start_snapshot *in)
{
    struct snapshot parent = { 0 }, s;
    const char *made;
    if (check_start_request(c, in) || tags_check(c, &direct_tag_words, &in->tags))
        return -1;
    if (token_look(c, in->token, &made) == TOKEN_MISUSED)
        return fail(c, E_EbsConflict);
    if (made)
        return replay_start(c, made, in);
    s = snapshot_new(c);
    if (check_parent_snapshot(c, in, &parent) || snapshot_check_direct(c)
        || choose_direct_key(c, in, &s, &parent))
        return -1;
    s.volume = SNAPSHOT_NO_VOLUME;
    s.description = in->description ? in->description : "";
    s.size = in->size;
    s.parent = in->parent;
    s.direct = YES;
    s.timeout = in->timeout * MINUTE_MS;
    s.deadline = c->now + s.timeout;
    s.layer = layer_new(c->store, in->parent ? parent.layer : 0);
    if (in->parent) {
        s.lineage = parent.lineage;
        s.content = parent.content;
    }
    snapshot_put(c, &s);
    tags_put(c, "snapshot", s.id, &in->tags);
    job_after(c, s.timeout, &job_ebs_timeout, s.id, NULL);
    token_keep(c, in->token, &snapshot_schema, s.id);
    emit_started(c, &s, &in->tags);
    return 0;
}

OPERATION(ebs, StartSnapshot, start_snapshot, .route = "POST /snapshots", .flags = OP_WRITES,
          .errors = "ValidationException ResourceNotFoundException ConflictException "
                    "ConcurrentLimitExceededException",
          .effects = "a snapshot begins, pending, and waits for blocks until its timeout");

/* Each block put moves the deadline; the job that finds it in the future waits on. */
static void ebs_timeout(struct call *c, const char *id)
{
    struct snapshot s;
    if (!snapshot_find(c, id, &s) || !text_is(s.status, "pending") || s.due != ABSENT)
        return;
    if (s.deadline > c->now) {
        job_after(c, s.deadline - c->now, &job_ebs_timeout, id, NULL);
        return;
    }
    s.failure = "Snapshot timed out"; /* [guess] */
    snapshot_finish(c, &s);
}

JOB(ebs_timeout, .name = "ebs_timeout");

/* ---- PutSnapshotBlock ---- */

struct put_snapshot_block {
    const char *snapshot, *checksum, *algorithm;
    int64_t index, length, progress;
};

static const struct param put_snapshot_block_params[] = {
    { "snapshotId", TEXT(struct put_snapshot_block, snapshot), .pattern = SNAPSHOT_PATTERN,
      .flags = PARAM_REQUIRED | PARAM_PATH, .min = 1, .max = 64 },
    { "blockIndex", INT(struct put_snapshot_block, index), .flags = PARAM_REQUIRED | PARAM_PATH,
      .max = INT32_MAX },
    { "x-amz-Data-Length", INT(struct put_snapshot_block, length), .shape = "dataLength",
      .flags = PARAM_REQUIRED | PARAM_HEADER },
    { "x-amz-Progress", INT(struct put_snapshot_block, progress), .shape = "progress",
      .flags = PARAM_HEADER, .max = 100 },
    { "x-amz-Checksum", TEXT(struct put_snapshot_block, checksum), .shape = "checksum",
      .pattern = BASE64_PATTERN, .flags = PARAM_REQUIRED | PARAM_HEADER, .max = 64 },
    { "x-amz-Checksum-Algorithm", TEXT(struct put_snapshot_block, algorithm),
      .shape = "checksumAlgorithm", .flags = PARAM_REQUIRED | PARAM_HEADER, .max = 32 },
    { "BlockData", .type = PARAM_BLOB, .flags = PARAM_REQUIRED | PARAM_BODY },
    { 0 },
};

static int check_put_block(struct call *c, const struct put_snapshot_block *in,
                           const struct snapshot *s)
{
    if (!text_is(in->algorithm, sha256_only[0]))
        return fail_with_reason(c, E_EbsAlgorithm, in->algorithm);
    if (c->body_size != BLOCK_SIZE)
        return fail_with_reason(c, E_EbsParameter, "Failed to read block data");
    if (in->length != BLOCK_SIZE)
        return fail_with_reason(c, E_EbsBlockLength, (long long)in->length);
    if (in->index >= s->size * BLOCKS_IN_GIB)
        return fail_with_reason(c, E_EbsBlockBeyond, (long long)in->index);
    if (!text_is(s->status, "pending") || s->due != ABSENT)
        return fail_with_reason(c, E_EbsSnapshot, "Snapshot is already completed");
    return 0;
}

static int put_snapshot_block(struct call *c, const struct put_snapshot_block *in)
{
    struct snapshot s;
    unsigned char digest[SHA256_SIZE];
    if (find_direct_snapshot(c, in->snapshot, &s) || check_put_block(c, in, &s))
        return -1;
    sha256(c->body, c->body_size, digest);
    const char *computed = base64_encode(c->a, digest, sizeof digest);
    if (!text_is(computed, in->checksum))
        return fail(c, E_EbsChecksum, computed, in->checksum);
    layer_write(c->store, s.layer, in->index, c->body, digest);
    snapshot_wait_for_blocks(c, &s);
    call_add_header(c, "x-amz-Checksum", computed);
    call_add_header(c, "x-amz-Checksum-Algorithm", sha256_only[0]);
    c->outcome.status = 201;
    return 0;
}

OPERATION(ebs, PutSnapshotBlock, put_snapshot_block,
          .route = "PUT /snapshots/{snapshotId}/blocks/{blockIndex}",
          .flags = OP_WRITES | OP_TAKES_BYTES,
          .errors = "ValidationException ResourceNotFoundException InvalidSignatureException",
          .effects = "the block is written; the timeout starts anew");

/* ---- CompleteSnapshot ---- */

struct complete_snapshot {
    const char *snapshot, *checksum, *algorithm, *aggregation;
    int64_t count;
};

static const struct param complete_snapshot_params[] = {
    { "snapshotId", TEXT(struct complete_snapshot, snapshot), .pattern = SNAPSHOT_PATTERN,
      .flags = PARAM_REQUIRED | PARAM_PATH, .min = 1, .max = 64 },
    { "x-amz-ChangedBlocksCount", INT(struct complete_snapshot, count),
      .shape = "changedBlocksCount", .flags = PARAM_REQUIRED | PARAM_HEADER, .max = INT32_MAX },
    { "x-amz-Checksum", TEXT(struct complete_snapshot, checksum), .shape = "checksum",
      .pattern = BASE64_PATTERN, .flags = PARAM_HEADER, .max = 64 },
    { "x-amz-Checksum-Algorithm", TEXT(struct complete_snapshot, algorithm),
      .shape = "checksumAlgorithm", .flags = PARAM_HEADER, .values = sha256_only },
    { "x-amz-Checksum-Aggregation-Method", TEXT(struct complete_snapshot, aggregation),
      .shape = "checksumAggregationMethod", .flags = PARAM_HEADER, .values = linear_only },
    { 0 },
};

static int check_checksum(struct call *c, const struct complete_snapshot *in)
{
    const char *missing = !in->checksum      ? "Snapshot checksum"
                          : !in->algorithm   ? "Checksum algorithm"
                          : !in->aggregation ? "Checksum aggregation method"
                                             : NULL;
    if (!missing || (!in->checksum && !in->algorithm && !in->aggregation))
        return 0;
    return fail_with_reason(
        c, E_EbsParameter,
        arena_printf(c->a, "Invalid parameter combination. %s is missing.", missing));
}

/* LINEAR: the SHA-256 of the raw digests of the blocks sent, in ascending order [recorded]. */
static const char *aggregate_checksum(struct call *c, int64_t layer)
{
    size_t n = 0;
    unsigned char *digests = layer_digests(c->store, c->a, layer, &n), digest[SHA256_SIZE];
    sha256(digests, n, digest);
    return base64_encode(c->a, digest, sizeof digest);
}

/* A wrong count or checksum is no error of the call: the snapshot ends in one. */
static const char *find_mismatch(struct call *c, const struct complete_snapshot *in,
                                 const struct snapshot *s)
{
    if (layer_own_count(c->store, s->layer) != in->count)
        return "Changed blocks count mismatch for snapshot";
    if (in->checksum && !text_is(aggregate_checksum(c, s->layer), in->checksum))
        return "Checksum mismatch for snapshot";
    return NULL;
}

/* Why the snapshot ends in error; NULL: it does not. */
struct ebs_complete {
    const char *wrong;
};

static const struct field ebs_complete_fields[] = {
    { TEXT_FIELD(struct ebs_complete, wrong), .column = "wrong" },
    { 0 },
};

static int complete_snapshot(struct call *c, const struct complete_snapshot *in)
{
    struct snapshot s;
    if (check_checksum(c, in) || find_direct_snapshot(c, in->snapshot, &s))
        return -1;
    c->outcome.status = 202;
    if (!text_is(s.status, "pending") || s.due != ABSENT) {
        emit_text(c, "Status", s.status); /* sealed: any count is taken [recorded] */
        return 0;
    }
    int64_t delay = pace_delay(c, 20, 1500);
    s.due = c->now + delay;
    snapshot_put(c, &s);
    job_after(c, delay, &job_ebs_complete, s.id,
              &(struct ebs_complete){ find_mismatch(c, in, &s) });
    emit_text(c, "Status", "pending");
    return 0;
}

OPERATION(ebs, CompleteSnapshot, complete_snapshot,
          .route = "POST /snapshots/completion/{snapshotId}", .flags = OP_WRITES,
          .errors = "ValidationException ResourceNotFoundException",
          .effects = "the snapshot is sealed; soon it is completed, or in error where the count or "
                     "checksum is wrong");

static void ebs_complete(struct call *c, const char *id, const struct ebs_complete *in)
{
    struct snapshot s;
    if (!snapshot_find(c, id, &s) || !text_is(s.status, "pending"))
        return;
    s.failure = in->wrong;
    if (!in->wrong)
        s.full_size = s.content.declared_bytes + layer_count(c->store, s.layer) * BLOCK_SIZE;
    snapshot_finish(c, &s);
}

JOB_WITH(ebs_complete, ebs_complete_fields, struct ebs_complete, .name = "ebs_complete");
