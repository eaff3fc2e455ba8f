/* STS: who is it that calls? */
#include "call/op.h"
#include "reply/emit.h"

struct nothing {
    char unused;
};

static const struct param no_params[] = { { 0 } };

/* The account's root user: amisim knows accounts, no users [see docs/fidelity.md]. */
static int get_caller_identity(struct call *c, const struct nothing *in)
{
    (void)in;
    emit_text(c, "Arn", arena_printf(c->a, "arn:aws:iam::%s:root", c->account));
    emit_text(c, "UserId", c->account);
    emit_text(c, "Account", c->account);
    return 0;
}

OPERATION(sts, GetCallerIdentity, get_caller_identity, no_params, struct nothing, .flags = 0);
