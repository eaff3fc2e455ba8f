/* Rules: when something goes wrong, and what. Declarations, and whether a rule strikes now.
 *
 * A rule is a plain struct decoded by a parameter table; what it remembers (how often it met, how often
 * it struck, its tokens, its chance) is a row of the store, so that a checkpoint brings it back. */
#ifndef SCENARIO_RULES_H
#define SCENARIO_RULES_H

#include "call/op.h"

struct rule_when {
    /* globs; an empty list is "whatever" */
    struct list services, operations, regions, accounts, resources, names, jobs;
    const struct value *tags, *parameters; /* mappings of names to globs */
    int64_t nth, first, every, times;      /* ABSENT: does not matter */
    const struct value *probability;
    const char *from, *until;              /* spans after the scenario's start, or moments */
    /* worked out when the rule is read: */
    int64_t begins, ends; /* virtual ms */
    double chance;
};

struct rule_error {
    const char *code, *message;
    int64_t status;
};

struct rule_throttle {
    const struct value *rate; /* calls in a second of virtual time */
    int64_t burst;
};

struct rule_job {
    const char *fail, *code;
    int64_t progress;
    const struct value *slow;
    enum tri stuck, disable_key;
};

struct rule_hide {
    int64_t calls;
    const char *span;
};

struct rule_what {
    struct rule_error error;
    struct rule_throttle throttle;
    struct rule_job job;
    struct rule_hide hide, stale;
    bool has_error, has_throttle, has_job, has_hide, has_stale;
    const char *delay, *drop, *pretend;
    int64_t cut, empty;
    enum tri malformed;
    /* worked out when the rule is read: */
    int64_t wait, hidden_for, stale_for;
    double rate, slower;
    bool acts; /* beyond a delay */
};

struct rule {
    const char *name;
    struct rule_when when;
    struct rule_what what;
    const char *id; /* "scenario/rule", as X-Amisim-Fault names it */
    const char *account; /* the one it is for; NULL: any */
};

extern const struct param rule_params[];

/* Works out what the tables cannot: spans, numbers, combinations. `at` is where the rule stands.
 * -1 after fail() in the words of bind_complain_yaml. */
int rule_finish(struct call *c, struct rule *r, const char *scenario, size_t index, int64_t started,
                const struct value *at);

/* Whether a rule that meets an occasion strikes; counts the meeting. */
bool rule_strikes(struct call *c, const struct rule *r);
/* Forgets what the rules of that scenario remember. */
void rules_forget(struct call *c, const char *scenario);
/* How often it met and struck. */
void rule_counts(struct call *c, const struct rule *r, int64_t *ret_met, int64_t *ret_struck);

/* A number of a rule that may have a fraction; -1 where it is none. */
double rule_number(const struct value *v);

#endif
