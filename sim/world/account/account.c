/* See account.h. */
#include "world/account/account.h"

#include "catalog/fixtures.h"
#include "catalog/public_image.h"
#include "store/noun.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"
#include "world/volume/volume.h"

bool account_has_fixtures(const struct sim *sim, const char *account)
{
    return LIST_FIND(struct public_image, &sim->fixtures->images, owner, account) != NULL;
}

/* Blocks are counted, and those of others in the same lineage are charged anew: these two kinds are
 * taken down one by one. */
void account_forget(struct call *by, const char *account)
{
    struct call c = *by;
    struct list removed = { 0 };
    c.account = account;
    struct list volumes = store_list(&c, &volume_schema, "owner = ?", SQL_ARGS(SQL_TEXT(account)));
    LIST_EACH (struct volume, v, &volumes) {
        c.region = v->region;
        volume_remove(&c, v);
        strs_add(c.a, &removed, v->id);
    }
    struct list snapshots =
        store_list(&c, &snapshot_schema, "owner = ?", SQL_ARGS(SQL_TEXT(account)));
    LIST_EACH (struct snapshot, s, &snapshots) {
        c.region = s->region;
        snapshot_erase(&c, s);
        strs_add(c.a, &removed, s->id);
    }
    store_forget_account(&c, c.sim->contents->schemas, &removed);
}
