/* See emit_noun.h. */
#include "reply/emit_noun.h"

#include <string.h>

#include "call/op.h"
#include "reply/emit.h"
#include "reply/out.h"

/* "ebs/snapshotId" lies in group "ebs"; rows of one group stand together and share its element. */
static size_t group_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

/* How much of two group paths is the same, in whole groups. */
static size_t shared_groups(const char *a, size_t n, const char *b, size_t m)
{
    size_t same = 0;
    for (size_t i = 0; i < n && i < m && a[i] == b[i]; i++) {
        if ((i + 1 == n || a[i + 1] == '/') && (i + 1 == m || b[i + 1] == '/'))
            same = i + 1;
    }
    return same;
}

/* The groups that are open: the first `length` bytes of a path. */
struct groups {
    const char *path;
    size_t length;
};

/* Opens and closes elements until the open ones are the groups of this path ("" for none), and
 * returns the name that follows them. */
static const char *move_to(struct call *c, struct groups *open, const char *path)
{
    size_t want = group_length(path);
    size_t same = shared_groups(open->path, open->length, path, want);
    for (size_t i = same; i < open->length; i++) {
        if (i == same || open->path[i] == '/')
            emit_close(c);
    }
    for (size_t i = same; i < want;) {
        size_t from = i + (i > 0), n = strcspn(path + from, "/");
        emit_open(c, arena_strndup(c->a, path + from, n));
        i = from + n;
    }
    *open = (struct groups){ path, want };
    return path + want + (want > 0);
}

void emit_tags(struct call *c, const char *name, const struct list *tags)
{
    emit_list(c, name);
    LIST_EACH (struct tag, tag, tags) {
        emit_item(c);
        emit_text(c, "key", tag->key);
        emit_text(c, "value", tag->value ? tag->value : "");
        emit_close(c);
    }
    emit_close(c);
}

static void emit_field_list(struct call *c, const struct field *f, const char *name,
                            const struct list *l, enum view view)
{
    if (f->type == FIELD_EMPTY_LIST) {
        emit_list(c, name);
        emit_close(c);
    } else if (f->type == FIELD_LIST)
        emit_nouns(c, name, f->of, l, view);
    else if (f->type == FIELD_TAGS)
        emit_tags(c, name, l);
    else
        emit_texts(c, name, l);
}

static bool has_text_form(const struct field *f)
{
    return f->type == FIELD_TIME || f->type == FIELD_TIME_S || f->type == FIELD_CONSTANT;
}

/* AWS's JSON has seconds since 1970; our own routes write times as XML does. */
static bool is_epoch(const struct call *c, const struct field *f)
{
    return !c->out->xml && (f->type == FIELD_TIME || f->type == FIELD_TIME_S)
           && c->op->service->protocol != PROTOCOL_CONTROL;
}

static void emit_scalar(struct call *c, const struct field *f, const char *name, const void *noun)
{
    const void *at = (const char *)noun + f->at;
    if (f->type == FIELD_TEXT)
        emit_text(c, name, *(const char *const *)at ? *(const char *const *)at : "");
    else if (f->type == FIELD_BOOL && *(const enum tri *)at != UNSET)
        emit_bool(c, name, *(const enum tri *)at == YES);
    else if (f->type == FIELD_INT && *(const int64_t *)at != ABSENT)
        emit_int(c, name, *(const int64_t *)at);
    else if (is_epoch(c, f))
        emit_epoch(c, name, *(const int64_t *)at);
    else {
        const char *text = has_text_form(f) ? field_text(c->a, f, noun) : NULL;
        !text && f->flags &FIELD_SHOW_NULL ? emit_null(c, name)
                                           : emit_text(c, name, text ? text : "");
    }
}

static bool is_there(const struct field *f, const void *noun)
{
    const void *at = (const char *)noun + f->at;
    switch (f->type) {
    case FIELD_TEXT:
        return *(const char *const *)at != NULL;
    case FIELD_BOOL:
        return *(const enum tri *)at != UNSET;
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_TIME_S:
        return *(const int64_t *)at != ABSENT;
    case FIELD_CONSTANT:
    case FIELD_EMPTY_LIST:
        return true;
    case FIELD_NEVER:
        return false;
    default:
        return ((const struct list *)at)->count > 0;
    }
}

static bool is_list(const struct field *f)
{
    return f->type == FIELD_LIST || f->type == FIELD_TAGS || f->type == FIELD_TEXTS
           || f->type == FIELD_EMPTY_LIST;
}

static bool shows_empty(const struct field *f, enum view view)
{
    return f->flags & (FIELD_SHOW_EMPTY | FIELD_SHOW_NULL)
           || (f->flags & FIELD_CREATED_EMPTY && view & VIEW_CREATED);
}

void emit_noun(struct call *c, const struct schema *k, const void *noun, enum view view)
{
    struct groups open = { "", 0 };
    bool xml = c->out->xml;
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        const char *path = xml ? f->xml : f->json;
        if (!path || (f->views && !(f->views & view)))
            continue;
        if (!is_there(f, noun) && !shows_empty(f, view))
            continue;
        const char *name = move_to(c, &open, path);
        if (is_list(f))
            emit_field_list(c, f, name, (const struct list *)((const char *)noun + f->at), view);
        else
            emit_scalar(c, f, name, noun);
    }
    move_to(c, &open, "");
}

void emit_noun_as(struct call *c, const char *name, const struct schema *k, const void *noun,
                  enum view view)
{
    emit_open(c, name);
    emit_noun(c, k, noun, view);
    emit_close(c);
}

void emit_noun_item(struct call *c, const struct schema *k, const void *noun, enum view view)
{
    emit_item(c);
    emit_noun(c, k, noun, view);
    emit_close(c);
}

void emit_nouns(struct call *c, const char *name, const struct schema *k, const struct list *nouns,
                enum view view)
{
    emit_list(c, name);
    for (size_t i = 0; i < nouns->count; i++)
        emit_noun_item(c, k, (const char *)nouns->items + i * k->size, view);
    emit_close(c);
}
