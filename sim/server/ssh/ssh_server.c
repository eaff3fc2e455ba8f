/* Which instances answer, where, and with whose keys. */
#include "server/ssh/ssh_server.h"

#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "guest/process.h"
#include "server/pipeline.h"
#include "server/ssh/ssh_inside.h"
#include "store/noun.h"
#include "time/clock.h"

#define LISTEN_FLAGS (LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE)
#define BACKLOG 16
#define PORT 22
#define OTHER_PORT 2222 /* where the process may not have the first one */

/* ---- Sockets ---- */

static void on_connection(struct evconnlistener *socket, evutil_socket_t fd,
                          struct sockaddr *address, int size, void *arg)
{
    struct ssh_listener *l = arg;
    (void)socket;
    (void)address;
    (void)size;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    if (l->server->count == SSH_MOST_CLIENTS)
        evutil_closesocket(fd);
    else
        ssh_client_new(l, fd);
}

static bool listen_at(struct ssh_listener *l, const char *address, int port)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    socklen_t size = sizeof name;
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1)
        return false;
    l->socket = evconnlistener_new_bind(l->server->base, on_connection, l, LISTEN_FLAGS, BACKLOG,
                                        (struct sockaddr *)&name, sizeof name);
    if (!l->socket)
        return false;
    if (getsockname(evconnlistener_get_fd(l->socket), (struct sockaddr *)&name, &size) == 0)
        l->port = ntohs(name.sin_port);
    l->address = arena_strdup(&l->a, address);
    return true;
}

/* At its own address where the machine has it, else at the one that it has, with a port of its own.
 */
static bool open_socket(struct ssh_listener *l, const char *address)
{
    return listen_at(l, address, l->server->port) || listen_at(l, address, OTHER_PORT)
           || listen_at(l, address, 0) || listen_at(l, "127.0.0.1", 0);
}

static void tell(struct ssh_listener *l, const char *what)
{
    struct value *facts = value_new(&l->a, VALUE_MAP);
    value_add_text(&l->a, facts, "instance", l->instance);
    value_add_text(&l->a, facts, "address", l->address);
    value_add_int(&l->a, facts, "port", l->port);
    log_event(&l->a, what, facts);
}

/* ---- Listeners ---- */

static void forget_keys(struct ssh_listener *l)
{
    if (l->bind)
        ssh_bind_free(l->bind);
    l->bind = NULL;
}

static void free_listener(struct ssh_listener *l)
{
    struct arena a = l->a;
    forget_keys(l);
    if (l->socket)
        evconnlistener_free(l->socket);
    free(l);
    arena_release(&a);
}

static struct ssh_listener *listener_of(struct ssh_server *s, const char *instance)
{
    struct ssh_listener *l = s->listeners;
    while (l && !text_is(l->instance, instance))
        l = l->next;
    return l;
}

static void add_listener(struct ssh_server *s, const struct instance *i)
{
    struct ssh_listener *l = calloc(1, sizeof *l);
    if (!l)
        BUG("out of memory");
    l->server = s;
    l->instance = arena_strdup(&l->a, i->id);
    l->account = arena_strdup(&l->a, i->owner);
    l->region = arena_strdup(&l->a, i->region);
    l->boots = i->boots;
    l->wanted = true;
    if (!open_socket(l, i->public_ip)) {
        tell(l, "ssh cannot listen");
        free_listener(l);
        return;
    }
    tell(l, "ssh listens");
    l->next = s->listeners;
    s->listeners = l;
}

/* sshd runs, and a security group lets somebody outside reach it. */
static bool answers(struct ssh_server *s, struct call *c, const struct instance *i)
{
    const struct ssh_listener *l = listener_of(s, i->id);
    int64_t since;
    bool runs = guest_sshd(c, i, &since);
    if (!runs && since > c->now && (s->next == ABSENT || since < s->next))
        s->next = since;
    return runs
           && (security_groups_let_in(c, &i->groups, PORT)
               || security_groups_let_in(c, &i->groups, l ? l->port : s->port));
}

static void want(struct ssh_server *s, struct call *c, const struct instance *i)
{
    struct ssh_listener *l = listener_of(s, i->id);
    c->account = i->owner;
    c->region = i->region;
    if (!answers(s, c, i))
        return;
    if (!l) {
        add_listener(s, i);
        return;
    }
    l->wanted = true;
    if (l->boots != i->boots)
        forget_keys(l);
    l->boots = i->boots;
}

static void close_unwanted(struct ssh_server *s)
{
    for (struct ssh_listener **at = &s->listeners; *at;) {
        struct ssh_listener *l = *at;
        if (l->wanted) {
            at = &l->next;
            continue;
        }
        *at = l->next;
        tell(l, "ssh ends");
        free_listener(l);
    }
}

/* ---- The server ---- */

/* Told in the order of the list, so that it is the same whenever it is looked at. */
static void show_doors(struct ssh_server *s)
{
    struct sim *sim = s->sim;
    sim->ssh_doors.count = 0;
    for (struct ssh_listener *l = s->listeners; l; l = l->next)
        *list_add(&s->a, &sim->ssh_doors, struct ssh_door) =
            (struct ssh_door){ l->instance, l->address, l->port };
}

static int refresh(struct call *c, void *with)
{
    struct ssh_server *s = with;
    struct list running =
        store_list(c, &instance_schema, "state_code = 16 AND public_ip <> ''", SQL_ARGS({ 0 }));
    LIST_EACH (struct instance, i, &running)
        want(s, c, i);
    for (struct ssh_client *k = s->clients; k; k = k->next) {
        struct instance i;
        k->gone |= !ssh_is_up(c, k, &i);
    }
    return 0;
}

/* A boot that nobody is told of: its sshd begins without a change of the world. */
static void set_alarm(struct ssh_server *s)
{
    int64_t wait = s->next == ABSENT ? -1 : clock_wait(s->sim->clock, s->next);
    evtimer_del(s->alarm);
    if (wait < 0)
        return;
    struct timeval after = { .tv_sec = (time_t)(wait / 1000),
                             .tv_usec = (suseconds_t)(wait % 1000 * 1000) };
    evtimer_add(s->alarm, &after);
}

static void on_alarm(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    ssh_server_refresh(arg);
}

void ssh_server_refresh(struct ssh_server *s)
{
    struct arena a = { 0 };
    s->next = ABSENT;
    for (struct ssh_listener *l = s->listeners; l; l = l->next)
        l->wanted = false;
    if (pipeline_act(s->sim, &a, refresh, s) == 0) {
        close_unwanted(s);
        show_doors(s);
    }
    arena_release(&a);
    set_alarm(s);
    for (struct ssh_client *k = s->clients, *next; k; k = next) {
        next = k->next;
        ssh_client_go_on(k);
    }
}

/* Whether a process of this machine can listen there at all. */
static bool can_listen(int port)
{
    struct sockaddr_in name = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(UINT32_C(0x7f400001)) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool can = fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof name) == 0;
    if (fd >= 0)
        close(fd);
    return can;
}

/* What sessions of another run of the program left. */
static int forget_others(struct call *c, void *with)
{
    (void)with;
    guest_process_forget_all(c);
    return 0;
}

struct ssh_server *ssh_server_new(struct sim *sim, struct event_base *base, int patience,
                                  void (*acted)(void *with), void *with)
{
    struct ssh_server *s = calloc(1, sizeof *s);
    if (!s || ssh_init() != SSH_OK)
        BUG("libssh cannot start");
    ssh_set_log_level(SSH_LOG_NOLOG);
    *s = (struct ssh_server){ .sim = sim,
                              .base = base,
                              .patience = patience,
                              .port = can_listen(PORT) ? PORT : OTHER_PORT,
                              .acted = acted,
                              .with = with };
    s->alarm = evtimer_new(base, on_alarm, s);
    struct arena a = { 0 };
    pipeline_act(sim, &a, forget_others, NULL);
    arena_release(&a);
    ssh_server_refresh(s);
    return s;
}

void ssh_server_free(struct ssh_server *s)
{
    struct arena a = s->a;
    while (s->clients)
        ssh_client_free(s->clients);
    for (struct ssh_listener *l = s->listeners; l; l = l->next)
        l->wanted = false;
    close_unwanted(s);
    s->sim->ssh_doors = (struct list){ 0 };
    event_free(s->alarm);
    free(s);
    arena_release(&a);
    ssh_finalize();
}
