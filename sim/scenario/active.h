/* Inside the scenario room: what this process holds of what the store says. */
#ifndef SCENARIO_ACTIVE_H
#define SCENARIO_ACTIVE_H

#include "base/arena.h"
#include "base/list.h"
#include "scenario/match.h"
#include "scenario/record.h"
#include "scenario/scenario.h"

struct active {
    struct arena a; /* of the rules; emptied with every reload */
    struct list rules; /* struct fault_rule */
    bool about_jobs; /* a rule waits for jobs */
    struct match match;
    int64_t hidden, stale; /* rows of these kinds: 0 saves every look */
    bool looks_back; /* the world is as it was, for a read */
    struct list files; /* --scenario */
    struct arena *process;
    struct record record;
    struct arena plan_arena; /* of the plan that a step was last taken from, and its document */
    const char *plan_name, *plan_document;
    struct plan plan;
};

#endif
