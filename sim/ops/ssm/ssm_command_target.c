/* See ssm_command_target.h. */
#include "ops/ssm/ssm_command_target.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "store/noun.h"
#include "store/tag_row.h"
#include "world/ssm/ssm_agent.h"

const struct schema command_target_schema = {
    .size = sizeof(struct command_target),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct command_target, key), .column = "key", .json = "Key" },
            { TEXTS_FIELD(struct command_target, values), .column = "values", .json = "Values",
              .flags = FIELD_SHOW_EMPTY },
            { 0 } },
};

bool ssm_tagged(struct call *c, const char *instance, const char *key, const struct list *values)
{
    struct list tags = tags_of(c, instance);
    LIST_EACH (struct tag, tag, &tags) {
        if (text_is(key, "tag-key") ? strs_have(values, tag->key)
                                    : text_is(tag->key, key + strlen("tag:"))
                                          && (!values->count || strs_have(values, tag->value)))
            return true;
    }
    return false;
}

bool ssm_target_names_instances(const struct command_target *t)
{
    return strcasecmp(t->key, "InstanceIds") == 0;
}

static bool is_target(struct call *c, const struct instance *i, const struct list *targets)
{
    struct agent agent;
    LIST_EACH (struct command_target, t, targets) {
        if (ssm_target_names_instances(t) ? !strs_have(&t->values, i->id)
                                          : !ssm_tagged(c, i->id, t->key, &t->values))
            return false;
    }
    return !instance_is_windows(i) && ssm_agent_find(c, i, &agent);
}

struct list ssm_command_targets(struct call *c, const struct list *targets)
{
    struct list ids = { 0 };
    struct list all = store_list(c, &instance_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct instance, i, &all) {
        if (is_target(c, i, targets))
            strs_add(c->a, &ids, i->id);
    }
    return ids;
}
