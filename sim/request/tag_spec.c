/* See tag_spec.h. */
#include "request/tag_spec.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "call/errors.h"
#include "reply/emit.h"
#include "store/tag_row.h"

static int ec2_refuse(struct call *c, enum tag_problem what, const char *key)
{
    switch (what) {
    case TAG_NO_KEY:
        return fail(c, E_TagNoKey);
    case TAG_RESERVED:
        return fail(c, E_TagReserved);
    case TAG_KEY_LENGTH:
        return fail(c, E_TagKeyLength);
    case TAG_VALUE_LENGTH:
        return fail(c, E_TagValueLength);
    case TAG_REPEATED:
        return fail(c, E_TagDuplicate, key);
    case TAG_TOO_MANY:
        return fail(c, E_TagLimit);
    }
    return 0;
}

const struct tag_words ec2_tag_words = {
    .rows = { { "Key", TEXT(struct tag, key), .flags = PARAM_EMPTY },
              { "Value", TEXT(struct tag, value), .flags = PARAM_EMPTY },
              { 0 } },
    .most = 50,
    .refuse = ec2_refuse,
};

const struct param tag_spec_params[] = {
    { "ResourceType", TEXT(struct tag_spec, type), .flags = PARAM_EMPTY },
    { "Tag", TAGS(struct tag_spec, tags, ec2_tag_words) },
    { 0 },
};

bool tag_is_reserved(const struct tag *tag)
{
    return tag->key && strncasecmp(tag->key, "aws:", 4) == 0;
}

static int check_one(struct call *c, const struct tag_words *words, const struct tag *tag)
{
    const char *key = tag->key ? tag->key : "";
    if (text_blank(key) && words->refuse(c, TAG_NO_KEY, key))
        return -1;
    if (tag_is_reserved(tag) && words->refuse(c, TAG_RESERVED, key))
        return -1;
    if (text_characters(key) > 127 && words->refuse(c, TAG_KEY_LENGTH, key))
        return -1;
    return tag->value && text_characters(tag->value) > 256 ? words->refuse(c, TAG_VALUE_LENGTH, key)
                                                           : 0;
}

int tags_check(struct call *c, const struct tag_words *words, const struct list *tags)
{
    struct list seen = { 0 };
    bool few = tags->count <= 200; /* more are too many for every service */
    LIST_EACH (struct tag, tag, tags) {
        if (check_one(c, words, tag))
            return -1;
        if (few && strs_have(&seen, tag->key) && words->refuse(c, TAG_REPEATED, tag->key))
            return -1;
        strs_add(c->a, &seen, tag->key);
    }
    return tags->count > words->most ? words->refuse(c, TAG_TOO_MANY, "") : 0;
}

int tags_add(struct call *c, const struct tag_words *words, const char *type, const char *resource,
             const struct list *tags)
{
    tags_put(c, type, resource, tags);
    int64_t count = store_number(c->store,
                                 "SELECT count(*) FROM tag WHERE account = ? AND resource = ?"
                                 " AND substr(key, 1, 4) <> 'aws:'",
                                 SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(resource)));
    return count > (int64_t)words->most ? words->refuse(c, TAG_TOO_MANY, "") : 0;
}

void tags_emit(struct call *c, const struct tag_words *words, const char *name,
               const struct list *tags)
{
    emit_list(c, name);
    LIST_EACH (struct tag, tag, tags) {
        emit_item(c);
        emit_text(c, words->rows[0].name, tag->key);
        emit_text(c, words->rows[1].name, tag->value ? tag->value : words->no_value);
        emit_close(c);
    }
    emit_close(c);
}

int tag_specs_check(struct call *c, const struct list *specs, const char *types)
{
    struct list seen = { 0 };
    LIST_EACH (struct tag_spec, spec, specs) {
        if (text_blank(spec->type))
            return fail(c, E_MissingParameter, "ResourceType");
        if (!text_has_word(types, spec->type))
            return fail(c, E_TagType, spec->type);
        if (strs_have(&seen, spec->type))
            return fail(c, E_ParameterValue,
                        arena_printf(c->a,
                                     "Only one tag specification per resource type is allowed: %s",
                                     spec->type));
        strs_add(c->a, &seen, spec->type);
        if (!spec->tags.count)
            return fail(c, E_TagNone);
        if (tags_check(c, &ec2_tag_words, &spec->tags))
            return -1;
    }
    return 0;
}

struct list tag_specs_for(const struct list *specs, const char *type)
{
    const struct tag_spec *spec = LIST_FIND(struct tag_spec, specs, type, type);
    return spec ? spec->tags : (struct list){ 0 };
}

struct list tag_specs_put(struct call *c, const struct list *specs, const char *type,
                          const char *resource)
{
    struct list tags = tag_specs_for(specs, type);
    tags_put(c, type, resource, &tags);
    return tags;
}
