/* Rules: when something goes wrong, and what. Declarations, and whether a rule strikes now.
 *
 * A rule is a plain struct decoded by a parameter table; what it remembers (how often it met, how
 * often it struck, its tokens, its chance) is a row of the store, so that a checkpoint brings it
 * back. */
#ifndef SCENARIO_FAULT_RULE_H
#define SCENARIO_FAULT_RULE_H

#include "call/op.h"

struct fault_when {
    /* globs; an empty list is "whatever" */
    struct list services, operations, regions, accounts, resources, names, jobs;
    const struct value *tags, *parameters; /* mappings of names to globs */
    int64_t nth, first, every, times; /* ABSENT: does not matter */
    const struct value *probability;
    const char *from, *until; /* spans after the scenario's start, or moments */
    /* worked out when the rule is read: */
    int64_t begins, ends; /* virtual ms */
    double chance;
};

struct fault_error {
    const char *code, *message;
    int64_t status;
};

struct fault_throttle {
    const struct value *rate; /* calls in a second of virtual time */
    int64_t burst;
};

struct fault_job {
    const char *fail, *code;
    int64_t progress;
    const struct value *slow;
    enum tri stuck, disable_key;
};

struct fault_hide {
    int64_t calls;
    const char *span;
};

struct fault_what {
    struct fault_error error;
    struct fault_throttle throttle;
    struct fault_job job;
    struct fault_hide hide, stale;
    bool has_error, has_throttle, has_job, has_hide, has_stale;
    const char *delay, *drop, *pretend;
    int64_t cut, empty;
    enum tri malformed;
    /* worked out when the rule is read: */
    int64_t wait, hidden_for, stale_for;
    double rate, slower;
    bool acts; /* beyond a delay */
};

struct fault_rule {
    const char *name;
    struct fault_when when;
    struct fault_what what;
    const char *id; /* "scenario/rule", as X-Amisim-Fault names it */
    const char *account; /* the one it is for; NULL: any */
};

extern const struct param fault_rule_params[];

/* Works out what the tables cannot: spans, numbers, combinations. `at` is where the rule stands.
 * -1 after fail() in the words of complain_yaml. */
int fault_rule_finish(struct call *c, struct fault_rule *r, const char *scenario, size_t index,
                      int64_t started, const struct value *at);

/* Whether a rule that meets an occasion strikes; counts the meeting. */
bool fault_rule_fires(struct call *c, const struct fault_rule *r);
/* Forgets what the rules of that scenario remember. */
void fault_rules_forget(struct call *c, const char *scenario);
/* How often it met and struck. */
void fault_rule_counts(struct call *c, const struct fault_rule *r, int64_t *ret_met,
                       int64_t *ret_struck);

/* A number of a rule that may have a fraction; -1 where it is none. */
double fault_rule_number(const struct value *v);

#endif
