/* What a script may cost, how it pauses, and what commands know of it. See shell_state.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

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

/* ---- Pausing ---- */

void shell_pause(struct shell *sh, int64_t ms, int64_t phase)
{
    sh->s->pause = PAUSE_SLEEP;
    sh->s->wake = shell_now(sh) + (ms < 0 ? 0 : ms);
    sh->next_phase = phase;
}

void shell_wait(struct shell *sh, enum pause_kind kind)
{
    sh->s->pause = kind;
    sh->s->undone = false;
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

const struct shell_command *shell_command_named(struct shell *sh, const char *name)
{
    struct shell_host *h = sh->s->host;
    const struct shell_command *own = h->command ? h->command(h, name) : NULL;
    if (own)
        return own;
    for (const struct shell_command *const *c = sh->s->commands; *c; c++) {
        if (text_is((*c)->name, name))
            return *c;
    }
    return NULL;
}
