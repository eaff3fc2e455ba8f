/* See cloud_config.h. */
#include "guest/boot/cloud_config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"

#define DEEPEST 32

/* ---- Reading ---- */

const struct value *cloud_config_read(struct arena *a, const char *text, size_t n,
                                      const char **ret_error)
{
    const struct value *v = value_from_yaml_loose(a, "cloud-config", text, n, ret_error);
    if (!v)
        return NULL;
    if (v->type == VALUE_MAP && v->count)
        return v;
    *ret_error = v->type == VALUE_MAP || v->type == VALUE_NULL
                     ? "empty cloud config"
                     : "the top of a cloud config is a mapping";
    return NULL;
}

static bool is_word(const char *s, const char *const *words)
{
    for (; *words; words++) {
        if (strcasecmp(s, *words) == 0)
            return true;
    }
    return false;
}

bool cloud_config_truth(const struct value *config, const char *key, bool otherwise)
{
    static const char *const yes[] = { "true", "1", "on", "yes", NULL };
    const struct value *v = value_get(config, key);
    if (!v || v->type == VALUE_NULL)
        return otherwise;
    if (v->type == VALUE_BOOL)
        return v->flag;
    return v->text && is_word(v->text, yes);
}

const char *cloud_config_text(struct arena *a, const struct value *config, const char *key)
{
    const struct value *v = value_get(config, key);
    return v ? value_scalar(a, v) : NULL;
}

static void add_split(struct arena *a, struct list *into, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, ",");
        size_t from = strspn(text, " ");
        size_t end = n;
        while (end > from && text[end - 1] == ' ')
            end--;
        if (end > from)
            strs_add(a, into, arena_strndup(a, text + from, end - from));
        text += n + (text[n] != '\0');
    }
}

struct list cloud_config_texts(struct arena *a, const struct value *config, const char *key)
{
    struct list all = { 0 };
    const struct value *v = value_get(config, key);
    if (!v)
        return all;
    if (v->type != VALUE_LIST) {
        const char *text = value_scalar(a, v);
        if (text)
            add_split(a, &all, text);
        return all;
    }
    for (const struct value *item = v->first; item; item = item->next) {
        const char *text = value_scalar(a, item);
        if (text)
            strs_add(a, &all, text);
    }
    return all;
}

/* YAML 1.1, as Python's reader has it: a plain number that begins with 0 is octal. */
bool cloud_config_mode(const struct value *v, int64_t *ret)
{
    char *end;
    if (v->type == VALUE_INT && v->text && v->text[0] != '0') {
        *ret = v->number & 07777;
        return true;
    }
    if (!v->text || !*v->text)
        return false;
    const char *digits = strncasecmp(v->text, "0o", 2) == 0 ? v->text + 2 : v->text;
    *ret = strtol(digits, &end, 8);
    return !*end && *ret >= 0 && *ret <= 07777;
}

static const char *quoted(struct arena *a, const char *word)
{
    struct buffer b = { 0 };
    buffer_add_text(a, &b, "'");
    for (const char *at = word; *at; at++)
        *at == '\'' ? buffer_add_text(a, &b, "'\\''") : buffer_add(a, &b, at, 1);
    buffer_add_text(a, &b, "'");
    return buffer_text(a, &b);
}

const char *cloud_config_shell(struct arena *a, const struct value *command)
{
    struct list words = { 0 };
    if (command->type == VALUE_TEXT)
        return command->text;
    if (command->type != VALUE_LIST)
        return NULL;
    for (const struct value *v = command->first; v; v = v->next) {
        const char *word = value_scalar(a, v);
        strs_add(a, &words, quoted(a, word ? word : "None"));
    }
    return strs_join(a, &words, " ");
}

/* ---- Merging ---- */

static struct value *shared(struct arena *a, const struct value *v)
{
    struct value *copy = value_new(a, v->type);
    *copy = *v;
    copy->next = NULL;
    return copy;
}

/* How values of a kind are merged, as the words of merge_how say. */
struct rules {
    bool replace; /* a key that both have: the part's */
    bool recurse_list, recurse_text;
    bool append_list, prepend_list, append_text;
};

static const struct value *merge(struct arena *a, const struct value *old, const struct value *new,
                                 const struct rules *r, int depth);

static const struct value *merge_lists(struct arena *a, const struct value *old,
                                       const struct value *new, const struct rules *r)
{
    struct value *all = value_new(a, VALUE_LIST);
    const struct value *order[2] = { r->prepend_list ? new : old, r->prepend_list ? old : new };
    for (size_t i = 0; i < 2; i++) {
        for (const struct value *v = order[i]->first; v; v = v->next)
            value_add(all, NULL, shared(a, v));
    }
    return all;
}

static const struct value *merge_same(struct arena *a, const struct value *old,
                                      const struct value *new, const struct rules *r, int depth)
{
    bool lists = old->type == VALUE_LIST && new->type == VALUE_LIST;
    if (r->replace || depth > DEEPEST)
        return r->replace ? new : old;
    if (old->type == VALUE_MAP && new->type == VALUE_MAP)
        return merge(a, old, new, r, depth + 1);
    if (lists && r->recurse_list && (r->append_list || r->prepend_list))
        return merge_lists(a, old, new, r);
    if (old->type == VALUE_TEXT && new->type == VALUE_TEXT && r->recurse_text && r->append_text) {
        struct value *both = value_new(a, VALUE_TEXT);
        both->text = arena_printf(a, "%s%s", old->text, new->text);
        return both;
    }
    return old;
}

static const struct value *merge(struct arena *a, const struct value *old, const struct value *new,
                                 const struct rules *r, int depth)
{
    struct value *all = value_new(a, VALUE_MAP);
    for (const struct value *v = old->first; v; v = v->next) {
        const struct value *other = value_get(new, v->key);
        value_add(all, v->key, shared(a, other ? merge_same(a, v, other, r, depth) : v));
    }
    for (const struct value *v = new->first; v; v = v->next) {
        if (!value_get(old, v->key))
            value_add(all, v->key, shared(a, v));
    }
    return all;
}

const struct value *cloud_config_merge(struct arena *a, const struct value *high,
                                       const struct value *low)
{
    static const struct rules first_holds = { 0 };
    if (!high || !low)
        return high ? high : low;
    return merge(a, high, low, &first_holds, 0);
}

/* The options of "list(append,x)" in a text of mergers; "" where it has none. */
static const char *options_of(struct arena *a, const char *how, const char *kind)
{
    const char *at = strstr(how, arena_printf(a, "%s(", kind));
    return at ? arena_strndup(a, at + strlen(kind) + 1, strcspn(at + strlen(kind) + 1, ")")) : "";
}

/* merge_how of a part: a text, or a list of {name, settings}. */
static const char *said_how(struct arena *a, const struct value *part)
{
    struct list all = { 0 };
    const struct value *v = value_get(part, "merge_how");
    if (!v)
        v = value_get(part, "merge_type");
    if (!v || v->type != VALUE_LIST)
        return v ? value_scalar(a, v) : NULL;
    for (const struct value *m = v->first; m; m = m->next) {
        const char *name = value_text(m, "name");
        struct list settings = cloud_config_texts(a, m, "settings");
        if (name)
            strs_add(a, &all, arena_printf(a, "%s(%s)", name, strs_join(a, &settings, ",")));
    }
    return strs_join(a, &all, "+");
}

const struct value *cloud_config_add(struct arena *a, const struct value *before,
                                     const struct value *part, const char *how)
{
    const char *said = said_how(a, part);
    if (!text_blank(said))
        how = said;
    if (text_blank(how))
        how = "dict(replace)+list()+str()";
    if (!before)
        return part;
    const char *dict = options_of(a, how, "dict"), *list = options_of(a, how, "list"),
               *str = options_of(a, how, "str");
    struct rules r = {
        .replace = !strstr(dict, "no_replace") && strstr(dict, "replace") != NULL,
        .recurse_list = strstr(dict, "recurse_list") || strstr(dict, "recurse_array"),
        .recurse_text = strstr(dict, "recurse_str") != NULL,
        .append_list = strstr(list, "append") != NULL,
        .prepend_list = strstr(list, "prepend") != NULL,
        .append_text = strstr(str, "append") != NULL,
    };
    return merge(a, before, part, &r, 0);
}

/* ---- Writing ---- */

const char *cloud_config_write(struct arena *a, const struct value *config)
{
    /* JSON is YAML, too */
    return config ? arena_printf(a, "#cloud-config\n\n%s\n", value_to_json(a, config, JSON_PRETTY))
                  : "";
}
