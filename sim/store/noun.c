/* Field tables as SQL: makes tables, reads rows into structs, writes structs into rows. */
#include "store/noun.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/sql.h"
#include "store/tag_row.h"

/* SQL of one table: a noun's own, or that of a list inside it. */
struct kind_sql {
    struct kind_sql *next;
    const struct kind *kind;
    const char *table, *key; /* key: the id column, or "parent" for a part */
    const char *select; /* up to the condition */
    const char *by_key, *insert, *remove;
    bool has_lists;
    struct kind_sql **lists; /* one for each field; NULL where it is no list */
};

enum column_form { NAMES, PLACES, UPDATES };

static bool is_column(const struct field *f)
{
    return f->column && f->type != FIELD_LIST && f->type != FIELD_TAGS;
}

const struct field *kind_flagged(const struct kind *k, enum field_flags flag)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (f->flags & flag)
            return f;
    }
    return NULL;
}

static bool is_stored_list(const struct field *f)
{
    return f->column && f->type == FIELD_LIST;
}

static bool has_lists(const struct kind *k)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (is_stored_list(f))
            return true;
    }
    return false;
}

/* A kind with lists has a column "lists" behind its own: bit n says that the nth one has items.
 * Most have none, and are not looked for. */
static const char *columns(struct arena *a, const struct kind *k, enum column_form form)
{
    struct list parts = { 0 };
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (!is_column(f))
            continue;
        const char *text = form == PLACES ? "?" : f->column;
        if (form == UPDATES)
            text = arena_printf(a, "%s = excluded.%s", f->column, f->column);
        strs_add(a, &parts, text);
    }
    if (has_lists(k))
        strs_add(a, &parts,
                 form == NAMES    ? "lists"
                 : form == PLACES ? "?"
                                  : "lists = excluded.lists");
    return strs_join(a, &parts, ", ");
}

static const char *column_type(const struct field *f)
{
    return f->type == FIELD_TEXT || f->type == FIELD_TEXTS ? "TEXT" : "INTEGER";
}

static bool has_column(struct store *s, const char *table, const char *column)
{
    return store_number(s, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?",
                        WITH(B_TEXT(table), B_TEXT(column)))
           != ABSENT;
}

/* Adds a column to those of a table in the making; a database of an older amisim gets it now. */
static void add_column(struct store *s, const struct kind_sql *q, bool fresh, struct list *parts,
                       const char *name, const char *type)
{
    const char *column = arena_printf(&s->a, "%s %s", name, type);
    strs_add(&s->a, parts, column);
    if (!fresh && !has_column(s, q->table, name))
        sql_run(s, arena_printf(&s->a, "ALTER TABLE %s ADD COLUMN %s", q->table, column));
}

static void make_table(struct store *s, const struct kind_sql *q)
{
    struct list parts = { 0 };
    const struct kind *k = q->kind;
    bool fresh =
        store_number(s, "SELECT 1 FROM sqlite_master WHERE name = ?", WITH(B_TEXT(q->table)))
        == ABSENT;
    if (k->part)
        strs_add(&s->a, &parts, "parent TEXT, position INTEGER");
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (is_column(f))
            add_column(s, q, fresh, &parts, f->column, column_type(f));
    }
    if (q->has_lists)
        add_column(s, q, fresh, &parts, "lists", "INTEGER");
    if (fresh)
        sql_run(s, arena_printf(&s->a, "CREATE TABLE %s (%s, PRIMARY KEY (%s%s)) %s", q->table,
                                strs_join(&s->a, &parts, ", "), q->key, k->part ? ", position" : "",
                                k->part ? "WITHOUT ROWID" : ""));
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        /* what is not there is never looked for: it need not be in the index */
        if (is_column(f) && f->flags & FIELD_INDEXED)
            sql_run(s, arena_printf(&s->a,
                                    "CREATE INDEX IF NOT EXISTS %s_by_%s ON %s (%s)"
                                    " WHERE %s IS NOT NULL",
                                    q->table, f->column, q->table, f->column, f->column));
    }
}

static struct kind_sql *make_sql(struct store *s, const struct kind *k, const char *table)
{
    struct arena *a = &s->a;
    struct kind_sql *q = arena_new(a, struct kind_sql);
    size_t fields = 0;
    while (k->fields[fields].type != FIELD_END)
        fields++;
    q->kind = k;
    q->table = table;
    q->key = k->part ? "parent" : k->fields[0].column;
    q->has_lists = has_lists(k);
    make_table(s, q);
    const char *names = columns(a, k, NAMES), *places = columns(a, k, PLACES);
    q->remove = arena_printf(a, "DELETE FROM %s WHERE %s = ?", table, q->key);
    if (k->part) {
        q->select = arena_printf(a, "SELECT position, %s FROM %s WHERE ", names, table);
        q->by_key = arena_printf(a, "%sparent = ? ORDER BY position", q->select);
        q->insert = arena_printf(a, "INSERT INTO %s (%s, parent, position) VALUES (%s, ?, ?)",
                                 table, names, places);
    } else {
        q->select = arena_printf(a, "SELECT rowid, %s FROM %s WHERE ", names, table);
        q->by_key = arena_printf(a, "%s%s = ?", q->select, q->key);
        q->insert =
            arena_printf(a, "INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s",
                         table, names, places, q->key, columns(a, k, UPDATES));
    }
    q->lists = arena_array(a, struct kind_sql *, fields);
    for (size_t i = 0; i < fields; i++) {
        const struct field *f = &k->fields[i];
        if (is_stored_list(f))
            q->lists[i] = make_sql(s, f->of, arena_printf(a, "%s_%s", table, f->column));
    }
    return q;
}

void kind_tables(struct store *s, const struct kind *const *kinds)
{
    for (; *kinds; kinds++) {
        struct kind_sql *q = make_sql(s, *kinds, (*kinds)->name);
        q->next = s->kinds;
        s->kinds = q;
        watch_kind(s, *kinds);
    }
}

static struct kind_sql *find_sql(struct store *s, const struct kind *k)
{
    for (struct kind_sql *q = s->kinds; q; q = q->next) {
        if (q->kind == k)
            return q;
    }
    BUG("kind %s is not in the table of contents", k->name);
}

/* ---- Rows to structs ---- */

static struct list read_texts(struct arena *a, const char *json)
{
    struct list texts = { 0 };
    const char *error;
    struct value *v = json ? value_from_json(a, json, strlen(json), &error) : NULL;
    for (v = v ? v->first : NULL; v; v = v->next)
        strs_add(a, &texts, v->text);
    return texts;
}

static void read_column(struct arena *a, struct prepared *p, int column, const struct field *f,
                        void *at)
{
    if (f->type == FIELD_TEXT) {
        *(const char **)at = sql_text(p->stmt, column, a);
        return;
    }
    if (f->type == FIELD_TEXTS) {
        *(struct list *)at = read_texts(a, sql_text(p->stmt, column, a));
        return;
    }
    int64_t number = sql_int(p->stmt, column);
    if (f->type == FIELD_BOOL)
        *(enum tri *)at = number == ABSENT ? UNSET : number ? YES : NO;
    else
        *(int64_t *)at = number;
}

static struct list read_parts(struct call *c, struct kind_sql *q, const char *parent);

static void read_lists(struct call *c, struct kind_sql *q, const char *key, int64_t filled,
                       void *noun)
{
    const struct kind *k = q->kind;
    for (size_t i = 0; k->fields[i].type != FIELD_END; i++) {
        struct list *at = (struct list *)((char *)noun + k->fields[i].at);
        if (k->fields[i].type == FIELD_TAGS)
            *at = tags_of(c, key);
        if (!q->lists[i])
            continue;
        if (filled & 1)
            *at = read_parts(c, q->lists[i], key);
        filled >>= 1;
    }
}

static void read_noun(struct call *c, struct kind_sql *q, struct prepared *p, const char *key,
                      void *noun)
{
    const struct kind *k = q->kind;
    memset(noun, 0, k->size);
    kind_init(
        k, noun); /* before the columns: a member may have a row with a column and others without */
    int column = 1; /* 0 is the row number or position */
    for (size_t i = 0; k->fields[i].type != FIELD_END; i++) {
        const struct field *f = &k->fields[i];
        if (is_column(f))
            read_column(c->a, p, column++, f, (char *)noun + f->at);
    }
    if (!key)
        key = *(const char **)((char *)noun + k->fields[0].at);
    int64_t filled = q->has_lists ? sql_int(p->stmt, column) : 0;
    read_lists(c, q, key, filled == ABSENT ? ~INT64_C(0) : filled, noun);
}

static const char *part_key(struct call *c, const char *parent, size_t position)
{
    return arena_printf(c->a, "%s/%zu", parent, position);
}

static struct list read_parts(struct call *c, struct kind_sql *q, const char *parent)
{
    struct list parts = { 0 };
    struct prepared *p = sql_take(c->store, q->by_key, WITH(B_TEXT(parent)));
    bool nested = q->has_lists;
    while (sql_step(c->store, p)) {
        void *part = list_add_sized(c->a, &parts, q->kind->size);
        read_noun(c, q, p, nested ? part_key(c, parent, parts.count - 1) : parent, part);
    }
    sql_give_back(p);
    return parts;
}

/* ---- Structs to rows ---- */

static const char *texts_json(struct arena *a, const struct list *texts)
{
    if (!texts->count)
        return NULL;
    struct value *v = value_new(a, VALUE_LIST);
    LIST_EACH (const char *, text, texts)
        value_add_text(a, v, NULL, *text);
    return value_to_json(a, v, 0);
}

static void bind_field(struct call *c, struct prepared *p, int at, const struct field *f,
                       const void *member)
{
    struct bind b = { .type = BIND_INT };
    if (f->type == FIELD_TEXT) {
        b = (struct bind)B_TEXT(*(const char *const *)member);
    } else if (f->type == FIELD_TEXTS) {
        b = (struct bind)B_TEXT(texts_json(c->a, member));
    } else if (f->type == FIELD_BOOL) {
        enum tri flag = *(const enum tri *)member;
        b.number = flag == UNSET ? ABSENT : flag == YES;
    } else {
        b.number = *(const int64_t *)member;
    }
    sql_bind(c->store, p, at, &b);
}

static void remove_parts(struct call *c, struct kind_sql *q, const char *key, bool all_below);

static int64_t filled_lists(const struct kind_sql *q, const void *noun)
{
    const struct field *fields = q->kind->fields;
    int64_t filled = 0, bit = 1;
    for (size_t i = 0; fields[i].type != FIELD_END; i++) {
        if (!q->lists[i])
            continue;
        if (((const struct list *)((const char *)noun + fields[i].at))->count)
            filled |= bit;
        bit <<= 1;
    }
    return filled;
}

static void write_noun(struct call *c, struct kind_sql *q, const void *noun, const char *parent,
                       size_t position)
{
    const struct kind *k = q->kind;
    struct prepared *p = sql_take(c->store, q->insert, NULL);
    int at = 1;
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (is_column(f))
            bind_field(c, p, at++, f, (const char *)noun + f->at);
    }
    if (q->has_lists)
        sql_bind(c->store, p, at++, &(struct bind)B_INT(filled_lists(q, noun)));
    if (k->part) {
        sql_bind(c->store, p, at++, &(struct bind)B_TEXT(parent));
        sql_bind(c->store, p, at, &(struct bind)B_INT((int64_t)position));
    }
    sql_step(c->store, p);
    sql_give_back(p);
    if (!q->has_lists)
        return;
    const char *key = k->part ? part_key(c, parent, position)
                              : *(const char *const *)((const char *)noun + k->fields[0].at);
    for (size_t i = 0; k->fields[i].type != FIELD_END; i++) {
        if (!q->lists[i])
            continue;
        const struct list *parts = (const struct list *)((const char *)noun + k->fields[i].at);
        for (size_t j = 0; j < parts->count; j++)
            write_noun(c, q->lists[i], (const char *)parts->items + j * q->lists[i]->kind->size,
                       key, j);
    }
}

/* Lists inside parts have keys "parent/position": they go by a range of keys. */
static void remove_parts(struct call *c, struct kind_sql *q, const char *key, bool all_below)
{
    for (size_t i = 0; q->kind->fields[i].type != FIELD_END; i++) {
        struct kind_sql *part = q->lists[i];
        if (!part)
            continue;
        if (all_below)
            store_exec(
                c->store,
                arena_printf(c->a, "DELETE FROM %s WHERE parent >= ? AND parent < ?", part->table),
                WITH(B_TEXT(arena_printf(c->a, "%s/", key)),
                     B_TEXT(arena_printf(c->a, "%s0", key))));
        else
            store_exec(c->store, part->remove, WITH(B_TEXT(key)));
        remove_parts(c, part, key, true);
    }
}

/* ---- The room's doors ---- */

bool store_get(struct call *c, const struct kind *k, const char *id, void *noun)
{
    struct kind_sql *q = find_sql(c->store, k);
    struct prepared *p = sql_take(c->store, q->by_key, WITH(B_TEXT(id)));
    bool found = sql_step(c->store, p);
    if (found)
        read_noun(c, q, p, NULL, noun);
    sql_give_back(p);
    return found;
}

void store_put(struct call *c, const struct kind *k, const void *noun)
{
    struct kind_sql *q = find_sql(c->store, k);
    remove_parts(c, q, *(const char *const *)((const char *)noun + k->fields[0].at), false);
    write_noun(c, q, noun, NULL, 0);
}

void store_add(struct call *c, const struct kind *k, const void *noun)
{
    write_noun(c, find_sql(c->store, k), noun, NULL, 0);
}

void store_remove(struct call *c, const struct kind *k, const char *id)
{
    struct kind_sql *q = find_sql(c->store, k);
    remove_parts(c, q, id, false);
    store_exec(c->store, q->remove, WITH(B_TEXT(id)));
    store_exec(c->store, "DELETE FROM tag WHERE resource = ?", WITH(B_TEXT(id)));
}

struct cursor {
    struct call *c;
    struct kind_sql *q;
    struct prepared *p;
    int64_t row;
};

struct cursor *store_find(struct call *c, const struct kind *k, const char *where,
                          const struct bind *binds)
{
    struct cursor *cur = arena_new(c->a, struct cursor);
    cur->c = c;
    cur->q = find_sql(c->store, k);
    const char *order = strstr(where, "ORDER BY") ? "" : " ORDER BY rowid";
    cur->p = sql_take(c->store, arena_printf(c->a, "%s%s%s", cur->q->select, where, order), binds);
    return cur;
}

bool cursor_next(struct cursor *cur, void *noun)
{
    if (!sql_step(cur->c->store, cur->p)) {
        cursor_end(cur);
        return false;
    }
    cur->row = sqlite3_column_int64(cur->p->stmt, 0);
    read_noun(cur->c, cur->q, cur->p, NULL, noun);
    return true;
}

int64_t cursor_row(const struct cursor *cur)
{
    return cur->row;
}

void cursor_end(struct cursor *cur)
{
    sql_give_back(cur->p);
}

struct list store_list(struct call *c, const struct kind *k, const char *where,
                       const struct bind *binds)
{
    struct list nouns = { 0 };
    void *one = arena_alloc(c->a, k->size);
    struct cursor *cur = store_find(c, k, where, binds);
    while (cursor_next(cur, one))
        memcpy(list_add_sized(c->a, &nouns, k->size), one, k->size);
    return nouns;
}

bool store_first(struct call *c, const struct kind *k, const char *where, const struct bind *binds,
                 void *noun)
{
    struct cursor *cur = store_find(c, k, where, binds);
    bool found = cursor_next(cur, noun);
    if (found)
        cursor_end(cur);
    return found;
}
