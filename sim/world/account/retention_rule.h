/* The Recycle Bin: retention rules (service rbin), and until when what is deleted is kept.
 *
 * A noun that can be kept has two times, recycle_enter and recycle_exit (ABSENT outside the bin).
 * Its deletion asks retention_until(), and where that says a time it sets both and a job for the
 * end.
 */
#ifndef WORLD_RETENTION_RULE_H
#define WORLD_RETENTION_RULE_H

#include "base/field.h"
#include "call/call.h"

/* Resource types of rules, as rbin writes them. */
#define RETENTION_SNAPSHOT "EBS_SNAPSHOT"
#define RETENTION_IMAGE "EC2_IMAGE"
#define RETENTION_VOLUME "EBS_VOLUME"

struct retention_rule {
    const char *id, *account, *region, *type, *description;
    int64_t days; /* RetentionPeriodValue */
    int64_t unlock_days; /* UnlockDelayValue; ABSENT: it was never locked */
    /* ms: when a rule that is being unlocked will be; ABSENT: locked, or never */
    int64_t unlocked_from;
    /* struct tag, value NULL: any. One must match; none: every resource */
    struct list resource_tags;
    struct list exclude_tags; /* struct tag: of a rule for every resource */
    const char *lock_state, *arn; /* set before it is shown */
};

/* VIEW_BRIEF of reply/emit_noun.h is a rule in a list, VIEW_DESCRIBED a whole one; this one has its
 * LockConfiguration besides. */
#define RETENTION_VIEW_LOCK (1 << 8)

extern const struct schema retention_rule_schema, retention_tag_schema;

/* The caller's, in this Region; else ResourceNotFoundException. */
int retention_rule_own(struct call *c, const char *id, struct retention_rule *ret);
/* The ARN of the caller's rule of that id. */
const char *retention_rule_arn(struct call *c, const char *id);

/* Whether one of the tags is the wanted one; its value NULL: any. */
bool retention_tag_met(const struct list *tags, const struct tag *wanted);

/* Until when a resource with these tags (struct tag), deleted now by its owner, is kept: the
 * longest of the rules that match [guide]. ABSENT: no rule does. */
int64_t retention_until(struct call *c, const char *type, const struct list *tags);

/* locked, pending_unlock, unlocked; NULL: it was never locked. */
const char *retention_lock_state(const struct call *c, const struct retention_rule *rule);

#endif
