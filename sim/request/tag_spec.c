/* See tag_spec.h. */
#include "request/tag_spec.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "call/errors.h"
#include "store/tag_row.h"

#define MAX_TAGS 50

static bool is_word_of(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = words; n && (at = strstr(at, word)); at += n) {
        if ((at == words || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    }
    return false;
}

int tags_check(struct call *c, const struct list *tags)
{
    struct list seen = { 0 };
    LIST_EACH (struct tag, tag, tags) {
        if (text_blank(tag->key))
            return fail(c, E_TagNoKey);
        if (strncasecmp(tag->key, "aws:", 4) == 0)
            return fail(c, E_TagReserved);
        if (text_characters(tag->key) > 127)
            return fail(c, E_TagKeyLength);
        if (tag->value && text_characters(tag->value) > 256)
            return fail(c, E_TagValueLength);
        if (tags->count < 200 && strs_have(&seen, tag->key))
            return fail(c, E_TagDuplicate, tag->key);
        strs_add(c->a, &seen, tag->key);
    }
    return tags->count > MAX_TAGS ? fail(c, E_TagLimit) : 0;
}

int tag_specs_check(struct call *c, const struct list *specs, const char *types)
{
    struct list seen = { 0 };
    LIST_EACH (struct tag_spec, spec, specs) {
        if (text_blank(spec->type))
            return fail(c, E_MissingParameter, "ResourceType");
        if (!is_word_of(types, spec->type))
            return fail(c, E_TagType, spec->type);
        if (strs_have(&seen, spec->type))
            return fail(c, E_ParameterValue,
                        arena_printf(c->a,
                                     "Only one tag specification per resource type is allowed: %s",
                                     spec->type));
        strs_add(c->a, &seen, spec->type);
        if (!spec->tags.count)
            return fail(c, E_TagNone);
        if (tags_check(c, &spec->tags))
            return -1;
    }
    return 0;
}

struct list tag_specs_for(const struct list *specs, const char *type)
{
    LIST_EACH (struct tag_spec, spec, specs) {
        if (text_is(spec->type, type))
            return spec->tags;
    }
    return (struct list){ 0 };
}

void tag_specs_put(struct call *c, const struct list *specs, const char *type, const char *resource)
{
    struct list tags = tag_specs_for(specs, type);
    tags_put(c, type, resource, &tags);
}

int tags_add(struct call *c, const char *type, const char *resource, const struct list *tags)
{
    tags_put(c, type, resource, tags);
    int64_t count =
        store_number(c->store, "SELECT count(*) FROM tag WHERE account = ? AND resource = ?",
                     SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(resource)));
    return count > MAX_TAGS ? fail(c, E_TagLimit) : 0;
}
