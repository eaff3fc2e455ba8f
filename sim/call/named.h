/* The identifiers that a call was sent.
 *
 * The operation's table tells which of its parameters are some: AWS calls them ...Id and ...Ids. Of
 * a filter or a target, whose parameters are Name (or Key) and Values, it is the name given there:
 * image-id, InstanceIds. An ARN names what follows its last slash. */
#ifndef CALL_NAMED_H
#define CALL_NAMED_H

#include "call/op.h"

/* Each once (const char *), in no order that matters. Looked for when it is first asked,
 * before or after the input was decoded. Empty in jobs and before an operation is known. */
const struct list *call_named(struct call *c);

#endif
