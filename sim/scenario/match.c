/* See match.h. */
#include "scenario/match.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "call/named.h"
#include "scenario/active.h"
#include "store/store.h"
#include "store/tag_row.h"

#define MAX_KNOWN 256

/* "Filter.1.Name", apart. */
struct path {
    const char *text;
    struct list names; /* const char * */
};

/* What a call has there. */
struct look {
    bool done;
    const char *text; /* a scalar's */
    const struct value *value; /* a list or mapping */
};

/* The candidates for one operation or job in one Region and account. */
struct known {
    struct known *next;
    const void *what; /* struct op, or a job's name */
    const char *region, *account;
    struct list candidates;
};

struct subject {
    const char *id;
    bool named, tagged; /* it was looked up */
    const char *name; /* an image's own */
    struct list tags;
};

/* ---- Patterns ---- */

static struct pattern pattern_of(const char *text)
{
    return (struct pattern){ text, !strpbrk(text, "*?\\") };
}

static bool fits(const struct pattern *p, const char *s)
{
    return p->plain ? strcmp(p->text, s) == 0 : text_glob(p->text, s);
}

static bool any_fits(const struct patterns *p, const char *s)
{
    for (size_t i = 0; i < p->count; i++) {
        if (fits(&p->items[i], s))
            return true;
    }
    return false;
}

static struct patterns patterns_of(struct arena *a, const struct list *globs)
{
    struct patterns p = { arena_array(a, struct pattern, globs->count), globs->count };
    for (size_t i = 0; i < p.count; i++)
        p.items[i] = pattern_of(*list_at(globs, const char *, i));
    return p;
}

/* ---- Candidates ---- */

static size_t path_place(struct match *m, struct arena *a, const char *text)
{
    for (size_t i = 0; i < m->paths.count; i++) {
        if (text_is(list_at(&m->paths, struct path, i)->text, text))
            return i;
    }
    struct path *path = list_add(a, &m->paths, struct path);
    path->text = text;
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, ".");
        strs_add(a, &path->names, arena_strndup(a, at, n));
        at += n + (at[n] == '.');
    }
    return m->paths.count - 1;
}

static struct candidate candidate_of(struct match *m, struct arena *a, const struct fault_rule *r)
{
    const struct fault_when *w = &r->when;
    struct candidate k = { .rule = r,
                           .begins = w->begins,
                           .ends = w->ends,
                           .resources = patterns_of(a, &w->resources),
                           .names = patterns_of(a, &w->names),
                           .tags = w->tags };
    k.about_resources = k.resources.count || k.names.count || k.tags;
    if (!w->parameters)
        return k;
    k.conditions = arena_array(a, struct condition, w->parameters->count);
    for (const struct value *v = w->parameters->first; v; v = v->next)
        k.conditions[k.count++] =
            (struct condition){ path_place(m, a, v->key), pattern_of(value_scalar(a, v)) };
    return k;
}

static void forget_known(struct match *m)
{
    arena_reset(&m->a);
    memset(m->known, 0, sizeof m->known);
    m->count = 0;
}

void match_make(struct match *m, struct arena *a, const struct list *rules)
{
    forget_known(m);
    m->rules = m->paths = (struct list){ 0 };
    LIST_EACH (struct fault_rule, r, rules)
        *list_add(a, &m->rules, struct candidate) = candidate_of(m, a, r);
}

void match_release(struct match *m)
{
    arena_release(&m->a);
}

static bool listed(const struct list *globs, const char *s)
{
    LIST_EACH (const char *, glob, globs) {
        if (text_glob(*glob, s))
            return true;
    }
    return !globs->count;
}

static bool may_meet(const struct call *c, const struct fault_rule *r,
                     const struct match_context *o)
{
    const struct fault_when *w = &r->when;
    if (r->account && !text_is(r->account, c->account))
        return false;
    if (!listed(&w->regions, c->region) || !listed(&w->accounts, c->account))
        return false;
    if (o->job)
        return w->jobs.count && listed(&w->jobs, o->job);
    return !w->jobs.count && listed(&w->operations, c->op->name)
           && listed(&w->services, c->op->service->name);
}

static struct known **known_of(struct call *c, struct match *m, const void *what)
{
    size_t slot = (hash_text(c->account) ^ hash_text(c->region) ^ (uintptr_t)what / 64)
                  % (sizeof m->known / sizeof *m->known);
    struct known **at = &m->known[slot];
    while (*at
           && ((*at)->what != what || !text_is((*at)->region, c->region)
               || !text_is((*at)->account, c->account)))
        at = &(*at)->next;
    return at;
}

static struct known *work_out(struct call *c, struct match *m, const struct match_context *o,
                              const void *what)
{
    struct known *k = arena_new(&m->a, struct known);
    k->what = what;
    k->region = arena_strdup(&m->a, c->region);
    k->account = arena_strdup(&m->a, c->account);
    LIST_EACH (struct candidate, one, &m->rules) {
        if (may_meet(c, one->rule, o))
            *list_add(&m->a, &k->candidates, struct candidate) = *one;
    }
    return k;
}

static const struct list *candidates(struct call *c, struct match *m, const struct match_context *o)
{
    if (!m->rules.count)
        return &m->rules;
    const void *what = o->job ? (const void *)o->job : c->op;
    struct known **at = known_of(c, m, what);
    if (!*at && m->count == MAX_KNOWN) { /* a suite with an account for each test */
        forget_known(m);
        at = known_of(c, m, what);
    }
    if (!*at) {
        *at = work_out(c, m, o, what);
        m->count++;
    }
    return &(*at)->candidates;
}

/* ---- Parameters ---- */

/* Lists may be lists, or flattened. */
static const struct value *follow(const struct value *input, const struct path *path)
{
    LIST_EACH (const char *, name, &path->names) {
        int64_t index;
        if (!input)
            return NULL;
        if (input->type == VALUE_LIST && text_int(*name, &index)) {
            const struct value *item = input->first;
            while (item && --index > 0)
                item = item->next;
            input = item;
        } else {
            input = value_get(input, *name);
        }
    }
    return input;
}

static const struct look *look(struct call *c, const struct match *m, struct match_context *o,
                               size_t place)
{
    if (!o->looks)
        o->looks = arena_array(c->a, struct look, m->paths.count);
    struct look *l = &o->looks[place];
    if (!l->done) {
        l->done = true;
        l->value = follow(c->input, list_at(&m->paths, struct path, place));
        l->text = l->value ? value_scalar(c->a, l->value) : NULL;
    }
    return l;
}

/* Whether any value inside it fits. */
static bool inside_fits(struct call *c, const struct value *v, const struct pattern *p)
{
    for (v = v->first; v; v = v->next) {
        const char *text = value_scalar(c->a, v);
        if (text ? fits(p, text) : inside_fits(c, v, p))
            return true;
    }
    return false;
}

static bool parameters_fit(struct call *c, const struct match *m, const struct candidate *k,
                           struct match_context *o)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct condition *wanted = &k->conditions[i];
        const struct look *l = look(c, m, o, wanted->path);
        if (!l->value
            || !(l->text ? fits(&wanted->pattern, l->text)
                         : inside_fits(c, l->value, &wanted->pattern)))
            return false;
    }
    return true;
}

/* ---- Resources ---- */

static void add_subject(struct call *c, struct list *into, const char *id)
{
    list_add(c->a, into, struct subject)->id = id;
}

static struct list *subjects_of(struct call *c, struct match_context *o)
{
    if (!o->looked && o->resource) {
        add_subject(c, &o->resources, o->resource);
    } else if (!o->looked) {
        LIST_EACH (const char *, id, call_named(c))
            add_subject(c, &o->resources, *id);
    }
    o->looked = true;
    return &o->resources;
}

static const char *own_name(struct call *c, struct subject *s)
{
    if (!s->named)
        s->name = store_word(c, "SELECT name FROM image WHERE id = ? AND region = ?",
                             SQL_ARGS(SQL_TEXT(s->id), SQL_TEXT(c->region)));
    s->named = true;
    return s->name;
}

static const char *tag_value(struct call *c, struct subject *s, const char *key)
{
    if (!s->tagged)
        s->tags = tags_of(c, s->id);
    s->tagged = true;
    const struct tag *tag = LIST_FIND(struct tag, &s->tags, key, key);
    return tag ? tag->value : NULL;
}

static bool tags_fit(struct call *c, const struct value *tags, struct subject *s)
{
    for (const struct value *v = tags ? tags->first : NULL; v; v = v->next) {
        const char *value = tag_value(c, s, v->key);
        if (!value || !text_glob(value_scalar(c->a, v), value))
            return false;
    }
    return true;
}

/* An image's own name, or the tag Name that people call things by. */
static bool name_fits(struct call *c, const struct patterns *names, struct subject *s)
{
    const char *name = own_name(c, s), *tag = tag_value(c, s, "Name");
    return (name && any_fits(names, name)) || (tag && any_fits(names, tag));
}

static bool subject_fits(struct call *c, const struct candidate *k, struct subject *s)
{
    return (!k->resources.count || any_fits(&k->resources, s->id)) && tags_fit(c, k->tags, s)
           && (!k->names.count || name_fits(c, &k->names, s));
}

static bool any_subject_fits(struct call *c, const struct candidate *k, struct match_context *o)
{
    const struct list *subjects = subjects_of(c, o);
    LIST_EACH (struct subject, s, subjects) {
        if (subject_fits(c, k, s))
            return true;
    }
    return false;
}

/* A rule about nothing but names also meets the name that is being given. */
static bool given_name_fits(struct call *c, const struct candidate *k,
                            const struct match_context *o)
{
    if (!k->names.count || k->resources.count || k->tags || o->job || !c->input)
        return false;
    const char *given = value_text(c->input, "Name");
    return given && any_fits(&k->names, given);
}

static bool meets(struct call *c, const struct match *m, const struct candidate *k,
                  struct match_context *o)
{
    return c->now >= k->begins && c->now < k->ends && (!k->count || parameters_fit(c, m, k, o))
           && (!k->about_resources || any_subject_fits(c, k, o) || given_name_fits(c, k, o));
}

const struct fault_rule *match_next(struct call *c, struct match_context *o)
{
    struct match *m = c->sim->scenarios ? &c->sim->scenarios->match : NULL;
    if (!m)
        return NULL;
    if (!o->candidates)
        o->candidates = candidates(c, m, o);
    while (o->at < o->candidates->count) {
        const struct candidate *k = list_at(o->candidates, struct candidate, o->at++);
        if (meets(c, m, k, o))
            return k->rule;
    }
    return NULL;
}
