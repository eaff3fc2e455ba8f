/* Files as a user of the machine meets them: links, owners, modes. See command.h. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

#define LARGEST_FILE ((size_t)4 << 20)
/* What a question about a file counts as, in bytes. */
#define COST_OF_LOOK 4000
#define COST_OF_LIST 8000
#define MOST_LINKS 10
#define RANDOM_BYTES 65536

/* ---- Paths ---- */

const char *shell_path(struct shell *sh, const char *written)
{
    struct buffer path = { 0 };
    const char *whole =
        *written == '/' ? written : arena_printf(sh->s->a, "%s/%s", sh->folder, written);
    while (*whole) {
        size_t n = strcspn(whole, "/");
        if (n == 2 && strncmp(whole, "..", 2) == 0) {
            while (path.n && path.at[--path.n] != '/') {
            }
        } else if (n && !(n == 1 && *whole == '.')) {
            buffer_add(sh->s->a, &path, "/", 1);
            buffer_add(sh->s->a, &path, whole, n);
        }
        whole += n + (whole[n] == '/');
    }
    return path.n ? arena_strndup(sh->s->a, path.at, path.n) : "/";
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

/* ---- What is no file of a disk ---- */

static bool is_device(const char *path)
{
    static const char *const devices[] = {
        "/dev/null",   "/dev/zero",   "/dev/tty",    "/dev/console", "/dev/stdin",
        "/dev/stdout", "/dev/stderr", "/dev/random", "/dev/urandom", NULL
    };
    return text_any(path, devices);
}

bool file_special(struct shell *sh, const char *path, struct open_file *ret)
{
    *ret = (struct open_file){ .kind = FILE_NOTHING };
    if (!is_device(path))
        return false;
    if (text_is(path, "/dev/console") || text_is(path, "/dev/tty"))
        ret->kind = FILE_OUTPUT;
    if (!text_is(path, "/dev/random") && !text_is(path, "/dev/urandom"))
        return true;
    ret->kind = FILE_BYTES;
    ret->bytes.n = ret->bytes.room = RANDOM_BYTES;
    ret->bytes.at = arena_bytes(sh->s->a, RANDOM_BYTES + 1);
    for (size_t i = 0; i < RANDOM_BYTES; i++)
        ret->bytes.at[i] = (char)rng_next(&sh->s->chance);
    ret->bytes.at[RANDOM_BYTES] = '\0';
    return true;
}

/* The commands that are no files of the disk stand in the usual folders nevertheless. */
static bool is_command(struct shell *sh, const char *path)
{
    static const char *const folders[] = { "/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", NULL };
    for (const char *const *folder = folders; *folder; folder++) {
        size_t n = strlen(*folder);
        const struct shell_command *c = text_starts(path, *folder) && !strchr(path + n, '/')
                                            ? shell_command_named(sh, path + n)
                                            : NULL;
        if (c)
            return !c->builtin || text_is(c->name, "[");
    }
    return false;
}

/* ---- Looking ---- */

static bool look(struct shell *sh, const char *path, struct dir_entry *ret)
{
    shell_spend(sh, COST_OF_LOOK);
    if (sh->s->killed)
        return false;
    if (sh->s->host->look(sh->s->host, path, ret, sh->s->a))
        return true;
    *ret = (struct dir_entry){ .name = strrchr(path, '/') + 1, .mode = 0666 };
    if (is_device(path))
        return true;
    ret->mode = 0755;
    ret->size = 4096;
    return is_command(sh, path);
}

bool shell_may(struct shell *sh, const struct dir_entry *e, char what)
{
    int64_t bit = what == 'r' ? 4 : what == 'w' ? 2 : 1;
    if (!sh->user.uid)
        return what != 'x' || e->is_folder || e->mode & 0111;
    if (e->uid == sh->user.uid)
        return e->mode >> 6 & bit;
    bool in_group = e->gid == sh->user.gid;
    LIST_EACH (int64_t, g, &sh->user.groups)
        in_group |= *g == e->gid;
    return (in_group ? e->mode >> 3 : e->mode) & bit;
}

/* Looks at each folder above; a link among them gives another path (*ret), to begin with again. */
static const char *walk(struct shell *sh, const char *path, const char **ret)
{
    struct arena *a = sh->s->a;
    struct dir_entry e;
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *above = arena_strndup(a, path, (size_t)(slash - path));
        if (!look(sh, above, &e))
            return NO_ENTRY;
        if (e.target) {
            *ret = arena_printf(a, "%s%s%s%s", *e.target == '/' ? "" : folder_of(a, above),
                                *e.target == '/' ? "" : "/", e.target, slash);
            return NULL;
        }
        if (!e.is_folder)
            return NOT_DIRECTORY;
        if (!shell_may(sh, &e, 'x'))
            return DENIED;
    }
    return NULL;
}

/* A path once links are followed, and what is there (name NULL: nothing). */
static const char *resolve(struct shell *sh, const char *written, bool follow,
                           const char **ret_path, struct dir_entry *ret)
{
    const char *path = shell_path(sh, written);
    for (int links = 0; links < MOST_LINKS; links++) {
        const char *again = NULL, *why = NULL;
        bool found = look(sh, path, ret);
        if (!found || sh->user.uid)
            why = walk(sh, path, &again);
        if (why)
            return why;
        if (!again && found && follow && ret->target)
            again = *ret->target == '/'
                        ? ret->target
                        : arena_printf(sh->s->a, "%s/%s", folder_of(sh->s->a, path), ret->target);
        if (!again) {
            *ret_path = path;
            if (!found)
                ret->name = NULL;
            return NULL;
        }
        path = shell_path(sh, again);
    }
    return "Too many levels of symbolic links";
}

const char *shell_resolve(struct shell *sh, const char *written, const char **ret_error)
{
    struct dir_entry e;
    const char *path = NULL;
    shell_flush(sh);
    *ret_error = resolve(sh, written, true, &path, &e);
    if (!*ret_error && !e.name)
        *ret_error = NO_ENTRY;
    return *ret_error ? NULL : path;
}

static const struct dir_entry *look_at(struct shell *sh, const char *path, bool follow)
{
    struct dir_entry *e = arena_new(sh->s->a, struct dir_entry);
    const char *resolved;
    shell_flush(sh);
    return resolve(sh, path, follow, &resolved, e) || !e->name ? NULL : e;
}

const struct dir_entry *shell_look(struct shell *sh, const char *path)
{
    return look_at(sh, path, true);
}

const struct dir_entry *shell_look_link(struct shell *sh, const char *path)
{
    return look_at(sh, path, false);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct dir_entry *)a)->name, ((const struct dir_entry *)b)->name);
}

const char *shell_list(struct shell *sh, const char *path, struct list *ret)
{
    struct dir_entry e;
    shell_flush(sh);
    const char *why = resolve(sh, path, true, &path, &e);
    if (why)
        return why;
    if (!e.name)
        return NO_ENTRY;
    if (!e.is_folder)
        return NOT_DIRECTORY;
    if (!shell_may(sh, &e, 'r'))
        return DENIED;
    if (!sh->s->killed)
        sh->s->host->list(sh->s->host, path, ret, sh->s->a);
    shell_spend(sh, COST_OF_LIST + 200 * ret->count);
    if (ret->count)
        qsort(ret->items, ret->count, sizeof(struct dir_entry), by_name);
    return NULL;
}

/* A descriptor's bytes under its name. */
static bool read_descriptor(struct shell *sh, const char *path, const char **ret, size_t *ret_n)
{
    int64_t number;
    if (text_is(path, "/dev/stdin")) {
        *ret = shell_input(sh, ret_n);
        return true;
    }
    if (!text_starts(path, "/dev/fd/") || !text_int(path + strlen("/dev/fd/"), &number))
        return false;
    struct open_file *file = shell_file(sh, number);
    if (!file || file->kind != FILE_BYTES)
        return false;
    *ret_n = file->bytes.n - file->at;
    *ret = *ret_n ? file->bytes.at + file->at : "";
    file->at = file->bytes.n;
    return true;
}

const char *shell_read(struct shell *sh, const char *path, const char **ret, size_t *ret_n)
{
    struct dir_entry e;
    struct open_file special;
    *ret = "";
    *ret_n = 0;
    shell_flush(sh);
    path = shell_path(sh, path);
    if (read_descriptor(sh, path, ret, ret_n))
        return NULL;
    if (file_special(sh, path, &special)) {
        *ret = special.bytes.n ? special.bytes.at : "";
        *ret_n = special.bytes.n;
        return NULL;
    }
    const char *why = resolve(sh, path, true, &path, &e);
    if (why || !e.name)
        return why ? why : NO_ENTRY;
    if (e.is_folder)
        return IS_DIRECTORY;
    if (!shell_may(sh, &e, 'r'))
        return DENIED;
    const void *bytes = sh->s->host->read(sh->s->host, path, ret_n, sh->s->a);
    if (!bytes)
        *ret_n = 0;
    *ret = bytes ? bytes : "";
    shell_spend(sh, *ret_n);
    return NULL;
}

/* ---- Changing ---- */

bool file_meets_frozen(struct shell *sh, const char *path)
{
    if (!sh->s->host->is_frozen(sh->s->host, path))
        return false;
    shell_wait(sh, PAUSE_FROZEN);
    return true;
}

/* Whether names may be added to or taken from the folder of a path. */
static const char *may_change_names(struct shell *sh, const char *path, const struct dir_entry *e)
{
    struct dir_entry around;
    if (!look(sh, folder_of(sh->s->a, path), &around))
        return NO_ENTRY;
    if (!around.is_folder)
        return NOT_DIRECTORY;
    if (!shell_may(sh, &around, 'w') || !shell_may(sh, &around, 'x'))
        return DENIED;
    bool sticky = around.mode & 01000 && sh->user.uid && around.uid != sh->user.uid;
    return e && sticky && e->uid != sh->user.uid ? NOT_PERMITTED : NULL;
}

const char *file_may_write(struct shell *sh, const char *written, const char **ret_path,
                           struct dir_entry *ret)
{
    shell_flush(sh);
    if (!*written)
        return NO_ENTRY;
    const char *why = resolve(sh, written, true, ret_path, ret);
    if (why)
        return why;
    if (!ret->name)
        why = may_change_names(sh, *ret_path, NULL);
    else if (ret->is_folder)
        why = IS_DIRECTORY;
    else if (!shell_may(sh, ret, 'w'))
        why = DENIED;
    if (!why)
        file_meets_frozen(sh, *ret_path);
    return why;
}

static const char *put(struct shell *sh, const char *path, const struct dir_entry *what,
                       const void *bytes, size_t n)
{
    if (file_meets_frozen(sh, path) || sh->s->killed)
        return NULL;
    shell_spend(sh, n + COST_OF_LOOK);
    return sh->s->host->put(sh->s->host, path, what, bytes, n);
}

static struct dir_entry new_entry(struct shell *sh, bool folder)
{
    return (struct dir_entry){ .is_folder = folder,
                               .mode = (folder ? 0777 : 0666) & ~sh->umask,
                               .uid = sh->user.uid,
                               .gid = sh->user.gid };
}

const char *shell_write(struct shell *sh, const char *path, const void *bytes, size_t n)
{
    struct dir_entry e;
    const char *why = file_may_write(sh, path, &path, &e);
    if (why || sh->s->pause)
        return why;
    if (n > LARGEST_FILE)
        return "File too large";
    if (is_device(path)) {
        if (text_is(path, "/dev/stdout") || text_is(path, "/dev/stderr"))
            shell_write_to(sh, text_is(path, "/dev/stdout") ? 1 : 2, bytes, n);
        return NULL;
    }
    if (!e.name)
        e = new_entry(sh, false);
    return put(sh, path, &e, bytes, n);
}

const char *shell_append(struct shell *sh, const char *path, const void *bytes, size_t n)
{
    struct buffer whole = { 0 };
    const char *old;
    size_t before;
    if (is_device(shell_path(sh, path)))
        return shell_write(sh, path, bytes, n);
    const char *why = shell_read(sh, path, &old, &before);
    if (why && !text_is(why, NO_ENTRY) && !text_is(why, DENIED))
        return why;
    buffer_add(sh->s->a, &whole, old, before);
    buffer_add(sh->s->a, &whole, bytes, n);
    return shell_write(sh, path, whole.at, whole.n);
}

/* What is there, and whether its name may be taken away; a link stands for itself. */
static const char *may_take(struct shell *sh, const char *written, const char **ret_path,
                            struct dir_entry *ret)
{
    shell_flush(sh);
    const char *why = resolve(sh, written, false, ret_path, ret);
    if (why || !ret->name)
        return why ? why : NO_ENTRY;
    why = may_change_names(sh, *ret_path, ret);
    if (!why)
        file_meets_frozen(sh, *ret_path);
    return why;
}

const char *shell_remove(struct shell *sh, const char *path)
{
    struct dir_entry e;
    const char *why = may_take(sh, path, &path, &e);
    if (why || sh->s->pause)
        return why;
    if (e.is_folder)
        return IS_DIRECTORY;
    return sh->s->host->remove(sh->s->host, path);
}

const char *shell_make_folder(struct shell *sh, const char *path)
{
    struct dir_entry e, new = new_entry(sh, true);
    shell_flush(sh);
    const char *why = resolve(sh, path, false, &path, &e);
    if (!why && e.name)
        why = "File exists";
    if (!why)
        why = may_change_names(sh, path, NULL);
    return why ? why : put(sh, path, &new, "", 0);
}

const char *shell_make_folders(struct shell *sh, const char *path)
{
    path = shell_path(sh, path);
    for (const char *slash = path; slash && !shell_stopped(sh);) {
        slash = strchr(slash + 1, '/');
        const char *one = slash ? arena_strndup(sh->s->a, path, (size_t)(slash - path)) : path;
        const struct dir_entry *e = shell_look(sh, one);
        const char *why = e ? (e->is_folder ? NULL
                               : slash      ? NOT_DIRECTORY
                                            : "File exists")
                            : shell_make_folder(sh, one);
        if (why)
            return why;
    }
    return NULL;
}

const char *shell_remove_folder(struct shell *sh, const char *path)
{
    struct dir_entry e;
    struct list names = { 0 };
    const char *why = may_take(sh, path, &path, &e);
    if (why || sh->s->pause)
        return why;
    if (!e.is_folder)
        return NOT_DIRECTORY;
    sh->s->host->list(sh->s->host, path, &names, sh->s->a);
    if (names.count)
        return "Directory not empty";
    if (sh->s->host->is_mount(sh->s->host, path))
        return "Device or resource busy";
    return sh->s->host->remove_directory(sh->s->host, path);
}

const char *shell_link(struct shell *sh, const char *target, const char *path)
{
    struct dir_entry e, link = new_entry(sh, false);
    shell_flush(sh);
    const char *why = resolve(sh, path, false, &path, &e);
    if (!why && e.name)
        why = "File exists";
    if (!why)
        why = may_change_names(sh, path, NULL);
    link.mode = LINK_MODE;
    link.target = target;
    return why ? why : put(sh, path, &link, target, strlen(target));
}

/* Everything of a file but its bytes. */
static const char *change(struct shell *sh, const char *path, const struct dir_entry *e)
{
    size_t n = 0;
    const void *bytes =
        e->is_folder || e->target ? NULL : sh->s->host->read(sh->s->host, path, &n, sh->s->a);
    if (e->target) {
        bytes = e->target;
        n = strlen(e->target);
    }
    return put(sh, path, e, bytes ? bytes : "", n);
}

static const char *find_own(struct shell *sh, const char *written, bool follow, const char **ret,
                            struct dir_entry *ret_entry)
{
    shell_flush(sh);
    const char *why = resolve(sh, written, follow, ret, ret_entry);
    if (why || !ret_entry->name)
        return why ? why : NO_ENTRY;
    return sh->user.uid && sh->user.uid != ret_entry->uid ? NOT_PERMITTED : NULL;
}

const char *shell_change_mode(struct shell *sh, const char *path, int64_t mode)
{
    struct dir_entry e;
    const char *why = find_own(sh, path, true, &path, &e);
    if (why || is_device(path) || e.mode == mode)
        return why;
    e.mode = mode;
    return change(sh, path, &e);
}

const char *shell_change_owner(struct shell *sh, const char *path, int64_t uid, int64_t gid)
{
    struct dir_entry e;
    const char *why = find_own(sh, path, true, &path, &e);
    if (why)
        return why;
    bool member = gid < 0 || gid == e.gid || gid == sh->user.gid;
    LIST_EACH (int64_t, g, &sh->user.groups)
        member |= *g == gid;
    if (sh->user.uid && ((uid >= 0 && uid != e.uid) || !member))
        return NOT_PERMITTED;
    if ((uid < 0 || uid == e.uid) && (gid < 0 || gid == e.gid))
        return NULL;
    e.uid = uid < 0 ? e.uid : uid;
    e.gid = gid < 0 ? e.gid : gid;
    return change(sh, path, &e);
}
