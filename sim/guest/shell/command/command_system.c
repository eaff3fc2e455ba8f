/* Commands about the machine: its disks, its name, its clock, its power. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/command/span.h"
#include "guest/shell/shell_state.h"

#define COST_OF_SYNC 50000 /* counts as so many bytes */

/* ---- Disks ---- */

static int64_t run_sync(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    (void)words;
    shell_spend(sh, COST_OF_SYNC);
    shell_flush(sh);
    sh->s->host->sync(sh->s->host);
    return 0;
}

static int64_t run_fsfreeze(struct shell *sh, size_t n, const char *const *words)
{
    const char *how = n == 3 ? words[1] : "";
    bool freezes = text_is(how, "-f") || text_is(how, "--freeze");
    if (!freezes && !text_is(how, "-u") && !text_is(how, "--unfreeze")) {
        shell_complain(sh, "fsfreeze: neither --freeze or --unfreeze specified");
        return 1;
    }
    const struct dir_entry *e = shell_look(sh, words[2]);
    if (!e || !e->is_folder) {
        shell_complain(
            sh, e ? "fsfreeze: %s: is not a directory" : "fsfreeze: cannot open %s: " NO_ENTRY,
            words[2]);
        return 1;
    }
    if (sh->user.uid) {
        shell_complain(sh, "fsfreeze: %s: %s failed: " NOT_PERMITTED, words[2],
                       freezes ? "freeze" : "unfreeze");
        return 1;
    }
    if (!sh->s->host->freeze(sh->s->host, shell_path(sh, words[2]), freezes)) {
        shell_complain(sh,
                       freezes ? "fsfreeze: %s: freeze failed: Device or resource busy"
                               : "fsfreeze: %s: unfreeze failed: Invalid argument",
                       words[2]);
        return 1;
    }
    sh->s->r->thawed |= !freezes;
    return 0;
}

/* ---- The machine ---- */

static const char *host_name(struct shell *sh)
{
    const char *bytes;
    size_t n;
    if (!shell_read(sh, "/etc/hostname", &bytes, &n) && n)
        return arena_strndup(sh->s->a, bytes, strcspn(bytes, " \n"));
    return sh->s->host->name ? sh->s->host->name : "localhost";
}

static int64_t set_host_name(struct shell *sh, const char *name)
{
    const char *why =
        shell_write(sh, "/etc/hostname", arena_printf(sh->s->a, "%s\n", name), strlen(name) + 1);
    if (why)
        shell_complain(sh, "hostname: you must be root to change the host name");
    return why != NULL;
}

static int64_t run_hostname(struct shell *sh, size_t n, const char *const *words)
{
    const char *name = host_name(sh);
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "sfdiI" };
    bool shorter = false, domain = false;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        shorter |= c == 's';
        domain |= c == 'd';
        if (c == 'i' || c == 'I') {
            shell_complain(sh, "hostname: addresses are not simulated: -%c", c);
            return 1;
        }
    }
    if (o.rest.count)
        return set_host_name(sh, *list_at(&o.rest, const char *, 0));
    size_t dot = strcspn(name, ".");
    if (domain)
        shell_say(sh, "%s\n", name[dot] ? name + dot + 1 : "");
    else
        shell_say(sh, "%.*s\n", (int)(shorter ? dot : strlen(name)), name);
    return 0;
}

static int64_t run_hostnamectl(struct shell *sh, size_t n, const char *const *words)
{
    bool sets = n == 3 && (text_is(words[1], "set-hostname") || text_is(words[1], "hostname"));
    if (sets)
        return set_host_name(sh, words[2]);
    if (n > 1 && !text_is(words[1], "hostname") && !text_is(words[1], "status")) {
        shell_complain(sh, "Unknown command verb %s.", words[1]);
        return 1;
    }
    shell_say(sh, n > 1 && text_is(words[1], "hostname") ? "%s\n" : " Static hostname: %s\n",
              host_name(sh));
    return 0;
}

static int64_t run_uname(struct shell *sh, size_t n, const char *const *words)
{
    const struct {
        char letter;
        const char *text;
    } parts[] = { { 's', "Linux" },
                  { 'n', host_name(sh) },
                  { 'r', "6.1.0-amisim" }, /* as the console says */
                  { 'v', "#1 SMP" },
                  { 'm', sh->s->host->machine },
                  { 'p', sh->s->host->machine },
                  { 'i', sh->s->host->machine },
                  { 'o', "GNU/Linux" } };
    static const struct shell_option_name names[] = { { "all", 'a', false },
                                                      { "kernel-name", 's', false },
                                                      { "kernel-release", 'r', false },
                                                      { "machine", 'm', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "asnrvmpio", .names = names
    };
    struct buffer wanted = { 0 };
    const char *between = "";
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        buffer_add(sh->s->a, &wanted, c == 'a' ? "snrvmpio" : &c, c == 'a' ? 8 : 1);
    }
    const char *letters = wanted.n ? buffer_text(sh->s->a, &wanted) : "s";
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        if (strchr(letters, parts[p].letter)) {
            shell_say(sh, "%s%s", between, parts[p].text);
            between = " ";
        }
    }
    shell_say(sh, "\n");
    return 0;
}

/* ---- Time ---- */

/* @SECONDS, a date, now; and so many days and the like from then. False: none of them. */
static bool read_date(struct shell *sh, const char *text, int64_t *ret)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = { { "sec", SECOND_MS }, { "min", MINUTE_MS },   { "hour", HOUR_MS },
                  { "day", DAY_MS },    { "week", 7 * DAY_MS }, { NULL, 0 } };
    int64_t count;
    char *end;
    *ret = shell_now(sh);
    if (*text == '@')
        return text_int(text + 1, &count) ? (*ret = count * SECOND_MS, true) : false;
    if (text_is(text, "now") || text_is(text, "today") || !*text)
        return true;
    if (text_is(text, "yesterday") || text_is(text, "tomorrow")) {
        *ret += *text == 'y' ? -DAY_MS : DAY_MS;
        return true;
    }
    const char *blank = strchr(text, ' ');
    if (time_parse(blank && blank[1] && text[4] == '-'
                       ? arena_printf(sh->s->a, "%.*sT%s", (int)(blank - text), text, blank + 1)
                       : text,
                   ret))
        return true;
    count = strtoll(text, &end, 10);
    end += strspn(end, " ");
    for (size_t i = 0; end != text && units[i].name; i++) {
        if (text_starts(end, units[i].name) && count < 1000000 && count > -1000000) {
            *ret = shell_now(sh) + (text_ends(end, "ago") ? -count : count) * units[i].ms;
            return true;
        }
    }
    return false;
}

/* %N and %s are not strftime's or not everywhere. */
static const char *date_text(struct shell *sh, const char *format, int64_t ms)
{
    struct buffer out = { 0 };
    for (; *format; format++) {
        if (*format != '%' || !format[1]) {
            buffer_add(sh->s->a, &out, format, 1);
            continue;
        }
        size_t n = 1 + strspn(format + 1, "-_0^#3:");
        char letter = format[n];
        int64_t rest = ms - time_whole_seconds(ms);
        if (letter == 'N')
            buffer_add_text(sh->s->a, &out,
                            format[1] == '3' ? arena_printf(sh->s->a, "%03d", (int)rest)
                                             : arena_printf(sh->s->a, "%03d000000", (int)rest));
        else if (letter == 's')
            buffer_add_text(
                sh->s->a, &out,
                arena_printf(sh->s->a, "%lld", (long long)(time_whole_seconds(ms) / SECOND_MS)));
        else if (letter == 'z' || letter == 'Z')
            buffer_add_text(sh->s->a, &out,
                            letter == 'Z'      ? "UTC"
                            : format[1] == ':' ? "+00:00"
                                               : "+0000");
        else
            buffer_add_text(sh->s->a, &out,
                            time_format(sh->s->a, arena_strndup(sh->s->a, format, n + 1), ms));
        format += n;
        if (!letter)
            break;
    }
    return buffer_text(sh->s->a, &out);
}

static int64_t cannot_set(struct shell *sh)
{
    shell_complain(sh, "date: setting the clock is not simulated");
    return 1;
}

static int64_t run_date(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "utc", 'u', false },     { "universal", 'u', false }, { "date", 'd', true },
        { "rfc-3339", '3', true }, { "iso-8601", 'I', false },  { NULL, 0, 0 }
    };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "ud:RIs:", .names = names
    };
    const char *format = "%a %b %e %H:%M:%S UTC %Y";
    int64_t ms = shell_now(sh);
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        if (c == 's')
            return cannot_set(sh);
        if (c == 'd' && !read_date(sh, o.value, &ms)) {
            shell_complain(sh, "date: invalid date '%s'", o.value);
            return 1;
        }
        format = c == 'R'   ? "%a, %d %b %Y %H:%M:%S +0000"
                 : c == 'I' ? "%Y-%m-%d"
                 : c == '3' ? "%Y-%m-%d %H:%M:%S+00:00"
                            : format;
    }
    LIST_EACH (const char *, word, &o.rest) {
        if (**word != '+')
            return cannot_set(sh);
        format = *word + 1;
    }
    shell_say(sh, "%s\n", date_text(sh, format, ms));
    return 0;
}

bool time_read_pause(const char *s, int64_t *ret_ms)
{
    int64_t whole = 0, thousandths = 0, unit = 1;
    size_t n = strspn(s, "0123456789");
    if (n > 9 || (!n && *s != '.'))
        return false;
    for (size_t i = 0; i < n; i++)
        whole = 10 * whole + (s[i] - '0');
    s += n;
    if (*s == '.') {
        int64_t place = 100;
        for (s++; '0' <= *s && *s <= '9'; s++, place /= 10)
            thousandths += (*s - '0') * place;
    }
    unit = *s == 'm' ? 60 : *s == 'h' ? 3600 : *s == 'd' ? 86400 : 1;
    *ret_ms = (whole * 1000 + thousandths) * unit;
    return !*s || (strchr("smhd", *s) && !s[1]);
}

static int64_t run_sleep(struct shell *sh, size_t n, const char *const *words)
{
    int64_t ms, all = 0;
    if (shell_phase(sh))
        return 0;
    if (n < 2) {
        shell_complain(sh, "sleep: missing operand");
        return 1;
    }
    for (size_t at = 1; at < n; at++) {
        if (!time_read_pause(words[at], &ms)) {
            shell_complain(sh, "sleep: invalid time interval '%s'", words[at]);
            return 1;
        }
        all += ms;
    }
    if (all)
        shell_pause(sh, all, 1);
    return 0;
}

/* ---- Power ---- */

static int64_t power(struct shell *sh, const char *command, const char *what, int64_t delay)
{
    if (sh->user.uid) {
        shell_complain(sh, "%s: Interactive authentication required.", command);
        return 1;
    }
    shell_power(sh, what, delay);
    return 0;
}

static int64_t run_poweroff(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    return power(sh, words[0], "halt", 0);
}

static int64_t run_reboot(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    return power(sh, words[0], "reboot", 0);
}

/* shutdown [-h|-P|-H|-r] [now|+MINUTES], or -c; without a time in a minute. */
static int64_t run_shutdown(struct shell *sh, size_t n, const char *const *words)
{
    const char *what = "halt";
    int64_t minutes = 1;
    for (size_t at = 1; at < n; at++) {
        if (text_is(words[at], "-c"))
            return power(sh, words[0], "cancel", 0);
        if (text_is(words[at], "-r"))
            what = "reboot";
        else if (text_is(words[at], "now") || text_is(words[at], "0"))
            minutes = 0;
        else if (words[at][0] == '+' && text_int(words[at] + 1, &minutes) && minutes >= 0
                 && minutes < 10000)
            continue;
        else if (!text_is(words[at], "-h") && !text_is(words[at], "-P")
                 && !text_is(words[at], "-H")) {
            shell_complain(sh, "Failed to parse time specification: %s", words[at]);
            return 1;
        }
    }
    return power(sh, words[0], what, minutes * MINUTE_MS);
}

/* ---- logger ---- */

static int64_t run_logger(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "t:sp:ie" };
    const char *tag = sh->user.name, *text, *at;
    size_t size;
    bool shows = false;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        tag = c == 't' ? o.value : tag;
        shows |= c == 's';
    }
    text = o.rest.count ? strs_join(sh->s->a, &o.rest, " ") : shell_input(sh, &size);
    struct buffer lines = { 0 };
    for (at = text; *at && !shell_stopped(sh);) {
        size_t length = strcspn(at, "\n");
        const char *line = arena_printf(sh->s->a, "%s %s %s: %.*s\n",
                                        time_format(sh->s->a, "%b %e %H:%M:%S", shell_now(sh)),
                                        host_name(sh), tag, (int)length, at);
        buffer_add_text(sh->s->a, &lines, line);
        if (shows)
            shell_complain(sh, "<13>%.*s", (int)strlen(line) - 1, line);
        at += length + (at[length] == '\n');
    }
    if (lines.n && !shell_stopped(sh)) { /* the daemon writes it, whoever asks */
        struct shell_user user = sh->user;
        sh->user = (struct shell_user){ .name = "root", .home = "/root", .login = "/bin/bash" };
        shell_append(sh, "/var/log/messages", lines.at, lines.n);
        sh->user = user;
    }
    return 0;
}

COMMAND(sync, "sync", run_sync);
COMMAND(fsfreeze, "fsfreeze", run_fsfreeze);
COMMAND(hostname, "hostname", run_hostname);
COMMAND(hostnamectl, "hostnamectl", run_hostnamectl);
COMMAND(uname, "uname", run_uname);
COMMAND(date, "date", run_date);
COMMAND(sleep, "sleep", run_sleep);
COMMAND(shutdown, "shutdown", run_shutdown);
COMMAND(poweroff, "poweroff", run_poweroff);
COMMAND(halt, "halt", run_poweroff);
COMMAND(reboot, "reboot", run_reboot);
COMMAND(logger, "logger", run_logger);
