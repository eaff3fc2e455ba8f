/* A connection to a guest's sshd: key exchange, who logs in, its channels. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "guest/login.h"
#include "server/ssh/ssh_inside.h"

/* What OpenSSH of the image takes: SHA-1 under RSA is refused since 8.8 and by the policy of RHEL 9
 * and Amazon Linux 2023. */
#define MODERN                                                                                     \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"        \
    "rsa-sha2-256"
#define OLD MODERN ",ssh-rsa"

/* ---- The keys of a listener ---- */

struct ssh_keys {
    struct list keys; /* const char *: PEM */
    struct guest_sshd_version version;
};

static int read_keys(struct call *c, const struct instance *i, void *with)
{
    struct ssh_keys *ret = with;
    ret->keys = guest_host_keys(c, i);
    ret->version = guest_sshd_version(c, i);
    return ret->keys.count ? 0 : -1;
}

static bool import_keys(ssh_bind bind, const struct list *keys)
{
    LIST_EACH (const char *, pem, keys) {
        ssh_key key = NULL; /* the bind's from then on */
        if (ssh_pki_import_privkey_base64(*pem, NULL, NULL, NULL, &key) != SSH_OK
            || ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) != SSH_OK)
            return false;
    }
    return true;
}

static ssh_bind new_bind(const struct ssh_keys *k)
{
    static const bool no_file = false;
    const char *types = k->version.takes_sha1 ? OLD : MODERN;
    ssh_bind bind = ssh_bind_new();
    if (!bind)
        return NULL;
    if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no_file) == SSH_OK
        && ssh_bind_options_set(bind, SSH_BIND_OPTIONS_BANNER, k->version.banner) == SSH_OK
        && ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, types) == SSH_OK
        && ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, types) == SSH_OK
        && import_keys(bind, &k->keys))
        return bind;
    ssh_bind_free(bind);
    return NULL;
}

/* The first one who comes makes sshd read its keys. */
static bool have_bind(struct ssh_listener *l, struct ssh_client *k)
{
    struct arena a = { 0 };
    struct ssh_keys keys = { 0 };
    if (!l->bind && ssh_act(k, &a, read_keys, &keys) == 0)
        l->bind = new_bind(&keys);
    arena_release(&a);
    return l->bind != NULL;
}

/* ---- Who logs in ---- */

struct ssh_question {
    const char *user, *key, *host;
    struct guest_login login;
};

static int ask_login(struct call *c, const struct instance *i, void *with)
{
    struct ssh_question *q = with;
    q->host = arena_strndup(c->a, i->private_dns, strcspn(i->private_dns, "."));
    return guest_login(c, i, q->user, q->key, &q->login) ? 0 : -1;
}

static bool may_log_in(struct ssh_client *k, const char *user, ssh_key key)
{
    struct arena a = { 0 };
    struct ssh_question q = { .user = user };
    char *base64 = NULL;
    if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return false;
    q.key = base64;
    bool may = ssh_act(k, &a, ask_login, &q) == 0;
    if (may) {
        k->host = arena_strdup(&k->a, q.host);
        k->login = (struct guest_login){ .user = arena_strdup(&k->a, user),
                                         .home = arena_strdup(&k->a, q.login.home),
                                         .command = arena_strdup(&k->a, q.login.command) };
    }
    ssh_string_free_char(base64);
    arena_release(&a);
    return may;
}

static int on_none(ssh_session session, const char *user, void *with)
{
    (void)session;
    (void)user;
    (void)with;
    return SSH_AUTH_DENIED;
}

static int on_key(ssh_session session, const char *user, struct ssh_key_struct *key, char state,
                  void *with)
{
    struct ssh_client *k = with;
    (void)session;
    if (state == SSH_PUBLICKEY_STATE_ERROR || state == SSH_PUBLICKEY_STATE_WRONG
        || !may_log_in(k, user, key)) {
        k->gone |= ++k->tries > SSH_MOST_TRIES;
        return SSH_AUTH_DENIED;
    }
    if (state != SSH_PUBLICKEY_STATE_VALID)
        return SSH_AUTH_SUCCESS; /* it is asked whether it would do */
    k->known = true;
    event_del(k->limit);
    return SSH_AUTH_SUCCESS;
}

static ssh_channel on_channel(ssh_session session, void *with)
{
    (void)session;
    return ((struct ssh_client *)with)->known ? ssh_work_new(with) : NULL;
}

/* ---- The connection ---- */

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    ssh_client_go_on(arg);
}

static void on_limit(evutil_socket_t fd, short what, void *arg)
{
    struct ssh_client *k = arg;
    (void)fd;
    (void)what;
    ssh_client_free(k);
}

static void unlink_client(struct ssh_client *k)
{
    struct ssh_client **at = &k->server->clients;
    while (*at && *at != k)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = k->next;
    k->server->count--;
}

void ssh_client_free(struct ssh_client *k)
{
    struct arena a = k->a;
    unlink_client(k);
    for (size_t n = 0; n < SSH_MOST_CHANNELS; n++) {
        if (k->works[n])
            ssh_work_free(k->works[n]);
    }
    if (k->readable)
        event_free(k->readable);
    if (k->writable)
        event_free(k->writable);
    if (k->limit)
        event_free(k->limit);
    if (k->exchanged)
        ssh_event_remove_session(k->poll, k->session);
    ssh_silent_disconnect(k->session);
    ssh_free(k->session);
    ssh_event_free(k->poll);
    if (k->watched >= 0)
        evutil_closesocket(k->watched);
    free(k);
    arena_release(&a);
}

static void watch(struct ssh_client *k)
{
    struct event_base *base = k->server->base;
    struct timeval patience = { .tv_sec = k->server->patience };
    k->readable = event_new(base, k->watched, EV_READ | EV_PERSIST, on_ready, k);
    k->writable = event_new(base, k->watched, EV_WRITE, on_ready, k);
    k->limit = evtimer_new(base, on_limit, k);
    event_add(k->readable, NULL);
    event_add(k->limit, &patience);
}

static void set_callbacks(struct ssh_client *k)
{
    k->callbacks.userdata = k;
    k->callbacks.auth_none_function = on_none;
    k->callbacks.auth_pubkey_function = on_key;
    k->callbacks.channel_open_request_session_function = on_channel;
    ssh_callbacks_init(&k->callbacks);
    ssh_set_server_callbacks(k->session, &k->callbacks);
    ssh_set_auth_methods(k->session, SSH_AUTH_METHOD_PUBLICKEY);
    ssh_set_blocking(k->session, 0);
}

void ssh_client_new(struct ssh_listener *l, evutil_socket_t fd)
{
    struct ssh_client *k = calloc(1, sizeof *k);
    if (!k)
        BUG("out of memory");
    k->server = l->server;
    k->instance = arena_strdup(&k->a, l->instance);
    k->account = arena_strdup(&k->a, l->account);
    k->region = arena_strdup(&k->a, l->region);
    k->boots = l->boots;
    k->session = ssh_new();
    k->poll = ssh_event_new();
    if (!k->session || !k->poll)
        BUG("out of memory");
    k->watched = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (k->watched < 0 || !have_bind(l, k)
        || ssh_bind_accept_fd(l->bind, k->session, fd) != SSH_OK) {
        evutil_closesocket(fd);
        ssh_client_free(k);
        return;
    }
    k->next = k->server->clients;
    k->server->clients = k;
    k->server->count++;
    set_callbacks(k);
    watch(k);
    ssh_client_go_on(k);
}

/* ---- Going on ---- */

static bool exchange_keys(struct ssh_client *k)
{
    int result = ssh_handle_key_exchange(k->session);
    if (result == SSH_AGAIN)
        return true;
    if (result != SSH_OK || ssh_event_add_session(k->poll, k->session) != SSH_OK)
        return false;
    k->exchanged = true;
    return true;
}

static void serve_channels(struct ssh_client *k)
{
    for (size_t n = 0; n < SSH_MOST_CHANNELS; n++) {
        struct ssh_work *w = k->works[n];
        if (!w || ssh_work_go_on(w))
            continue;
        ssh_work_free(w);
        k->works[n] = NULL;
    }
}

static bool take_turn(struct ssh_client *k)
{
    if (!k->exchanged && !exchange_keys(k))
        return false;
    if (!k->exchanged)
        return true;
    if (ssh_event_dopoll(k->poll, 0) == SSH_ERROR)
        return false;
    serve_channels(k);
    return !k->gone && ssh_is_connected(k->session)
           && !(ssh_get_status(k->session) & (SSH_CLOSED | SSH_CLOSED_ERROR));
}

void ssh_client_go_on(struct ssh_client *k)
{
    if (!take_turn(k)) {
        ssh_client_free(k);
        return;
    }
    if (ssh_get_poll_flags(k->session) & SSH_WRITE_PENDING)
        event_add(k->writable, NULL);
}
