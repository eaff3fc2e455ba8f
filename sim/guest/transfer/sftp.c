/* See sftp.h. A file that is written is held as a whole and reaches the guest when its handle is
 * closed. */
#include "guest/transfer/sftp.h"

#include <string.h>

#include "base/field.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "guest/transfer/sftp_message.h"

#define LARGEST_MESSAGE (256 * 1024 + 1024)
#define LARGEST_READ (256 * 1024)
#define MOST_HANDLES 32
#define NAMES_AT_ONCE 100
#define MOST_HELD ((size_t)64 << 20) /* bytes of all files that are open */

enum { FXF_READ = 1, FXF_WRITE = 2, FXF_APPEND = 4, FXF_CREAT = 8, FXF_TRUNC = 16, FXF_EXCL = 32 };

struct handle {
    bool used, is_folder, changed;
    uint32_t flags;
    int64_t mode; /* that the file is to have when it is closed; ABSENT: its own */
    const char *path;
    struct arena own; /* of all that follows */
    struct buffer bytes;
    struct list entries; /* struct dir_entry */
    size_t at; /* of the entries: the next one */
};

struct sftp {
    bool begun;
    struct handle handles[MOST_HANDLES];
};

struct sftp *sftp_new(struct arena *a)
{
    return arena_new(a, struct sftp);
}

/* ---- Handles ---- */

static struct handle *take_handle(struct sftp *s, struct sftp_message *m)
{
    size_t n;
    const char *bytes = sftp_take_bytes(m, &n);
    struct handle *h =
        n == 1 && (unsigned char)*bytes < MOST_HANDLES ? &s->handles[(unsigned char)*bytes] : NULL;
    return h && h->used ? h : NULL;
}

static void send_attributes(struct sftp_message *m, const struct dir_entry *e)
{
    struct sftp_answer r = sftp_begin_answer(m, FXP_ATTRS);
    sftp_put_attributes(&r, e);
    sftp_send_answer(m, &r);
}

/* A line of `ls -l`, which is all that old clients show. */
static const char *long_name(struct sftp_message *m, const struct dir_entry *e)
{
    static const char letters[] = "rwxrwxrwx";
    struct arena *a = m->t->a;
    char mode[] = "----------";
    const char *user = shell_user_name(m->t->sh, e->uid),
               *group = shell_group_name(m->t->sh, e->gid);
    mode[0] = (char)(e->target ? 'l' : e->is_folder ? 'd' : '-');
    for (int i = 0; i < 9; i++)
        mode[i + 1] = (char)(e->mode >> (8 - i) & 1 ? letters[i] : '-');
    return arena_printf(a, "%s    1 %-8s %-8s %8lld %s %s", mode,
                        user ? user : arena_printf(a, "%lld", (long long)e->uid),
                        group ? group : arena_printf(a, "%lld", (long long)e->gid),
                        (long long)e->size, time_format(a, "%b %e %H:%M", e->changed), e->name);
}

static struct handle *new_handle(struct sftp *s, const char *path)
{
    for (size_t i = 0; i < MOST_HANDLES; i++) {
        struct handle *h = &s->handles[i];
        if (h->used)
            continue;
        *h = (struct handle){ .used = true, .mode = ABSENT };
        h->path = arena_strdup(&h->own, path);
        return h;
    }
    return NULL;
}

static void send_handle(struct sftp *s, struct sftp_message *m, const struct handle *h)
{
    unsigned char number = (unsigned char)(h - s->handles);
    struct sftp_answer r = sftp_begin_answer(m, FXP_HANDLE);
    sftp_put_bytes(&r, &number, 1);
    sftp_send_answer(m, &r);
}

static void drop_handle(struct handle *h)
{
    arena_release(&h->own);
    *h = (struct handle){ 0 };
}

static size_t held(const struct sftp *s)
{
    size_t sum = 0;
    for (size_t i = 0; i < MOST_HANDLES; i++)
        sum += s->handles[i].bytes.room;
    return sum;
}

/* ---- Files ---- */

static const char *check_open(struct sftp_message *m, const char *path, uint32_t flags)
{
    struct dir_entry e;
    bool there = transfer_look(m->t, path, &e), writes = flags & FXF_WRITE;
    if (there && e.is_folder)
        return IS_DIRECTORY;
    if (there && flags & FXF_CREAT && flags & FXF_EXCL)
        return "File exists";
    if (there)
        return writes && !shell_may(m->t->sh, &e, 'w') ? DENIED : NULL;
    if (!(flags & FXF_CREAT) || !transfer_look(m->t, transfer_folder(m->t->a, path), &e)
        || !e.is_folder)
        return NO_ENTRY;
    return shell_may(m->t->sh, &e, 'w') ? NULL : DENIED;
}

static const char *load(struct sftp_message *m, struct handle *h)
{
    size_t n = 0;
    const char *bytes, *error = shell_read(m->t->sh, h->path, &bytes, &n);
    if (!error)
        buffer_add(&h->own, &h->bytes, bytes, n);
    return error;
}

static void open_file(struct sftp *s, struct sftp_message *m)
{
    const char *path = sftp_take_path(m);
    uint32_t flags = (uint32_t)sftp_take_number(m, 4);
    struct dir_entry e;
    bool there = transfer_look(m->t, path, &e);
    const char *error = check_open(m, path, flags);
    if (m->bad)
        return;
    if (error) {
        sftp_send_outcome(m, error);
        return;
    }
    if (there && (e.size < 0 || held(s) + (size_t)e.size > MOST_HELD)) {
        sftp_send_outcome(m, "Too many open files");
        return;
    }
    struct handle *h = new_handle(s, path);
    if (!h) {
        sftp_send_outcome(m, "Too many open files");
        return;
    }
    h->flags = flags;
    h->changed = !there || flags & FXF_TRUNC;
    if (there && !(flags & FXF_TRUNC))
        error = load(m, h);
    if (error && flags & FXF_READ) { /* who only writes need not read it */
        drop_handle(h);
        sftp_send_outcome(m, error);
        return;
    }
    send_handle(s, m, h);
}

static void close_file(struct sftp *s, struct sftp_message *m)
{
    struct handle *h = take_handle(s, m);
    if (!h) {
        sftp_send_bad_handle(m);
        return;
    }
    const char *error =
        h->changed ? shell_write(m->t->sh, h->path, buffer_text(&h->own, &h->bytes), h->bytes.n)
                   : NULL;
    if (!error && h->mode != ABSENT)
        error = shell_change_mode(m->t->sh, h->path, h->mode);
    drop_handle(h);
    sftp_send_outcome(m, error);
}

static void read_file(struct sftp *s, struct sftp_message *m)
{
    struct handle *h = take_handle(s, m);
    uint64_t offset = sftp_take_number(m, 8);
    size_t n = (size_t)sftp_take_number(m, 4);
    if (!h || h->is_folder || !(h->flags & FXF_READ)) {
        sftp_send_bad_handle(m);
        return;
    }
    if (offset >= h->bytes.n) {
        sftp_send_status(m, FX_EOF, "End of file");
        return;
    }
    n = n < LARGEST_READ ? n : LARGEST_READ;
    size_t left = h->bytes.n - (size_t)offset;
    struct sftp_answer r = sftp_begin_answer(m, FXP_DATA);
    sftp_put_bytes(&r, h->bytes.at + offset, n < left ? n : left);
    sftp_send_answer(m, &r);
}

/* Zeros up to a size; what lies behind it goes. */
static void set_size(struct handle *h, size_t size)
{
    static const char zeros[4096];
    while (h->bytes.n < size) {
        size_t part = size - h->bytes.n < sizeof zeros ? size - h->bytes.n : sizeof zeros;
        buffer_add(&h->own, &h->bytes, zeros, part);
    }
    h->bytes.n = size;
    h->changed = true;
}

static bool fits(const struct sftp *s, const struct handle *h, uint64_t size)
{
    return size <= TRANSFER_MOST && (size <= h->bytes.n || held(s) + (size_t)size <= MOST_HELD);
}

static void write_file(struct sftp *s, struct sftp_message *m)
{
    struct handle *h = take_handle(s, m);
    uint64_t offset = sftp_take_number(m, 8);
    size_t n;
    const char *bytes = sftp_take_bytes(m, &n);
    if (m->bad)
        return;
    if (!h || h->is_folder || !(h->flags & FXF_WRITE)) {
        sftp_send_bad_handle(m);
        return;
    }
    if (h->flags & FXF_APPEND)
        offset = h->bytes.n;
    if (offset > TRANSFER_MOST || !fits(s, h, offset + n)) {
        sftp_send_outcome(m, "File too large");
        return;
    }
    size_t at = (size_t)offset, inside = at < h->bytes.n ? h->bytes.n - at : 0;
    inside = inside < n ? inside : n;
    if (at > h->bytes.n)
        set_size(h, at);
    if (inside)
        memcpy(h->bytes.at + at, bytes, inside);
    buffer_add(&h->own, &h->bytes, bytes + inside, n - inside);
    h->changed = true;
    sftp_send_outcome(m, NULL);
}

/* ---- Attributes ---- */

static void look(struct sftp *s, struct sftp_message *m)
{
    struct dir_entry e;
    const char *path = sftp_take_path(m);
    (void)s;
    if (transfer_look(m->t, path, &e))
        send_attributes(m, &e);
    else
        sftp_send_missing(m);
}

static void look_at_link(struct sftp *s, struct sftp_message *m)
{
    const struct dir_entry *e = shell_look_link(m->t->sh, sftp_take_path(m));
    (void)s;
    if (e)
        send_attributes(m, e);
    else
        sftp_send_missing(m);
}

static void look_at_handle(struct sftp *s, struct sftp_message *m)
{
    struct handle *h = take_handle(s, m);
    struct dir_entry e = { 0 };
    if (!h) {
        sftp_send_bad_handle(m);
        return;
    }
    if (!transfer_look(m->t, h->path, &e))
        e.changed = shell_now(m->t->sh);
    if (!h->is_folder)
        e.size = (int64_t)h->bytes.n;
    send_attributes(m, &e);
}

static void set_handle(struct sftp *s, struct sftp_message *m)
{
    struct handle *h = take_handle(s, m);
    struct sftp_attributes wanted = sftp_take_attributes(m);
    if (!h || h->is_folder) {
        sftp_send_bad_handle(m);
    } else if (wanted.flags & ATTR_SIZE && !fits(s, h, wanted.size)) {
        sftp_send_outcome(m, "File too large");
    } else {
        if (wanted.flags & ATTR_SIZE)
            set_size(h, (size_t)wanted.size);
        if (wanted.flags & ATTR_MODE)
            h->mode = wanted.mode & 07777;
        sftp_send_outcome(m, NULL);
    }
}

static const char *cut(struct sftp_message *m, const char *path, uint64_t size)
{
    struct handle h = { .path = path };
    if (size > TRANSFER_MOST)
        return "File too large";
    load(m, &h);
    set_size(&h, (size_t)size);
    const char *error = shell_write(m->t->sh, path, buffer_text(&h.own, &h.bytes), h.bytes.n);
    arena_release(&h.own);
    return error;
}

static void set_path(struct sftp *s, struct sftp_message *m)
{
    const char *path = sftp_take_path(m), *error = NULL;
    struct sftp_attributes wanted = sftp_take_attributes(m);
    struct dir_entry e;
    (void)s;
    if (m->bad)
        return;
    if (!transfer_look(m->t, path, &e)) {
        sftp_send_missing(m);
        return;
    }
    if (wanted.flags & ATTR_SIZE)
        error = e.is_folder ? IS_DIRECTORY : cut(m, path, wanted.size);
    if (!error && wanted.flags & ATTR_MODE)
        error = shell_change_mode(m->t->sh, path, wanted.mode & 07777);
    if (!error && wanted.flags & ATTR_OWNER)
        error = shell_change_owner(m->t->sh, path, wanted.uid, wanted.gid);
    sftp_send_outcome(m, error);
}

/* ---- Folders ---- */

/* What a folder has when it is opened; it outlives the portion at hand. */
static const char *keep_entries(struct sftp_message *m, struct handle *h)
{
    struct list found = { 0 };
    const char *error = shell_list(m->t->sh, h->path, &found);
    LIST_EACH (struct dir_entry, e, &found) {
        struct dir_entry *kept = list_add(&h->own, &h->entries, struct dir_entry);
        *kept = *e;
        kept->name = arena_strdup(&h->own, e->name);
        kept->target = arena_strdup(&h->own, e->target);
    }
    return error;
}

static void open_folder(struct sftp *s, struct sftp_message *m)
{
    const char *path = sftp_take_path(m);
    if (!transfer_is_folder(m->t, path)) {
        sftp_send_missing(m);
        return;
    }
    struct handle *h = new_handle(s, path);
    if (!h) {
        sftp_send_outcome(m, "Too many open files");
        return;
    }
    h->is_folder = true;
    const char *error = keep_entries(m, h);
    if (error) {
        drop_handle(h);
        sftp_send_outcome(m, error);
        return;
    }
    send_handle(s, m, h);
}

static void read_folder(struct sftp *s, struct sftp_message *m)
{
    struct handle *h = take_handle(s, m);
    if (!h || !h->is_folder) {
        sftp_send_bad_handle(m);
        return;
    }
    size_t left = h->entries.count - h->at, n = left < NAMES_AT_ONCE ? left : NAMES_AT_ONCE;
    if (!n) {
        sftp_send_status(m, FX_EOF, "End of file");
        return;
    }
    struct sftp_answer r = sftp_begin_answer(m, FXP_NAME);
    sftp_put_number(&r, n, 4);
    while (n--) {
        const struct dir_entry *e = list_at(&h->entries, struct dir_entry, h->at++);
        sftp_put_text(&r, e->name);
        sftp_put_text(&r, long_name(m, e));
        sftp_put_attributes(&r, e);
    }
    sftp_send_answer(m, &r);
}

static void make_folder(struct sftp *s, struct sftp_message *m)
{
    const char *path = sftp_take_path(m);
    struct dir_entry e;
    (void)s;
    if (m->bad)
        return;
    if (transfer_look(m->t, path, &e))
        sftp_send_outcome(m, "File exists");
    else if (!transfer_is_folder(m->t, transfer_folder(m->t->a, path)))
        sftp_send_missing(m);
    else
        sftp_send_outcome(m, shell_make_folder(m->t->sh, path));
}

static void remove_path(struct sftp_message *m, bool folder)
{
    const char *path = sftp_take_path(m);
    struct dir_entry e;
    if (m->bad)
        return;
    if (!transfer_look(m->t, path, &e))
        sftp_send_missing(m);
    else if (e.is_folder != folder)
        sftp_send_outcome(m, folder ? "Not a directory" : "Is a directory");
    else
        sftp_send_outcome(m, folder ? shell_remove_folder(m->t->sh, path)
                                    : shell_remove(m->t->sh, path));
}

static void remove_file(struct sftp *s, struct sftp_message *m)
{
    (void)s;
    remove_path(m, false);
}

static void remove_folder(struct sftp *s, struct sftp_message *m)
{
    (void)s;
    remove_path(m, true);
}

/* ---- Names ---- */

static void real_path(struct sftp *s, struct sftp_message *m)
{
    const char *path = sftp_take_path(m);
    struct sftp_answer r = sftp_begin_answer(m, FXP_NAME);
    (void)s;
    sftp_put_number(&r, 1, 4);
    sftp_put_text(&r, path);
    sftp_put_text(&r, path);
    sftp_put_number(&r, 0, 4);
    sftp_send_answer(m, &r);
}

static const char *move(const struct transfer *t, const char *from, const char *to, int depth);

static const char *move_folder(const struct transfer *t, const char *from, const char *to,
                               int depth)
{
    struct list entries = { 0 };
    const char *error = shell_make_folder(t->sh, to);
    if (!error)
        error = shell_list(t->sh, from, &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (!error)
            error = move(t, transfer_join(t->a, from, e->name), transfer_join(t->a, to, e->name),
                         depth + 1);
    }
    return error ? error : shell_remove_folder(t->sh, from);
}

static const char *move(const struct transfer *t, const char *from, const char *to, int depth)
{
    struct dir_entry e;
    size_t n = 0;
    const char *bytes, *error;
    if (depth == TRANSFER_DEEPEST)
        return "Too many levels of folders";
    if (!transfer_look(t, from, &e))
        return NO_ENTRY;
    if (e.is_folder)
        error = move_folder(t, from, to, depth);
    else if (!(error = shell_read(t->sh, from, &bytes, &n))
             && !(error = shell_write(t->sh, to, bytes, n)))
        error = shell_remove(t->sh, from);
    return error ? error : shell_change_mode(t->sh, to, e.mode);
}

static void rename_path(struct sftp *s, struct sftp_message *m)
{
    const char *from = sftp_take_path(m), *to = sftp_take_path(m);
    struct dir_entry e;
    (void)s;
    if (m->bad)
        return;
    if (!transfer_look(m->t, from, &e) || !transfer_is_folder(m->t, transfer_folder(m->t->a, to)))
        sftp_send_missing(m);
    else if (transfer_look(m->t, to, &e))
        sftp_send_outcome(m, "File exists");
    else if (text_is(from, "/") || (text_starts(to, from) && to[strlen(from)] == '/'))
        sftp_send_outcome(m, "Invalid argument");
    else
        sftp_send_outcome(m, move(m->t, from, to, 0));
}

/* ---- Messages ---- */

static const struct {
    enum sftp_type type;
    void (*take)(struct sftp *s, struct sftp_message *m);
} kinds[] = {
    { FXP_OPEN, open_file },      { FXP_CLOSE, close_file },    { FXP_READ, read_file },
    { FXP_WRITE, write_file },    { FXP_LSTAT, look_at_link },  { FXP_FSTAT, look_at_handle },
    { FXP_SETSTAT, set_path },    { FXP_FSETSTAT, set_handle }, { FXP_OPENDIR, open_folder },
    { FXP_READDIR, read_folder }, { FXP_REMOVE, remove_file },  { FXP_MKDIR, make_folder },
    { FXP_RMDIR, remove_folder }, { FXP_REALPATH, real_path },  { FXP_STAT, look },
    { FXP_RENAME, rename_path },
};

static void begin(struct sftp *s, struct sftp_message *m)
{
    struct sftp_answer r = sftp_begin_answer(m, FXP_VERSION);
    sftp_put_number(&r, SFTP_VERSION, 4);
    sftp_send_answer(m, &r);
    s->begun = true;
}

/* False where it makes no sense. */
static bool take_message(struct sftp *s, struct sftp_message *m)
{
    uint64_t type = sftp_take_number(m, 1);
    if (!s->begun) {
        if (type != FXP_INIT)
            return false;
        begin(s, m);
        return true;
    }
    m->id = (uint32_t)sftp_take_number(m, 4);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !m->bad; i++) {
        if (kinds[i].type == type) {
            kinds[i].take(s, m);
            return !m->bad;
        }
    }
    if (!m->bad)
        sftp_send_status(m, FX_UNSUPPORTED, "Operation unsupported");
    return !m->bad;
}

bool sftp_feed(struct sftp *s, const struct transfer *t, const char *bytes, size_t n,
               size_t *ret_taken)
{
    *ret_taken = 0;
    while (n - *ret_taken >= 4) {
        const unsigned char *at = (const unsigned char *)bytes + *ret_taken;
        size_t size = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        if (!size || size > LARGEST_MESSAGE)
            return false;
        if (n - *ret_taken - 4 < size)
            return true;
        struct sftp_message m = { .t = t, .at = at + 4, .end = at + 4 + size };
        if (!take_message(s, &m))
            return false;
        *ret_taken += 4 + size;
    }
    return true;
}

void sftp_end(struct sftp *s)
{
    for (size_t i = 0; i < MOST_HANDLES; i++)
        drop_handle(&s->handles[i]);
}
