/* Settings for images: their tables, and what Allowed AMIs makes of an image. */
#include "world/image/image_setting.h"

#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "store/noun.h"

const struct schema watermark_criterion_schema = {
    .name = "watermark_criterion",
    .size = sizeof(struct watermark_criterion),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct watermark_criterion, key), .column = "key", .xml = "watermarkKey" },
            { TEXT_FIELD(struct watermark_criterion, source_region), .column = "source_region",
              .xml = "sourceImageRegion" },
            { INT_FIELD(struct watermark_criterion, source_days), .column = "source_days",
              .xml = "maximumDaysSinceSourceImageCreated" },
            { INT_FIELD(struct watermark_criterion, days), .column = "days",
              .xml = "maximumDaysSinceWatermarkCreated" },
            { 0 } },
};

const struct schema image_criterion_schema = {
    .name = "image_criterion",
    .size = sizeof(struct image_criterion),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXTS_FIELD(struct image_criterion, providers), .column = "providers",
              .xml = "imageProviderSet" },
            { TEXTS_FIELD(struct image_criterion, product_codes), .column = "product_codes",
              .xml = "marketplaceProductCodeSet" },
            { TEXTS_FIELD(struct image_criterion, names), .column = "names",
              .xml = "imageNameSet" },
            { INT_FIELD(struct image_criterion, deprecated_days), .column = "deprecated_days",
              .xml = "deprecationTimeCondition/maximumDaysSinceDeprecated" },
            { INT_FIELD(struct image_criterion, created_days), .column = "created_days",
              .xml = "creationDateCondition/maximumDaysSinceCreated" },
            { LIST_FIELD(struct image_criterion, watermarks, &watermark_criterion_schema),
              .column = "watermarks", .xml = "imageWatermarkSet" },
            { 0 } },
};

const struct schema image_settings_schema = {
    .name = "image_settings",
    .remembered = true,
    .size = sizeof(struct image_settings),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct image_settings, id), .column = "id", .flags = FIELD_OWNER },
            { BOOL_FIELD(struct image_settings, public_blocked), .column = "public_blocked" },
            { TIME_FIELD(struct image_settings, public_blocked_from),
              .column = "public_blocked_from" },
            { TEXT_FIELD(struct image_settings, allowed_state), .column = "allowed_state" },
            { LIST_FIELD(struct image_settings, criteria, &image_criterion_schema),
              .column = "criteria", .xml = "imageCriterionSet" },
            { 0 } },
};

void image_settings_get(struct call *c, struct image_settings *ret)
{
    const char *id = arena_printf(c->a, "%s/%s", c->account, c->region);
    if (store_get(c, &image_settings_schema, id, ret))
        return;
    schema_init(&image_settings_schema, ret);
    ret->id = id;
}

void image_settings_put(struct call *c, const struct image_settings *settings)
{
    store_put(c, &image_settings_schema, settings);
}

/* New accounts begin with public access blocked [guide, since October 2023]. */
bool image_public_access_blocked(struct call *c)
{
    struct image_settings s;
    image_settings_get(c, &s);
    if (s.public_blocked == UNSET)
        return true;
    return s.public_blocked == YES
           && (s.public_blocked_from == ABSENT || s.public_blocked_from <= c->now);
}

/* ---- Allowed AMIs ---- */

static bool is_provider(const struct image_criterion *k, const struct image *image)
{
    LIST_EACH (const char *, provider, &k->providers) {
        if (text_is(*provider, image->owner) || text_is(*provider, image->owner_alias))
            return true; /* "none" is nobody's name: own images need no provider */
    }
    return !k->providers.count;
}

static bool has_product_code(const struct image_criterion *k, const struct image *image)
{
    LIST_EACH (struct product_code, code, &image->machine.product_codes) {
        if (strs_have(&k->product_codes, code->code))
            return true;
    }
    return !k->product_codes.count;
}

static bool has_name(const struct image_criterion *k, const struct image *image)
{
    LIST_EACH (const char *, pattern, &k->names) {
        if (image->name && text_glob(*pattern, image->name))
            return true;
    }
    return !k->names.count;
}

static bool is_within(int64_t days, int64_t since, int64_t now)
{
    return days == ABSENT || (since != ABSENT && now - since <= days * DAY_MS);
}

/* An image that is not deprecated meets every condition on its deprecation; with 0 days it must not
 * be [model]. */
static bool is_fresh(const struct image_criterion *k, const struct image *image, int64_t now)
{
    bool deprecated = image->deprecation != ABSENT && image->deprecation <= now;
    return is_within(k->created_days, image->created, now)
           && (k->deprecated_days == ABSENT || !deprecated
               || (k->deprecated_days > 0
                   && now - image->deprecation <= k->deprecated_days * DAY_MS));
}

static bool has_watermark(const struct image_criterion *k, const struct image *image, int64_t now)
{
    LIST_EACH (struct watermark_criterion, wanted, &k->watermarks) {
        LIST_EACH (struct watermark, w, &image->watermarks) {
            if ((!wanted->key || text_glob(wanted->key, w->key))
                && (!wanted->source_region || text_is(wanted->source_region, w->source_region))
                && is_within(wanted->source_days, w->source_created, now)
                && is_within(wanted->days, w->created, now))
                return true;
        }
    }
    return !k->watermarks.count;
}

static bool is_allowed(const struct image_settings *s, const struct image *image, int64_t now)
{
    LIST_EACH (struct image_criterion, k, &s->criteria) {
        if (is_provider(k, image) && has_product_code(k, image) && has_name(k, image)
            && is_fresh(k, image, now) && has_watermark(k, image, now))
            return true;
    }
    return !s->criteria.count; /* no criteria restrict nothing [guess] */
}

enum tri image_allowed_shown(struct call *c, const struct image *image)
{
    struct image_settings s;
    image_settings_get(c, &s);
    if (!s.allowed_state)
        return UNSET;
    return text_is(image->owner, c->account) || is_allowed(&s, image, c->now) ? YES : NO;
}

bool image_allowed(struct call *c, const struct image *image)
{
    struct image_settings s;
    image_settings_get(c, &s);
    return !text_is(s.allowed_state, "enabled") || text_is(image->owner, c->account)
           || is_allowed(&s, image, c->now);
}
