/* Usage reports of an image: made by its owner, ready after a while, gone after 30 days. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/image/image_input.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_usage_report.h"
#include "world/instance/instance.h"
#include "world/instance/launch_template.h"

extern const struct job_kind job_usage_report_ready, job_usage_report_expired;

#define LIFE_OF_A_REPORT (30 * DAY_MS) /* [model] */

/* ---- CreateImageUsageReport ---- */

struct create_image_usage_report {
    const char *image, *token;
    struct list types, accounts, tags;
};

static const struct param option_params[] = {
    { "OptionName", TEXT(struct usage_option, name) },
    { "OptionValue", TEXTS(struct usage_option, values) },
    { 0 },
};

static const struct param type_params[] = {
    { "ResourceType", TEXT(struct usage_type, type) },
    { "ResourceTypeOption", LIST(struct usage_type, options, struct usage_option, option_params) },
    { 0 },
};

static const struct param create_image_usage_report_params[] = {
    { "ImageId", TEXT(struct create_image_usage_report, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "ResourceType", LIST(struct create_image_usage_report, types, struct usage_type, type_params),
      .flags = PARAM_REQUIRED },
    { "AccountId", TEXTS(struct create_image_usage_report, accounts), .min = 0, .max = 200 },
    { "ClientToken", TEXT(struct create_image_usage_report, token), .min = 0, .max = 128 },
    { "TagSpecification", TAG_SPECS(struct create_image_usage_report, tags, "image-usage-report") },
    { 0 },
};

static int check_usage_type(struct call *c, const struct usage_type *t)
{
    LIST_EACH (struct usage_option, o, &t->options) {
        if (!text_is(t->type, "ec2:LaunchTemplate") || !text_is(o->name, "version-depth"))
            return fail(c, E_ResourceTypeOption, o->name ? o->name : "", "optionName", t->type);
        LIST_EACH (const char *, value, &o->values) {
            int64_t n;
            if (!text_int(*value, &n) || n < 1 || n > 10000)
                return fail(c, E_ResourceTypeOption, *value, "optionValue", t->type);
        }
    }
    return 0;
}

static int check_report(struct call *c, const struct create_image_usage_report *in)
{
    static const char *const known[] = { "ec2:Instance", "ec2:LaunchTemplate",
                                         "imagebuilder:ImageRecipe", "imagebuilder:ContainerRecipe",
                                         NULL };
    LIST_EACH (struct usage_type, t, &in->types) {
        if (!t->type)
            return fail(c, E_MissingParameter, "ResourceType");
        if (!text_any(t->type, known))
            return fail(c, E_ValueInvalid, t->type, "resourceType", "Unknown resource type.");
        if (check_usage_type(c, t))
            return -1;
    }
    LIST_EACH (const char *, account, &in->accounts) {
        if (!text_digits(*account, 12))
            return fail(c, E_OwnerShape, *account);
    }
    return 0;
}

static int create_image_usage_report(struct call *c, const struct create_image_usage_report *in)
{
    const char *before;
    struct image image;
    if (check_report(c, in) || token_find(c, in->token, &before))
        return -1;
    if (before) {
        emit_text(c, "reportId", before);
        return 0;
    }
    if (image_own(c, in->image, &image))
        return -1;
    struct usage_report report = { .id = id_new(c, "amiur-"),
                                   .owner = c->account,
                                   .region = c->region,
                                   .image = image.id,
                                   .state = "pending",
                                   .created = c->now,
                                   .expires = c->now + LIFE_OF_A_REPORT,
                                   .types = in->types,
                                   .accounts = in->accounts };
    store_put(c, &usage_report_schema, &report);
    tag_specs_put(c, &in->tags, "image-usage-report", report.id);
    job_after(c, pace_delay(c, 20, 5 * MINUTE_MS), &job_usage_report_ready, report.id, NULL);
    job_after(c, LIFE_OF_A_REPORT, &job_usage_report_expired, report.id, NULL);
    token_keep(c, in->token, &usage_report_schema, report.id);
    emit_text(c, "reportId", report.id);
    return 0;
}

OPERATION(ec2, CreateImageUsageReport, create_image_usage_report, .flags = OP_WRITES,
          .errors = IMAGE_OWN_ERRORS
          " InvalidParameterValue IdempotentParameterMismatch InvalidUserID.Malformed",
          .effects = "a report, pending -> available; it is deleted after 30 days");

/* ---- Jobs ---- */

/* One more of this type; owners come in their order. */
static void add_use(struct call *c, struct usage_report *report, const char *type,
                    const char *owner)
{
    size_t n = report->entries.count;
    struct usage_entry *last = n ? list_at(&report->entries, struct usage_entry, n - 1) : NULL;
    if (report->accounts.count && !strs_have(&report->accounts, owner))
        return;
    if (!last || !text_is(last->type, type) || !text_is(last->account, owner)) {
        last = list_add(c->a, &report->entries, struct usage_entry);
        *last = (struct usage_entry){ .type = type, .account = owner };
    }
    last->count++;
}

static void count_templates(struct call *c, const struct usage_type *t, struct usage_report *report)
{
    struct list templates =
        image_templates(c, report->image, NULL, usage_version_depth(t, 20)); /* [model] */
    LIST_EACH (struct launch_template, template, &templates)
        add_use(c, report, t->type, template->owner);
}

/* Those that are gone are left out. */
static void count_instances(struct call *c, const struct usage_type *t, struct usage_report *report)
{
    struct list instances = image_instances(c, report->image, NULL);
    LIST_EACH (struct instance, i, &instances) {
        if (!text_is(i->state, "terminated"))
            add_use(c, report, t->type, i->owner);
    }
}

static void usage_report_ready(struct call *c, const char *subject)
{
    struct usage_report report;
    if (!store_get(c, &usage_report_schema, subject, &report))
        return;
    LIST_EACH (struct usage_type, t, &report.types) {
        if (text_is(t->type, "ec2:Instance"))
            count_instances(c, t, &report);
        else if (text_is(t->type, "ec2:LaunchTemplate"))
            count_templates(c, t, &report);
    }
    report.state = "available";
    store_put(c, &usage_report_schema, &report);
}

JOB(usage_report_ready, .name = "usage_report_ready");

static void usage_report_expired(struct call *c, const char *subject)
{
    store_remove(c, &usage_report_schema, subject);
}

JOB(usage_report_expired, .name = "usage_report_expired");

/* ---- Describe and delete ---- */

struct describe_reports {
    struct list images, reports, filters;
    struct paging page;
};

static const struct param describe_reports_params[] = {
    { "ImageId", TEXTS(struct describe_reports, images), .id = "ami-", .min = 0, .max = 200 },
    { "ReportId", TEXTS(struct describe_reports, reports), .min = 0, .max = 200 },
    { "Filter", FILTERS(struct describe_reports, filters) },
    PAGING(struct describe_reports, page),
    { 0 },
};

/* The caller's reports that the identifiers allow (struct usage_report). */
static int asked_reports(struct call *c, const struct describe_reports *in, struct list *ret)
{
    struct usage_report one;
    LIST_EACH (const char *, id, &in->reports) {
        if (usage_report_own(c, *id, &one))
            return -1;
    }
    struct list all = store_list(c, &usage_report_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    struct list named = LIST_AMONG(c->a, struct usage_report, &all, id, &in->reports);
    *ret = LIST_AMONG(c->a, struct usage_report, &named, image, &in->images);
    return 0;
}

static int describe_of_reports(struct call *c, const struct describe *d,
                               const struct describe_reports *in, const struct list *items)
{
    const struct listing asked = { .filters = in->filters, .page = in->page };
    return describe_items(c, d, &asked, items);
}

static const struct describe report_list = { .schema = &usage_report_schema,
                                             .set = "imageUsageReportSet",
                                             .page = { .least = 1 } };

static int describe_image_usage_reports(struct call *c, const struct describe_reports *in)
{
    struct list reports;
    if (filters_check(c, &usage_report_schema, &in->filters) || asked_reports(c, in, &reports))
        return -1;
    return describe_of_reports(c, &report_list, in, &reports);
}

OPERATION_AS(ec2, DescribeImageUsageReports, describe_image_usage_reports, describe_reports_params,
             struct describe_reports,
             .errors = "InvalidImageUsageReportId.NotFound InvalidParameterValue");

/* An entry with what it says of its report. */
struct shown_entry {
    struct usage_entry entry;
    struct usage_report report;
};

static const struct schema shown_entry_schema = {
    .name = "shown_entry",
    .size = sizeof(struct shown_entry),
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct shown_entry, entry.type), .xml = "resourceType",
                                  .filter = "resource-type" },
                                { TEXT_FIELD(struct shown_entry, report.id), .xml = "reportId" },
                                { INT_FIELD(struct shown_entry, entry.count), .xml = "usageCount" },
                                { TEXT_FIELD(struct shown_entry, entry.account), .xml = "accountId",
                                  .filter = "account-id" },
                                { TEXT_FIELD(struct shown_entry, report.image), .xml = "imageId" },
                                { TIME_FIELD(struct shown_entry, report.created),
                                  .xml = "reportCreationTime", .filter = "creation-time" },
                                { 0 } },
};

static const struct describe entry_list = { .schema = &shown_entry_schema,
                                            .set = "imageUsageReportEntrySet",
                                            .page = { .least = 1 } };

static int describe_image_usage_report_entries(struct call *c, const struct describe_reports *in)
{
    struct list reports, entries = { 0 };
    if (filters_check(c, &shown_entry_schema, &in->filters) || asked_reports(c, in, &reports))
        return -1;
    LIST_EACH (struct usage_report, r, &reports) {
        LIST_EACH (struct usage_entry, e, &r->entries)
            *list_add(c->a, &entries, struct shown_entry) =
                (struct shown_entry){ .entry = *e, .report = *r };
    }
    return describe_of_reports(c, &entry_list, in, &entries);
}

OPERATION_AS(ec2, DescribeImageUsageReportEntries, describe_image_usage_report_entries,
             describe_reports_params, struct describe_reports,
             .errors = "InvalidImageUsageReportId.NotFound InvalidParameterValue");

struct delete_image_usage_report {
    const char *report;
};

static const struct param delete_image_usage_report_params[] = {
    { "ReportId", TEXT(struct delete_image_usage_report, report), .flags = PARAM_REQUIRED },
    { 0 },
};

static int delete_image_usage_report(struct call *c, const struct delete_image_usage_report *in)
{
    struct usage_report report;
    if (usage_report_own(c, in->report, &report))
        return -1;
    job_cancel(c, NULL, report.id);
    store_remove(c, &usage_report_schema, report.id);
    return 0;
}

OPERATION(ec2, DeleteImageUsageReport, delete_image_usage_report, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .errors = "InvalidImageUsageReportId.NotFound",
          .effects = "the report and its entries are gone");
