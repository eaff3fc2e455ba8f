#include "world/ssm/ssm_command.h"

#include "base/text.h"
#include "store/noun.h"

const struct kind command_kind = {
    .name = "command",
    .size = sizeof(struct command),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct command, id), .column = "id" },
            { TEXT_FIELD(struct command, account), .column = "account",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct command, region), .column = "region" },
            { TEXT_FIELD(struct command, document), .column = "document" },
            { TEXT_FIELD(struct command, document_version), .column = "document_version" },
            { TEXT_FIELD(struct command, comment), .column = "comment" },
            { TEXT_FIELD(struct command, script), .column = "script" },
            { TEXT_FIELD(struct command, folder), .column = "folder" },
            { TIME_FIELD(struct command, requested), .column = "requested" },
            { INT_FIELD(struct command, timeout), .column = "timeout" },
            { INT_FIELD(struct command, execution), .column = "execution" },
            { 0 } },
};

const struct kind invocation_kind = {
    .name = "invocation",
    .size = sizeof(struct invocation),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct invocation, id), .column = "id" },
            { TEXT_FIELD(struct invocation, command), .column = "command", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct invocation, instance), .column = "instance",
              .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct invocation, account), .column = "account",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct invocation, region), .column = "region" },
            { TEXT_FIELD(struct invocation, status), .column = "status" },
            { TEXT_FIELD(struct invocation, details), .column = "details" },
            { TIME_FIELD(struct invocation, requested), .column = "requested" },
            { TIME_FIELD(struct invocation, started), .column = "started" },
            { TIME_FIELD(struct invocation, ended), .column = "ended" },
            { INT_FIELD(struct invocation, code), .column = "code" },
            { TEXT_FIELD(struct invocation, out), .column = "stdout" },
            { TEXT_FIELD(struct invocation, err), .column = "stderr" },
            { TEXT_FIELD(struct invocation, state), .column = "state" },
            { INT_FIELD(struct invocation, boots), .column = "boots" },
            { BOOL_FIELD(struct invocation, waits), .column = "waits" },
            { 0 } },
};

/* At once InProgress [recorded]. */
void invocation_add(struct call *c, const struct command *command, const char *instance)
{
    struct invocation v = { .command = command->id,
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
    store_add(c, &invocation_kind, &v);
}

bool invocation_find(struct call *c, const char *id, struct invocation *ret,
                     struct command *ret_command)
{
    return store_get(c, &invocation_kind, id, ret) && text_is(ret->account, c->account)
           && text_is(ret->region, c->region)
           && store_get(c, &command_kind, ret->command, ret_command);
}

void invocation_put(struct call *c, const struct invocation *v)
{
    store_put(c, &invocation_kind, v);
}

void invocation_end(struct call *c, struct invocation *v, const char *status, const char *details,
                    int64_t code)
{
    v->status = status;
    v->details = details;
    v->code = code;
    v->ended = c->now;
    v->state = NULL;
    v->waits = UNSET;
    invocation_put(c, v);
}

bool invocation_is_over(const struct invocation *v)
{
    return !text_is(v->status, "InProgress");
}
