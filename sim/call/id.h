/* Identifiers: a prefix, then 0 and 16 hex digits (8 digits in the old form) [recorded: section 8].
 */
#ifndef CALL_ID_H
#define CALL_ID_H

#include "call/call.h"

/* A new identifier, which the call has made, from the seeded stream: "ami-" ->
 * "ami-0123456789abcdef0". */
const char *id_new(struct call *c, const char *prefix);
/* Every other new identifier passes here (UUIDs of keys and commands): the call made it. Returns
 * it. */
const char *id_made(struct call *c, const char *id);
/* Whether this very text was drawn for the call and has not been asked for since: what is stored
 * under it must be new. */
bool id_is_fresh(struct call *c, const char *id);
/* The identifier that belongs to a name in this account and Region, always the same one. */
const char *id_named(struct call *c, const char *prefix, const char *name);
/* The same for any scope, as text: fixtures use "us-east-1/al2023-…". */
const char *id_hashed(struct arena *a, const char *prefix, const char *scope);

/* 8 or 17 lower-case hex digits after the prefix. AWS also refuses 17 zeros and a few others, which
 * carry no valid inner check [recorded]; of those the ones known are refused here, too. */
bool id_well_shaped(const char *prefix, const char *id);
/* The code that AWS has for a misshapen identifier: "ami-" -> "InvalidAMIID.Malformed". */
const char *id_malformed_code(const char *prefix);
/* A well-shaped identifier, or the usual error. */
int id_check(struct call *c, const char *prefix, const char *id);

#endif
