/* See account.h. */
#include "world/account/account.h"

#include "catalog/fixtures.h"
#include "catalog/public_image.h"
#include "store/block.h"
#include "store/noun.h"

bool account_has_fixtures(const struct sim *sim, const char *account)
{
    return LIST_FIND(struct public_image, &sim->fixtures->images, owner, account) != NULL;
}

/* A snapshot of another account that continued one of this continues what that one did outside. */
static void continue_outside(struct call *c)
{
    static const char sql[] =
        "WITH RECURSIVE going (id, outside) AS (SELECT s.id, s.parent FROM snapshot s"
        " WHERE s.owner = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM snapshot t WHERE t.id = s.parent AND t.owner = ?1)"
        " UNION ALL SELECT s.id, going.outside FROM going JOIN snapshot s ON s.parent = going.id"
        " WHERE s.owner = ?1)"
        " UPDATE snapshot SET parent = outside FROM going"
        " WHERE snapshot.parent = going.id AND snapshot.owner <> ?1";
    store_exec(c->store, sql, SQL_ARGS(SQL_TEXT(c->account)));
}

/* Blocks are counted: what holds them lets go first. What was charged goes as a whole: no lineage
 * is of two accounts. */
void account_forget(struct call *by, const char *account)
{
    static const char holders[] = LAYERS_UNREF
        "SELECT layer, count(*) FROM (SELECT layer FROM volume WHERE owner = ?1"
        " UNION ALL SELECT layer FROM snapshot WHERE owner = ?1) WHERE layer > 0 GROUP BY layer";
    struct call c = *by;
    c.account = account;
    continue_outside(&c);
    layers_unref(c.store, holders, SQL_ARGS(SQL_TEXT(account)));
    store_forget_account(&c, c.sim->contents->schemas);
}
