/* See memo.h.
 *
 * A noun is let in when it is read for the second time, so that one walk through a large world
 * leaves nothing behind. When the memory is full nothing more is let in, until enough were turned
 * away; it begins anew then, and when half of it is forgotten. */
#include "store/memo.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/sql.h"

#define USUAL_LIMIT ((size_t)8 * 1024 * 1024)
#define SLOTS 4096
#define SEEN 16384
#define PATIENCE 65536 /* readings that were not let in, before all makes room for them */

struct memo {
    struct memo *next;
    const struct schema *schema;
    const char *id, *account; /* whose tags it has */
    const void *noun; /* NULL: there is none of this id */
    const void *source; /* what bytes were made of */
    int kind;
    const char *bytes;
    size_t size;
    size_t took; /* bytes of the memory, all in all */
};

struct memory {
    struct memo *slots[SLOTS];
    uint32_t seen[SEEN]; /* of readings: those that were read once */
    struct arena a;
    size_t used, limit;
    size_t forgotten; /* of what is used */
    int64_t undone; /* store_undone() of what it holds */
    int refused;
};

struct memory *memo_open(struct arena *a)
{
    struct memory *m = arena_new(a, struct memory);
    m->limit = USUAL_LIMIT;
    return m;
}

void memo_close(struct memory *m)
{
    arena_release(&m->a);
}

void memo_limit(struct store *s, size_t bytes)
{
    s->memory->limit = bytes;
}

bool memo_is_full(const struct store *s)
{
    return s->memory->used >= s->memory->limit;
}

static void catch_up(struct store *s)
{
    struct memory *m = s->memory;
    if (m->undone == s->undone)
        return;
    memset(m->slots, 0, sizeof m->slots);
    m->forgotten = m->used;
    m->undone = s->undone;
}

/* ---- Copies ---- */

static bool is_list(const struct field *f)
{
    return f->type == FIELD_LIST || f->type == FIELD_TAGS || f->type == FIELD_TEXTS;
}

/* Items of tags and texts are nothing but texts. */
static size_t item_size(const struct field *f)
{
    return f->type == FIELD_LIST   ? f->of->size
           : f->type == FIELD_TAGS ? sizeof(struct tag)
                                   : sizeof(const char *);
}

struct copying {
    struct arena *a;
    size_t used; /* bytes that it took */
};

/* Texts that `like` has in the same place are not copied. */
static const char *copy_text(struct copying *to, const char *text, const char *like)
{
    if (!text || text == like)
        return text;
    size_t n = strlen(text);
    to->used += n + 1;
    return arena_strndup(to->a, text, n);
}

static void copy_fields(struct copying *to, const struct schema *k, void *copy, const void *like);

static void copy_items(struct copying *to, const struct field *f, char *item, const char *like)
{
    if (f->type == FIELD_LIST) {
        copy_fields(to, f->of, item, like);
        return;
    }
    for (size_t i = 0; i < item_size(f) / sizeof(const char *); i++) {
        const char **text = (const char **)item + i;
        *text = copy_text(to, *text, like ? ((const char *const *)like)[i] : NULL);
    }
}

static void copy_list(struct copying *to, const struct field *f, struct list *l,
                      const struct list *like)
{
    const struct list from = *l;
    size_t size = item_size(f);
    *l = (struct list){ 0 };
    if (!from.count)
        return;
    to->used += size * from.count;
    l->items = memcpy(arena_bytes(to->a, size * from.count), from.items, size * from.count);
    l->count = l->capacity = from.count;
    for (size_t i = 0; i < from.count; i++)
        copy_items(to, f, (char *)l->items + i * size,
                   like && i < like->count ? (const char *)like->items + i * size : NULL);
}

/* copy: the struct's own bytes are there, what they point at is another's. */
static void copy_fields(struct copying *to, const struct schema *k, void *copy, const void *like)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        void *at = (char *)copy + f->at;
        const void *was = like ? (const char *)like + f->at : NULL;
        if (is_list(f))
            copy_list(to, f, at, was);
        else if (f->type == FIELD_TEXT)
            *(const char **)at =
                copy_text(to, *(const char **)at, was ? *(const char *const *)was : NULL);
    }
}

/* The caller's lists are its own to change, texts are shared. */
static void lend(struct arena *a, const struct schema *k, const void *noun, void *ret)
{
    struct copying to = { .a = a };
    memcpy(ret, noun, k->size);
    copy_fields(&to, k, ret, noun);
}

static const void *keep(struct copying *to, const struct schema *k, const void *noun,
                        const void *like)
{
    void *kept = memcpy(arena_bytes(to->a, k->size), noun, k->size);
    to->used += k->size;
    copy_fields(to, k, kept, like);
    return kept;
}

static void count(struct memory *m, struct memo *of, const struct copying *to)
{
    m->used += to->used;
    of->took += to->used;
}

/* ---- Nouns ---- */

static const char *account_of(const struct call *c)
{
    return c->account ? c->account : "";
}

static struct memo **slot_of(struct memory *m, const char *id)
{
    return &m->slots[hash_text(id) % SLOTS];
}

struct memo *memo_find(struct call *c, const struct schema *k, const char *id)
{
    catch_up(c->store);
    struct memo *m = *slot_of(c->store->memory, id);
    while (m && (m->schema != k || !text_is(m->id, id) || !text_is(m->account, account_of(c))))
        m = m->next;
    return m;
}

bool memo_noun(struct call *c, const struct memo *m, void *ret)
{
    if (m->noun)
        lend(c->a, m->schema, m->noun, ret);
    return m->noun != NULL;
}

static bool is_let_in(struct memory *m, const struct schema *k, const char *id, const char *account)
{
    uint64_t reading = hash_text(id) * 31 + hash_text(account) * 7 + k->size;
    uint32_t *seen = &m->seen[reading % SEEN], sign = (uint32_t)(reading >> 32) | 1;
    if (*seen != sign) {
        *seen = sign;
        return false;
    }
    if (m->used < m->limit)
        return true;
    m->refused++;
    return false;
}

struct memo *memo_remember(struct call *c, const struct schema *k, const char *id, void *noun)
{
    struct memory *m = c->store->memory;
    if (!is_let_in(m, k, id, account_of(c)))
        return NULL;
    struct memo **slot = slot_of(m, id), *made = arena_new(&m->a, struct memo);
    struct copying to = { .a = &m->a, .used = sizeof *made };
    *made = (struct memo){ .next = *slot, .schema = k };
    made->id = copy_text(&to, id, NULL);
    made->account = copy_text(&to, account_of(c), NULL);
    if (noun) {
        made->noun = keep(&to, k, noun, NULL);
        lend(c->a, k, made->noun, noun);
    }
    count(m, made, &to);
    return *slot = made;
}

void memo_drop(struct store *s, const char *id)
{
    catch_up(s);
    struct memo **at = slot_of(s->memory, id);
    while (*at) {
        if (!text_is((*at)->id, id)) {
            at = &(*at)->next;
            continue;
        }
        s->memory->forgotten += (*at)->took;
        *at = (*at)->next;
    }
}

/* ---- What was made of them ---- */

static bool same_fields(const struct schema *k, const void *x, const void *y);

static bool same_texts(const char *const *x, const char *const *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (x[i] != y[i] && (!x[i] || !y[i] || strcmp(x[i], y[i]) != 0))
            return false;
    }
    return true;
}

static bool same_list(const struct field *f, const struct list *x, const struct list *y)
{
    size_t size = item_size(f);
    if (x->count != y->count)
        return false;
    if (f->type != FIELD_LIST)
        return same_texts(x->items, y->items, x->count * size / sizeof(const char *));
    for (size_t i = 0; i < x->count; i++) {
        if (!same_fields(f->of, (const char *)x->items + i * size,
                         (const char *)y->items + i * size))
            return false;
    }
    return true;
}

static bool same_field(const struct field *f, const void *x, const void *y)
{
    switch (f->type) {
    case FIELD_TEXT:
        return same_texts(x, y, 1);
    case FIELD_BOOL:
        return *(const enum tri *)x == *(const enum tri *)y;
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_TIME_S:
        return *(const int64_t *)x == *(const int64_t *)y;
    default:
        return !is_list(f) || same_list(f, x, y);
    }
}

static bool same_fields(const struct schema *k, const void *x, const void *y)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (!same_field(f, (const char *)x + f->at, (const char *)y + f->at))
            return false;
    }
    return true;
}

const char *memo_made(const struct memo *m, const void *noun, int kind, size_t *ret_size)
{
    if (!m || !m->bytes || m->kind != kind || !same_fields(m->schema, m->source, noun))
        return NULL;
    *ret_size = m->size;
    return m->bytes;
}

void memo_make(struct store *s, struct memo *m, const void *noun, int kind, const char *bytes,
               size_t size)
{
    struct memory *memory = s->memory;
    if (!m || memory->used >= memory->limit)
        return;
    struct copying to = { .a = &memory->a, .used = size };
    m->source = keep(&to, m->schema, noun, m->noun);
    m->bytes = memcpy(arena_bytes(to.a, size), bytes, size);
    m->size = size;
    m->kind = kind;
    count(memory, m, &to);
}

/* ---- Room ---- */

void memo_tidy(struct store *s)
{
    struct memory *m = s->memory;
    if (m->refused < PATIENCE && m->forgotten <= m->limit / 2)
        return;
    arena_release(&m->a);
    memset(m->slots, 0, sizeof m->slots);
    m->used = m->forgotten = 0;
    m->refused = 0;
}
