/* Allowed AMIs: which images of others an account can use in a Region. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "world/image/image_setting.h"

#define ALLOWED_STATE "allowedImagesSettingsState"

struct enable_allowed_images_settings {
    const char *state;
};

static const char *const allowed_states[] = { "enabled", "audit-mode", NULL };

static const struct param enable_allowed_images_settings_params[] = {
    { "AllowedImagesSettingsState", TEXT(struct enable_allowed_images_settings, state),
      .flags = PARAM_REQUIRED, .values = allowed_states },
    { 0 },
};

static int set_allowed_state(struct call *c, const char *state)
{
    struct image_settings s;
    image_settings_get(c, &s);
    s.allowed_state = state;
    image_settings_put(c, &s);
    emit_text(c, ALLOWED_STATE, state ? state : "disabled");
    return 0;
}

static int enable_allowed_images_settings(struct call *c,
                                          const struct enable_allowed_images_settings *in)
{
    return set_allowed_state(c, in->state);
}

OPERATION(ec2, EnableAllowedImagesSettings, enable_allowed_images_settings, .flags = OP_WRITES,
          .errors = "InvalidParameterValue",
          .effects = "images of others that meet no criterion are as if they were not there "
                     "(enabled), or are marked (audit-mode)");

static int disable_allowed_images_settings(struct call *c, const struct no_input *in)
{
    (void)in;
    return set_allowed_state(c, NULL);
}

OPERATION_AS(ec2, DisableAllowedImagesSettings, disable_allowed_images_settings, no_params,
             struct no_input, .flags = OP_WRITES,
             .effects = "the criteria are kept and have no effect");

static int get_allowed_images_settings(struct call *c, const struct no_input *in)
{
    struct image_settings s;
    (void)in;
    image_settings_get(c, &s);
    emit_text(c, "state", s.allowed_state ? s.allowed_state : "disabled");
    emit_nouns(c, "imageCriterionSet", &image_criterion_schema, &s.criteria, VIEW_DESCRIBED);
    emit_text(c, "managedBy", "account");
    return 0;
}

OPERATION_AS(ec2, GetAllowedImagesSettings, get_allowed_images_settings, no_params, struct no_input,
             .errors = "");

/* ---- ReplaceImageCriteriaInAllowedImagesSettings ---- */

#define MAX_DAYS INT64_C(2147483647)

static const struct param deprecation_params[] = {
    { "MaximumDaysSinceDeprecated", INT(struct image_criterion, deprecated_days), .min = 0,
      .max = MAX_DAYS },
    { 0 },
};

static const struct param creation_params[] = {
    { "MaximumDaysSinceCreated", INT(struct image_criterion, created_days), .min = 0,
      .max = MAX_DAYS },
    { 0 },
};

static const struct param watermark_params[] = {
    { "WatermarkKey", TEXT(struct watermark_criterion, key) },
    { "SourceImageRegion", TEXT(struct watermark_criterion, source_region) },
    { "MaximumDaysSinceSourceImageCreated", INT(struct watermark_criterion, source_days), .min = 0,
      .max = MAX_DAYS },
    { "MaximumDaysSinceWatermarkCreated", INT(struct watermark_criterion, days), .min = 0,
      .max = MAX_DAYS },
    { 0 },
};

/* Both conditions are structures of one member: they are decoded into the criterion itself. */
static const struct param criterion_params[] = {
    { "ImageProvider", TEXTS(struct image_criterion, providers) },
    { "MarketplaceProductCode", TEXTS(struct image_criterion, product_codes) },
    { "ImageName", TEXTS(struct image_criterion, names) },
    { "DeprecationTimeCondition", .type = PARAM_STRUCT, .of = deprecation_params },
    { "CreationDateCondition", .type = PARAM_STRUCT, .of = creation_params },
    { "ImageWatermark",
      LIST(struct image_criterion, watermarks, struct watermark_criterion, watermark_params) },
    { "ScanResultCondition", REFUSED(STRUCT, "images are not scanned") },
    { 0 },
};

struct replace_image_criteria_in_allowed_images_settings {
    struct list criteria;
};

static const struct param replace_image_criteria_in_allowed_images_settings_params[] = {
    { "ImageCriterion", LIST(struct replace_image_criteria_in_allowed_images_settings, criteria,
                             struct image_criterion, criterion_params) },
    { 0 },
};

static int check_count(struct call *c, const char *name, const struct list *given, int64_t most)
{
    if ((int64_t)given->count <= most)
        return 0;
    return fail(c, E_ParameterValue,
                arena_printf(c->a, "The number of items for parameter %s must be at most %lld.",
                             name, (long long)most)); /* [guess] */
}

static int check_provider(struct call *c, const struct list *providers)
{
    static const char *const words[] = { "amazon", "aws-marketplace", "aws-backup-vault", "none",
                                         NULL };
    LIST_EACH (const char *, p, providers) {
        if (!text_any(*p, words) && !text_digits(*p, 12))
            return fail(c, E_ValueInvalid, *p, "imageProvider",
                        "Specify an account ID, amazon, aws-marketplace, aws-backup-vault or "
                        "none."); /* [guess] */
    }
    return providers->count > 1 && strs_have(providers, "none") ? fail(c, E_CriteriaNone) : 0;
}

static int check_lengths(struct call *c, const char *name, const struct list *words, size_t longest)
{
    LIST_EACH (const char *, word, words) {
        if (strlen(*word) > longest)
            return fail(c, E_ValueInvalid, *word, name,
                        arena_printf(c->a, "Length must be between 1 and %zu.", longest));
    }
    return 0;
}

static int check_criterion(struct call *c, const struct image_criterion *k)
{
    int64_t names = quota(c->sim, "image-criterion-names");
    return check_count(c, "imageProvider", &k->providers,
                       quota(c->sim, "image-criterion-providers"))
                   || check_count(c, "imageName", &k->names, names)
                   || check_count(c, "marketplaceProductCode", &k->product_codes, names)
                   || check_count(c, "imageWatermark", &k->watermarks, names)
                   || check_provider(c, &k->providers)
                   || check_lengths(c, "imageName", &k->names, 128)
                   || check_lengths(c, "marketplaceProductCode", &k->product_codes, 25)
               ? -1
               : 0;
}

static int replace_image_criteria_in_allowed_images_settings(
    struct call *c, const struct replace_image_criteria_in_allowed_images_settings *in)
{
    struct image_settings s;
    if (check_count(c, "imageCriterion", &in->criteria, quota(c->sim, "image-criteria")))
        return -1;
    LIST_EACH (struct image_criterion, k, &in->criteria) {
        if (check_criterion(c, k))
            return -1;
    }
    image_settings_get(c, &s);
    s.criteria = in->criteria;
    image_settings_put(c, &s);
    return 0;
}

OPERATION(ec2, ReplaceImageCriteriaInAllowedImagesSettings,
          replace_image_criteria_in_allowed_images_settings, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .errors = "InvalidParameterValue InvalidParameterCombination",
          .effects = "the criteria of Allowed AMIs, all at once; none given clears them");
