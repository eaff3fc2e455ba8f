/* See token.h. */
#include "request/token.h"

#include <string.h>

#include "base/digest.h"
#include "base/list.h"
#include "base/text.h"
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

void token_keep(struct call *c, const char *token, const char *resource)
{
    if (!token)
        return;
    store_exec(
        c->store,
        "INSERT OR REPLACE INTO token (account, region, operation, token, fingerprint, resource)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(c->region), SQL_TEXT(c->op->name), SQL_TEXT(token),
                 SQL_TEXT(fingerprint(c)), SQL_TEXT(resource)));
}
