/* Inside the scenario room: one entry of the record. */
#ifndef SCENARIO_ENTRY_H
#define SCENARIO_ENTRY_H

#include "call/op.h"

/* Its texts, in the order in which they are shown. */
enum text {
    TEXT_EVENT,
    TEXT_RESOURCE,
    TEXT_SUBJECT,
    TEXT_WAS,
    TEXT_STATE,
    TEXT_JOB,
    TEXT_SERVICE, /* one that is not simulated */
    TEXT_OPERATION,
    TEXT_ACCOUNT,
    TEXT_REGION,
    TEXT_PATH, /* REST: method, path and query */
    TEXT_SENT, /* form or JSON */
    TEXT_NAMED, /* identifiers that were sent, with blanks between them */
    TEXT_ANSWERED, /* those of what was made */
    TEXT_CODE,
    TEXT_MESSAGE,
    TEXT_REQUEST,
    TEXT_FAULT,
    TEXTS
};

struct entry {
    int64_t seq, now; /* seq: from 1 */
    int64_t order; /* among requests and events together; never again */
    const struct service *service;
    int status;
    bool cut; /* more was sent than is kept */
    const char *text[TEXTS];
};

#endif
