/* Identities that are refused, in the words of each protocol. */
#ifndef REQUEST_IDENTITY_H
#define REQUEST_IDENTITY_H

#include "call/op.h"

enum identity_problem {
    NO_CREDENTIALS,
    CREDENTIAL_SHAPE, /* given: the credential as it came */
    KEY_UNKNOWN, /* a temporary key that nobody issued, a Region that is not enabled */
    KEY_EXPIRED,
};

/* Ends the call and returns -1. */
int identity_refuse(struct call *c, const struct service *s, enum identity_problem problem,
                    const char *given);

#endif
