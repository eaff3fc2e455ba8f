/* Users and groups, as the guest's files tell of them. See command.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

/* What a machine has before anybody wrote the files. */
static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
                             "nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin\n";
static const char groups[] = "root:x:0:\nadm:x:4:\nwheel:x:10:\nusers:x:100:\nnobody:x:65534:\n";

const char *shell_system_file(const char *path)
{
    return text_is(path, "/etc/passwd") ? passwd : text_is(path, "/etc/group") ? groups : NULL;
}

static const char *lines_of(struct shell *sh, const char *path)
{
    size_t n;
    shell_flush(sh);
    const void *bytes = sh->s->host->read(sh->s->host, path, &n, sh->s->a);
    shell_spend(sh, bytes ? n : 0);
    return bytes ? arena_strndup(sh->s->a, bytes, n) : shell_system_file(path);
}

#define MOST_FIELDS 7

/* The next line, as fields; false: there is none. Fields that are missing are "". */
static bool next_entry(struct arena *a, const char **at, const char *fields[MOST_FIELDS])
{
    if (!**at)
        return false;
    size_t line = strcspn(*at, "\n");
    const char *s = *at, *end = s + line;
    for (size_t i = 0; i < MOST_FIELDS; i++) {
        size_t n = strcspn(s, ":\n");
        fields[i] = arena_strndup(a, s, n);
        s += n;
        s += s < end && *s == ':';
    }
    *at = end + (*end == '\n');
    return true;
}

static int64_t number_of(const char *text)
{
    int64_t n;
    return text_int(text, &n) ? n : 0;
}

static bool is_member(struct arena *a, const char *members, const char *name)
{
    while (*members) {
        size_t n = strcspn(members, ",");
        if (text_is(arena_strndup(a, members, n), name))
            return true;
        members += n + (members[n] == ',');
    }
    return false;
}

static void add_groups(struct shell *sh, struct shell_user *user)
{
    const char *at = lines_of(sh, "/etc/group"), *fields[MOST_FIELDS];
    while (next_entry(sh->s->a, &at, fields)) {
        int64_t gid = number_of(fields[2]);
        if (gid != user->gid && is_member(sh->s->a, fields[3], user->name))
            *list_add(sh->s->a, &user->groups, int64_t) = gid;
    }
}

static bool find_user(struct shell *sh, const char *name, int64_t uid, struct shell_user *ret)
{
    const char *at = lines_of(sh, "/etc/passwd"), *fields[MOST_FIELDS];
    while (next_entry(sh->s->a, &at, fields)) {
        if (name ? !text_is(fields[0], name) : number_of(fields[2]) != uid)
            continue;
        *ret = (struct shell_user){ .name = fields[0],
                                    .home = fields[5],
                                    .login = *fields[6] ? fields[6] : "/bin/sh",
                                    .uid = number_of(fields[2]),
                                    .gid = number_of(fields[3]) };
        return true;
    }
    return false;
}

bool shell_user_named(struct shell *sh, const char *name, struct shell_user *ret)
{
    int64_t uid;
    if (!find_user(sh, name, 0, ret) && !(text_int(name, &uid) && find_user(sh, NULL, uid, ret)))
        return false;
    add_groups(sh, ret);
    return true;
}

const char *shell_user_name(struct shell *sh, int64_t uid)
{
    struct shell_user user;
    return find_user(sh, NULL, uid, &user) ? user.name : NULL;
}

bool shell_group_named(struct shell *sh, const char *name, int64_t *ret_gid)
{
    const char *at = lines_of(sh, "/etc/group"), *fields[MOST_FIELDS];
    while (next_entry(sh->s->a, &at, fields)) {
        *ret_gid = number_of(fields[2]);
        if (text_is(fields[0], name))
            return true;
    }
    return text_int(name, ret_gid) && *ret_gid >= 0;
}

const char *shell_group_name(struct shell *sh, int64_t gid)
{
    const char *at = lines_of(sh, "/etc/group"), *fields[MOST_FIELDS];
    while (next_entry(sh->s->a, &at, fields)) {
        if (number_of(fields[2]) == gid)
            return fields[0];
    }
    return NULL;
}

const char *user_lines(struct shell *sh, bool of_groups)
{
    return lines_of(sh, of_groups ? "/etc/group" : "/etc/passwd");
}
