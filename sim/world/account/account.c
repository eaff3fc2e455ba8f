/* See account.h. */
#include "world/account/account.h"

#include "catalog/fixtures.h"
#include "catalog/public_image.h"
#include "store/block.h"
#include "store/noun.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"
#include "world/volume/volume.h"

bool account_has_fixtures(const struct sim *sim, const char *account)
{
    return LIST_FIND(struct public_image, &sim->fixtures->images, owner, account) != NULL;
}

/* Blocks are counted: what holds them lets go one by one, the newest first, for no layer then has
 * to join the one above it. What was charged goes as a whole: no lineage is of two accounts. */
void account_forget(struct call *by, const char *account)
{
    struct call c = *by;
    c.account = account;
    const struct sql_arg *of_account = SQL_ARGS(SQL_TEXT(account));
    struct list volumes = store_list(&c, &volume_schema, "owner = ?", of_account);
    struct list snapshots =
        store_list(&c, &snapshot_schema, "owner = ? ORDER BY rowid DESC", of_account);
    LIST_EACH (struct volume, v, &volumes)
        layer_unref(c.store, v->layer);
    LIST_EACH (struct snapshot, s, &snapshots)
        snapshot_let_go(&c, s);
    store_forget_account(&c, c.sim->contents->schemas);
}
