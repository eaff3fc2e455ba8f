/* Account defaults for the metadata service in the store. Which of them an instance gets is decided
 * where it is launched. */
#include "world/instance/metadata_default.h"

#include "base/text.h"
#include "call/errors.h"
#include "store/noun.h"

const struct schema metadata_default_schema = {
    .name = "metadata_default",
    .size = sizeof(struct metadata_default),
    .fields = (const struct field[]){ { TEXT_FIELD(struct metadata_default, id), .column = "id",
                                        .flags = FIELD_OWNER },
                                      { TEXT_FIELD(struct metadata_default, tokens),
                                        .column = "tokens", .xml = "httpTokens" },
                                      { INT_FIELD(struct metadata_default, hop_limit),
                                        .column = "hop_limit", .xml = "httpPutResponseHopLimit" },
                                      { TEXT_FIELD(struct metadata_default, endpoint),
                                        .column = "endpoint", .xml = "httpEndpoint" },
                                      { TEXT_FIELD(struct metadata_default, tags),
                                        .column = "metadata_tags", .xml = "instanceMetadataTags" },
                                      { CONSTANT_FIELD("account"), .xml = "managedBy" },
                                      { TEXT_FIELD(struct metadata_default, enforced),
                                        .column = "enforced", .xml = "httpTokensEnforced" },
                                      { 0 } },
};

void metadata_default_get(struct call *c, struct metadata_default *ret)
{
    const char *id = arena_printf(c->a, "%s/%s", c->account, c->region);
    if (store_get(c, &metadata_default_schema, id, ret))
        return;
    schema_init(&metadata_default_schema, ret);
    ret->id = id;
}

void metadata_default_put(struct call *c, const struct metadata_default *d)
{
    store_put(c, &metadata_default_schema, d);
}

int metadata_check_tokens(struct call *c, const char *tokens)
{
    struct metadata_default d;
    metadata_default_get(c, &d);
    return text_is(d.enforced, "enabled") && !text_is(tokens, "required")
               ? fail(c, E_TokensEnforced)
               : 0;
}
