/* A channel of a session: a command, a shell on a terminal, scp or sftp. libssh's callbacks only
 * note what was asked for; the work is done afterwards, when no packet is in hand. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/text.h"
#include "guest/process.h"
#include "guest/shell_host.h"
#include "guest/transfer/scp.h"
#include "guest/transfer/sftp.h"
#include "guest/transfer/words.h"
#include "server/ssh/ssh_inside.h"

#define LONGEST_COMMAND (64 * 1024)
#define MOST_WAITING (1024 * 1024) /* bytes that a client has yet to take: then it has to wait */
#define PORTION (256 * 1024)
#define WRITTEN_AT_ONCE (32 * 1024)

/* ---- What libssh tells ---- */

static int on_pty(ssh_session session, ssh_channel channel, const char *term, int width, int height,
                  int pxwidth, int pxheight, void *with)
{
    struct ssh_work *w = with;
    (void)session;
    (void)channel;
    (void)term;
    (void)width;
    (void)height;
    (void)pxwidth;
    (void)pxheight;
    w->terminal = true;
    return 0;
}

static int on_window(ssh_session session, ssh_channel channel, int width, int height, int pxwidth,
                     int pxheight, void *with)
{
    return on_pty(session, channel, NULL, width, height, pxwidth, pxheight, with);
}

/* A channel is for one request. */
static int ask(struct ssh_work *w, enum ssh_kind kind, const char *command)
{
    if (w->kind != SSH_IDLE || (command && strlen(command) > LONGEST_COMMAND))
        return -1;
    w->kind = kind;
    w->command = arena_strdup(&w->a, command);
    w->wanted = true;
    return 0;
}

static int on_shell(ssh_session session, ssh_channel channel, void *with)
{
    (void)session;
    (void)channel;
    return ask(with, SSH_TERMINAL, NULL) ? 1 : 0;
}

static int on_exec(ssh_session session, ssh_channel channel, const char *command, void *with)
{
    (void)session;
    (void)channel;
    return ask(with, SSH_COMMAND, command) ? 1 : 0;
}

static int on_subsystem(ssh_session session, ssh_channel channel, const char *name, void *with)
{
    (void)session;
    (void)channel;
    return text_is(name, "sftp") ? ask(with, SSH_SFTP, NULL) ? 1 : 0 : 1;
}

ssh_channel ssh_work_new(struct ssh_client *k)
{
    size_t n = 0;
    while (n < SSH_MOST_CHANNELS && k->works[n])
        n++;
    ssh_channel channel = n < SSH_MOST_CHANNELS ? ssh_channel_new(k->session) : NULL;
    if (!channel)
        return NULL;
    struct ssh_work *w = calloc(1, sizeof *w);
    if (!w)
        BUG("out of memory");
    *w = (struct ssh_work){ .client = k,
                            .channel = channel,
                            .in = evbuffer_new(),
                            .out = evbuffer_new(),
                            .err = evbuffer_new() };
    w->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = w,
        .channel_pty_request_function = on_pty,
        .channel_pty_window_change_function = on_window,
        .channel_shell_request_function = on_shell,
        .channel_exec_request_function = on_exec,
        .channel_subsystem_request_function = on_subsystem,
    };
    ssh_callbacks_init(&w->callbacks);
    ssh_set_channel_callbacks(channel, &w->callbacks);
    k->works[n] = w;
    return channel;
}

static int hang_up(struct call *c, const struct instance *i, void *with)
{
    (void)i;
    guest_process_forget(c, ((struct ssh_work *)with)->process);
    return 0;
}

void ssh_work_free(struct ssh_work *w)
{
    struct arena scratch = { 0 };
    if (w->process)
        ssh_act(w->client, &scratch, hang_up, w);
    arena_release(&scratch);
    struct arena a = w->a;
    ssh_remove_channel_callbacks(w->channel, &w->callbacks);
    ssh_channel_free(w->channel);
    if (w->sftp)
        sftp_end(w->sftp);
    if (w->scp)
        scp_end(w->scp);
    evbuffer_free(w->in);
    evbuffer_free(w->out);
    evbuffer_free(w->err);
    free(w);
    arena_release(&a);
}

static void end_work(struct ssh_work *w, int64_t status)
{
    w->over = true;
    w->status = status;
}

/* ---- Scripts ---- */

/* A terminal shows a line's end as a carriage return and a line feed. */
static void say(const struct ssh_work *w, struct evbuffer *to, const char *text)
{
    if (!w->terminal) {
        evbuffer_add(to, text, strlen(text));
        return;
    }
    for (size_t n; *text; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        evbuffer_add(to, text, n);
        if (text[n])
            evbuffer_add(to, "\r\n", 2);
    }
}

static void prompt(struct ssh_work *w)
{
    const struct guest_login *login = &w->client->login;
    if (w->terminal)
        evbuffer_add_printf(w->out, "[%s@%s ~]%c ", login->user, w->client->host,
                            text_is(login->user, "root") ? '#' : '$');
}

static void take_process(struct ssh_work *w, const struct guest_process *p)
{
    struct evbuffer *err = w->terminal ? w->out : w->err;
    if (p->ended != YES) {
        w->process = arena_strdup(&w->a, p->id);
        return;
    }
    w->process = NULL;
    say(w, w->out, p->out ? p->out : "");
    say(w, err, p->err ? p->err : "");
    w->status = p->status;
    if (w->kind == SSH_COMMAND)
        end_work(w, p->status);
}

struct ssh_script {
    struct ssh_work *work;
    const char *text;
    struct guest_process process;
};

static int begin_script(struct call *c, const struct instance *i, void *with)
{
    struct ssh_script *s = with;
    const struct guest_login *login = &s->work->client->login;
    s->process.script = s->text;
    s->process.user = login->user;
    s->process.folder = login->home;
    guest_process_begin(c, i, &s->process);
    return 0;
}

static int look_at_process(struct call *c, const struct instance *i, void *with)
{
    struct ssh_script *s = with;
    (void)i;
    return guest_process_end(c, s->work->process, &s->process) ? 0 : -1;
}

/* False: the machine is not there any more. */
static bool run_script(struct ssh_work *w, const char *text)
{
    struct arena a = { 0 };
    struct ssh_script s = { .work = w, .text = text };
    bool done = ssh_act(w->client, &a, begin_script, &s) == 0;
    if (done)
        take_process(w, &s.process);
    arena_release(&a);
    return done;
}

static void look_for_end(struct ssh_work *w)
{
    struct arena a = { 0 };
    struct ssh_script s = { .work = w };
    if (ssh_act(w->client, &a, look_at_process, &s) == 0) {
        take_process(w, &s.process);
        if (w->kind == SSH_TERMINAL)
            prompt(w);
    }
    arena_release(&a);
}

/* ---- A shell, line by line ---- */

static void run_line(struct ssh_work *w)
{
    const char *line = w->line;
    w->line[w->typed] = '\0';
    w->typed = 0;
    if (text_is(line, "exit") || text_is(line, "logout"))
        end_work(w, w->status);
    else if (*line && !run_script(w, line))
        w->client->gone = true;
    if (!w->over && !w->process)
        prompt(w);
}

/* What is typed shows, where there is a terminal. */
static void echo(struct ssh_work *w, const char *text)
{
    if (w->terminal)
        evbuffer_add(w->out, text, strlen(text));
}

static void take_control(struct ssh_work *w, char sign)
{
    if ((sign == '\b' || sign == 127) && w->typed) {
        w->typed--;
        echo(w, "\b \b");
    } else if (sign == 3) { /* ^C */
        w->typed = 0;
        echo(w, "^C\r\n");
        prompt(w);
    } else if (sign == 4 && !w->typed) { /* ^D */
        echo(w, "logout\r\n");
        end_work(w, w->status);
    }
}

static void take_sign(struct ssh_work *w, char sign)
{
    if (sign == '\n' || (w->terminal && sign == '\r')) {
        echo(w, "\r\n");
        run_line(w);
    } else if (w->terminal && sign != '\t' && ((unsigned char)sign < ' ' || sign == 127)) {
        take_control(w, sign);
    } else if (sign && w->typed + 1 < sizeof w->line) {
        const char shown[2] = { sign, '\0' };
        w->line[w->typed++] = sign;
        echo(w, shown);
    }
}

static void serve_terminal(struct ssh_work *w)
{
    char sign;
    while (!w->over && !w->process && evbuffer_get_length(w->out) < MOST_WAITING
           && evbuffer_remove(w->in, &sign, 1) == 1)
        take_sign(w, sign);
    if (w->over || w->process || evbuffer_get_length(w->in) || !ssh_channel_is_eof(w->channel))
        return;
    if (w->typed)
        run_line(w);
    if (!w->process)
        end_work(w, w->status);
}

/* ---- Files ---- */

struct ssh_portion {
    struct ssh_work *work;
    const char *bytes;
    size_t n, taken;
    bool broken, eof;
    struct buffer out;
};

static void feed(struct ssh_portion *p, const struct transfer *t)
{
    struct ssh_work *w = p->work;
    if (w->sftp) {
        p->broken = !sftp_feed(w->sftp, t, p->bytes, p->n, &p->taken);
        return;
    }
    if (!p->bytes)
        scp_begin(w->scp, t);
    else
        scp_feed(w->scp, t, p->bytes, p->n);
    p->taken = p->n;
}

static int feed_portion(struct call *c, const struct instance *i, void *with)
{
    struct ssh_portion *p = with;
    struct guest_shell_host host;
    guest_shell_host_of(c, i, &host);
    const struct transfer t = { &host.base, p->work->client->login.home, c->a, &p->out };
    feed(p, &t);
    return 0;
}

/* False: it is the end. */
static bool serve_portion(struct ssh_work *w, const char *bytes, size_t n)
{
    struct arena a = { 0 };
    struct ssh_portion p = { .work = w, .bytes = bytes, .n = n };
    bool done = ssh_act(w->client, &a, feed_portion, &p) == 0 && !p.broken;
    if (done && p.out.n)
        evbuffer_add(w->out, p.out.at, p.out.n);
    if (done && n)
        evbuffer_drain(w->in, p.taken);
    arena_release(&a);
    return done && (!n || p.taken);
}

static void serve_files(struct ssh_work *w)
{
    size_t n = evbuffer_get_length(w->in);
    if (n && evbuffer_get_length(w->out) < MOST_WAITING)
        serve_portion(w, (const char *)evbuffer_pullup(w->in, -1), n);
    int64_t status = 0;
    if (w->scp && ssh_channel_is_eof(w->channel) && !evbuffer_get_length(w->in)
        && !scp_is_over(w->scp, &status))
        scp_end(w->scp);
    if (w->scp && scp_is_over(w->scp, &status))
        end_work(w, status);
    if (w->sftp && ssh_channel_is_eof(w->channel))
        end_work(w, 0);
}

/* ---- Beginning ---- */

static void begin_command(struct ssh_work *w)
{
    const char *forced = w->client->login.command;
    struct list words = { 0 };
    if (!forced && transfer_words(&w->a, w->command, &words))
        w->scp = scp_new(&w->a, &words);
    if (w->scp) {
        w->kind = SSH_SCP;
        if (!serve_portion(w, NULL, 0))
            w->client->gone = true;
    } else if (!run_script(w, forced ? forced : w->command)) {
        w->client->gone = true;
    }
}

static void begin_work(struct ssh_work *w)
{
    w->wanted = false;
    if (w->client->login.command) {
        w->kind = SSH_COMMAND;
        begin_command(w);
    } else if (w->kind == SSH_COMMAND) {
        begin_command(w);
    } else if (w->kind == SSH_SFTP) {
        w->sftp = sftp_new(&w->a);
    } else {
        prompt(w);
    }
}

/* ---- Bytes ---- */

static void receive(struct ssh_work *w)
{
    char bytes[WRITTEN_AT_ONCE];
    while (evbuffer_get_length(w->in) < PORTION + sizeof bytes) {
        int n = ssh_channel_read_nonblocking(w->channel, bytes, sizeof bytes, 0);
        if (n <= 0)
            return;
        evbuffer_add(w->in, bytes, (size_t)n);
    }
}

static bool can_write(const struct ssh_work *w)
{
    return !(ssh_get_poll_flags(w->client->session) & SSH_WRITE_PENDING)
           && ssh_channel_window_size(w->channel) > 0;
}

static void transmit(struct ssh_work *w, struct evbuffer *from,
                     int (*write)(ssh_channel, const void *, uint32_t))
{
    while (evbuffer_get_length(from) && can_write(w)) {
        size_t n = evbuffer_get_length(from), window = ssh_channel_window_size(w->channel);
        n = n < window ? n : window;
        n = n < WRITTEN_AT_ONCE ? n : WRITTEN_AT_ONCE;
        int sent = write(w->channel, evbuffer_pullup(from, (ev_ssize_t)n), (uint32_t)n);
        if (sent <= 0)
            return;
        evbuffer_drain(from, (size_t)sent);
    }
}

static void tell_end(struct ssh_work *w)
{
    if (!w->over || w->ended || evbuffer_get_length(w->out) || evbuffer_get_length(w->err))
        return;
    w->ended = true;
    ssh_channel_request_send_exit_status(w->channel, (int)w->status);
    ssh_channel_send_eof(w->channel);
    ssh_channel_close(w->channel);
}

bool ssh_work_go_on(struct ssh_work *w)
{
    if (ssh_channel_is_closed(w->channel))
        return false;
    receive(w); /* it may bring the request */
    if (w->wanted)
        begin_work(w);
    if (w->process)
        look_for_end(w);
    if (w->kind == SSH_TERMINAL && !w->over)
        serve_terminal(w);
    else if ((w->kind == SSH_SCP || w->kind == SSH_SFTP) && !w->over)
        serve_files(w);
    transmit(w, w->err, ssh_channel_write_stderr);
    transmit(w, w->out, ssh_channel_write);
    tell_end(w);
    return true;
}
