/* Inside the scenario room: which rules a call or a job meets.
 *
 * A hundred rules that concern somebody else must cost a call next to nothing. So what can be said
 * of an operation, a Region and an account alone is worked out once for each of them and kept;
 * patterns are made ready beforehand; a parameter, a resource's name and its tags are looked up
 * once for a call, however many rules ask for them. */
#ifndef SCENARIO_MATCH_H
#define SCENARIO_MATCH_H

#include "scenario/fault_rule.h"

/* A glob; most are plain words. */
struct pattern {
    const char *text;
    bool plain;
};

struct patterns {
    struct pattern *items;
    size_t count;
};

struct condition {
    size_t path; /* a parameter: its place in match.paths */
    struct pattern pattern;
};

/* A rule that may concern an occasion; in one piece, for many are looked at. */
struct candidate {
    const struct fault_rule *rule;
    int64_t begins, ends;
    struct condition *conditions;
    size_t count;
    struct patterns resources, names;
    const struct value *tags;
    bool about_resources;
};

struct match {
    struct list rules; /* struct candidate, one for each */
    struct list paths; /* struct path: parameters that rules ask for */
    struct arena a; /* of what follows */
    struct known *known[64];
    size_t count;
};

/* After the rules (struct fault_rule) changed; they and what is made of them live in that arena. */
void match_make(struct match *m, struct arena *a, const struct list *rules);
void match_release(struct match *m);

/* Something a rule may meet: a call, or a job that is about to be queued. */
struct match_context {
    const char *job; /* a constant; NULL: a call */
    const char *resource; /* a job's subject */
    /* of match_next: */
    const struct list *candidates;
    size_t at;
    struct list resources; /* struct subject; a call's are found on demand */
    bool looked;
    struct look *looks; /* one for each path; NULL: no look yet */
};

/* The next rule, in order, that meets it; NULL: no more. */
const struct fault_rule *match_next(struct call *c, struct match_context *o);

#endif
