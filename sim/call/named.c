/* See named.h. */
#include "call/named.h"

#include <string.h>

#include "base/text.h"

static inline bool ends(const char *name, size_t n, const char *suffix)
{
    size_t m = strlen(suffix);
    return n >= m && name[n - m] == *suffix && memcmp(name + n - m, suffix, m) == 0;
}

/* Accounts, Zones and access keys have ids, too, but are no resources of a call. */
static bool is_of_resource(const char *name)
{
    size_t n = strlen(name);
    if (!ends(name, n, "Id") && !ends(name, n, "Ids") && !ends(name, n, "-id"))
        return false;
    return !ends(name, n, "UserId") && !ends(name, n, "OwnerId") && !ends(name, n, "AccountId")
           && !ends(name, n, "ZoneId") && !ends(name, n, "AccessKeyId") && !ends(name, n, "user-id")
           && !ends(name, n, "owner-id") && !ends(name, n, "zone-id");
}

static void add(struct call *c, const char *text)
{
    const char *slash = text_starts(text, "arn:") ? strrchr(text, '/') : NULL;
    const char *id = slash ? slash + 1 : text;
    if (*id && !strchr(id, ' ') && !strs_have(&c->named, id))
        strs_add(c->a, &c->named, id);
}

static void add_all(struct call *c, const struct value *v)
{
    if (v->type == VALUE_TEXT)
        add(c, v->text);
    for (const struct value *child = v->first; child; child = child->next)
        add_all(c, child);
}

/* What the values of a filter or a target are; "" where this is neither. */
static const char *subject_of(const struct value *map)
{
    static const char *const rows[] = { "Name", "Key", "key" };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = value_text(map, rows[i]);
        if (text)
            return text;
    }
    return "";
}

static const struct param *row_of(const struct param *params, const char *name)
{
    for (const struct param *p = params; p->name; p++) {
        if (strcmp(p->name, name) == 0)
            return p;
    }
    return NULL;
}

static bool is_identifier(const struct param *p, const struct value *map)
{
    if (p->type != PARAM_TEXT && p->type != PARAM_TEXTS)
        return false;
    return is_of_resource(p->name) || (p->type == PARAM_TEXTS && is_of_resource(subject_of(map)));
}

static void add_from(struct call *c, const struct param *params, const struct value *map)
{
    for (const struct value *v = map->type == VALUE_MAP ? map->first : NULL; v; v = v->next) {
        const struct param *p = row_of(params, v->key);
        if (!p)
            continue;
        if (is_identifier(p, map))
            add_all(c, v);
        if (p->type == PARAM_STRUCT && p->of)
            add_from(c, p->of, v);
        if (p->type != PARAM_LIST || !p->of)
            continue;
        for (const struct value *item = v->first; item; item = item->next)
            add_from(c, p->of, item);
    }
}

const struct list *call_named(struct call *c)
{
    if (!c->knows_named && c->op && c->input) {
        add_from(c, c->op->params, c->input);
        c->knows_named = true;
    }
    return &c->named;
}
