/* See scp.h. The receiver answers each line and each file with a zero byte, or with 1 and a line
 * that says what is wrong; the sender goes on when it has the zero. */
#include "guest/transfer/scp.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LONGEST_LINE 4096
#define MOST_ITEMS 10000

enum scp_step {
    SCP_LINE, /* a line is to come */
    SCP_BYTES, /* a file is to come */
    SCP_MARK, /* the zero behind a file */
    SCP_ANSWER, /* sending: the other's zero */
    SCP_COMPLAINT, /* … or its complaint, to the end of the line */
    SCP_OVER,
};

/* Sending: a line, or a file. */
struct scp_item {
    const char *line, *path;
};

struct scp {
    struct arena *a;
    struct list paths; /* const char *: as they were written */
    bool sends, folders, times, into_folder;
    enum scp_step step;
    int64_t status;
    char line[LONGEST_LINE];
    size_t n; /* of the line, or of the file that came */
    char *file; /* the one at hand, in an arena of its own; NULL: none */
    int64_t mode;
    size_t size;
    struct arena own;
    /* Receiving: */
    const char *targets[TRANSFER_DEEPEST]; /* folders that are open; the first one: where to */
    size_t depth;
    const char *path;
    /* Sending: */
    struct list items; /* struct scp_item */
    size_t at;
};

/* ---- The command ---- */

static bool read_letters(struct scp *s, const char *letters, bool *ret_takes)
{
    for (; *letters; letters++) {
        if (!strchr("tfrpdvq", *letters))
            return false;
        *ret_takes |= *letters == 't';
        s->sends |= *letters == 'f';
        s->folders |= *letters == 'r';
        s->times |= *letters == 'p';
        s->into_folder |= *letters == 'd';
    }
    return true;
}

struct scp *scp_new(struct arena *a, const struct list *words)
{
    struct scp *s = arena_new(a, struct scp);
    bool takes = false, options = true;
    *s = (struct scp){ .a = a };
    LIST_EACH (const char *, word, words) {
        if (word == words->items) {
            if (!text_is(*word, "scp"))
                return NULL;
        } else if (options && text_is(*word, "--")) {
            options = false;
        } else if (options && **word == '-' && (*word)[1]) {
            if (!read_letters(s, *word + 1, &takes))
                return NULL;
        } else {
            strs_add(a, &s->paths, arena_strdup(a, *word));
        }
    }
    bool fits = s->sends ? s->paths.count > 0 : takes && s->paths.count == 1;
    return fits && takes != s->sends ? s : NULL;
}

static void over(struct scp *s, int64_t status)
{
    s->step = SCP_OVER;
    if (status)
        s->status = status;
}

static void zero(const struct transfer *t)
{
    buffer_add(t->a, t->out, "", 1);
}

static void complain(struct scp *s, const struct transfer *t, const char *path, const char *what)
{
    const char *line = arena_printf(t->a, "\1scp: %s: %s\n", path, what);
    buffer_add_text(t->a, t->out, line);
    s->status = 1;
}

/* ---- Receiving ---- */

/* "0644 12 name": false where it is none, or the name leads elsewhere. */
static bool read_head(const char *line, int64_t *ret_mode, int64_t *ret_size, const char **ret_name)
{
    size_t mode = strspn(line, "01234567");
    char number[24];
    if (!mode || mode > 5 || line[mode] != ' ')
        return false;
    *ret_mode = strtol(line, NULL, 8) & 07777;
    line += mode + 1;
    size_t digits = strspn(line, "0123456789");
    if (!digits || digits >= sizeof number || line[digits] != ' ')
        return false;
    memcpy(number, line, digits);
    number[digits] = '\0';
    *ret_name = line + digits + 1;
    return text_int(number, ret_size) && **ret_name && !strchr(*ret_name, '/')
           && !text_is(*ret_name, ".") && !text_is(*ret_name, "..");
}

static const char *where_to(struct scp *s, const struct transfer *t, const char *name)
{
    const char *target = s->targets[s->depth];
    return s->depth || transfer_is_folder(t, target) ? transfer_join(s->a, target, name) : target;
}

static void begin_file(struct scp *s, const struct transfer *t, int64_t size, const char *name)
{
    s->path = where_to(s, t, name);
    if (size < 0 || (uint64_t)size > TRANSFER_MOST) {
        complain(s, t, s->path, "File too large");
        return;
    }
    if (transfer_is_folder(t, s->path) || text_ends(s->path, "/")) {
        complain(s, t, s->path, IS_DIRECTORY);
        return;
    }
    if (!transfer_is_folder(t, transfer_folder(t->a, s->path))) {
        complain(s, t, s->path, NO_ENTRY);
        return;
    }
    s->size = (size_t)size;
    s->file = arena_bytes(&s->own, s->size + 1);
    s->n = 0;
    s->step = s->size ? SCP_BYTES : SCP_MARK;
    zero(t);
}

static void begin_folder(struct scp *s, const struct transfer *t, const char *name)
{
    const char *path = where_to(s, t, name), *error = NULL;
    struct dir_entry e;
    bool there = transfer_look(t, path, &e);
    if (!s->folders || s->depth + 1 == TRANSFER_DEEPEST)
        error = "received directory without -r";
    else if (there && !e.is_folder)
        error = NOT_DIRECTORY;
    else if (!there)
        error = transfer_outcome(t, shell_make_folder(t->sh, path));
    if (error) { /* what it holds cannot be told from what lies beside it: the end */
        complain(s, t, path, error);
        over(s, 1);
        return;
    }
    s->targets[++s->depth] = path;
    zero(t);
}

static void take_line(struct scp *s, const struct transfer *t)
{
    const char *name;
    int64_t size;
    char kind = *s->line;
    bool head = (kind == 'C' || kind == 'D') && read_head(s->line + 1, &s->mode, &size, &name);
    if (head && kind == 'C') {
        begin_file(s, t, size, name);
    } else if (head) {
        begin_folder(s, t, name);
    } else if (kind == 'E' && s->depth) {
        s->depth--;
        zero(t);
    } else if (kind == 'T') {
        zero(t);
    } else if (kind == 1) {
        s->status = 1;
    } else {
        complain(s, t, "protocol error", "unexpected record");
        over(s, 1);
    }
}

/* What was there keeps its mode, unless the client insists [OpenSSH]. */
static const char *write_file(struct scp *s, const struct transfer *t)
{
    struct dir_entry e;
    bool keeps = transfer_look(t, s->path, &e) && !s->times;
    const char *error = shell_write(t->sh, s->path, s->file, s->size);
    if (!error && !keeps)
        error = shell_change_mode(t->sh, s->path, s->times ? s->mode : s->mode & 0755);
    return transfer_outcome(t, error);
}

static void finish_file(struct scp *s, const struct transfer *t, char mark)
{
    const char *error = mark ? "the sender failed" : write_file(s, t);
    if (error)
        complain(s, t, s->path, error);
    else
        zero(t);
    arena_release(&s->own);
    s->file = NULL;
    s->n = 0;
    s->step = SCP_LINE;
}

/* ---- Sending ---- */

static void add_item(struct scp *s, const char *line, const char *path)
{
    *list_add(s->a, &s->items, struct scp_item) = (struct scp_item){ line, path };
}

static void add_times(struct scp *s, const struct dir_entry *e)
{
    long long seconds = (long long)(e->changed / 1000);
    if (s->times)
        add_item(s, arena_printf(s->a, "T%lld 0 %lld 0\n", seconds, seconds), NULL);
}

static const char *last_part(const char *path)
{
    return strrchr(path, '/') + 1;
}

static void add_path(struct scp *s, const struct transfer *t, const char *path, int depth);

static void add_folder(struct scp *s, const struct transfer *t, const char *path,
                       const struct dir_entry *e, int depth)
{
    struct list entries = { 0 };
    const char *name = *last_part(path) ? last_part(path) : ".";
    add_times(s, e);
    add_item(s, arena_printf(s->a, "D%04o 0 %s\n", (unsigned)e->mode, name), NULL);
    const char *error = shell_list(t->sh, path, &entries);
    if (error)
        complain(s, t, path, error);
    LIST_EACH (struct dir_entry, inner, &entries)
        add_path(s, t, transfer_join(s->a, path, inner->name), depth + 1);
    add_item(s, "E\n", NULL);
}

static void add_path(struct scp *s, const struct transfer *t, const char *path, int depth)
{
    struct dir_entry e;
    if (depth == TRANSFER_DEEPEST || s->items.count > MOST_ITEMS) {
        complain(s, t, path, "too much to send");
    } else if (!transfer_look(t, path, &e)) {
        complain(s, t, path, NO_ENTRY);
    } else if (!e.is_folder) {
        add_times(s, &e);
        add_item(s, NULL, path);
    } else if (s->folders) {
        add_folder(s, t, path, &e, depth);
    } else {
        complain(s, t, path, "not a regular file");
    }
}

static const char *load_file(struct scp *s, const struct transfer *t, const char *path)
{
    struct dir_entry e;
    const char *bytes, *error = shell_read(t->sh, path, &bytes, &s->size);
    if (error || !transfer_look(t, path, &e))
        return error ? error : NO_ENTRY;
    s->file = arena_bytes(&s->own, s->size + 1);
    memcpy(s->file, bytes, s->size);
    buffer_add_text(
        t->a, t->out,
        arena_printf(t->a, "C%04o %zu %s\n", (unsigned)e.mode, s->size, last_part(path)));
    return NULL;
}

/* The line of the next item; that of a file says how much of it there is now. */
static void send_item(struct scp *s, const struct transfer *t)
{
    while (s->at < s->items.count) {
        const struct scp_item *item = list_at(&s->items, struct scp_item, s->at++);
        if (item->line) {
            buffer_add_text(t->a, t->out, item->line);
            return;
        }
        const char *error = load_file(s, t, item->path);
        if (!error)
            return;
        complain(s, t, item->path, error);
    }
    over(s, 0);
}

static void forget_file(struct scp *s)
{
    arena_release(&s->own);
    s->file = NULL;
}

static void take_answer(struct scp *s, const struct transfer *t, char byte)
{
    if (byte == 0 && s->file) {
        buffer_add(t->a, t->out, s->file, s->size);
        zero(t);
        forget_file(s);
    } else if (byte == 0) {
        send_item(s, t);
    } else if (byte == 1 && s->file) { /* it does not want this one */
        forget_file(s);
        s->status = 1;
        s->step = SCP_COMPLAINT;
    } else {
        over(s, 1);
    }
}

/* ---- Both ---- */

void scp_begin(struct scp *s, const struct transfer *t)
{
    if (s->sends) {
        s->step = SCP_ANSWER;
        LIST_EACH (const char *, path, &s->paths)
            add_path(s, t, transfer_path(s->a, t->home, *path), 0);
        return;
    }
    s->targets[0] = transfer_path(s->a, t->home, *list_at(&s->paths, const char *, 0));
    if (s->into_folder && !transfer_is_folder(t, s->targets[0])) {
        complain(s, t, s->targets[0], NO_ENTRY);
        over(s, 1);
        return;
    }
    s->step = SCP_LINE;
    zero(t);
}

static void take_line_byte(struct scp *s, const struct transfer *t, char byte)
{
    if (byte != '\n' && s->n + 1 < sizeof s->line && byte) {
        s->line[s->n++] = byte;
        return;
    }
    s->line[s->n] = '\0';
    s->n = 0;
    if (byte == '\n') {
        take_line(s, t);
    } else {
        complain(s, t, "protocol error", "bad record");
        over(s, 1);
    }
}

static void take_byte(struct scp *s, const struct transfer *t, char byte)
{
    switch (s->step) {
    case SCP_LINE:
        take_line_byte(s, t, byte);
        return;
    case SCP_MARK:
        finish_file(s, t, byte);
        return;
    case SCP_ANSWER:
        take_answer(s, t, byte);
        return;
    case SCP_COMPLAINT:
        if (byte == '\n') {
            s->step = SCP_ANSWER;
            send_item(s, t);
        }
        return;
    case SCP_BYTES:
    case SCP_OVER:
        return;
    }
}

static size_t take_bytes(struct scp *s, const char *bytes, size_t n)
{
    size_t part = s->size - s->n < n ? s->size - s->n : n;
    memcpy(s->file + s->n, bytes, part);
    s->n += part;
    if (s->n == s->size)
        s->step = SCP_MARK;
    return part;
}

void scp_feed(struct scp *s, const struct transfer *t, const char *bytes, size_t n)
{
    while (n && s->step != SCP_OVER) {
        size_t taken = 1;
        if (s->step == SCP_BYTES)
            taken = take_bytes(s, bytes, n);
        else
            take_byte(s, t, *bytes);
        bytes += taken;
        n -= taken;
    }
    if (s->step == SCP_OVER)
        forget_file(s);
}

/* Between two files that is how a client says that it is through. */
void scp_end(struct scp *s)
{
    over(s, s->sends || s->step != SCP_LINE || s->n ? 1 : 0);
    forget_file(s);
}

bool scp_is_over(const struct scp *s, int64_t *ret_status)
{
    *ret_status = s->status;
    return s->step == SCP_OVER;
}
