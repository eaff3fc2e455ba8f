/* See ssm_command.h. */
#include "world/ssm/ssm_command.h"

#include "base/text.h"
#include "store/noun.h"

const struct schema ssm_command_schema = {
    .name = "ssm_command",
    .was = "command",
    .size = sizeof(struct ssm_command),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct ssm_command, id), .column = "id" },
            { TEXT_FIELD(struct ssm_command, account), .column = "account",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct ssm_command, region), .column = "region" },
            { TEXT_FIELD(struct ssm_command, document), .column = "document" },
            { TEXT_FIELD(struct ssm_command, document_version), .column = "document_version" },
            { TEXT_FIELD(struct ssm_command, comment), .column = "comment" },
            { TEXT_FIELD(struct ssm_command, script), .column = "script" },
            { TEXT_FIELD(struct ssm_command, folder), .column = "folder" },
            { TIME_FIELD(struct ssm_command, requested), .column = "requested" },
            { INT_FIELD(struct ssm_command, timeout), .column = "timeout" },
            { INT_FIELD(struct ssm_command, execution), .column = "execution" },
            { 0 } },
};

const struct schema ssm_invocation_schema = {
    .name = "ssm_invocation",
    .was = "invocation",
    .size = sizeof(struct ssm_invocation),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct ssm_invocation, id), .column = "id" },
            { TEXT_FIELD(struct ssm_invocation, command), .column = "command",
              .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct ssm_invocation, instance), .column = "instance",
              .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct ssm_invocation, account), .column = "account",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct ssm_invocation, region), .column = "region" },
            { TEXT_FIELD(struct ssm_invocation, status), .column = "status" },
            { TEXT_FIELD(struct ssm_invocation, details), .column = "details" },
            { TIME_FIELD(struct ssm_invocation, requested), .column = "requested" },
            { TIME_FIELD(struct ssm_invocation, started), .column = "started" },
            { TIME_FIELD(struct ssm_invocation, ended), .column = "ended" },
            { INT_FIELD(struct ssm_invocation, code), .column = "code" },
            { TEXT_FIELD(struct ssm_invocation, out), .column = "stdout" },
            { TEXT_FIELD(struct ssm_invocation, err), .column = "stderr" },
            { TEXT_FIELD(struct ssm_invocation, state), .column = "state" },
            { INT_FIELD(struct ssm_invocation, boots), .column = "boots" },
            { BOOL_FIELD(struct ssm_invocation, waits), .column = "waits" },
            { 0 } },
};

/* At once InProgress [recorded]. */
void ssm_invocation_add(struct call *c, const struct ssm_command *command, const char *instance)
{
    struct ssm_invocation v = { .command = command->id,
                                .instance = instance,
                                .account = c->account,
                                .region = c->region,
                                .status = "InProgress",
                                .details = "InProgress",
                                .requested = command->requested,
                                .started = ABSENT,
                                .ended = ABSENT,
                                .code = -1,
                                .boots = ABSENT };
    v.id = arena_printf(c->a, "%s/%s", command->id, instance);
    store_add(c, &ssm_invocation_schema, &v);
}

bool ssm_invocation_find(struct call *c, const char *id, struct ssm_invocation *ret,
                         struct ssm_command *ret_command)
{
    return store_get(c, &ssm_invocation_schema, id, ret) && text_is(ret->account, c->account)
           && text_is(ret->region, c->region)
           && store_get(c, &ssm_command_schema, ret->command, ret_command);
}

void ssm_invocation_end(struct call *c, struct ssm_invocation *v, const char *status,
                        const char *details, int64_t code)
{
    v->status = status;
    v->details = details;
    v->code = code;
    v->ended = c->now;
    v->state = NULL;
    v->waits = UNSET;
    store_put(c, &ssm_invocation_schema, v);
}

bool ssm_invocation_is_over(const struct ssm_invocation *v)
{
    return !text_is(v->status, "InProgress");
}
