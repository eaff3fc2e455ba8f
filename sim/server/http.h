/* The process as a server: one thread, one loop. */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "call/call.h"

struct http_options {
    const char *address;
    int port; /* 0: any free one */
    int patience; /* seconds that a client may be silent, or a request may take to arrive */
    const char *folder; /* where large bodies lie while they are read (server/door.h) */
    bool attached; /* stop when standard input ends */
    /* Called once when the door is open. */
    void (*ready)(const struct sim *sim, const char *address, int port);
};

/* Serves until SIGTERM or SIGINT, or the end of standard input. Returns NULL then, or what went
 * wrong while opening. */
const char *http_run(struct sim *sim, const struct http_options *options, struct arena *a);

#endif
