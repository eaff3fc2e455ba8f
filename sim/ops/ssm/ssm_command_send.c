/* SSM Run Command: SendCommand. What becomes of a command is in ssm_command_run.c, what is told of
 * it in ssm_command_invocation.c. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "guest/shell/shell.h"
#include "ops/ssm/ssm_command_request.h"
#include "ops/ssm/ssm_command_target.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/ssm/ssm_agent.h"

#define DOCUMENT "AWS-RunShellScript"
#define DEFAULT_SECONDS 3600 /* [recorded] */
#define MIN_EXECUTION 5 /* seconds; less is not minded [recorded] */
#define DEFAULT_FOLDER "/usr/bin" /* [seen] */

struct send_command {
    struct list instances, targets; /* targets: struct command_target */
    const char *document, *version, *comment, *concurrency, *errors;
    int64_t timeout;
    const struct value *parameters;
};

static const struct param target_params[] = {
    { "Key", TEXT(struct command_target, key), .min = 1, .max = 163 },
    { "Values", TEXTS(struct command_target, values), .max = 50 },
    { 0 },
};

#define NO_S3 "output does not go to S3 here"

static const struct param send_command_params[] = {
    { "InstanceIds", TEXTS(struct send_command, instances), .max = 50 },
    { "Targets", LIST(struct send_command, targets, struct command_target, target_params),
      .max = 5 },
    { "DocumentName", TEXT(struct send_command, document), .flags = PARAM_REQUIRED,
      .pattern = "^[a-zA-Z0-9_.:/-]{3,128}$" },
    { "DocumentVersion", TEXT(struct send_command, version),
      .pattern = "([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)", .otherwise = "$DEFAULT" },
    { "DocumentHash", REFUSED(TEXT, "documents have no hashes here") },
    { "DocumentHashType", REFUSED(TEXT, "documents have no hashes here") },
    { "TimeoutSeconds", INT(struct send_command, timeout), .min = 30, .max = 2592000,
      .otherwise = "3600" },
    { "Comment", TEXT(struct send_command, comment), .max = 100, .otherwise = "" },
    { "Parameters", TREE(struct send_command, parameters) },
    { "OutputS3Region", REFUSED(TEXT, NO_S3) },
    { "OutputS3BucketName", REFUSED(TEXT, NO_S3) },
    { "OutputS3KeyPrefix", REFUSED(TEXT, NO_S3) },
    { "MaxConcurrency", TEXT(struct send_command, concurrency), .min = 1, .max = 7,
      .pattern = "^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$", .otherwise = "50" },
    { "MaxErrors", TEXT(struct send_command, errors), .min = 1, .max = 7,
      .pattern = "^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$", .otherwise = "0" },
    { "ServiceRoleArn", REFUSED(TEXT, "nobody is notified here") },
    { "NotificationConfig", REFUSED(STRUCT, "nobody is notified here") },
    { "CloudWatchOutputConfig", REFUSED(STRUCT, "there are no CloudWatch logs here") },
    { "AlarmConfiguration", REFUSED(STRUCT, "there are no alarms here") },
    { 0 },
};

/* ---- The document and its parameters ---- */

static int check_command_document(struct call *c, const struct send_command *in)
{
    const char *name = strrchr(in->document, '/');
    name = name ? name + 1 : in->document;
    if (!text_is(name, DOCUMENT))
        return text_starts(name, "AWS-") ? fail(c, E_SsmOtherDocument, name)
                                         : fail(c, E_SsmNoDocument, name);
    if (*in->version != '$' && !text_is(in->version, "1"))
        return fail(c, E_SsmDocumentVersion, name, in->version);
    return 0;
}

static int bad_parameter(struct call *c, const char *what, const char *name)
{
    return fail(c, E_SsmParameters, arena_printf(c->a, "%s: %s", name, what));
}

static int check_command_parameters(struct call *c, const struct value *parameters)
{
    static const char *const known[] = { "commands", "workingDirectory", "executionTimeout", NULL };
    if (parameters && parameters->type != VALUE_MAP)
        return bad_parameter(c, "a map is expected", "Parameters");
    for (const struct value *p = parameters ? parameters->first : NULL; p; p = p->next) {
        if (!text_any(p->key, known))
            return bad_parameter(c, "the document has no such parameter", p->key);
        if (p->type != VALUE_LIST || !p->first)
            return bad_parameter(c, "a list of strings is expected", p->key);
        for (const struct value *line = p->first; line; line = line->next) {
            if (line->type != VALUE_TEXT)
                return bad_parameter(c, "a list of strings is expected", p->key);
        }
        if (!text_is(p->key, "commands") && p->first->next)
            return bad_parameter(c, "one string is expected", p->key);
    }
    if (!value_get(parameters, "commands"))
        return bad_parameter(c, "a value is required", "commands");
    return 0;
}

static const char *command_parameter(const struct value *parameters, const char *name)
{
    const struct value *p = value_get(parameters, name);
    return p && *p->first->text ? p->first->text : NULL;
}

static int read_script(struct call *c, const struct value *parameters, const char **ret)
{
    struct list lines = { 0 };
    const char *why;
    for (const struct value *p = value_get(parameters, "commands")->first; p; p = p->next)
        strs_add(c->a, &lines, p->text);
    *ret = strs_join(c->a, &lines, "\n");
    if (!shell_check(c->a, *ret, true, &why))
        return fail(c, E_JsonNotSimulated, arena_printf(c->a, "commands, %s", why));
    return 0;
}

/* seconds: as written, and as they count. */
static int read_execution(struct call *c, const struct value *parameters, int64_t *ret_written,
                          int64_t *ret_counting)
{
    const char *text = command_parameter(parameters, "executionTimeout");
    *ret_written = DEFAULT_SECONDS;
    if (text && (!text_int(text, ret_written) || *ret_written < 1 || *ret_written > 172800))
        return bad_parameter(c, "1 to 172800 seconds are expected", "executionTimeout");
    *ret_counting = *ret_written < MIN_EXECUTION ? DEFAULT_SECONDS : *ret_written;
    return 0;
}

/* ---- The instances ---- */

static int check_command_instance(struct call *c, const char *id)
{
    struct instance i;
    struct agent agent;
    if (!id_well_shaped("i-", id) || !instance_find(c, id, &i) || !ssm_agent_find(c, &i, &agent))
        return fail(c, E_SsmInstances, id, c->account);
    return instance_is_windows(&i) ? fail(c, E_SsmPlatform, DOCUMENT, id) : 0;
}

static int check_command_instances(struct call *c, const struct list *ids)
{
    struct list seen = { 0 };
    LIST_EACH (const char *, id, ids) {
        if (strs_have(&seen, *id))
            return fail(c, E_SsmDuplicate, *id);
        strs_add(c->a, &seen, *id);
    }
    LIST_EACH (const char *, id, ids) {
        if (check_command_instance(c, *id))
            return -1;
    }
    return 0;
}

static int check_command_targets(struct call *c, const struct list *targets)
{
    LIST_EACH (struct command_target, t, targets) {
        if (!t->key)
            return fail(c, E_SsmTargets);
        if (!ssm_target_names_instances(t) && !text_is(t->key, "tag-key")
            && !text_starts(t->key, "tag:"))
            return fail(c, E_JsonNotSimulated, arena_printf(c->a, "targets by %s", t->key));
    }
    return 0;
}

/* All begin together: fewer at a time, which is also where MaxErrors counts, is not simulated. */
static int check_command_concurrency(struct call *c, const char *concurrency, size_t count)
{
    int64_t most = 0;
    bool all = text_int(concurrency, &most) ? (uint64_t)most >= count
                                            : text_is(concurrency, "100%") || count < 2;
    return all ? 0
               : fail(c, E_JsonNotSimulated,
                      "MaxConcurrency: all instances begin at the same time here");
}

/* ---- The answer ---- */

struct sent_command {
    struct ssm_command of;
    struct list instances, targets; /* as they were named */
    const char *concurrency, *errors;
    int64_t expires, timeout; /* ms, seconds */
    int64_t count, none;
    enum tri no;
};

/* Recorded. */
static const struct schema sent_command_schema = {
    .size = sizeof(struct sent_command),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct sent_command, of.id), .json = "CommandId" },
            { TEXT_FIELD(struct sent_command, of.document), .json = "DocumentName" },
            { TEXT_FIELD(struct sent_command, of.document_version), .json = "DocumentVersion" },
            { TEXT_FIELD(struct sent_command, of.comment), .json = "Comment" },
            { TIME_FIELD(struct sent_command, expires), .json = "ExpiresAfter" },
            { TEXTS_FIELD(struct sent_command, instances), .json = "InstanceIds",
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct sent_command, targets, &command_target_schema), .json = "Targets",
              .flags = FIELD_SHOW_EMPTY },
            { TIME_FIELD(struct sent_command, of.requested), .json = "RequestedDateTime" },
            { CONSTANT_FIELD("Pending"), .json = "Status" },
            { CONSTANT_FIELD("Pending"), .json = "StatusDetails" },
            { TEXT_FIELD(struct sent_command, of.region), .json = "OutputS3Region" },
            SSM_NO_BUCKET_FIELDS,
            { TEXT_FIELD(struct sent_command, concurrency), .json = "MaxConcurrency" },
            { TEXT_FIELD(struct sent_command, errors), .json = "MaxErrors" },
            { INT_FIELD(struct sent_command, count), .json = "TargetCount" },
            { INT_FIELD(struct sent_command, none), .json = "CompletedCount" },
            { INT_FIELD(struct sent_command, none), .json = "ErrorCount" },
            { INT_FIELD(struct sent_command, none), .json = "DeliveryTimedOutCount" },
            { CONSTANT_FIELD(""), .json = "ServiceRole" },
            { INT_FIELD(struct sent_command, timeout), .json = "TimeoutSeconds" },
            SSM_NOBODY_TOLD_FIELDS(.views = 0),
            SSM_NO_LOGS_FIELDS(struct sent_command),
            { BOOL_FIELD(struct sent_command, no),
              .json = "AlarmConfiguration/IgnorePollAlarmFailure" },
            { EMPTY_LIST_FIELD, .json = "AlarmConfiguration/Alarms" },
            { EMPTY_LIST_FIELD, .json = "TriggeredAlarms" },
            { 0 } },
};

/* The Parameters come as they were given. */
static void emit_command(struct call *c, const struct send_command *in,
                         const struct ssm_command *command, int64_t written)
{
    const struct sent_command sent = {
        .of = *command,
        .instances = in->instances,
        .targets = in->targets,
        .concurrency = in->concurrency,
        .errors = in->errors,
        .expires = c->now + command->timeout + written * SECOND_MS,
        .timeout = in->timeout,
        .count = (int64_t)in->instances.count,
        .no = NO,
    };
    emit_open(c, "Command");
    emit_noun(c, &sent_command_schema, &sent, VIEW_CREATED);
    emit_tree(c, "Parameters", in->parameters);
    emit_close(c);
}

/* ---- SendCommand ---- */

static const char *new_command_id(struct call *c)
{
    char id[37];
    rng_uuid(&c->sim->ids, id);
    return id_made(c, arena_strdup(c->a, id));
}

static void begin_command(struct call *c, const struct send_command *in,
                          const struct ssm_command *command)
{
    store_add(c, &ssm_command_schema, command);
    LIST_EACH (const char *, id, &in->instances)
        ssm_command_send(c, command, *id);
    if (in->targets.count) /* they are looked for a little later [recorded] */
        job_after(c, pace_delay(c, 10, SECOND_MS), &job_command_targets, command->id,
                  &(struct command_targets){ in->targets });
}

static int send_command(struct call *c, const struct send_command *in)
{
    struct ssm_command command = { .account = c->account,
                                   .region = c->region,
                                   .document = DOCUMENT,
                                   .document_version = in->version,
                                   .comment = in->comment,
                                   .timeout = in->timeout * SECOND_MS,
                                   .requested = c->now };
    int64_t written, execution;
    if (!in->instances.count == !in->targets.count)
        return fail(c, E_SsmTargets);
    if (check_command_document(c, in) || check_command_parameters(c, in->parameters)
        || read_execution(c, in->parameters, &written, &execution)
        || check_command_targets(c, &in->targets) || check_command_instances(c, &in->instances)
        || read_script(c, in->parameters, &command.script))
        return -1;
    size_t count =
        in->targets.count ? ssm_command_targets(c, &in->targets).count : in->instances.count;
    if (check_command_concurrency(c, in->concurrency, count))
        return -1;
    const char *folder = command_parameter(in->parameters, "workingDirectory");
    command.id = new_command_id(c);
    command.folder = folder ? folder : DEFAULT_FOLDER;
    command.execution = execution * SECOND_MS;
    begin_command(c, in, &command);
    emit_command(c, in, &command, written);
    return 0;
}

OPERATION(ssm, SendCommand, send_command, .flags = OP_WRITES,
          .errors = "DuplicateInstanceId InvalidDocument InvalidDocumentVersion InvalidInstanceId"
                    " InvalidParameters UnsupportedPlatformType ValidationException",
          .effects = "the script runs on the instances and changes their files"
                     " (docs/run-command.md)");
