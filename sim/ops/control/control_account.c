/* GET /_amisim/accounts: who has something in this world, or asked for something lately. */
#include "base/text.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "scenario/record.h"
#include "store/store.h"
#include "world/account/account.h"

/* What somebody has of a kind in a Region. */
struct holding {
    const char *account, *region;
    int64_t counts[4]; /* in the order of `kinds` */
};

static const char *const kinds[] = { "images", "snapshots", "volumes", "instances" };

#define EACH " GROUP BY owner, region"
static const char holdings_sql[] =
    "SELECT owner, region, 0, count(*) FROM image WHERE state <> 'deregistered'"
    " AND recycle_enter IS NULL" EACH
    " UNION ALL SELECT owner, region, 1, count(*) FROM snapshot WHERE recycle_enter IS NULL" EACH
    " UNION ALL SELECT owner, region, 2, count(*) FROM volume WHERE recycle_enter IS NULL" EACH
    " UNION ALL SELECT owner, region, 3, count(*) FROM instance WHERE state <> 'terminated'" EACH
    " ORDER BY 1, 2";

/* By account, then by Region. Those that only fixtures fill are left out: nobody asks as them. */
static struct list holdings_of_all(struct call *c)
{
    struct list all = { 0 };
    struct rows *r = store_query(c->store, holdings_sql, NULL);
    struct holding *last = NULL;
    while (rows_next(r)) {
        const char *account = rows_text(r, 0, c->a), *region = rows_text(r, 1, c->a);
        if (!last || !text_is(last->account, account) || !text_is(last->region, region)) {
            last = list_add(c->a, &all, struct holding);
            *last = (struct holding){ account, region, { 0 } };
        }
        last->counts[rows_int(r, 2)] = rows_int(r, 3);
    }
    return all;
}

static void emit_caller(struct call *c, const struct caller *caller)
{
    if (!caller)
        return;
    emit_time(c, "lastCall", caller->last);
    emit_int(c, "calls", caller->requests);
}

static void emit_holding(struct call *c, const struct holding *h)
{
    emit_item(c);
    emit_text(c, "region", h->region);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        emit_int(c, kinds[i], h->counts[i]);
    emit_close(c);
}

/* The first of the holdings and those behind it that are of its account: they are taken off. */
static struct list take_account(struct list *rest)
{
    struct list taken = { .items = rest->items };
    const char *account = list_at(rest, struct holding, 0)->account;
    while (taken.count < rest->count
           && text_is(list_at(rest, struct holding, taken.count)->account, account))
        taken.count++;
    rest->items = list_at(rest, struct holding, taken.count);
    rest->count -= taken.count;
    return taken;
}

static void emit_account(struct call *c, const char *account, const struct list *holdings,
                         const struct caller *caller)
{
    emit_item(c);
    emit_text(c, "account", account);
    emit_caller(c, caller);
    emit_list(c, "regions");
    LIST_EACH (struct holding, h, holdings)
        emit_holding(c, h);
    emit_close(c);
    emit_close(c);
}

static bool is_publisher(struct call *c, const char *account, const struct caller *caller)
{
    return !caller && account_has_fixtures(c->sim, account);
}

void control_emit_accounts(struct call *c)
{
    struct list rest = holdings_of_all(c), callers = record_callers(c->sim, c->a);
    struct list shown = { 0 };
    emit_list(c, "accounts");
    while (rest.count) {
        struct list taken = take_account(&rest);
        const char *account = list_at(&taken, struct holding, 0)->account;
        const struct caller *caller = LIST_FIND(struct caller, &callers, account, account);
        strs_add(c->a, &shown, account);
        if (!is_publisher(c, account, caller))
            emit_account(c, account, &taken, caller);
    }
    LIST_EACH (struct caller, caller, &callers) {
        if (!strs_have(&shown, caller->account))
            emit_account(c, caller->account, &(struct list){ 0 }, caller);
    }
    emit_close(c);
}

static int list_accounts(struct call *c, const struct no_input *in)
{
    (void)in;
    control_emit_accounts(c);
    return 0;
}

OPERATION_AS(control, ListAccounts, list_accounts, no_params, struct no_input,
             .route = "GET /_amisim/accounts");
