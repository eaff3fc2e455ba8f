/* Who may use the control routes: programs on this machine, never a web page. */
#ifndef REQUEST_GUARD_H
#define REQUEST_GUARD_H

#include "request/request.h"

/* Control calls need a local Host and no foreign Origin; those that change something also need a
 * header X-Amisim, which a web page cannot send unasked. Other calls pass. */
int guard(struct call *c, const struct request *r);

#endif
