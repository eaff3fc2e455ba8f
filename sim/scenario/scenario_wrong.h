/* What is wrong in a scenario file. */
#ifndef SCENARIO_SCENARIO_WRONG_H
#define SCENARIO_SCENARIO_WRONG_H

#include "call/call.h"

/* "file:line: what; expected was expected", and -1. */
int scenario_wrong(struct call *c, const struct value *at, const char *what, const char *expected);

#endif
