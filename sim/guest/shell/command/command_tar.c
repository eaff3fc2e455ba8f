/* tar and gzip, of what they made themselves: archives whose parts are stored as they are. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/command/mode.h"
#include "guest/shell/command/text_input.h"

#define DEEPEST 40
#define BLOCK 512
#define LARGEST_PART 65535 /* of a stored block of deflate */

/* ---- gzip: stored blocks, which any gunzip reads ---- */

static uint32_t crc32_of(const char *bytes, size_t n)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_le(struct arena *a, struct buffer *b, uint32_t value, int bytes)
{
    for (; bytes--; value >>= 8) {
        char c = (char)(value & 255);
        buffer_add(a, b, &c, 1);
    }
}

static uint32_t get_le(const char *s, int bytes)
{
    uint32_t value = 0;
    while (bytes--)
        value = value << 8 | (unsigned char)s[bytes];
    return value;
}

static struct buffer pack(struct shell *sh, const char *bytes, size_t n)
{
    struct arena *a = shell_arena(sh);
    struct buffer out = { 0 };
    buffer_add(a, &out, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    for (size_t at = 0; at < n || !at;) {
        size_t part = n - at < LARGEST_PART ? n - at : LARGEST_PART;
        buffer_add(a, &out, at + part == n ? "\1" : "\0", 1);
        put_le(a, &out, (uint32_t)part, 2);
        put_le(a, &out, ~(uint32_t)part & 0xffff, 2);
        buffer_add(a, &out, bytes + at, part);
        at += part;
        if (at == n)
            break;
    }
    put_le(a, &out, crc32_of(bytes, n), 4);
    put_le(a, &out, (uint32_t)n, 4);
    shell_spend(sh, 8 * n);
    return out;
}

static bool is_packed(const char *bytes, size_t n)
{
    return n >= 18 && memcmp(bytes, "\x1f\x8b\x08", 3) == 0;
}

/* NULL, or what is wrong. */
static const char *unpack(struct shell *sh, const char *bytes, size_t n, struct buffer *out)
{
    size_t at = 10;
    if (!is_packed(bytes, n))
        return "not in gzip format";
    if (bytes[3])
        return "amisim: only what its own gzip made is read";
    for (bool last = false; !last;) {
        if (at + 5 > n - 8)
            return "unexpected end of file";
        if (bytes[at] & 6)
            return "amisim: only what its own gzip made is read";
        last = bytes[at] & 1;
        size_t part = get_le(bytes + at + 1, 2);
        at += 5;
        if (part > n - 8 - at)
            return "unexpected end of file";
        buffer_add(shell_arena(sh), out, bytes + at, part);
        at += part;
    }
    buffer_text(shell_arena(sh), out);
    shell_spend(sh, 8 * out->n);
    return get_le(bytes + n - 8, 4) == crc32_of(out->at, out->n) ? NULL : "crc error";
}

static const char *unpacked_name(struct arena *a, const char *path)
{
    if (text_ends(path, ".tgz"))
        return arena_printf(a, "%.*s.tar", (int)strlen(path) - 4, path);
    return text_ends(path, ".gz") ? arena_strndup(a, path, strlen(path) - 3) : NULL;
}

struct zipping {
    bool decodes, out, keeps, force;
};

static int64_t zip_file(struct shell *sh, const struct zipping *z, const char *path)
{
    struct arena *a = shell_arena(sh);
    size_t n;
    const char *bytes, *why = shell_read(sh, path, &bytes, &n);
    const char *to = z->decodes ? unpacked_name(a, path) : arena_printf(a, "%s.gz", path);
    struct buffer made = { 0 };
    if (!why && !to && !z->out)
        why = "unknown suffix -- ignored";
    if (!why && z->decodes)
        why = unpack(sh, bytes, n, &made);
    else if (!why)
        made = pack(sh, bytes, n);
    if (!why && !z->out && !z->force && shell_look(sh, to))
        why = "already exists; not overwritten";
    if (!why && z->out)
        shell_put(sh, made.at, made.n);
    else if (!why && !(why = shell_write(sh, to, made.n ? made.at : "", made.n))) {
        const struct dir_entry *e = shell_look(sh, path);
        if (e && !shell_stopped(sh))
            shell_change_mode(sh, to, e->mode);
        if (!z->keeps && !shell_stopped(sh))
            why = shell_remove(sh, path);
    }
    if (why)
        shell_complain(sh, "gzip: %s: %s", path, why);
    return why != NULL;
}

static int64_t run_gzip(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "decompress", 'd', false },
                                                      { "stdout", 'c', false },
                                                      { "keep", 'k', false },
                                                      { "force", 'f', false },
                                                      { "best", '9', false },
                                                      { "fast", '1', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "dckfqnv123456789", .names = names
    };
    struct zipping z = { .decodes = !text_is(words[0], "gzip"), .out = text_is(words[0], "zcat") };
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        z.decodes |= c == 'd';
        z.out |= c == 'c';
        z.keeps |= c == 'k';
        z.force |= c == 'f';
    }
    LIST_EACH (const char *, path, &o.rest)
        status |= zip_file(sh, &z, *path);
    if (o.rest.count)
        return status;
    size_t size;
    struct buffer made = { 0 };
    const char *bytes = shell_input(sh, &size), *why = NULL;
    if (shell_stopped(sh))
        return 0;
    if (z.decodes)
        why = unpack(sh, bytes, size, &made);
    else
        made = pack(sh, bytes, size);
    if (why)
        shell_complain(sh, "gzip: stdin: %s", why);
    else
        shell_put(sh, made.at, made.n);
    return why != NULL;
}

/* ---- tar ---- */

struct archive {
    struct shell *sh;
    char what; /* c, x, t */
    const char *file, *folder;
    bool zipped, verbose, modes;
    int64_t strip;
    struct buffer bytes;
    struct list excluded; /* const char * */
    int64_t status;
};

static void octal(char *to, size_t n, int64_t value)
{
    for (to[n - 1] = '\0'; n-- > 1; value >>= 3)
        to[n - 1] = (char)('0' + (value & 7));
}

static void put_header(struct archive *t, const char *name, const struct dir_entry *e, size_t size)
{
    char h[BLOCK] = { 0 };
    unsigned sum = 0;
    size_t n = strlen(name);
    if (n > 100) {
        shell_complain(t->sh, "tar: %s: file name is too long (max 100); not dumped", name);
        t->status = 2;
        return;
    }
    const char *user = shell_user_name(t->sh, e->uid), *group = shell_group_name(t->sh, e->gid);
    memcpy(h, name, n);
    octal(h + 100, 8, e->mode);
    octal(h + 108, 8, e->uid);
    octal(h + 116, 8, e->gid);
    octal(h + 124, 12, (int64_t)size);
    octal(h + 136, 12, e->changed / SECOND_MS);
    memset(h + 148, ' ', 8);
    h[156] = e->target ? '2' : e->is_folder ? '5' : '0';
    if (e->target)
        memcpy(h + 157, e->target, strnlen(e->target, 99));
    memcpy(h + 257, "ustar  ", 8);
    memcpy(h + 265, user ? user : "", strnlen(user ? user : "", 31));
    memcpy(h + 297, group ? group : "", strnlen(group ? group : "", 31));
    for (size_t i = 0; i < BLOCK; i++)
        sum += (unsigned char)h[i];
    octal(h + 148, 7, sum);
    h[155] = ' ';
    buffer_add(shell_arena(t->sh), &t->bytes, h, BLOCK);
}

static void put_padded(struct archive *t, const char *bytes, size_t n)
{
    static const char zeros[BLOCK];
    buffer_add(shell_arena(t->sh), &t->bytes, bytes, n);
    buffer_add(shell_arena(t->sh), &t->bytes, zeros, (BLOCK - n % BLOCK) % BLOCK);
    shell_spend(t->sh, n + BLOCK);
}

static void add_tree(struct archive *t, const char *path, const char *name, int depth)
{
    struct shell *sh = t->sh;
    struct arena *a = shell_arena(sh);
    struct list entries = { 0 };
    const struct dir_entry *e = shell_look_link(sh, path);
    const char *bytes = "", *why = NULL;
    size_t n = 0;
    bool plain = e && !e->is_folder && !e->target;
    if (strs_have(&t->excluded, name) || depth > DEEPEST || shell_stopped(sh))
        return;
    if (plain)
        why = shell_read(sh, path, &bytes, &n);
    if (!e || why) {
        shell_complain(sh, "tar: %s: Cannot stat: %s", name, e ? why : NO_ENTRY);
        t->status = 2;
        return;
    }
    bool slash = e->is_folder && !text_ends(name, "/");
    if (t->verbose)
        shell_say(sh, "%s%s\n", name, slash ? "/" : "");
    put_header(t, arena_printf(a, "%s%s", name, slash ? "/" : ""), e, n);
    if (plain)
        put_padded(t, bytes, n);
    if (e->is_folder)
        shell_list(sh, path, &entries);
    LIST_EACH (struct dir_entry, one, &entries)
        add_tree(t, arena_printf(a, "%s/%s", path, one->name),
                 arena_printf(a, "%s%s%s", name, text_ends(name, "/") ? "" : "/", one->name),
                 depth + 1);
}

static int64_t create(struct archive *t, const struct list *names)
{
    static const char end[2 * BLOCK];
    struct shell *sh = t->sh;
    if (!names->count) {
        shell_complain(sh, "tar: Cowardly refusing to create an empty archive");
        return 2;
    }
    LIST_EACH (const char *, name, names) {
        const char *path = **name == '/' || !t->folder
                               ? *name
                               : arena_printf(shell_arena(sh), "%s/%s", t->folder, *name);
        const char *stored = *name + (**name == '/');
        if (**name == '/')
            shell_complain(sh, "tar: Removing leading `/' from member names");
        add_tree(t, path, *stored ? stored : "./", 0);
    }
    buffer_add(shell_arena(sh), &t->bytes, end, sizeof end);
    struct buffer out = t->zipped ? pack(sh, t->bytes.at, t->bytes.n) : t->bytes;
    const char *why = NULL;
    if (shell_stopped(sh))
        return 0;
    if (!t->file || text_is(t->file, "-"))
        shell_put(sh, out.at, out.n);
    else
        why = shell_write(sh, t->file, out.at, out.n);
    if (why)
        shell_complain(sh, "tar: %s: Cannot open: %s", t->file, why);
    return why ? 2 : t->status;
}

/* Without its first parts; NULL: nothing is left. Nothing leads out of the folder. */
static const char *stored_name(struct archive *t, const char *name)
{
    for (int64_t i = 0; i < t->strip; i++) {
        const char *slash = strchr(name, '/');
        if (!slash)
            return NULL;
        name = slash + 1;
    }
    name += strspn(name, "/");
    if (text_is(name, "..") || text_starts(name, "../") || strstr(name, "/../")
        || text_ends(name, "/.."))
        return NULL;
    return *name ? name : NULL;
}

static void extract(struct archive *t, const char *name, const char *header, const char *bytes,
                    size_t n)
{
    struct shell *sh = t->sh;
    struct arena *a = shell_arena(sh);
    int64_t mode = strtol(arena_strndup(a, header + 100, 7), NULL, 8) & 07777;
    const char *path = t->folder ? arena_printf(a, "%s/%s", t->folder, name) : name, *why;
    const char *slash = strrchr(arena_strndup(a, path, strlen(path) - text_ends(path, "/")), '/');
    if (slash && header[156] != '5')
        shell_make_folders(sh, arena_strndup(a, path, strlen(path) - strlen(slash)));
    if (header[156] == '5') {
        why = shell_make_folders(sh, path);
    } else if (header[156] == '2') {
        if (shell_look_link(sh, path))
            shell_remove(sh, path);
        why = shell_link(sh, arena_strndup(a, header + 157, strnlen(header + 157, 100)), path);
    } else {
        why = shell_write(sh, path, bytes, n);
    }
    if (!why && header[156] != '2' && !shell_stopped(sh))
        why = shell_change_mode(sh, path, t->modes || !shell_user(sh)->uid ? mode : mode & ~022);
    if (!why && header[156] != '2' && !shell_user(sh)->uid && !shell_stopped(sh))
        why = shell_change_owner(sh, path, strtol(arena_strndup(a, header + 108, 7), NULL, 8),
                                 strtol(arena_strndup(a, header + 116, 7), NULL, 8));
    if (why) {
        shell_complain(sh, "tar: %s: Cannot open: %s", name, why);
        t->status = 2;
    }
}

static bool is_wanted(const struct list *names, const char *name)
{
    LIST_EACH (const char *, one, names) {
        size_t n = strlen(*one);
        n -= n && (*one)[n - 1] == '/';
        if (strncmp(*one, name, n) == 0 && (!name[n] || name[n] == '/'))
            return true;
    }
    return !names->count;
}

static int64_t read_members(struct archive *t, const struct list *names)
{
    struct shell *sh = t->sh;
    struct arena *a = shell_arena(sh);
    for (size_t at = 0; at + BLOCK <= t->bytes.n && t->bytes.at[at] && !shell_stopped(sh);) {
        const char *header = t->bytes.at + at;
        const char *name = arena_strndup(a, header, strnlen(header, 100));
        int64_t size = strtol(arena_strndup(a, header + 124, 11), NULL, 8);
        at += BLOCK;
        if (memcmp(header + 257, "ustar", 5) != 0 || size < 0 || (size_t)size > t->bytes.n - at) {
            shell_complain(sh, "tar: This does not look like a tar archive\n"
                               "tar: Exiting with failure status due to previous errors");
            return 2;
        }
        const char *stored = stored_name(t, name);
        if (stored && is_wanted(names, name)) {
            if (t->what == 't' || t->verbose)
                shell_say(sh, "%s\n", name);
            if (t->what == 'x')
                extract(t, stored, header, t->bytes.at + at, (size_t)size);
        }
        at += ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return t->status;
}

static int64_t open_archive(struct archive *t, const struct list *names)
{
    struct shell *sh = t->sh;
    const char *bytes, *why = NULL;
    size_t n;
    if (!t->file || text_is(t->file, "-"))
        bytes = shell_input(sh, &n);
    else
        why = shell_read(sh, t->file, &bytes, &n);
    if (!why && is_packed(bytes, n))
        why = unpack(sh, bytes, n, &t->bytes);
    else if (!why)
        buffer_add(shell_arena(sh), &t->bytes, bytes, n);
    if (!why)
        return read_members(t, names);
    shell_complain(sh,
                   "tar (child): %s: Cannot open: %s\ntar: Error is not recoverable: exiting now",
                   t->file ? t->file : "-", why);
    return 2;
}

/* tar xzf … : the letters without a dash. */
static struct list modern(struct shell *sh, size_t n, const char *const *words)
{
    struct list all = { 0 };
    for (size_t i = 0; i < n; i++)
        strs_add(shell_arena(sh), &all,
                 i == 1 && words[i][0] != '-' ? arena_printf(shell_arena(sh), "-%s", words[i])
                                              : words[i]);
    return all;
}

static int64_t run_tar(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "create", 'c', false },        { "extract", 'x', false },
        { "list", 't', false },          { "file", 'f', true },
        { "gzip", 'z', false },          { "directory", 'C', true },
        { "verbose", 'v', false },       { "strip-components", '1', true },
        { "exclude", '2', true },        { "preserve-permissions", 'p', false },
        { "no-same-owner", 'o', false }, { NULL, 0, 0 }
    };
    struct list all = modern(sh, n, words);
    struct shell_options o = {
        .sh = sh, .n = all.count, .words = all.items, .letters = "cxtzvpof:C:hJj", .names = names
    };
    struct archive t = { .sh = sh };
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 2;
        if (c == 'J' || c == 'j') {
            shell_complain(sh, "tar: only gzip is simulated: -%c", c);
            return 2;
        }
        t.what = strchr("cxt", c) ? c : t.what;
        t.zipped |= c == 'z';
        t.verbose |= c == 'v';
        t.modes |= c == 'p';
        t.file = c == 'f' ? o.value : t.file;
        t.folder = c == 'C' ? o.value : t.folder;
        if (c == '1' && !text_int(o.value, &t.strip))
            return 2;
        if (c == '2')
            strs_add(shell_arena(sh), &t.excluded, o.value);
    }
    if (!t.what) {
        shell_complain(sh, "tar: You must specify one of the '-Acdtrux', '--delete' or "
                           "'--test-label' options");
        return 2;
    }
    return t.what == 'c' ? create(&t, &o.rest) : open_archive(&t, &o.rest);
}

COMMAND(gzip, "gzip", run_gzip);
COMMAND(gunzip, "gunzip", run_gzip);
COMMAND(zcat, "zcat", run_gzip);
COMMAND(tar, "tar", run_tar);
