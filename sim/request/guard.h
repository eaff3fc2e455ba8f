/* Who may come in: programs, and pages that this simulator serves itself; never a page of another
 * site, nor one that made its own name mean this machine (DNS rebinding). docs/threat-model.md has
 * the reasons. */
#ifndef REQUEST_GUARD_H
#define REQUEST_GUARD_H

#include "request/request.h"

/* Stands between route() and everything that has an effect, also where route() failed: what it
 * refuses has no effect at all. Returns -1 after fail() in place of any other error: 403,
 * ForeignOrigin (Origin, Sec-Fetch-Site) or ForeignHost.
 *
 * A Host must be a name of this machine, of AWS or in sim->allowed, unless sim->exposed. Control
 * calls need one of this machine or in sim->allowed, always; those that change something also need
 * a header X-Amisim, which a web page cannot send unasked (MissingHeader). */
int guard(struct call *c, const struct request *r, const struct service *s);

/* An address to listen on that only this machine reaches: "127.0.0.1", "::1", "localhost". */
bool guard_is_loopback(const char *address);
/* NAME or NAME:PORT as --allow-host takes it, the name with its dots, an IPv6 address in brackets.
 */
bool guard_is_name(const char *text);

#endif
