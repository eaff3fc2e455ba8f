/* SSM Run Command: what became of a command, GetCommandInvocation and ListCommandInvocations. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "ops/describe.h"
#include "ops/ssm/ssm_command_request.h"
#include "ops/ssm/ssm_parameter_request.h"
#include "store/noun.h"

#define PLUGIN "aws:runShellScript"
#define INSTANCE_PATTERN "(^i-([a-zA-Z0-9_]{8}|[a-zA-Z0-9_]{17})$)|(^mi-[a-zA-Z0-9_]{17}$)"
#define MAX_LISTED 2500 /* characters of output in a list [model] */

/* ---- Answers ---- */

/* An invocation as both operations show it. The order of members is recorded. */
struct shown_invocation {
    struct ssm_invocation of;
    struct ssm_command command;
    const char *instance_name; /* "": it has no tag Name */
    const char *start, *elapsed, *end; /* texts, as GetCommandInvocation has them */
    struct list plugins; /* struct ssm_invocation */
    enum tri no;
};

/* Its one plugin; .out has errors, too. */
static const struct schema command_plugin_schema = {
    .size = sizeof(struct ssm_invocation),
    .fields =
        (const struct field[]){
            { CONSTANT_FIELD(PLUGIN), .json = "Name" },
            { TEXT_FIELD(struct ssm_invocation, status), .json = "Status" },
            { TEXT_FIELD(struct ssm_invocation, details), .json = "StatusDetails" },
            { INT_FIELD(struct ssm_invocation, code), .json = "ResponseCode" },
            { TIME_FIELD(struct ssm_invocation, started), .json = "ResponseStartDateTime" },
            { TIME_FIELD(struct ssm_invocation, ended), .json = "ResponseFinishDateTime" },
            { TEXT_FIELD(struct ssm_invocation, out), .json = "Output" },
            { CONSTANT_FIELD(""), .json = "StandardOutputUrl" },
            { CONSTANT_FIELD(""), .json = "StandardErrorUrl" },
            { TEXT_FIELD(struct ssm_invocation, region), .json = "OutputS3Region" },
            SSM_NO_BUCKET_FIELDS,
            { 0 } },
};

#define ONE VIEW_DESCRIBED /* GetCommandInvocation */
#define LISTED VIEW_BRIEF /* ListCommandInvocations */

static const struct schema shown_invocation_schema = {
    .size = sizeof(struct shown_invocation),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct shown_invocation, of.command), .json = "CommandId" },
            { TEXT_FIELD(struct shown_invocation, of.instance), .json = "InstanceId" },
            { TEXT_FIELD(struct shown_invocation, instance_name), .json = "InstanceName",
              .views = LISTED },
            { TEXT_FIELD(struct shown_invocation, command.comment), .json = "Comment" },
            { TEXT_FIELD(struct shown_invocation, command.document), .json = "DocumentName" },
            { TEXT_FIELD(struct shown_invocation, command.document_version),
              .json = "DocumentVersion" },
            { CONSTANT_FIELD(PLUGIN), .json = "PluginName", .views = ONE },
            { INT_FIELD(struct shown_invocation, of.code), .json = "ResponseCode", .views = ONE },
            { TEXT_FIELD(struct shown_invocation, start), .json = "ExecutionStartDateTime",
              .views = ONE },
            { TEXT_FIELD(struct shown_invocation, elapsed), .json = "ExecutionElapsedTime",
              .views = ONE },
            { TEXT_FIELD(struct shown_invocation, end), .json = "ExecutionEndDateTime",
              .views = ONE },
            { TIME_FIELD(struct shown_invocation, of.requested), .json = "RequestedDateTime",
              .views = LISTED },
            { TEXT_FIELD(struct shown_invocation, of.status), .json = "Status" },
            { TEXT_FIELD(struct shown_invocation, of.details), .json = "StatusDetails" },
            { TEXT_FIELD(struct shown_invocation, of.out), .json = "StandardOutputContent",
              .views = ONE, .flags = FIELD_SHOW_EMPTY },
            { CONSTANT_FIELD(""), .json = "StandardOutputUrl" },
            { TEXT_FIELD(struct shown_invocation, of.err), .json = "StandardErrorContent",
              .views = ONE, .flags = FIELD_SHOW_EMPTY },
            { CONSTANT_FIELD(""), .json = "StandardErrorUrl" },
            { LIST_FIELD(struct shown_invocation, plugins, &command_plugin_schema),
              .json = "CommandPlugins", .views = LISTED, .flags = FIELD_SHOW_EMPTY },
            { CONSTANT_FIELD(""), .json = "ServiceRole", .views = LISTED },
            SSM_NOBODY_TOLD_FIELDS(.views = LISTED),
            SSM_NO_LOGS_FIELDS(struct shown_invocation),
            { 0 } },
};

/* ---- GetCommandInvocation ---- */

struct get_command_invocation {
    const char *command, *instance, *plugin;
};

static const struct param get_command_invocation_params[] = {
    { "CommandId", TEXT(struct get_command_invocation, command), .flags = PARAM_REQUIRED, .min = 36,
      .max = 36 },
    { "InstanceId", TEXT(struct get_command_invocation, instance), .flags = PARAM_REQUIRED,
      .pattern = INSTANCE_PATTERN },
    { "PluginName", TEXT(struct get_command_invocation, plugin), .min = 4 },
    { 0 },
};

/* As Java's Duration. */
static const char *java_duration(struct call *c, int64_t ms)
{
    const char *hours = ms < HOUR_MS ? "" : arena_printf(c->a, "%lldH", (long long)(ms / HOUR_MS));
    const char *minutes = ms % HOUR_MS < MINUTE_MS
                              ? ""
                              : arena_printf(c->a, "%lldM", (long long)(ms % HOUR_MS / MINUTE_MS));
    int64_t rest = ms % MINUTE_MS;
    if (!rest && ms)
        return arena_printf(c->a, "PT%s%s", hours, minutes);
    return arena_printf(c->a, rest % 1000 ? "PT%s%s%lld.%03lldS" : "PT%s%s%lldS", hours, minutes,
                        (long long)(rest / 1000), (long long)(rest % 1000));
}

/* The end is whole seconds after the start [recorded]; while it runs there is none. */
static void set_invocation_times(struct call *c, struct shown_invocation *shown)
{
    const struct ssm_invocation *v = &shown->of;
    shown->end = "";
    if (v->started == ABSENT)
        return;
    shown->start = time_format_ms(c->a, v->started);
    if (v->ended == ABSENT)
        return;
    int64_t took = v->ended - v->started;
    shown->elapsed = java_duration(c, took);
    shown->end = time_format_ms(c->a, v->started + took / SECOND_MS * SECOND_MS);
}

static int get_command_invocation(struct call *c, const struct get_command_invocation *in)
{
    struct shown_invocation shown = { .no = NO };
    const char *id = arena_printf(c->a, "%s/%s", in->command, in->instance);
    if (!ssm_invocation_find(c, id, &shown.of, &shown.command))
        return fail(c, E_SsmNoInvocation, in->command, in->instance);
    if (in->plugin && !text_is(in->plugin, PLUGIN))
        return fail(c, E_SsmPlugin, in->plugin);
    set_invocation_times(c, &shown);
    emit_noun(c, &shown_invocation_schema, &shown, ONE);
    return 0;
}

OPERATION(ssm, GetCommandInvocation, get_command_invocation,
          .errors = "InvalidPluginName InvocationDoesNotExist ValidationException");

/* ---- ListCommandInvocations ---- */

struct invocation_filter {
    const char *key, *value;
};

struct list_command_invocations {
    const char *command, *instance;
    struct list filters; /* struct invocation_filter */
    struct paging page;
    enum tri details;
};

static const char *const filter_keys[] = { "InvokedAfter",   "InvokedBefore", "Status",
                                           "ExecutionStage", "DocumentName",  NULL };

static const struct param invocation_filter_params[] = {
    { "key", TEXT(struct invocation_filter, key), .flags = PARAM_REQUIRED, .values = filter_keys },
    { "value", TEXT(struct invocation_filter, value), .flags = PARAM_REQUIRED, .min = 1,
      .max = 128 },
    { 0 },
};

static const struct param list_command_invocations_params[] = {
    { "CommandId", TEXT(struct list_command_invocations, command), .min = 36, .max = 36 },
    { "InstanceId", TEXT(struct list_command_invocations, instance), .pattern = INSTANCE_PATTERN },
    PAGING_BETWEEN(struct list_command_invocations, page, 1, 50),
    { "Filters",
      LIST(struct list_command_invocations, filters, struct invocation_filter,
           invocation_filter_params),
      .min = 1, .max = 5 },
    { "Details", BOOL(struct list_command_invocations, details) },
    { 0 },
};

static int check_invocation_filters(struct call *c, const struct list *filters)
{
    int64_t at;
    LIST_EACH (struct invocation_filter, f, filters) {
        if (text_starts(f->key, "Invoked") && !time_parse(f->value, &at))
            return fail(c, E_SsmFilterTime, f->value);
    }
    return 0;
}

static bool invocation_meets(const struct ssm_invocation *v, const struct ssm_command *command,
                             const struct invocation_filter *f)
{
    int64_t at = 0;
    if (text_starts(f->key, "Invoked") && time_parse(f->value, &at))
        return text_is(f->key, "InvokedAfter") ? v->requested > at : v->requested < at;
    if (text_is(f->key, "Status"))
        return text_is(v->status, f->value) || text_is(v->details, f->value);
    if (text_is(f->key, "ExecutionStage"))
        return text_is(f->value, ssm_invocation_is_over(v) ? "Complete" : "Executing");
    return text_is(command->document, f->value);
}

/* Output and errors as one text [seen]. */
static const char *listed_output(struct call *c, const struct ssm_invocation *v)
{
    const char *out = v->out ? v->out : "";
    if (!text_blank(v->err))
        out = arena_printf(c->a, "%s\n----------ERROR-------\n%s", out, v->err);
    size_t n = strlen(out);
    while (n > MAX_LISTED || (n < strlen(out) && ((unsigned char)out[n] & 0xc0) == 0x80))
        n--;
    return arena_strndup(c->a, out, n);
}

/* The invocation as the list shows it, if it is wanted. */
static bool look_at_invocation(struct call *c, const struct list_command_invocations *in,
                               const struct ssm_invocation *v, struct shown_invocation *ret)
{
    *ret = (struct shown_invocation){ .of = *v, .no = NO };
    if ((in->command && !text_is(v->command, in->command))
        || (in->instance && !text_is(v->instance, in->instance))
        || !store_get(c, &ssm_command_schema, v->command, &ret->command))
        return false;
    LIST_EACH (struct invocation_filter, f, &in->filters) {
        if (!invocation_meets(v, &ret->command, f))
            return false;
    }
    const char *name = ssm_tag_value(c, v->instance, "Name");
    ret->instance_name = name ? name : "";
    if (in->details == YES) {
        struct ssm_invocation *plugin = list_add(c->a, &ret->plugins, struct ssm_invocation);
        *plugin = *v;
        plugin->out = listed_output(c, v);
    }
    return true;
}

static const struct describe invocation_list = {
    .schema = &shown_invocation_schema,
    .set = "CommandInvocations",
    .view = LISTED,
    .page = { .usual = 50 },
};

/* The newest first. */
static int list_command_invocations(struct call *c, const struct list_command_invocations *in)
{
    struct list found = { 0 };
    struct shown_invocation shown;
    if (check_invocation_filters(c, &in->filters))
        return -1;
    struct list all = store_list(c, &ssm_invocation_schema,
                                 MINE_BY("account") " ORDER BY requested DESC, rowid DESC",
                                 SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct ssm_invocation, v, &all) {
        if (look_at_invocation(c, in, v, &shown))
            *list_add(c->a, &found, struct shown_invocation) = shown;
    }
    return describe_page(c, &invocation_list, &in->page, &found);
}

OPERATION(ssm, ListCommandInvocations, list_command_invocations,
          .errors = "InvalidFilterKey InvalidNextToken ValidationException");
