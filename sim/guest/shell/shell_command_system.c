/* The commands of the shell that are about the machine and the shell itself. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/shell_command.h"

#define COST_OF_SYNC 50000 /* counts as so many bytes */

/* ---- Of the shell ---- */

static int64_t run_true(struct shell *sh, size_t n, const char *const *words)
{
    (void)sh;
    (void)n;
    (void)words;
    return 0;
}

static int64_t run_false(struct shell *sh, size_t n, const char *const *words)
{
    (void)sh;
    (void)n;
    (void)words;
    return 1;
}

static int64_t run_exit(struct shell *sh, size_t n, const char *const *words)
{
    int64_t status = sh->status;
    if (n > 1 && !text_int(words[1], &status)) {
        shell_protest(
            sh, sh->r->bash ? "exit: %s: numeric argument required" : "exit: Illegal number: %s",
            words[1]);
        status = 2;
    }
    sh->over = true;
    return status & 255;
}

static int64_t run_cd(struct shell *sh, size_t n, const char *const *words)
{
    const char *to = n > 1 ? words[1] : "/root", *path = shell_path(sh, to);
    const struct dir_entry *e = shell_look(sh, path);
    if (e && e->is_folder) {
        sh->folder = path;
        return 0;
    }
    if (sh->r->bash) {
        shell_protest(sh, "cd: %s: %s", to, e ? NOT_DIRECTORY : NO_ENTRY);
        return 1;
    }
    shell_protest(sh, "cd: can't cd to %s", to);
    return 2;
}

static int64_t run_pwd(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    (void)words;
    shell_say(sh, "%s\n", sh->folder);
    return 0;
}

/* One letter of set; false: not known. */
static bool set_flag(struct shell *sh, char letter, bool on)
{
    bool *flag = letter == 'e'   ? &sh->errexit
                 : letter == 'u' ? &sh->nounset
                 : letter == 'x' ? &sh->trace
                                 : NULL;
    if (flag)
        *flag = on;
    return flag != NULL;
}

/* The status of a pipe is that of its last command: the one that reads here never fails first. */
static bool set_option(struct shell *sh, const char *name, bool on)
{
    return text_is(name, "errexit")    ? set_flag(sh, 'e', on)
           : text_is(name, "nounset")  ? set_flag(sh, 'u', on)
           : text_is(name, "xtrace")   ? set_flag(sh, 'x', on)
           : text_is(name, "pipefail") ? sh->r->bash
                                       : false;
}

static int64_t run_set(struct shell *sh, size_t n, const char *const *words)
{
    for (size_t at = 1; at < n; at++) {
        bool on = words[at][0] == '-', known = on || words[at][0] == '+';
        for (const char *letter = words[at] + 1; known && *letter; letter++) {
            known = *letter == 'o' ? at + 1 < n && set_option(sh, words[at + 1], on)
                                   : set_flag(sh, *letter, on);
            at += *letter == 'o' && known;
            if (*letter == 'o' && known)
                break;
        }
        if (!known) {
            shell_protest(sh, sh->r->bash ? "set: %s: invalid option" : "set: Illegal option %s",
                          words[at]);
            sh->over = !sh->r->bash; /* an error in a special builtin ends dash */
            return 2;
        }
    }
    return 0;
}

static int64_t run_export(struct shell *sh, size_t n, const char *const *words)
{
    for (size_t at = 1; at < n; at++) {
        const char *equals = strchr(words[at], '=');
        if (equals)
            shell_set(sh, arena_strndup(sh->a, words[at], (size_t)(equals - words[at])),
                      equals + 1);
    }
    return 0;
}

static int64_t run_unset(struct shell *sh, size_t n, const char *const *words)
{
    for (size_t at = 1; at < n; at++)
        shell_unset(sh, words[at]);
    return 0;
}

/* Everything runs as root: sudo is the command behind it. */
static int64_t run_sudo(struct shell *sh, size_t n, const char *const *words)
{
    size_t at = 1;
    while (at < n
           && (text_is(words[at], "-E") || text_is(words[at], "-n") || text_is(words[at], "-H")))
        at++;
    if (at + 1 < n && text_is(words[at], "-u") && text_is(words[at + 1], "root"))
        at += 2;
    if (at < n && words[at][0] != '-')
        return shell_execute(sh, n - at, words + at);
    shell_complain(sh, "sudo: only the options -E, -n, -H and -u root are simulated");
    return 1;
}

/* command NAME … and command -v NAME */
static int64_t run_command(struct shell *sh, size_t n, const char *const *words)
{
    if (n < 2)
        return 0;
    if (!text_is(words[1], "-v"))
        return shell_execute(sh, n - 1, words + 1);
    if (n < 3 || !shell_command_named(sh, words[2]))
        return sh->r->bash ? 1 : 127;
    shell_say(sh, "/usr/bin/%s\n", words[2]);
    return 0;
}

/* ---- test ---- */

static bool test_file(struct shell *sh, char letter, const char *operand)
{
    const struct dir_entry *e = shell_look(sh, shell_path(sh, operand));
    if (!e)
        return false;
    return letter == 'd'   ? e->is_folder
           : letter == 'f' ? !e->is_folder
           : letter == 's' ? e->size > 0
                           : true;
}

static int64_t expected(struct shell *sh, const char *command, const char *what, const char *word)
{
    shell_protest(sh, sh->r->bash ? "%s: %s: %s expected" : "%s: %s: unexpected operator", command,
                  word, what);
    return 2;
}

static int64_t compare(struct shell *sh, const char *const *w, const char *command)
{
    int64_t a, b;
    if (text_is(w[1], "=") || text_is(w[1], "=="))
        return !text_is(w[0], w[2]);
    if (text_is(w[1], "!="))
        return text_is(w[0], w[2]);
    if (!text_int(w[0], &a) || !text_int(w[2], &b))
        return expected(sh, command, "integer expression", text_int(w[0], &a) ? w[2] : w[0]);
    return text_is(w[1], "-eq")   ? a != b
           : text_is(w[1], "-ne") ? a == b
           : text_is(w[1], "-lt") ? a >= b
           : text_is(w[1], "-le") ? a > b
           : text_is(w[1], "-gt") ? a <= b
           : text_is(w[1], "-ge") ? a < b
                                  : expected(sh, command, "binary operator", w[1]);
}

static int64_t judge_one(struct shell *sh, size_t n, const char *const *w, const char *command)
{
    if (n <= 1)
        return !n || !*w[0];
    if (n == 3)
        return compare(sh, w, command);
    if (n > 3)
        return expected(sh, command, "one comparison", w[3]);
    if (text_is(w[0], "-z") || text_is(w[0], "-n"))
        return (w[0][1] == 'z') == (*w[1] != '\0');
    if (w[0][0] == '-' && w[0][1] && strchr("efdrwsh", w[0][1]) && !w[0][2])
        return !test_file(sh, w[0][1], w[1]);
    return expected(sh, command, "unary operator", w[0]);
}

static int64_t judge(struct shell *sh, size_t n, const char *const *w, const char *command)
{
    size_t negations = 0;
    while (n - negations > 1 && text_is(w[negations], "!"))
        negations++;
    int64_t status = judge_one(sh, n - negations, w + negations, command);
    return status <= 1 && negations % 2 ? !status : status;
}

static int64_t run_test(struct shell *sh, size_t n, const char *const *words)
{
    return judge(sh, n - 1, words + 1, words[0]);
}

static int64_t run_bracket(struct shell *sh, size_t n, const char *const *words)
{
    if (text_is(words[n - 1], "]"))
        return judge(sh, n - 2, words + 1, words[0]);
    shell_protest(sh, "[: missing `]'");
    return 2;
}

/* ---- Disks ---- */

static int64_t run_sync(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    (void)words;
    shell_spend(sh, COST_OF_SYNC);
    sh->host->sync(sh->host);
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
    const char *path = shell_path(sh, words[2]);
    const struct dir_entry *e = shell_look(sh, path);
    if (!e || !e->is_folder) {
        shell_complain(
            sh, e ? "fsfreeze: %s: is not a directory" : "fsfreeze: cannot open %s: " NO_ENTRY,
            words[2]);
        return 1;
    }
    if (!sh->host->freeze(sh->host, path, freezes)) {
        shell_complain(sh,
                       freezes ? "fsfreeze: %s: freeze failed: Device or resource busy"
                               : "fsfreeze: %s: unfreeze failed: Invalid argument",
                       words[2]);
        return 1;
    }
    sh->r->thawed |= !freezes;
    return 0;
}

/* ---- The machine ---- */

static int64_t run_hostname(struct shell *sh, size_t n, const char *const *words)
{
    const char *name = sh->host->name ? sh->host->name : "localhost";
    bool shorter = n > 1 && (text_is(words[1], "-s") || text_is(words[1], "--short"));
    if (n > 1 && !shorter && !text_is(words[1], "-f")) {
        shell_complain(sh, "hostname: setting the name is not simulated");
        return 1;
    }
    shell_say(sh, "%.*s\n", (int)(shorter ? strcspn(name, ".") : strlen(name)), name);
    return 0;
}

static int64_t run_uname(struct shell *sh, size_t n, const char *const *words)
{
    const char *host = sh->host->name ? sh->host->name : "localhost";
    const struct {
        char letter;
        const char *text;
    } parts[] = { { 's', "Linux" },
                  { 'n', host },
                  { 'r', "6.1.0-amisim" }, /* as the console says */
                  { 'm', sh->host->machine },
                  { 'o', "GNU/Linux" } };
    const char *wanted = n > 1 && words[1][0] == '-' ? words[1] + 1 : "s", *between = "";
    if (text_is(wanted, "a"))
        wanted = "snrmo";
    if (strspn(wanted, "snrmo") != strlen(wanted)) {
        shell_complain(sh, "uname: invalid option '%s'", words[1]);
        return 1;
    }
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        if (strchr(wanted, parts[p].letter)) {
            shell_say(sh, "%s%s", between, parts[p].text);
            between = " ";
        }
    }
    shell_say(sh, "\n");
    return 0;
}

static int64_t run_date(struct shell *sh, size_t n, const char *const *words)
{
    const char *format = "%a %b %e %H:%M:%S UTC %Y";
    for (size_t at = 1; at < n; at++) {
        if (words[at][0] == '+') {
            format = words[at] + 1;
        } else if (!text_is(words[at], "-u") && !text_is(words[at], "--utc")) {
            shell_complain(sh, "date: only -u and +FORMAT are simulated: %s", words[at]);
            return 1;
        }
    }
    shell_say(sh, "%s\n", time_format(sh->a, format, sh->host->now));
    return 0;
}

static int64_t run_id(struct shell *sh, size_t n, const char *const *words)
{
    bool number = n > 1 && (text_is(words[1], "-u") || text_is(words[1], "-g"));
    bool name = n > 1 && (text_is(words[1], "-un") || text_is(words[1], "-gn"));
    shell_say(sh, "%s\n", number ? "0" : name ? "root" : "uid=0(root) gid=0(root) groups=0(root)");
    return 0;
}

static int64_t run_whoami(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    (void)words;
    shell_say(sh, "root\n");
    return 0;
}

/* "1.5", "2m", "1h", "1d"; false: none. */
static bool read_pause(const char *s, int64_t *ret_ms)
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
    if (n < 2) {
        shell_complain(sh, "sleep: missing operand");
        return 1;
    }
    for (size_t at = 1; at < n; at++) {
        if (!read_pause(words[at], &ms)) {
            shell_complain(sh, "sleep: invalid time interval '%s'", words[at]);
            return 1;
        }
        all += ms;
    }
    sh->pause = all;
    return 0;
}

/* ---- Power ---- */

static int64_t power(struct shell *sh, const char *what, int64_t delay)
{
    sh->r->power = what;
    sh->r->power_delay = delay;
    return 0;
}

static int64_t run_poweroff(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    (void)words;
    return power(sh, "halt", 0);
}

static int64_t run_reboot(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    (void)words;
    return power(sh, "reboot", 0);
}

/* shutdown [-h|-P|-H|-r] [now|+MINUTES], or -c; without a time in a minute. */
static int64_t run_shutdown(struct shell *sh, size_t n, const char *const *words)
{
    const char *what = "halt";
    int64_t minutes = 1;
    for (size_t at = 1; at < n; at++) {
        if (text_is(words[at], "-c"))
            return power(sh, "cancel", 0);
        if (text_is(words[at], "-r"))
            what = "reboot";
        else if (text_is(words[at], "now"))
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
    return power(sh, what, minutes * MINUTE_MS);
}

/* cloud-init clean [--logs|-l] [--reboot|-r]: the next boot is the first one again. */
static int64_t run_cloud_init(struct shell *sh, size_t n, const char *const *words)
{
    const char *rm[6] = { "rm", "-rf", "/var/lib/cloud" };
    size_t count = 3;
    bool reboots = false;
    if (n < 2 || !text_is(words[1], "clean")) {
        shell_complain(sh, "cloud-init: only clean is simulated");
        return 1;
    }
    for (size_t at = 2; at < n; at++) {
        if ((text_is(words[at], "-l") || text_is(words[at], "--logs")) && count == 3) {
            rm[count++] = "/var/log/cloud-init.log";
            rm[count++] = "/var/log/cloud-init-output.log";
        } else if (text_is(words[at], "-r") || text_is(words[at], "--reboot")) {
            reboots = true;
        } else {
            shell_complain(sh, "cloud-init: only --logs and --reboot are simulated: %s", words[at]);
            return 1;
        }
    }
    int64_t status = shell_execute(sh, count, rm);
    return reboots && !status ? power(sh, "reboot", 0) : status;
}

const struct shell_command shell_system_commands[] = {
    { ":", run_true },
    { "true", run_true },
    { "false", run_false },
    { "exit", run_exit },
    { "cd", run_cd },
    { "pwd", run_pwd },
    { "set", run_set },
    { "export", run_export },
    { "unset", run_unset },
    { "sudo", run_sudo },
    { "command", run_command },
    { "test", run_test },
    { "[", run_bracket },
    { "sync", run_sync },
    { "fsfreeze", run_fsfreeze },
    { "hostname", run_hostname },
    { "uname", run_uname },
    { "date", run_date },
    { "id", run_id },
    { "whoami", run_whoami },
    { "sleep", run_sleep },
    { "shutdown", run_shutdown },
    { "poweroff", run_poweroff },
    { "halt", run_poweroff },
    { "reboot", run_reboot },
    { "cloud-init", run_cloud_init },
    { NULL, NULL },
};
