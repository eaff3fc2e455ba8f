/* Usage reports of an image: made by its owner, ready after a while, gone after 30 days. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_usage_report.h"

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

static int check_options(struct call *c, const struct usage_type *t)
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

static int check(struct call *c, const struct create_image_usage_report *in)
{
    static const char *const known[] = { "ec2:Instance", "ec2:LaunchTemplate",
                                         "imagebuilder:ImageRecipe", "imagebuilder:ContainerRecipe",
                                         NULL };
    LIST_EACH (struct usage_type, t, &in->types) {
        if (!t->type)
            return fail(c, E_MissingParameter, "ResourceType");
        if (!text_any(t->type, known))
            return fail(c, E_ValueInvalid, t->type, "resourceType", "Unknown resource type.");
        if (check_options(c, t))
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
    if (check(c, in) || token_find(c, in->token, &before))
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
    token_keep(c, in->token, report.id);
    emit_text(c, "reportId", report.id);
    return 0;
}

OPERATION(ec2, CreateImageUsageReport, create_image_usage_report, .flags = OP_WRITES,
          .errors = "AuthFailure InvalidAMIID.Malformed InvalidAMIID.NotFound "
                    "InvalidAMIID.Unavailable InvalidParameterValue IdempotentParameterMismatch "
                    "InvalidUserID.Malformed",
          .effects = "a report, pending -> available; it is deleted after 30 days");

/* ---- Jobs ---- */

static void add_counts(struct call *c, struct usage_report *report, const char *type,
                       struct rows *r)
{
    while (rows_next(r)) {
        struct usage_entry e = { .type = type,
                                 .account = rows_text(r, 0, c->a),
                                 .count = rows_int(r, 1) };
        if (!report->accounts.count || strs_have(&report->accounts, e.account))
            *list_add(c->a, &report->entries, struct usage_entry) = e;
    }
}

/* Templates one of whose newest versions names the image, by account. */
static void count_templates(struct call *c, const struct usage_type *t, struct usage_report *report)
{
    int64_t versions = 20; /* [model] */
    if (t->options.count) {
        const struct usage_option *o = list_at(&t->options, struct usage_option, 0);
        if (o->values.count)
            text_int(*list_at(&o->values, const char *, 0), &versions);
    }
    add_counts(c, report, t->type,
               store_query(
                   c->store,
                   "SELECT t.owner, count(DISTINCT t.id) FROM launch_template t"
                   " JOIN launch_template_version v ON v.template = t.id"
                   " WHERE t.region = ?1 AND json_extract(v.data, '$.ImageId') = ?2"
                   " AND (SELECT count(*) FROM launch_template_version w"
                   " WHERE w.template = t.id AND w.number > v.number) < ?3"
                   " GROUP BY t.owner ORDER BY t.owner",
                   SQL_ARGS(SQL_TEXT(report->region), SQL_TEXT(report->image), SQL_INT(versions))));
}

/* Instances by account, those that are gone left out. */
static void count_instances(struct call *c, const struct usage_type *t, struct usage_report *report)
{
    add_counts(c, report, t->type,
               store_query(c->store,
                           "SELECT owner, count(*) FROM instance WHERE image = ? AND region = ?"
                           " AND state <> 'terminated' GROUP BY owner ORDER BY owner",
                           SQL_ARGS(SQL_TEXT(report->image), SQL_TEXT(report->region))));
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

static int find_report(struct call *c, const char *id, struct usage_report *ret)
{
    if (store_get(c, &usage_report_schema, id, ret) && text_is(ret->owner, c->account)
        && text_is(ret->region, c->region))
        return 0;
    return fail(c, E_ReportNotFound, id);
}

/* The caller's reports that the identifiers allow (struct usage_report). */
static int asked_reports(struct call *c, const struct describe_reports *in, struct list *ret)
{
    struct usage_report one;
    *ret = (struct list){ 0 };
    LIST_EACH (const char *, id, &in->reports) {
        if (find_report(c, *id, &one))
            return -1;
    }
    struct list all = store_list(c, &usage_report_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct usage_report, r, &all) {
        if ((!in->reports.count || strs_have(&in->reports, r->id))
            && (!in->images.count || strs_have(&in->images, r->image)))
            *list_add(c->a, ret, struct usage_report) = *r;
    }
    return 0;
}

/* A page of those that the filters let through. */
static int emit_page(struct call *c, const struct describe_reports *in, const char *set,
                     const struct schema *k, const struct list *all)
{
    struct list found = { 0 };
    const char *token;
    for (size_t i = 0; i < all->count; i++) {
        const void *noun = (const char *)all->items + i * k->size;
        if (filters_match(c, k, noun, &in->filters))
            *list_add(c->a, &found, const void *) = noun;
    }
    if (page_cut(c, &(struct page_rule){ .least = 1 }, &in->page, &found, sizeof(const void *),
                 &token))
        return -1;
    page_emit_next(c, token);
    emit_list(c, set);
    LIST_EACH (const void *, noun, &found)
        emit_noun_item(c, k, *noun, VIEW_DESCRIBED);
    emit_close(c);
    return 0;
}

static int describe_image_usage_reports(struct call *c, const struct describe_reports *in)
{
    struct list reports;
    if (filters_check(c, &usage_report_schema, &in->filters) || asked_reports(c, in, &reports))
        return -1;
    return emit_page(c, in, "imageUsageReportSet", &usage_report_schema, &reports);
}

OPERATION_AS(ec2, DescribeImageUsageReports, describe_image_usage_reports, describe_reports_params,
             struct describe_reports,
             .errors = "InvalidAMIID.Malformed InvalidImageUsageReportId.NotFound "
                       "InvalidParameterValue");

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
    return emit_page(c, in, "imageUsageReportEntrySet", &shown_entry_schema, &entries);
}

OPERATION_AS(ec2, DescribeImageUsageReportEntries, describe_image_usage_report_entries,
             describe_reports_params, struct describe_reports,
             .errors = "InvalidAMIID.Malformed InvalidImageUsageReportId.NotFound "
                       "InvalidParameterValue");

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
    if (find_report(c, in->report, &report))
        return -1;
    job_cancel(c, NULL, report.id);
    store_remove(c, &usage_report_schema, report.id);
    return 0;
}

OPERATION(ec2, DeleteImageUsageReport, delete_image_usage_report, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .errors = "InvalidImageUsageReportId.NotFound",
          .effects = "the report and its entries are gone");
