/* Whether an account lets its snapshots be public in a Region: Enable- and
 * DisableSnapshotBlockPublicAccess, GetSnapshotBlockPublicAccessState. */
#include "call/op.h"
#include "reply/emit.h"
#include "world/snapshot/snapshot_block_access.h"

struct enable_snapshot_block_public_access {
    const char *state;
};

static const char *const states[] = { "block-all-sharing", "block-new-sharing", NULL };

static const struct param enable_snapshot_block_public_access_params[] = {
    { "State", TEXT(struct enable_snapshot_block_public_access, state), .flags = PARAM_REQUIRED,
      .values = states },
    { 0 },
};

static int enable_snapshot_block_public_access(struct call *c,
                                               const struct enable_snapshot_block_public_access *in)
{
    snapshot_block_access_set(c, in->state);
    emit_text(c, "state", in->state);
    return 0;
}

OPERATION(ec2, EnableSnapshotBlockPublicAccess, enable_snapshot_block_public_access,
          .flags = OP_WRITES, .errors = "InvalidParameterValue",
          .effects = "No snapshot of the account can be made public in this Region any more; "
                     "block-all-sharing hides those that are.");

static int disable_snapshot_block_public_access(struct call *c, const struct no_input *in)
{
    (void)in;
    snapshot_block_access_set(c, "unblocked");
    emit_text(c, "state", "unblocked");
    return 0;
}

OPERATION_AS(ec2, DisableSnapshotBlockPublicAccess, disable_snapshot_block_public_access, no_params,
             struct no_input, .flags = OP_WRITES,
             .effects = "Public snapshots can be made, and hidden ones show.");

static int get_snapshot_block_public_access_state(struct call *c, const struct no_input *in)
{
    (void)in;
    emit_text(c, "state", snapshot_block_access_state(c));
    emit_text(c, "managedBy", "account");
    return 0;
}

OPERATION_AS(ec2, GetSnapshotBlockPublicAccessState, get_snapshot_block_public_access_state,
             no_params, struct no_input, .flags = 0);
