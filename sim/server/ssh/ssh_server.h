/* sshd of the guests (libssh): an address of its own for each running Linux instance that has a
 * public one, in the loop that also serves HTTP.
 *
 * Nothing here blocks: a session goes on when its socket is ready, and what its client does not
 * read waits, within bounds. */
#ifndef SERVER_SSH_SERVER_H
#define SERVER_SSH_SERVER_H

#include <event2/event.h>

#include "call/call.h"

struct ssh_server;

/* acted: called after a session changed the world. patience: seconds that a client has to log in.
 */
struct ssh_server *ssh_server_new(struct sim *sim, struct event_base *base, int patience,
                                  void (*acted)(void *with), void *with);
/* The world has changed: opens and closes what is to be, and tells sessions what they wait for. */
void ssh_server_refresh(struct ssh_server *s);
void ssh_server_free(struct ssh_server *s);

#endif
