/* What a script says, and what it may cost. See shell_state.h and command.h. */
#include <string.h>

#include "guest/shell/shell_state.h"

static void say(struct shell *sh, int64_t descriptor, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

static void say(struct shell *sh, int64_t descriptor, const char *fmt, va_list args)
{
    const char *text = arena_vprintf(sh->s->a, fmt, args);
    shell_write_to(sh, descriptor, text, strlen(text));
}

void shell_say(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, 1, fmt, args);
    va_end(args);
}

void shell_put(struct shell *sh, const void *bytes, size_t n)
{
    shell_write_to(sh, 1, bytes, n);
}

void shell_complain(struct shell *sh, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(sh, 2, fmt, args);
    va_end(args);
    shell_write_to(sh, 2, "\n", 1);
}

void shell_protest(struct shell *sh, const char *fmt, ...)
{
    const char *head =
        arena_printf(sh->s->a, sh->bash ? "%s: line %d: " : "%s: %d: ", sh->name, sh->line);
    va_list args;
    va_start(args, fmt);
    shell_write_to(sh, 2, head, strlen(head));
    say(sh, 2, fmt, args);
    va_end(args);
    shell_write_to(sh, 2, "\n", 1);
}

/* ---- Bounds ---- */

void shell_kill(struct shell *sh, const char *why)
{
    if (!sh->s->killed)
        buffer_add_text(sh->s->a, &sh->s->err, why);
    sh->s->killed = true;
}

bool shell_step(struct shell *sh)
{
    if (++sh->s->steps > SHELL_MAX_STEPS)
        shell_kill(sh, "amisim: killed: a script may take 50000 steps before it sleeps\n");
    return !sh->s->killed;
}

void shell_spend(struct shell *sh, size_t bytes)
{
    sh->s->bytes += bytes;
    if (sh->s->bytes > SHELL_MAX_BYTES)
        shell_kill(sh, "amisim: killed: a script may handle 32 MiB before it sleeps\n");
}

bool shell_stopped(const struct shell *sh)
{
    return sh->s->killed || sh->s->pause || sh->flow != FLOW_ON || sh->failed;
}

/* ---- What commands know ---- */

struct arena *shell_arena(struct shell *sh)
{
    return sh->s->a;
}

struct shell_host *shell_machine(struct shell *sh)
{
    return sh->s->host;
}

int64_t shell_now(struct shell *sh)
{
    return sh->s->host->now;
}

uint64_t shell_chance(struct shell *sh, uint64_t limit)
{
    return rng_below(&sh->s->chance, limit);
}

const struct shell_user *shell_user(struct shell *sh)
{
    return &sh->user;
}

int64_t shell_phase(struct shell *sh)
{
    return sh->phase;
}

void shell_keep(struct shell *sh, struct value *kept)
{
    sh->keeps = kept;
}

const struct value *shell_kept(struct shell *sh)
{
    return sh->kept;
}

void shell_power(struct shell *sh, const char *what, int64_t delay)
{
    sh->s->r->power = what;
    sh->s->r->power_delay = delay;
}
