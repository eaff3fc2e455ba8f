/* GetInstanceMetadataDefaults and ModifyInstanceMetadataDefaults. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "world/instance/metadata_default.h"

#define NO_PREFERENCE "no-preference"

static int get_instance_metadata_defaults(struct call *c, const struct no_input *in)
{
    struct metadata_default d;
    (void)in;
    metadata_default_get(c, &d);
    emit_noun_as(c, "accountLevel", &metadata_default_schema, &d, VIEW_DESCRIBED);
    return 0;
}

OPERATION_AS(ec2, GetInstanceMetadataDefaults, get_instance_metadata_defaults, no_params,
             struct no_input, .errors = "");

struct modify_instance_metadata_defaults {
    const char *tokens, *endpoint, *tags, *enforced;
    int64_t hop_limit;
};

static const char *const token_modes[] = { "optional", "required", NO_PREFERENCE, NULL };
static const char *const on_off[] = { "enabled", "disabled", NO_PREFERENCE, NULL };

static const struct param modify_instance_metadata_defaults_params[] = {
    { "HttpTokens", TEXT(struct modify_instance_metadata_defaults, tokens), .values = token_modes },
    { "HttpPutResponseHopLimit", INT(struct modify_instance_metadata_defaults, hop_limit),
      .min = -1, .max = 64 },
    { "HttpEndpoint", TEXT(struct modify_instance_metadata_defaults, endpoint), .values = on_off },
    { "InstanceMetadataTags", TEXT(struct modify_instance_metadata_defaults, tags),
      .values = on_off },
    { "HttpTokensEnforced", TEXT(struct modify_instance_metadata_defaults, enforced),
      .values = on_off },
    { 0 },
};

/* What is not named stays. */
static void take(const char **into, const char *given)
{
    if (given)
        *into = text_is(given, NO_PREFERENCE) ? NULL : given;
}

static int modify_instance_metadata_defaults(struct call *c,
                                             const struct modify_instance_metadata_defaults *in)
{
    struct metadata_default d;
    if (in->hop_limit == 0)
        return fail(c, E_ValueInvalid, "0", "HttpPutResponseHopLimit",
                    "Specify a value between 1 and 64, or -1 for no preference.");
    metadata_default_get(c, &d);
    take(&d.tokens, in->tokens);
    take(&d.endpoint, in->endpoint);
    take(&d.tags, in->tags);
    take(&d.enforced, in->enforced);
    if (in->hop_limit != ABSENT)
        d.hop_limit = in->hop_limit < 0 ? ABSENT : in->hop_limit;
    metadata_default_put(c, &d);
    return 0;
}

OPERATION(ec2, ModifyInstanceMetadataDefaults, modify_instance_metadata_defaults,
          .flags = OP_WRITES, .answer = ANSWER_RETURN, .errors = "InvalidParameterValue",
          .effects = "what instances that are launched from now on get for their metadata service,"
                     " where the launch does not say");
