/* Users and groups: who one is, and the files that say so. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/mode.h"
#include "guest/shell/shell_state.h"

#define FIRST_ID 1000

/* ---- Who one is ---- */

static const char *name_of(struct shell *sh, int64_t id, bool group)
{
    const char *name = group ? shell_group_name(sh, id) : shell_user_name(sh, id);
    return name ? name : arena_printf(sh->s->a, "%lld", (long long)id);
}

static const char *group_list(struct shell *sh, const struct shell_user *u, bool names,
                              const char *between)
{
    struct list all = { 0 };
    struct arena *a = sh->s->a;
    strs_add(a, &all,
             names ? name_of(sh, u->gid, true) : arena_printf(a, "%lld", (long long)u->gid));
    LIST_EACH (int64_t, g, &u->groups)
        strs_add(a, &all, names ? name_of(sh, *g, true) : arena_printf(a, "%lld", (long long)*g));
    return strs_join(a, &all, between);
}

static void show_identity(struct shell *sh, const struct shell_user *u)
{
    struct list all = { 0 };
    struct arena *a = sh->s->a;
    strs_add(a, &all, arena_printf(a, "%lld(%s)", (long long)u->gid, name_of(sh, u->gid, true)));
    LIST_EACH (int64_t, g, &u->groups)
        strs_add(a, &all, arena_printf(a, "%lld(%s)", (long long)*g, name_of(sh, *g, true)));
    shell_say(sh, "uid=%lld(%s) gid=%lld(%s) groups=%s\n", (long long)u->uid,
              name_of(sh, u->uid, false), (long long)u->gid, name_of(sh, u->gid, true),
              strs_join(a, &all, ","));
}

static int64_t run_id(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "user", 'u', false },
                                                      { "group", 'g', false },
                                                      { "groups", 'G', false },
                                                      { "name", 'n', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "ugGnr", .names = names
    };
    struct shell_user user = sh->user;
    char what = '\0';
    bool name = false;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        name |= c == 'n';
        what = c == 'n' || c == 'r' ? what : c;
    }
    const char *whom = o.rest.count ? *list_at(&o.rest, const char *, 0) : NULL;
    if (whom && !shell_user_named(sh, whom, &user)) {
        shell_complain(sh, "id: '%s': no such user", whom);
        return 1;
    }
    int64_t id = what == 'g' ? user.gid : user.uid;
    if (!what)
        show_identity(sh, &user);
    else if (what == 'G')
        shell_say(sh, "%s\n", group_list(sh, &user, name, " "));
    else if (name)
        shell_say(sh, "%s\n", name_of(sh, id, what == 'g'));
    else
        shell_say(sh, "%lld\n", (long long)id);
    return 0;
}

static int64_t run_whoami(struct shell *sh, size_t n, const char *const *words)
{
    (void)n;
    (void)words;
    shell_say(sh, "%s\n", name_of(sh, sh->user.uid, false));
    return 0;
}

static int64_t run_groups(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_user user = sh->user;
    if (n > 1 && !shell_user_named(sh, words[1], &user)) {
        shell_complain(sh, "groups: '%s': no such user", words[1]);
        return 1;
    }
    shell_say(sh, "%s%s%s\n", n > 1 ? words[1] : "", n > 1 ? " : " : "",
              group_list(sh, &user, true, " "));
    return 0;
}

/* ---- The files ---- */

static const char *field(struct arena *a, const char *line, int which)
{
    for (; which && *line; which--)
        line += strcspn(line, ":\n") + 1;
    return arena_strndup(a, line, strcspn(line, ":\n"));
}

static struct list lines_of(struct shell *sh, const char *text)
{
    struct list lines = { 0 };
    while (*text) {
        size_t n = strcspn(text, "\n");
        strs_add(sh->s->a, &lines, arena_strndup(sh->s->a, text, n));
        text += n + (text[n] == '\n');
    }
    return lines;
}

static const char **line_named(struct shell *sh, struct list *lines, const char *name)
{
    LIST_EACH (const char *, line, lines) {
        if (text_is(field(sh->s->a, *line, 0), name))
            return line;
    }
    return NULL;
}

static int write_lines(struct shell *sh, const char *command, const char *path,
                       const struct list *lines)
{
    struct buffer text = { 0 };
    bool new = !shell_look(sh, path);
    LIST_EACH (const char *, line, lines) {
        if (*line)
            buffer_add_text(sh->s->a, &text, arena_printf(sh->s->a, "%s\n", *line));
    }
    const char *why = sh->user.uid ? DENIED : shell_write(sh, path, text.at, text.n);
    if (!why && new &&text_is(path, "/etc/shadow"))
        why = shell_change_mode(sh, path, 0);
    if (why)
        shell_complain(sh, "%s: %s.", command,
                       sh->user.uid ? "Permission denied.\n"
                                    : arena_printf(sh->s->a, "cannot open %s", path));
    return why ? -1 : 0;
}

static struct list shadow_lines(struct shell *sh)
{
    const char *bytes;
    size_t n;
    if (shell_read(sh, "/etc/shadow", &bytes, &n))
        return lines_of(sh, "root:*LOCK*:14600::::::\n");
    return lines_of(sh, arena_strndup(sh->s->a, bytes, n));
}

static int64_t free_id(struct shell *sh, const struct list *lines, int64_t from)
{
    for (bool taken = true; taken;) {
        taken = false;
        LIST_EACH (const char *, line, lines) {
            int64_t id;
            if (text_int(field(sh->s->a, *line, 2), &id) && id == from) {
                taken = true;
                from++;
            }
        }
    }
    return from;
}

static int64_t run_getent(struct shell *sh, size_t n, const char *const *words)
{
    bool group = n > 1 && text_is(words[1], "group");
    int64_t status = 0, number;
    if (n < 2 || (!group && !text_is(words[1], "passwd") && !text_is(words[1], "shadow"))) {
        shell_complain(sh, n < 2 ? "getent: wrong number of arguments" : "Unknown database: %s",
                       n < 2 ? "" : words[1]);
        return 1;
    }
    struct list lines =
        text_is(words[1], "shadow") ? shadow_lines(sh) : lines_of(sh, user_lines(sh, group));
    for (size_t i = 0; n == 2 && i < lines.count; i++)
        shell_say(sh, "%s\n", *list_at(&lines, const char *, i));
    for (size_t at = 2; at < n; at++) {
        const char **line = line_named(sh, &lines, words[at]);
        for (size_t i = 0; !line && text_int(words[at], &number) && i < lines.count; i++) {
            if (text_is(field(sh->s->a, *list_at(&lines, const char *, i), 2), words[at]))
                line = list_at(&lines, const char *, i);
        }
        if (line)
            shell_say(sh, "%s\n", *line);
        else
            status = 2;
    }
    return status;
}

/* ---- Groups ---- */

static int add_group(struct shell *sh, const char *command, const char *name, int64_t gid)
{
    struct list lines = lines_of(sh, user_lines(sh, true));
    strs_add(sh->s->a, &lines,
             arena_printf(sh->s->a, "%s:x:%lld:", name, (long long)free_id(sh, &lines, gid)));
    return write_lines(sh, command, "/etc/group", &lines);
}

static int64_t run_groupadd(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "gid", 'g', true }, { "system", 'r', false }, { "force", 'f', false }, { NULL, 0, 0 }
    };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "g:rfo", .names = names
    };
    int64_t gid = -1;
    bool system = false, force = false;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 2;
        system |= c == 'r';
        force |= c == 'f';
        if (c == 'g' && (!text_int(o.value, &gid) || gid < 0)) {
            shell_complain(sh, "groupadd: invalid group ID '%s'", o.value);
            return 3;
        }
    }
    if (o.rest.count != 1) {
        shell_complain(sh, "Usage: groupadd [options] GROUP");
        return 2;
    }
    const char *name = *list_at(&o.rest, const char *, 0);
    struct list lines = lines_of(sh, user_lines(sh, true));
    if (line_named(sh, &lines, name)) {
        if (!force)
            shell_complain(sh, "groupadd: group '%s' already exists", name);
        return force ? 0 : 9;
    }
    if (gid >= 0 && shell_group_name(sh, gid)) {
        shell_complain(sh, "groupadd: GID '%lld' already exists", (long long)gid);
        return 4;
    }
    return add_group(sh, "groupadd", name, gid >= 0 ? gid : system ? 990 : FIRST_ID) ? 10 : 0;
}

/* Puts a user into groups, or takes it out of all others. */
static int set_groups(struct shell *sh, const char *command, const char *user, const char *groups,
                      bool append)
{
    struct arena *a = sh->s->a;
    struct list lines = lines_of(sh, user_lines(sh, true));
    for (const char *s = groups; *s;) {
        size_t n = strcspn(s, ",");
        const char *name = arena_strndup(a, s, n);
        if (*name && !line_named(sh, &lines, name)) {
            shell_complain(sh, "%s: group '%s' does not exist", command, name);
            return -1;
        }
        s += n + (s[n] == ',');
    }
    LIST_EACH (const char *, line, &lines) {
        struct list members = { 0 };
        const char *name = field(a, *line, 0), *listed = field(a, *line, 3);
        bool wanted =
            strstr(arena_printf(a, ",%s,", groups), arena_printf(a, ",%s,", name)) != NULL;
        for (const char *s = listed; *s;) {
            size_t n = strcspn(s, ",");
            const char *member = arena_strndup(a, s, n);
            if (!text_is(member, user) || (append && !wanted))
                strs_add(a, &members, member);
            s += n + (s[n] == ',');
        }
        if (wanted)
            strs_add(a, &members, user);
        *line =
            arena_printf(a, "%s:x:%s:%s", name, field(a, *line, 2), strs_join(a, &members, ","));
    }
    return write_lines(sh, command, "/etc/group", &lines);
}

/* ---- Users ---- */

struct account {
    const char *comment, *home, *shell, *group, *groups, *uid, *password;
    bool makes_home, no_home, system, append, locks, unlocks, moves;
};

static bool read_account(struct shell_options *o, struct account *u, bool new)
{
    for (char c; (c = shell_option(o));) {
        const char **text = c == 'c'   ? &u->comment
                            : c == 'd' ? &u->home
                            : c == 's' ? &u->shell
                            : c == 'g' ? &u->group
                            : c == 'G' ? &u->groups
                            : c == 'u' ? &u->uid
                            : c == 'p' ? &u->password
                                       : NULL;
        if (c == '?')
            return false;
        if (text)
            *text = o->value;
        u->makes_home |= new &&c == 'm';
        u->moves |= !new &&c == 'm';
        u->no_home |= c == 'M';
        u->system |= c == 'r';
        u->append |= c == 'a';
        u->locks |= c == 'L';
        u->unlocks |= c == 'U' && !new;
    }
    return true;
}

static const struct shell_option_name account_names[] = { { "comment", 'c', true },
                                                          { "home-dir", 'd', true },
                                                          { "home", 'd', true },
                                                          { "shell", 's', true },
                                                          { "gid", 'g', true },
                                                          { "groups", 'G', true },
                                                          { "uid", 'u', true },
                                                          { "password", 'p', true },
                                                          { "create-home", 'm', false },
                                                          { "move-home", 'm', false },
                                                          { "no-create-home", 'M', false },
                                                          { "system", 'r', false },
                                                          { "append", 'a', false },
                                                          { "lock", 'L', false },
                                                          { "unlock", 'U', false },
                                                          { "user-group", 'U', false },
                                                          { NULL, 0, 0 } };

static void make_home(struct shell *sh, const char *path, int64_t uid, int64_t gid)
{
    static const char *const skeleton[] = { ".bash_logout", ".bash_profile", ".bashrc", NULL };
    if (shell_look(sh, path) || shell_make_folders(sh, path))
        return;
    for (const char *const *name = skeleton; *name; name++) {
        const char *bytes, *to = arena_printf(sh->s->a, "%s/%s", path, *name);
        size_t n;
        if (shell_read(sh, arena_printf(sh->s->a, "/etc/skel/%s", *name), &bytes, &n))
            continue;
        shell_write(sh, to, bytes, n);
        shell_change_owner(sh, to, uid, gid);
    }
    shell_change_mode(sh, path, 0700);
    shell_change_owner(sh, path, uid, gid);
}

static int64_t add_user(struct shell *sh, const char *name, const struct account *u)
{
    struct arena *a = sh->s->a;
    struct list lines = lines_of(sh, user_lines(sh, false)), shadow = shadow_lines(sh);
    int64_t uid, gid;
    if (line_named(sh, &lines, name)) {
        shell_complain(sh, "useradd: user '%s' already exists", name);
        return 9;
    }
    if (sh->user.uid) {
        shell_complain(sh,
                       "useradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again "
                       "later.");
        return 1;
    }
    if (u->group && !shell_group_named(sh, u->group, &gid)) {
        shell_complain(sh, "useradd: group '%s' does not exist", u->group);
        return 6;
    }
    if (!u->uid || !text_int(u->uid, &uid))
        uid = free_id(sh, &lines, u->system ? 990 : FIRST_ID);
    else if (free_id(sh, &lines, uid) != uid) {
        shell_complain(sh, "useradd: UID %lld is not unique", (long long)uid);
        return 4;
    }
    if (!u->group) {
        if (!shell_group_named(sh, name, &gid) && add_group(sh, "useradd", name, uid))
            return 10;
        shell_group_named(sh, name, &gid);
    }
    const char *home = u->home ? u->home : arena_printf(a, "/home/%s", name);
    strs_add(a, &lines,
             arena_printf(a, "%s:x:%lld:%lld:%s:%s:%s", name, (long long)uid, (long long)gid,
                          u->comment ? u->comment : "", home, u->shell ? u->shell : "/bin/bash"));
    strs_add(a, &shadow,
             arena_printf(a, "%s:%s:%lld:0:99999:7:::", name, u->password ? u->password : "!!",
                          (long long)(shell_now(sh) / 86400000)));
    if (write_lines(sh, "useradd", "/etc/passwd", &lines)
        || write_lines(sh, "useradd", "/etc/shadow", &shadow))
        return 1;
    if (u->groups && set_groups(sh, "useradd", name, u->groups, true))
        return 6;
    if (u->makes_home || (!u->no_home && !u->system && !sh->s->host->dash))
        make_home(sh, home, uid, gid);
    return 0;
}

static int64_t run_useradd(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh,
                               .n = n,
                               .words = words,
                               .letters = "c:d:s:g:G:u:p:mMrUNole:f:k:",
                               .names = account_names };
    struct account u = { 0 };
    if (!read_account(&o, &u, true))
        return 2;
    if (o.rest.count != 1) {
        shell_complain(sh, "Usage: useradd [options] LOGIN");
        return 2;
    }
    return add_user(sh, *list_at(&o.rest, const char *, 0), &u);
}

static int set_password(struct shell *sh, const char *command, const char *name,
                        const char *password, bool locks, bool unlocks)
{
    struct list shadow = shadow_lines(sh);
    struct arena *a = sh->s->a;
    const char **line = line_named(sh, &shadow, name);
    if (!line) {
        strs_add(a, &shadow, arena_printf(a, "%s:!!:::::::", name));
        line = list_at(&shadow, const char *, shadow.count - 1);
    }
    const char *now = password ? password : field(a, *line, 1);
    if (locks && *now != '!')
        now = arena_printf(a, "!%s", now);
    if (unlocks)
        now += *now == '!';
    const char *rest = *line + strcspn(*line, ":");
    rest += *rest == ':';
    rest += strcspn(rest, ":");
    *line = arena_printf(a, "%s:%s%s", name, now, rest);
    return write_lines(sh, command, "/etc/shadow", &shadow);
}

static int64_t run_usermod(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "c:d:s:g:G:u:p:l:maLU", .names = account_names
    };
    struct account u = { 0 };
    struct arena *a = sh->s->a;
    int64_t gid = -1;
    if (!read_account(&o, &u, false) || o.rest.count != 1)
        return 2;
    const char *name = *list_at(&o.rest, const char *, 0);
    struct list lines = lines_of(sh, user_lines(sh, false));
    const char **line = line_named(sh, &lines, name);
    if (!line) {
        shell_complain(sh, "usermod: user '%s' does not exist", name);
        return 6;
    }
    if (u.group && !shell_group_named(sh, u.group, &gid)) {
        shell_complain(sh, "usermod: group '%s' does not exist", u.group);
        return 6;
    }
    if (u.home || u.shell || u.comment || u.uid || u.group) {
        *line = arena_printf(a, "%s:x:%s:%s:%s:%s:%s", name, u.uid ? u.uid : field(a, *line, 2),
                             u.group ? arena_printf(a, "%lld", (long long)gid) : field(a, *line, 3),
                             u.comment ? u.comment : field(a, *line, 4),
                             u.home ? u.home : field(a, *line, 5),
                             u.shell ? u.shell : field(a, *line, 6));
        if (write_lines(sh, "usermod", "/etc/passwd", &lines))
            return 1;
    }
    if (u.groups && set_groups(sh, "usermod", name, u.groups, u.append))
        return 6;
    if ((u.locks || u.unlocks || u.password)
        && set_password(sh, "usermod", name, u.password, u.locks, u.unlocks))
        return 1;
    return 0;
}

static void drop_line(struct shell *sh, struct list *lines, const char *name)
{
    const char **line = line_named(sh, lines, name);
    if (line)
        *line = NULL;
}

static int64_t run_userdel(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "rf" };
    bool home = false;
    struct shell_user user;
    for (char c; (c = shell_option(&o)); home |= c == 'r') {
        if (c == '?')
            return 2;
    }
    const char *name = o.rest.count ? *list_at(&o.rest, const char *, 0) : "";
    if (!shell_user_named(sh, name, &user)) {
        shell_complain(sh, "userdel: user '%s' does not exist", name);
        return 6;
    }
    struct list lines = lines_of(sh, user_lines(sh, false)), shadow = shadow_lines(sh), groups;
    drop_line(sh, &lines, name);
    drop_line(sh, &shadow, name);
    if (write_lines(sh, "userdel", "/etc/passwd", &lines)
        || write_lines(sh, "userdel", "/etc/shadow", &shadow)
        || set_groups(sh, "userdel", name, "", false))
        return 1;
    groups = lines_of(sh, user_lines(sh, true));
    drop_line(sh, &groups, name);
    write_lines(sh, "userdel", "/etc/group", &groups);
    if (home)
        shell_remove_all(sh, user.home);
    return 0;
}

static int64_t run_groupdel(struct shell *sh, size_t n, const char *const *words)
{
    struct list lines = lines_of(sh, user_lines(sh, true));
    const char *name = n > 1 ? words[n - 1] : "";
    if (!line_named(sh, &lines, name)) {
        shell_complain(sh, "groupdel: group '%s' does not exist", name);
        return 6;
    }
    drop_line(sh, &lines, name);
    return write_lines(sh, "groupdel", "/etc/group", &lines) ? 10 : 0;
}

static int64_t run_gpasswd(struct shell *sh, size_t n, const char *const *words)
{
    if (n != 4 || !text_is(words[1], "-a")) {
        shell_complain(sh, "gpasswd: only -a USER GROUP is simulated");
        return 2;
    }
    return set_groups(sh, "gpasswd", words[2], words[3], true) ? 3 : 0;
}

/* ---- Passwords: kept as they would look, never as what they are ---- */

static int64_t run_passwd(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "ludeS" };
    char what = '\0';
    struct shell_user user;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 2;
        what = c;
    }
    const char *name = o.rest.count ? *list_at(&o.rest, const char *, 0) : sh->user.name;
    if (!shell_user_named(sh, name, &user)) {
        shell_complain(sh, "passwd: Unknown user name '%s'.", name);
        return 1;
    }
    if (!what || what == 'S' || what == 'e') {
        shell_complain(sh, "passwd: only -l, -u and -d are simulated");
        return 1;
    }
    return set_password(sh, "passwd", name, what == 'd' ? "" : NULL, what == 'l', what == 'u') ? 1
                                                                                               : 0;
}

static int64_t run_chpasswd(struct shell *sh, size_t n, const char *const *words)
{
    bool encrypted = n > 1 && (text_is(words[1], "-e") || text_is(words[1], "--encrypted"));
    size_t size;
    int64_t status = 0;
    struct list lines = lines_of(sh, shell_input(sh, &size));
    LIST_EACH (const char *, line, &lines) {
        struct shell_user user;
        const char *name = field(sh->s->a, *line, 0), *colon = strchr(*line, ':');
        if (!colon || !shell_user_named(sh, name, &user)) {
            shell_complain(sh, "chpasswd: line 1: user '%s' does not exist", name);
            status = 1;
            continue;
        }
        status |=
            set_password(sh, "chpasswd", name, encrypted ? colon + 1 : "$6$amisim$", false, false)
            != 0;
    }
    return status;
}

COMMAND(id, "id", run_id);
COMMAND(whoami, "whoami", run_whoami);
COMMAND(groups, "groups", run_groups);
COMMAND(getent, "getent", run_getent);
COMMAND(groupadd, "groupadd", run_groupadd);
COMMAND(useradd, "useradd", run_useradd);
COMMAND(usermod, "usermod", run_usermod);
COMMAND(userdel, "userdel", run_userdel);
COMMAND(groupdel, "groupdel", run_groupdel);
COMMAND(gpasswd, "gpasswd", run_gpasswd);
COMMAND(passwd, "passwd", run_passwd);
COMMAND(chpasswd, "chpasswd", run_chpasswd);
