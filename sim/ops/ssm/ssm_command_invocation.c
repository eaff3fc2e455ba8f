/* SSM Run Command: what became of a command, GetCommandInvocation and ListCommandInvocations. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "ops/ssm/ssm_command_request.h"
#include "ops/ssm/ssm_parameter_request.h"
#include "reply/emit.h"
#include "request/page.h"
#include "store/noun.h"
#include "store/tag_row.h"

#define PLUGIN "aws:runShellScript"
#define MAX_LISTED 2500 /* characters of output in a list [model] */

/* ---- GetCommandInvocation ---- */

struct get_command_invocation {
    const char *command, *instance, *plugin;
};

static const struct param get_command_invocation_params[] = {
    { "CommandId", TEXT(struct get_command_invocation, command), .flags = PARAM_REQUIRED, .min = 36,
      .max = 36 },
    { "InstanceId", TEXT(struct get_command_invocation, instance), .flags = PARAM_REQUIRED,
      .pattern = "(^i-([a-zA-Z0-9_]{8}|[a-zA-Z0-9_]{17})$)|(^mi-[a-zA-Z0-9_]{17}$)" },
    { "PluginName", TEXT(struct get_command_invocation, plugin), .min = 4 },
    { 0 },
};

/* As Java's Duration. */
static const char *elapsed(struct call *c, int64_t ms)
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
static void emit_times(struct call *c, const struct ssm_invocation *v)
{
    if (v->started != ABSENT)
        emit_text(c, "ExecutionStartDateTime", time_format_ms(c->a, v->started));
    if (v->started != ABSENT && v->ended != ABSENT) {
        int64_t took = v->ended - v->started;
        emit_text(c, "ExecutionElapsedTime", elapsed(c, took));
        emit_text(c, "ExecutionEndDateTime",
                  time_format_ms(c->a, v->started + took / SECOND_MS * SECOND_MS));
    } else {
        emit_text(c, "ExecutionEndDateTime", "");
    }
}

static int get_command_invocation(struct call *c, const struct get_command_invocation *in)
{
    struct ssm_invocation v;
    struct ssm_command command;
    const char *id = arena_printf(c->a, "%s/%s", in->command, in->instance);
    if (!ssm_invocation_find(c, id, &v, &command))
        return fail(c, E_SsmNoInvocation, in->command, in->instance);
    if (in->plugin && !text_is(in->plugin, PLUGIN))
        return fail(c, E_SsmPlugin, in->plugin);
    emit_text(c, "CommandId", v.command);
    emit_text(c, "InstanceId", v.instance);
    emit_text(c, "Comment", command.comment);
    emit_text(c, "DocumentName", command.document);
    emit_text(c, "DocumentVersion", command.document_version);
    emit_text(c, "PluginName", PLUGIN);
    emit_int(c, "ResponseCode", v.code);
    emit_times(c, &v);
    emit_text(c, "Status", v.status);
    emit_text(c, "StatusDetails", v.details);
    emit_text(c, "StandardOutputContent", v.out ? v.out : "");
    emit_text(c, "StandardOutputUrl", "");
    emit_text(c, "StandardErrorContent", v.err ? v.err : "");
    emit_text(c, "StandardErrorUrl", "");
    ssm_emit_no_logs(c);
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
    { "InstanceId", TEXT(struct list_command_invocations, instance),
      .pattern = "(^i-([a-zA-Z0-9_]{8}|[a-zA-Z0-9_]{17})$)|(^mi-[a-zA-Z0-9_]{17}$)" },
    PAGING_BETWEEN(struct list_command_invocations, page, 1, 50),
    { "Filters",
      LIST(struct list_command_invocations, filters, struct invocation_filter,
           invocation_filter_params),
      .min = 1, .max = 5 },
    { "Details", BOOL(struct list_command_invocations, details) },
    { 0 },
};

static int check_filters(struct call *c, const struct list *filters)
{
    int64_t at;
    LIST_EACH (struct invocation_filter, f, filters) {
        if (text_starts(f->key, "Invoked") && !time_parse(f->value, &at))
            return fail(c, E_SsmFilterTime, f->value);
    }
    return 0;
}

static bool meets(const struct ssm_invocation *v, const struct ssm_command *command,
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

/* The newest first. */
static struct list find_invocations(struct call *c, const struct list_command_invocations *in)
{
    struct list found = { 0 };
    struct list all = store_list(c, &ssm_invocation_schema,
                                 MINE_BY("account") " ORDER BY requested DESC, rowid DESC",
                                 SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct ssm_invocation, v, &all) {
        struct ssm_command command;
        bool wanted = (!in->command || text_is(v->command, in->command))
                      && (!in->instance || text_is(v->instance, in->instance))
                      && store_get(c, &ssm_command_schema, v->command, &command);
        LIST_EACH (struct invocation_filter, f, &in->filters)
            wanted = wanted && meets(v, &command, f);
        if (wanted)
            *list_add(c->a, &found, struct ssm_invocation) = *v;
    }
    return found;
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

static void emit_plugin(struct call *c, const struct ssm_invocation *v)
{
    emit_list(c, "CommandPlugins");
    emit_item(c);
    emit_text(c, "Name", PLUGIN);
    emit_text(c, "Status", v->status);
    emit_text(c, "StatusDetails", v->details);
    emit_int(c, "ResponseCode", v->code);
    emit_epoch(c, "ResponseStartDateTime", v->started);
    emit_epoch(c, "ResponseFinishDateTime", v->ended);
    emit_text(c, "Output", listed_output(c, v));
    emit_text(c, "StandardOutputUrl", "");
    emit_text(c, "StandardErrorUrl", "");
    emit_text(c, "OutputS3Region", c->region);
    emit_text(c, "OutputS3BucketName", "");
    emit_text(c, "OutputS3KeyPrefix", "");
    emit_close(c);
    emit_close(c);
}

static const char *name_tag(struct call *c, const char *instance)
{
    struct list tags = tags_of(c, instance);
    LIST_EACH (struct tag, tag, &tags) {
        if (text_is(tag->key, "Name"))
            return tag->value;
    }
    return "";
}

static void emit_invocation(struct call *c, const struct ssm_invocation *v, bool details)
{
    struct ssm_command command;
    store_get(c, &ssm_command_schema, v->command, &command);
    emit_item(c);
    emit_text(c, "CommandId", v->command);
    emit_text(c, "InstanceId", v->instance);
    emit_text(c, "InstanceName", name_tag(c, v->instance));
    emit_text(c, "Comment", command.comment);
    emit_text(c, "DocumentName", command.document);
    emit_text(c, "DocumentVersion", command.document_version);
    emit_epoch(c, "RequestedDateTime", v->requested);
    emit_text(c, "Status", v->status);
    emit_text(c, "StatusDetails", v->details);
    emit_text(c, "StandardOutputUrl", "");
    emit_text(c, "StandardErrorUrl", "");
    if (details) {
        emit_plugin(c, v);
    } else {
        emit_list(c, "CommandPlugins");
        emit_close(c);
    }
    emit_text(c, "ServiceRole", "");
    ssm_emit_nobody_told(c);
    ssm_emit_no_logs(c);
    emit_close(c);
}

static int list_command_invocations(struct call *c, const struct list_command_invocations *in)
{
    const char *next;
    if (check_filters(c, &in->filters))
        return -1;
    struct list found = find_invocations(c, in);
    if (page_cut(c, &(struct page_rule){ .usual = 50 }, &in->page, &found,
                 sizeof(struct ssm_invocation), &next))
        return -1;
    emit_list(c, "CommandInvocations");
    LIST_EACH (struct ssm_invocation, v, &found)
        emit_invocation(c, v, in->details == YES);
    emit_close(c);
    page_emit_next(c, next);
    return 0;
}

OPERATION(ssm, ListCommandInvocations, list_command_invocations,
          .errors = "InvalidFilterKey InvalidNextToken ValidationException");
