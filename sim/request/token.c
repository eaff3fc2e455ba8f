/* See token.h. */
#include "request/token.h"

#include <string.h>

#include "base/digest.h"
#include "base/list.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "store/store.h"

/* A text that is the same for requests that mean the same: children sorted, indexes left out. */
static const char *canonical(struct arena *a, const struct value *v, bool top)
{
    struct list parts = { 0 };
    if (v->type != VALUE_MAP && v->type != VALUE_LIST)
        return value_to_json(a, v, 0);
    for (const struct value *child = v->first; child; child = child->next) {
        if (top && text_is(child->key, "ClientToken"))
            continue;
        bool index = !child->key || strspn(child->key, "0123456789") == strlen(child->key);
        strs_add(a, &parts,
                 arena_printf(a, "%s=%s", index ? "" : child->key, canonical(a, child, false)));
    }
    strs_sort(&parts);
    return arena_printf(a, "{%s}", strs_join(a, &parts, ","));
}

static const char *fingerprint(struct call *c)
{
    unsigned char digest[SHA256_SIZE];
    const char *text = canonical(c->a, c->input, true);
    sha256(text, strlen(text), digest);
    return hex_encode(c->a, digest, sizeof digest);
}

enum token_verdict token_look(struct call *c, const char *token, const char **ret_resource)
{
    *ret_resource = NULL;
    if (!token)
        return TOKEN_NEW;
    struct rows *r = store_query(c->store,
                                 "SELECT fingerprint, resource FROM token WHERE account = ?"
                                 " AND region = ? AND operation = ? AND token = ?",
                                 SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(c->region),
                                          SQL_TEXT(c->op->name), SQL_TEXT(token)));
    if (!rows_next(r))
        return TOKEN_NEW;
    const char *before = rows_text(r, 0, c->a);
    *ret_resource = rows_text(r, 1, c->a);
    rows_end(r);
    return text_is(before, fingerprint(c)) ? TOKEN_USED : TOKEN_MISUSED;
}

int token_find(struct call *c, const char *token, const char **ret_resource)
{
    return token_look(c, token, ret_resource) == TOKEN_MISUSED ? fail(c, E_IdempotentMismatch) : 0;
}

/* ---- Forgetting ---- */

struct kept_token {
    const char *account, *region, *operation, *token, *noun, *resource;
    bool was_gone; /* when it was looked at last */
};

/* Of a reservation its instances are there. */
static bool is_there(struct call *c, const struct kept_token *t)
{
    const struct schema *const *k = c->sim->contents->schemas;
    while (*k && !text_is((*k)->name, t->noun))
        k++;
    if (!*k || !t->resource)
        return false;
    const char *key = text_starts(t->resource, "r-") ? "reservation" : (*k)->fields[0].column;
    const char *sql = arena_printf(c->a, "SELECT 1 FROM %s WHERE %s = ? LIMIT 1", (*k)->name, key);
    return store_number(c->store, sql, SQL_ARGS(SQL_TEXT(t->resource))) != ABSENT;
}

#define THIS_TOKEN " WHERE account = ?1 AND region = ?2 AND operation = ?3 AND token = ?4"
#define TOKEN_ARGS(t)                                                                              \
    SQL_TEXT((t)->account), SQL_TEXT((t)->region), SQL_TEXT((t)->operation), SQL_TEXT((t)->token)

static void look_again(struct call *c, const struct kept_token *t)
{
    bool there = is_there(c, t);
    if (!there && t->was_gone)
        store_exec(c->store, "DELETE FROM token" THIS_TOKEN, SQL_ARGS(TOKEN_ARGS(t)));
    else
        store_exec(c->store, "UPDATE token SET due = ?5, gone = ?6" THIS_TOKEN,
                   SQL_ARGS(TOKEN_ARGS(t), SQL_INT(c->now + DAY_MS), SQL_INT(!there)));
}

/* So many for each one that is kept: what is over is forgotten faster than new ones come. */
#define LOOKED_AT "4"

static void forget_some(struct call *c)
{
    struct list due = { 0 };
    struct rows *r = store_query(c->store,
                                 "SELECT account, region, operation, token, noun, resource, gone"
                                 " FROM token WHERE ifnull(due, 0) <= ?"
                                 " ORDER BY ifnull(due, 0) LIMIT " LOOKED_AT,
                                 SQL_ARGS(SQL_INT(c->now)));
    while (rows_next(r)) {
        struct kept_token *t = list_add(c->a, &due, struct kept_token);
        const char **texts[] = { &t->account, &t->region, &t->operation,
                                 &t->token,   &t->noun,   &t->resource };
        for (int i = 0; i < 6; i++)
            *texts[i] = rows_text(r, i, c->a);
        t->was_gone = rows_int(r, 6) == 1;
    }
    LIST_EACH (struct kept_token, t, &due)
        look_again(c, t);
}

void token_keep(struct call *c, const char *token, const struct schema *k, const char *resource)
{
    if (!token)
        return;
    forget_some(c);
    store_exec(c->store,
               "INSERT OR REPLACE INTO token (account, region, operation, token, fingerprint,"
               " resource, noun, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
               SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(c->region), SQL_TEXT(c->op->name),
                        SQL_TEXT(token), SQL_TEXT(fingerprint(c)), SQL_TEXT(resource),
                        SQL_TEXT(k->name), SQL_INT(c->now + DAY_MS)));
}
