/* SSM Parameter Store: PutParameter, with what a value, a tier and a pattern must be. */
#include <string.h>

#include "base/pattern.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/ssm/ssm_parameter_request.h"
#include "reply/emit.h"
#include "world/account/sts_session.h"
#include "world/image/image.h"
#include "world/kms/kms_key.h"

struct put_parameter {
    const char *name, *description, *value, *type, *key, *pattern, *tier, *data_type;
    enum tri overwrite;
    struct list tags; /* struct tag */
};

/* The order of the texts of refusals [recorded]. */
static const char *const types[] = { "SecureString", "StringList", "String", NULL };
static const char *const tiers[] = { "Standard", "Advanced", "Intelligent-Tiering", NULL };

static const struct param put_parameter_params[] = {
    { "Name", TEXT(struct put_parameter, name), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "Description", TEXT(struct put_parameter, description), .max = 1024 },
    { "Value", TEXT(struct put_parameter, value),
      .flags = PARAM_REQUIRED | PARAM_EMPTY | PARAM_SECRET, .min = 1, .max = 1000000 },
    { "Type", TEXT(struct put_parameter, type), .values = types },
    { "KeyId", TEXT(struct put_parameter, key), .min = 1, .max = 256,
      .pattern = "^([a-zA-Z0-9:/_-]+)$" },
    { "Overwrite", BOOL(struct put_parameter, overwrite) },
    { "AllowedPattern", TEXT(struct put_parameter, pattern), .max = 1024 },
    { "Tags", TAGS(struct put_parameter, tags, ssm_tag_words) },
    { "Tier", TEXT(struct put_parameter, tier), .values = tiers },
    { "Policies", REFUSED(TEXT, "parameters do not expire here") },
    { "DataType", TEXT(struct put_parameter, data_type), .max = 128 },
    { 0 },
};

/* ---- Name, type, tier ---- */

static int check_parameter_name(struct call *c, const char *name)
{
    if (ssm_name_check(c, name))
        return -1;
    const char *bare = text_lower(c->a, name + (*name == '/'));
    if (text_starts(bare, "aws"))
        return fail(c, E_SsmReserved, name);
    if (text_starts(bare, "ssm"))
        return fail(c, E_SsmName);
    return ssm_depth(name) > 15 ? fail(c, E_SsmLevels) : 0;
}

static int settle_parameter_type(struct call *c, const struct put_parameter *in,
                                 struct ssm_parameter *p)
{
    if (!in->type && !p->type)
        return fail(c, E_SsmNoType);
    p->type = in->type ? in->type : p->type;
    p->data_type = in->data_type ? in->data_type : p->data_type ? p->data_type : "text";
    if (text_is(p->data_type, "aws:ssm:integration"))
        return fail(c, E_JsonNotSimulated, "the data type aws:ssm:integration is not simulated");
    if (!text_is(p->data_type, "text") && !text_is(p->data_type, "aws:ec2:image"))
        return fail(c, E_SsmDataType, p->data_type);
    return 0;
}

static int settle_parameter_tier(struct call *c, const struct put_parameter *in,
                                 struct ssm_parameter *p)
{
    size_t n = strlen(in->value);
    bool advanced =
        text_is(in->tier, "Advanced") || (!in->tier && text_is(p->tier, "Advanced"))
        || (text_is(in->tier, "Intelligent-Tiering") && (n > 4096 || text_is(p->tier, "Advanced")));
    if (!advanced && text_is(p->tier, "Advanced"))
        return fail(c, E_SsmDowngrade);
    if (n > (advanced ? 8192 : 4096))
        return advanced ? fail(c, E_SsmMuchTooLong) : fail(c, E_SsmTooLong);
    p->tier = advanced ? "Advanced" : "Standard";
    return 0;
}

/* ---- Value ---- */

static int check_pattern(struct call *c, const char *pattern, const char *value)
{
    const char *what;
    switch (pattern ? pattern_answer(c->a, pattern, value, &what) : PATTERN_MATCHES) {
    case PATTERN_WRONG:
        return fail(c, E_SsmPattern);
    case PATTERN_BEYOND:
        return fail(c, E_JsonNotSimulated,
                    arena_printf(c->a, "%s in an AllowedPattern is not simulated", what));
    case PATTERN_COSTLY:
        return fail(c, E_SsmPatternCostly, pattern);
    case PATTERN_DIFFERS:
        return fail(c, E_SsmMismatch, pattern);
    case PATTERN_MATCHES:
        break;
    }
    return 0;
}

static int settle_parameter_key(struct call *c, const struct put_parameter *in,
                                struct ssm_parameter *p)
{
    struct kms_key key;
    if (!text_is(p->type, "SecureString")) {
        p->key = p->kms_key_arn = NULL;
        return in->key ? fail(c, E_SsmKeyType) : 0;
    }
    p->key = in->key ? in->key : p->key ? p->key : "alias/aws/ssm";
    if (kms_key_resolve(c, &need_secure_write, p->key, &key) != KEY_USABLE)
        return fail(c, E_SsmKey, arena_printf(c->a, "The key %s cannot be used", p->key));
    p->kms_key_arn = key.arn;
    return 0;
}

static int settle_parameter_value(struct call *c, const struct put_parameter *in,
                                  struct ssm_parameter *p)
{
    p->pattern = in->pattern ? in->pattern : p->pattern;
    if (strstr(in->value, "{{"))
        return fail(c, E_SsmNested, in->value);
    if (check_pattern(c, p->pattern, in->value))
        return -1;
    p->value = in->value;
    return 0;
}

/* ---- The call ---- */

/* Whether the image is there is asked afterwards: the call succeeds, and a parameter that names
 * none is not made [guide]. */
static bool names_an_image(struct call *c, const struct ssm_parameter *p)
{
    struct image image;
    return !text_is(p->data_type, "aws:ec2:image")
           || (id_well_shaped("ami-", p->value) && image_find(c, p->value, &image)
               && image_visible(c, &image));
}

static int put_parameter(struct call *c, const struct put_parameter *in)
{
    struct ssm_parameter p = { 0 };
    if (check_parameter_name(c, in->name))
        return -1;
    bool there = ssm_parameter_find(c, in->name, &p);
    if (in->overwrite == YES && in->tags.count)
        return fail(c, E_SsmTagsOverwrite);
    if (there && in->overwrite != YES)
        return fail(c, E_SsmExists);
    if (settle_parameter_type(c, in, &p) || settle_parameter_tier(c, in, &p)
        || settle_parameter_value(c, in, &p) || settle_parameter_key(c, in, &p))
        return -1;
    ssm_parameter_name(c, &p, in->name);
    p.description = in->description ? in->description : p.description;
    p.user = caller_arn(c);
    p.version++;
    p.modified = c->now;
    if (names_an_image(c, &p)) {
        ssm_parameter_put(c, &p);
        if (service_tags_put(c, &ssm_tags, p.id, &in->tags))
            return -1;
    }
    emit_text(c, "Tier", p.tier);
    emit_int(c, "Version", p.version);
    return 0;
}

OPERATION(ssm, PutParameter, put_parameter, .flags = OP_WRITES,
          .errors = "ParameterAlreadyExists TooManyTagsError ValidationException "
                    "InvalidAllowedPatternException "
                    "ParameterPatternMismatchException InvalidKeyId AccessDeniedException "
                    "HierarchyLevelLimitExceededException UnsupportedOperationException",
          .effects = "a parameter, or its next version");
