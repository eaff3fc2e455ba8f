/* Inside the room of SSH: what its files share. libssh frees nothing of ours and keeps pointers to
 * callbacks, so that clients and channels lie in memory of their own. */
#ifndef SERVER_SSH_INSIDE_H
#define SERVER_SSH_INSIDE_H

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include "call/call.h"
#include "guest/login.h"
#include "world/instance/instance.h"

#define SSH_MOST_CLIENTS 128
#define SSH_MOST_CHANNELS 10 /* of a client, as MaxSessions */
#define SSH_MOST_TRIES 6 /* of keys, as MaxAuthTries */

struct scp;
struct sftp;

/* An instance that answers. */
struct ssh_listener {
    struct ssh_server *server;
    struct arena a;
    const char *instance, *account, *region, *address;
    int port;
    int64_t boots; /* its boot: another one has other keys */
    struct evconnlistener *socket;
    ssh_bind bind; /* its keys, read when somebody first comes; NULL: nobody did */
    bool wanted; /* by the refresh under way */
    struct ssh_listener *next;
};

enum ssh_kind { SSH_IDLE, SSH_COMMAND, SSH_TERMINAL, SSH_SCP, SSH_SFTP };

/* A channel of a client. */
struct ssh_work {
    struct ssh_client *client;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    struct arena a;
    enum ssh_kind kind;
    bool terminal; /* a pty was asked for */
    bool wanted; /* its request came, and nothing was done yet */
    const char *command; /* of SSH_COMMAND */
    const char *process; /* that still runs (guest/process.h); NULL: none */
    bool reads; /* it waits for input */
    size_t fed; /* bytes of `in` that it has had */
    /* Of a terminal: */
    char line[4096]; /* what was typed of it */
    size_t typed;
    struct evbuffer *lines; /* a command that is not whole yet */
    bool unfinished;
    const char *state; /* of its shell between two lines, in: */
    struct arena line_arena;
    struct scp *scp;
    struct sftp *sftp;
    struct evbuffer *in, *out, *err;
    bool over, ended; /* it has a status; the client has been told */
    int64_t status;
};

struct ssh_client {
    struct ssh_server *server;
    struct arena a;
    const char *instance, *account, *region;
    int64_t boots;
    ssh_session session;
    ssh_event poll;
    struct ssh_server_callbacks_struct callbacks;
    evutil_socket_t watched; /* a second descriptor: libssh closes its own when it likes */
    struct event *readable, *writable, *limit;
    bool exchanged, known, gone;
    int tries;
    struct guest_login login;
    const char *host; /* its name, as a prompt shows it */
    struct ssh_work *works[SSH_MOST_CHANNELS];
    struct ssh_client *next;
};

struct ssh_server {
    struct arena a;
    struct sim *sim;
    struct event_base *base;
    int patience, port;
    int64_t next; /* when the next sshd begins that nobody tells of; ABSENT: none does */
    struct event *alarm;
    void (*acted)(void *with);
    void *with;
    struct ssh_listener *listeners;
    struct ssh_client *clients;
    size_t count; /* of clients */
};

/* ---- ssh_client.c ---- */

/* A connection to that listener; the descriptor is the client's. */
void ssh_client_new(struct ssh_listener *l, evutil_socket_t fd);
void ssh_client_free(struct ssh_client *k);
/* Goes on as far as it can. */
void ssh_client_go_on(struct ssh_client *k);

/* ---- ssh_channel.c ---- */

/* What libssh asks for: a channel for a session; NULL: it has too many. */
ssh_channel ssh_work_new(struct ssh_client *k);
/* Does what is to be done, takes what came and sends what can be sent. False: it is through. */
bool ssh_work_go_on(struct ssh_work *w);
void ssh_work_free(struct ssh_work *w);

/* ---- ssh_act.c ---- */

/* One step in the instance's world: all or nothing, kept when it returns. -1: nothing happened. */
typedef int ssh_step(struct call *c, const struct instance *i, void *with);
bool ssh_is_up(struct call *c, const struct ssh_client *k, struct instance *ret);
int ssh_act(struct ssh_client *k, struct arena *a, ssh_step *step, void *with);

#endif
