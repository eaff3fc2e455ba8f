/* Whether a rule strikes: patterns first (they cost nothing), then what it remembers. */
#include "scenario/rules.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "store/kind.h"

/* What a rule remembers. */
struct rule_state {
    const char *id, *scenario;
    int64_t met, struck; /* occasions that fitted; those it acted on */
    int64_t random; /* state of its own stream */
    int64_t tokens, filled; /* thousandths of a token, and when they were counted */
};

const struct kind rule_state_kind = {
    .name = "rule_state",
    .size = sizeof(struct rule_state),
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct rule_state, id), .column = "id" },
                                { TEXT_FIELD(struct rule_state, scenario), .column = "scenario" },
                                { INT_FIELD(struct rule_state, met), .column = "met" },
                                { INT_FIELD(struct rule_state, struck), .column = "struck" },
                                { INT_FIELD(struct rule_state, random), .column = "random" },
                                { INT_FIELD(struct rule_state, tokens), .column = "tokens" },
                                { TIME_FIELD(struct rule_state, filled), .column = "filled" },
                                { 0 } },
};

/* ---- Patterns ---- */

/* Most patterns are done with after one character: a hundred rules must cost a call next to
 * nothing. */
static bool glob_fits(const char *glob, const char *s)
{
    bool literal = *glob != '*' && *glob != '?' && *glob != '\\';
    return (!literal || *glob == *s) && text_glob(glob, s);
}

static bool fits(const struct list *globs, const char *s)
{
    if (!globs->count)
        return true;
    LIST_EACH (const char *, glob, globs) {
        if (s && glob_fits(*glob, s))
            return true;
    }
    return false;
}

static const char *scalar(struct call *c, const struct value *v)
{
    switch (v->type) {
    case VALUE_TEXT:
        return v->text;
    case VALUE_INT:
        return arena_printf(c->a, "%lld", (long long)v->number);
    case VALUE_BOOL:
        return v->flag ? "true" : "false";
    default:
        return NULL;
    }
}

/* Whether a value, or any inside it, fits. */
static bool value_fits(struct call *c, const struct value *v, const char *glob)
{
    const char *text = v ? scalar(c, v) : NULL;
    if (text)
        return text_glob(glob, text);
    for (v = v ? v->first : NULL; v; v = v->next) {
        if (value_fits(c, v, glob))
            return true;
    }
    return false;
}

/* "Filter.1.Name", in lists as in flattened ones. */
static const struct value *parameter(struct call *c, const struct value *input, const char *path)
{
    while (input && *path) {
        size_t n = strcspn(path, ".");
        const char *name = arena_strndup(c->a, path, n);
        int64_t index;
        if (input->type == VALUE_LIST && text_int(name, &index)) {
            const struct value *item = input->first;
            while (item && --index > 0)
                item = item->next;
            input = item;
        } else {
            input = value_get(input, name);
        }
        path += n + (path[n] == '.');
    }
    return input;
}

static bool parameters_fit(struct call *c, const struct rule_when *w)
{
    for (const struct value *v = w->parameters ? w->parameters->first : NULL; v; v = v->next) {
        const char *glob = scalar(c, v);
        if (!glob || !c->input || !value_fits(c, parameter(c, c->input, v->key), glob))
            return false;
    }
    return true;
}

/* ---- Resources ---- */

/* "ami-0123456789abcdef0": a prefix, a hyphen, 8 or 17 hex digits. */
static bool is_id(const char *s)
{
    const char *hyphen = strrchr(s, '-');
    size_t n = hyphen ? strlen(hyphen + 1) : 0;
    return hyphen && hyphen != s && (n == 8 || n == 17)
           && strspn(hyphen + 1, "0123456789abcdef") == n;
}

static void find_ids(struct call *c, const struct value *v, struct list *into)
{
    if (v->type == VALUE_TEXT && is_id(v->text) && !strs_have(into, v->text))
        strs_add(c->a, into, v->text);
    for (const struct value *child = v->first; child; child = child->next)
        find_ids(c, child, into);
}

static const struct list *resources_of(struct call *c, struct occasion *o)
{
    if (!o->looked && o->resource)
        strs_add(c->a, &o->resources, o->resource);
    else if (!o->looked && c->input)
        find_ids(c, c->input, &o->resources);
    o->looked = true;
    return &o->resources;
}

static const char *tag_value(struct call *c, const char *resource, const char *key)
{
    return store_word(c, "SELECT value FROM tag WHERE account = ? AND resource = ? AND key = ?",
                      WITH(B_TEXT(c->account), B_TEXT(resource), B_TEXT(key)));
}

static bool tags_fit(struct call *c, const struct value *tags, const char *resource)
{
    for (const struct value *v = tags->first; v; v = v->next) {
        const char *value = tag_value(c, resource, v->key), *glob = scalar(c, v);
        if (!value || !glob || !text_glob(glob, value))
            return false;
    }
    return true;
}

/* An image's own name, or the tag Name that people call things by. */
static bool name_fits(struct call *c, const struct list *names, const char *resource)
{
    const char *own = store_word(c, "SELECT name FROM image WHERE id = ? AND region = ?",
                                 WITH(B_TEXT(resource), B_TEXT(c->region)));
    const char *tag = tag_value(c, resource, "Name");
    return (own && fits(names, own)) || (tag && fits(names, tag));
}

static bool resource_fits(struct call *c, const struct rule_when *w, const char *resource)
{
    return fits(&w->resources, resource) && (!w->tags || tags_fit(c, w->tags, resource))
           && (!w->names.count || name_fits(c, &w->names, resource));
}

/* One resource of the occasion must fit in all respects; a name may also be the one being given. */
static bool resources_fit(struct call *c, const struct rule_when *w, struct occasion *o)
{
    if (!w->resources.count && !w->names.count && !w->tags)
        return true;
    const char *given = !o->job && c->input ? value_text(c->input, "Name") : NULL;
    if (given && w->names.count && !w->resources.count && !w->tags && fits(&w->names, given))
        return true;
    LIST_EACH (const char *, resource, resources_of(c, o)) {
        if (resource_fits(c, w, *resource))
            return true;
    }
    return false;
}

static bool meets(struct call *c, const struct rule_when *w, struct occasion *o)
{
    if ((w->jobs.count > 0) != (o->job != NULL) || c->now < w->begins || c->now >= w->ends)
        return false;
    if (!fits(&w->regions, c->region) || !fits(&w->accounts, c->account))
        return false;
    if (o->job ? !fits(&w->jobs, o->job)
               : !fits(&w->operations, c->op->name) || !fits(&w->services, c->op->service->name))
        return false;
    return parameters_fit(c, w) && resources_fit(c, w, o);
}

/* ---- What it remembers ---- */

static void state_of(struct call *c, const struct rule *r, struct rule_state *ret)
{
    if (store_get(c, &rule_state_kind, r->id, ret))
        return;
    int64_t seed = store_number(
        c->store, "SELECT seed FROM scenario WHERE name = substr(?1, 1, instr(?1, '/') - 1)",
        WITH(B_TEXT(r->id)));
    *ret = (struct rule_state){
        .id = r->id,
        .scenario = arena_strndup(c->a, r->id, strcspn(r->id, "/")),
        .random = (int64_t)(hash_text(r->id) ^ (uint64_t)(seed == ABSENT ? 0 : seed)),
        .tokens = (r->what.throttle.burst == ABSENT ? 1 : r->what.throttle.burst) * 1000,
        .filled = c->now
    };
}

static bool chance_has_it(struct rule_state *s, double chance)
{
    if (chance >= 1)
        return true;
    struct rng rng = { .state = (uint64_t)s->random };
    double drawn = (double)(rng_next(&rng) >> 11) / 9007199254740992.0;
    s->random = (int64_t)rng.state;
    return drawn < chance;
}

static bool count_fits(const struct rule_when *w, const struct rule_state *s)
{
    return (w->nth == ABSENT || s->met == w->nth) && (w->first == ABSENT || s->met <= w->first)
           && (w->every == ABSENT || s->met % w->every == 0)
           && (w->times == ABSENT || s->struck < w->times);
}

/* A bucket fills at `rate` up to `burst`; a call that finds no whole token is refused. */
static bool bucket_is_empty(struct call *c, const struct rule_what *w, struct rule_state *s)
{
    double most = (double)(w->throttle.burst == ABSENT ? 1 : w->throttle.burst) * 1000;
    double tokens = (double)s->tokens + (double)(c->now - s->filled) * w->rate;
    s->tokens = (int64_t)(tokens < most ? tokens : most);
    s->filled = c->now;
    if (s->tokens < 1000)
        return true;
    s->tokens -= 1000;
    return false;
}

bool rule_strikes(struct call *c, const struct rule *r, struct occasion *o)
{
    struct rule_state s;
    if ((r->account && !text_is(r->account, c->account)) || !meets(c, &r->when, o))
        return false;
    store_begin(c->store);
    state_of(c, r, &s);
    s.met++;
    bool strikes = count_fits(&r->when, &s) && chance_has_it(&s, r->when.chance)
                   && (!r->what.has_throttle || bucket_is_empty(c, &r->what, &s));
    s.struck += strikes;
    store_put(c, &rule_state_kind, &s);
    return strikes;
}

void rules_forget(struct call *c, const char *scenario)
{
    store_exec(c->store, "DELETE FROM rule_state WHERE scenario = ?", WITH(B_TEXT(scenario)));
}

void rule_counts(struct call *c, const struct rule *r, int64_t *ret_met, int64_t *ret_struck)
{
    struct rule_state s = { 0 };
    bool known = store_get(c, &rule_state_kind, r->id, &s);
    *ret_met = known ? s.met : 0;
    *ret_struck = known ? s.struck : 0;
}
