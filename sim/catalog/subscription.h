/* Who has subscribed to which AWS Marketplace product (section subscriptions of the fixtures). */
#ifndef CATALOG_SUBSCRIPTION_H
#define CATALOG_SUBSCRIPTION_H

#include "call/call.h"

struct marketplace_subscription {
    const char *code; /* product code */
    struct list accounts; /* const char *; none: every account */
};

bool marketplace_subscription_has(const struct sim *sim, const char *account, const char *code);

#endif
