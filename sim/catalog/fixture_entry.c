/* See fixture_entry.h. */
#include "catalog/fixture_entry.h"

#include <string.h>

#include "base/text.h"
#include "call/decode.h"

int fixtures_wrong(struct call *c, const struct value *at, const char *what, const char *expected)
{
    return fail(c, 400, "BadFile", "%s:%d: %s; %s was expected", at->file ? at->file : "fixtures",
                at->line, what, expected);
}

int fixtures_decode(struct call *c, const struct param *params, const struct value *entry,
                    void *into)
{
    return decode_names(c, params, entry, complain_yaml)
                   || decode_values(c, params, entry, into, complain_yaml)
               ? -1
               : 0;
}

int fixtures_account(struct call *c, const struct value *account)
{
    if (account->type == VALUE_TEXT && text_digits(account->text, 12))
        return 0;
    return fixtures_wrong(c, account, "'owner' is no account number", "twelve digits in quotes");
}

int fixtures_accounts(struct call *c, const struct value *accounts)
{
    for (const struct value *v = accounts ? accounts->first : NULL; v; v = v->next) {
        if (fixtures_account(c, v))
            return -1;
    }
    return 0;
}

const char *fixtures_in_region(struct arena *a, const char *text, const char *region)
{
    const char *at = strstr(text, "{region}");
    return at ? arena_printf(a, "%.*s%s%s", (int)(at - text), text, region, at + strlen("{region}"))
              : text;
}
