/* See fixture_entry.h. */
#include "catalog/fixture_entry.h"

#include <string.h>

#include "base/embedded.h"
#include "base/log.h"
#include "base/text.h"
#include "call/decode.h"
#include "catalog/fixtures.h"

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

/* ---- Groups ---- */

struct value *fixtures_copy(struct arena *a, const struct value *v)
{
    struct value *copy = value_new(a, v->type);
    *copy = *v;
    copy->next = NULL;
    return copy;
}

struct value *fixtures_member(struct arena *a, const struct value *member,
                              const struct value *group, const char *members)
{
    struct value *merged = fixtures_copy(a, member);
    merged->first = merged->last = NULL;
    merged->count = 0;
    for (const struct value *v = member->first; v; v = v->next)
        value_add(merged, v->key, fixtures_copy(a, v));
    for (const struct value *v = group->first; v; v = v->next) {
        if (!text_is(v->key, members) && !value_get(member, v->key))
            value_add(merged, v->key, fixtures_copy(a, v));
    }
    return merged;
}

/* The build has read the file, and a test decodes all of them: nothing can be wrong with it. */
void fixtures_read_late(const struct fixtures *f, const struct embedded_file *file,
                        const char *members, fixtures_decoder *decode, struct fixtures *into)
{
    struct arena tree = { 0 };
    struct sim sim = { .fixtures = f };
    struct call c = { .a = f->a, .sim = &sim };
    const struct value *section = value_unpack(&tree, file->bytes)->first;
    for (const struct value *group = section->first; group; group = group->next) {
        for (const struct value *m = value_get(group, members)->first; m; m = m->next) {
            if (decode(&c, into, fixtures_member(&tree, m, group, members)))
                BUG("%s", c.outcome.message);
        }
    }
    arena_release(&tree);
}
