/* KMS: what happens to a key from its creation to its end: EnableKey, DisableKey,
 * UpdateKeyDescription, ScheduleKeyDeletion, CancelKeyDeletion. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "ops/kms/kms_common.h"
#include "reply/emit.h"
#include "time/job.h"

extern const struct job_kind job_delete_key;

/* ---- EnableKey, DisableKey ---- */

static int set_key_state(struct call *c, const struct kms_key_named *in, const char *state)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key) || kms_not_pending(c, &key))
        return -1;
    key.state = state;
    kms_key_put(c, &key);
    return 0;
}

static int enable_key(struct call *c, const struct kms_key_named *in)
{
    return set_key_state(c, in, "Enabled");
}

static int disable_key(struct call *c, const struct kms_key_named *in)
{
    return set_key_state(c, in, "Disabled");
}

OPERATION_AS(kms, EnableKey, enable_key, kms_key_named_params, struct kms_key_named,
             .flags = OP_WRITES, .errors = KMS_KEY_ERRORS, .effects = "Disabled -> Enabled");
OPERATION_AS(
    kms, DisableKey, disable_key, kms_key_named_params, struct kms_key_named, .flags = OP_WRITES,
    .errors = KMS_KEY_ERRORS,
    .effects = "Enabled -> Disabled; EC2 cannot encrypt with it or read what it encrypted");

/* ---- UpdateKeyDescription ---- */

struct update_key_description {
    const char *key, *description;
};

static const struct param update_key_description_params[] = {
    KMS_KEY_ID(struct update_key_description, key),
    { "Description", TEXT(struct update_key_description, description),
      .flags = PARAM_REQUIRED | PARAM_EMPTY, .max = 8192 },
    { 0 },
};

static int update_key_description(struct call *c, const struct update_key_description *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key) || kms_not_pending(c, &key))
        return -1;
    key.description = in->description;
    kms_key_put(c, &key);
    return 0;
}

OPERATION(kms, UpdateKeyDescription, update_key_description, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS);

/* ---- Deletion ---- */

struct schedule_key_deletion {
    const char *key;
    int64_t days;
};

static const struct param schedule_key_deletion_params[] = {
    KMS_KEY_ID(struct schedule_key_deletion, key),
    /* the model says 1 to 365; what is taken is 7 to 30 [guide] */
    { "PendingWindowInDays", INT(struct schedule_key_deletion, days), .min = 7, .max = 30,
      .otherwise = "30" },
    { 0 },
};

static int schedule_key_deletion(struct call *c, const struct schedule_key_deletion *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key) || kms_not_pending_deletion(c, &key))
        return -1;
    key.state = "PendingDeletion";
    key.deletion = c->now + in->days * DAY_MS;
    kms_key_put(c, &key);
    job_after(c, in->days * DAY_MS, &job_delete_key, key.arn, NULL);
    emit_text(c, "KeyId", key.arn);
    emit_epoch(c, "DeletionDate", key.deletion);
    emit_text(c, "KeyState", key.state);
    emit_int(c, "PendingWindowInDays", in->days);
    return 0;
}

OPERATION(
    kms, ScheduleKeyDeletion, schedule_key_deletion, .flags = OP_WRITES, .errors = KMS_KEY_ERRORS,
    .effects = "any -> PendingDeletion; when the window ends the key, its aliases and grants go");

static void delete_key(struct call *c, const char *subject)
{
    struct kms_key key;
    if (kms_key_find(c, subject, &key) && text_is(key.state, "PendingDeletion"))
        kms_key_remove(c, subject);
}

JOB(delete_key, .name = "delete_key");

/* The key comes back disabled, never enabled [recorded]. */
static int cancel_key_deletion(struct call *c, const struct kms_key_named *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key))
        return -1;
    if (!text_is(key.state, "PendingDeletion"))
        return fail(c, E_KmsState, key.arn, "not pending deletion");
    key.state = "Disabled";
    key.deletion = ABSENT;
    kms_key_put(c, &key);
    job_cancel(c, &job_delete_key, key.arn);
    emit_text(c, "KeyId", key.arn);
    return 0;
}

OPERATION_AS(kms, CancelKeyDeletion, cancel_key_deletion, kms_key_named_params,
             struct kms_key_named, .flags = OP_WRITES, .errors = KMS_KEY_ERRORS,
             .effects = "PendingDeletion -> Disabled");
