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
#define MOST_INPUT (4 * 1024 * 1024) /* of a command; then it is at its end */
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
                            .err = evbuffer_new(),
                            .lines = evbuffer_new() };
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
    evbuffer_free(w->lines);
    arena_release(&w->line_arena);
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
static void say(const struct ssh_work *w, struct evbuffer *to, const char *bytes, size_t n)
{
    for (size_t part; n; bytes += part, n -= part) {
        const char *end = w->terminal ? memchr(bytes, '\n', n) : NULL;
        part = end ? (size_t)(end - bytes) + 1 : n;
        evbuffer_add(to, bytes, end ? part - 1 : part);
        if (end)
            evbuffer_add(to, "\r\n", 2);
    }
}

static void say_encoded(struct ssh_work *w, struct arena *a, struct evbuffer *to, const char *text)
{
    size_t n = 0;
    const char *bytes = text ? base64_decode(a, text, &n) : NULL;
    if (bytes)
        say(w, to, bytes, n);
}

static void prompt(struct ssh_work *w)
{
    const struct guest_login *login = &w->client->login;
    if (w->terminal && w->unfinished)
        evbuffer_add_printf(w->out, "> ");
    else if (w->terminal)
        evbuffer_add_printf(w->out, "[%s@%s]%c ", login->user, w->client->host,
                            text_is(login->user, "root") ? '#' : '$');
}

/* The shell stands where this line left it. */
static void end_line(struct ssh_work *w, const struct guest_process *p)
{
    struct arena kept = { 0 };
    w->unfinished = p->unfinished == YES;
    w->state = arena_strdup(&kept, p->state);
    arena_release(&w->line_arena);
    w->line_arena = kept;
    if (!w->unfinished)
        evbuffer_drain(w->lines, evbuffer_get_length(w->lines));
    if (p->left == YES)
        end_work(w, p->status);
    else
        prompt(w);
}

static void take_process(struct ssh_work *w, struct arena *a, const struct guest_process *p)
{
    say_encoded(w, a, w->out, p->out);
    say_encoded(w, a, w->terminal ? w->out : w->err, p->err);
    w->reads = p->reads == YES;
    if (p->ended != YES) {
        if (!w->process)
            w->process = arena_strdup(&w->a, p->id);
        return;
    }
    w->process = NULL;
    w->status = p->status;
    if (w->kind == SSH_COMMAND)
        end_work(w, p->status);
    else
        end_line(w, p);
}

struct ssh_script {
    struct ssh_work *work;
    const char *text, *input;
    bool open;
    struct guest_process process;
};

static int begin_script(struct call *c, const struct instance *i, void *with)
{
    struct ssh_script *s = with;
    const struct guest_login *login = &s->work->client->login;
    bool session = s->work->kind == SSH_TERMINAL;
    s->process = (struct guest_process){ .script = s->text,
                                         .user = login->user,
                                         .folder = login->home,
                                         .input_open = session ? NO : YES,
                                         .session = session ? YES : NO,
                                         .state = session ? s->work->state : NULL };
    guest_process_begin(c, i, &s->process);
    return 0;
}

/* False: the machine is not there any more. */
static bool run_script(struct ssh_work *w, const char *text)
{
    struct arena a = { 0 };
    struct ssh_script s = { .work = w, .text = text };
    bool done = ssh_act(w->client, &a, begin_script, &s) == 0;
    if (done)
        take_process(w, &a, &s.process);
    arena_release(&a);
    return done;
}

static int go_on_with_process(struct call *c, const struct instance *i, void *with)
{
    struct ssh_script *s = with;
    if (s->input)
        guest_process_feed(c, i, s->work->process, s->input, s->open);
    return guest_process_take(c, s->work->process, &s->process) ? 0 : -1;
}

/* All that came, when it is the end or much of it is new: a turn has its price. */
static const char *new_input(struct ssh_work *w, struct arena *a, bool *ret_open)
{
    size_t n = evbuffer_get_length(w->in);
    *ret_open = !ssh_channel_is_eof(w->channel) && n < MOST_INPUT;
    if (!w->reads || (*ret_open && n < w->fed + PORTION))
        return NULL;
    w->fed = n;
    return base64_encode(a, evbuffer_pullup(w->in, -1), n);
}

static void look_at_process(struct ssh_work *w)
{
    struct arena a = { 0 };
    struct ssh_script s = { .work = w };
    s.input = new_input(w, &a, &s.open);
    if (ssh_act(w->client, &a, go_on_with_process, &s) == 0)
        take_process(w, &a, &s.process);
    arena_release(&a);
}

/* ---- A shell, line by line ---- */

static void run_line(struct ssh_work *w)
{
    struct arena a = { 0 };
    size_t n;
    if (evbuffer_get_length(w->lines))
        evbuffer_add(w->lines, "\n", 1);
    evbuffer_add(w->lines, w->line, w->typed);
    w->typed = 0;
    n = evbuffer_get_length(w->lines);
    if (n > LONGEST_COMMAND
        || !run_script(w, arena_strndup(&a, (const char *)evbuffer_pullup(w->lines, -1), n)))
        w->client->gone = true;
    arena_release(&a);
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
        w->unfinished = false;
        evbuffer_drain(w->lines, evbuffer_get_length(w->lines));
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
    while (!w->over && !w->process && !w->client->gone && evbuffer_get_length(w->out) < MOST_WAITING
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
    const struct guest_login *login = &p->work->client->login;
    struct guest_shell_host host;
    guest_shell_host_of(c, i, &host);
    struct shell *sh = shell_of_user(c->a, &host.base, login->user, login->home);
    const struct transfer t = { sh, login->home, c->a, &p->out };
    if (!sh)
        return -1;
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
    size_t most = w->kind == SSH_COMMAND ? MOST_INPUT : PORTION + sizeof bytes;
    while (evbuffer_get_length(w->in) < most) {
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
        look_at_process(w);
    if (w->kind == SSH_TERMINAL && !w->over)
        serve_terminal(w);
    else if ((w->kind == SSH_SCP || w->kind == SSH_SFTP) && !w->over)
        serve_files(w);
    transmit(w, w->err, ssh_channel_write_stderr);
    transmit(w, w->out, ssh_channel_write);
    tell_end(w);
    return true;
}
