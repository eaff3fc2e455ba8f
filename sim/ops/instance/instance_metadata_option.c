/* ModifyInstanceMetadataOptions. */
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"
#include "world/instance/instance.h"
#include "world/instance/metadata_default.h"

struct modify_instance_metadata_options {
    const char *id, *tokens, *endpoint, *ipv6, *tags;
    int64_t hop_limit;
};

static const char *const token_modes[] = { "optional", "required", NULL };
static const char *const on_off[] = { "enabled", "disabled", NULL };

static const struct param modify_instance_metadata_options_params[] = {
    { "InstanceId", TEXT(struct modify_instance_metadata_options, id), .flags = PARAM_REQUIRED },
    { "HttpTokens", TEXT(struct modify_instance_metadata_options, tokens), .values = token_modes },
    { "HttpPutResponseHopLimit", INT(struct modify_instance_metadata_options, hop_limit), .min = 1,
      .max = 64 },
    { "HttpEndpoint", TEXT(struct modify_instance_metadata_options, endpoint), .values = on_off },
    { "HttpProtocolIpv6", TEXT(struct modify_instance_metadata_options, ipv6), .values = on_off },
    { "InstanceMetadataTags", TEXT(struct modify_instance_metadata_options, tags),
      .values = on_off },
    { 0 },
};

static void take_text(const char **into, const char *value)
{
    if (value)
        *into = value;
}

static int modify_instance_metadata_options(struct call *c,
                                            const struct modify_instance_metadata_options *in)
{
    struct instance i;
    if (instance_own(c, in->id, &i))
        return -1;
    if (i.state_code == INSTANCE_TERMINATED || i.state_code == INSTANCE_SHUTTING_DOWN)
        return fail(c, E_InstanceTerminated, in->id);
    if (in->tokens && metadata_check_tokens(c, in->tokens))
        return -1;
    take_text(&i.http_tokens, in->tokens);
    take_text(&i.http_endpoint, in->endpoint);
    take_text(&i.http_ipv6, in->ipv6);
    take_text(&i.metadata_tags, in->tags);
    if (in->hop_limit != ABSENT)
        i.hop_limit = in->hop_limit;
    instance_put(c, &i);
    emit_text(c, "instanceId", i.id);
    emit_open(c, "instanceMetadataOptions");
    emit_text(c, "state", "pending"); /* applied at the next look */
    emit_text(c, "httpTokens", i.http_tokens);
    emit_int(c, "httpPutResponseHopLimit", i.hop_limit);
    emit_text(c, "httpEndpoint", i.http_endpoint);
    emit_text(c, "httpProtocolIpv6", i.http_ipv6);
    emit_text(c, "instanceMetadataTags", i.metadata_tags);
    emit_close(c);
    return 0;
}

OPERATION(ec2, ModifyInstanceMetadataOptions, modify_instance_metadata_options, .flags = OP_WRITES,
          .errors = "InvalidInstanceID.NotFound IncorrectInstanceState"
                    " UnsupportedOperation",
          .effects = "the metadata options that are given");
