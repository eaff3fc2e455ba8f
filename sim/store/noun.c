/* Field tables as SQL: makes tables, reads rows into structs, writes structs into rows. */
#include "store/noun.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "call/id.h"
#include "store/sql.h"
#include "store/tag_row.h"

enum column_form { NAMES, PLACES, UPDATES };

static bool is_stored_list(const struct field *f)
{
    return f->column && f->type == FIELD_LIST;
}

static bool has_lists(const struct schema *k)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (is_stored_list(f))
            return true;
    }
    return false;
}

/* A schema with lists has a column "lists" behind its own: bit n says that the nth one has items.
 * Most have none, and are not looked for. */
static const char *columns(struct arena *a, const struct schema *k, enum column_form form)
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

/* Row numbers that are kept free are not given out in turn. */
static const char *insert_noun(struct arena *a, const struct schema *k, const char *table,
                               const char *names, const char *places)
{
    if (!k->kept_rows)
        return arena_printf(a, "INSERT INTO %s (%s) VALUES (%s)", table, names, places);
    return arena_printf(a,
                        "INSERT INTO %s (%s, rowid) VALUES (%s, ifnull(?, (SELECT max(ifnull("
                        "max(rowid), 0), %lld) + 1 FROM %s)))",
                        table, names, places, (long long)k->kept_rows, table);
}

static void note_renamed(struct store *s, const char *was, const char *table)
{
    if (!was)
        return;
    struct renamed *r = arena_new(&s->a, struct renamed);
    *r = (struct renamed){ .next = s->renamed, .was = was, .table = table };
    s->renamed = r;
}

static struct schema_statements *make_sql(struct store *s, const struct schema *k,
                                          const char *table, const char *was)
{
    struct arena *a = &s->a;
    struct schema_statements *q = arena_new(a, struct schema_statements);
    size_t fields = 0;
    while (k->fields[fields].type != FIELD_END)
        fields++;
    q->schema = k;
    q->table = table;
    q->key = k->part ? "parent" : k->fields[0].column;
    q->has_lists = has_lists(k);
    q->was = was;
    note_renamed(s, was, table);
    const char *names = columns(a, k, NAMES), *places = columns(a, k, PLACES);
    q->remove = arena_printf(a, "DELETE FROM %s WHERE %s = ?", table, q->key);
    if (k->part) {
        q->select = arena_printf(a, "SELECT position, %s FROM %s", names, table);
        q->by_key = arena_printf(a, "%s WHERE parent = ? ORDER BY position", q->select);
        q->insert = arena_printf(a, "INSERT INTO %s (%s, parent, position) VALUES (%s, ?, ?)",
                                 table, names, places);
    } else {
        q->select = arena_printf(a, "SELECT rowid, %s FROM %s", names, table);
        q->select_id = arena_printf(a, "SELECT rowid, %s FROM %s", q->key, table);
        q->by_key = arena_printf(a, "%s WHERE %s = ?", q->select, q->key);
        q->insert = insert_noun(a, k, table, names, places);
        q->put = arena_printf(a, "%s ON CONFLICT (%s) DO UPDATE SET %s", q->insert, q->key,
                              columns(a, k, UPDATES));
    }
    q->lists = arena_array(a, struct schema_statements *, fields);
    for (size_t i = 0; i < fields; i++) {
        const struct field *f = &k->fields[i];
        if (is_stored_list(f))
            q->lists[i] = make_sql(s, f->of, arena_printf(a, "%s_%s", table, f->column),
                                   was ? arena_printf(a, "%s_%s", was, f->column) : NULL);
    }
    return q;
}

static void note_tables(struct store *s, const struct schema_statements *q)
{
    strs_add(&s->a, &s->remembered, q->table);
    for (size_t i = 0; q->schema->fields[i].type != FIELD_END; i++) {
        if (q->lists[i])
            note_tables(s, q->lists[i]);
    }
}

/* Whoever has a noun in mind has its tags in mind. */
static void note_remembered(struct store *s)
{
    strs_add(&s->a, &s->remembered, "tag");
    for (const struct schema_statements *q = s->schemas; q; q = q->next) {
        if (q->schema->remembered)
            note_tables(s, q);
    }
}

void schema_declare(struct store *s, const struct schema *const *schemas)
{
    for (; *schemas; schemas++) {
        struct schema_statements *q = make_sql(s, *schemas, (*schemas)->name, (*schemas)->was);
        q->next = s->schemas;
        s->schemas = q;
    }
    note_remembered(s);
    schema_print(s);
}

void schema_watch(struct store *s)
{
    for (const struct schema_statements *q = s->schemas; q; q = q->next)
        watch_schema(s, q->schema);
}

bool schema_is_unwatched(const struct store *s, const char *table)
{
    for (const struct schema_statements *q = s->schemas; q; q = q->next) {
        if (text_is(q->table, table))
            return q->schema->unwatched;
    }
    return false;
}

/* A noun with a state has an owner, whose account is told with it. */
bool schema_has_always(const struct store *s, const char *table, const char *column)
{
    const struct schema_statements *q = s->schemas;
    while (q && !text_is(q->table, table))
        q = q->next;
    for (const struct field *f = q ? q->schema->fields : NULL; f && f->type != FIELD_END; f++) {
        if (!f->column || !text_is(f->column, column))
            continue;
        return f->flags & (FIELD_ALWAYS | FIELD_STATE)
               || (f->flags & FIELD_OWNER && schema_flagged(q->schema, FIELD_STATE));
    }
    return false;
}

static struct schema_statements *schema_sql(struct store *s, const struct schema *k)
{
    for (struct schema_statements *q = s->schemas; q; q = q->next) {
        if (q->schema == k)
            return q;
    }
    BUG("schema %s is not in the table of contents", k->name);
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

static struct list read_parts(struct call *c, struct schema_statements *q, const char *parent);

static void read_lists(struct call *c, struct schema_statements *q, const char *key, int64_t filled,
                       void *noun)
{
    const struct schema *k = q->schema;
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

static void read_noun(struct call *c, struct schema_statements *q, struct prepared *p,
                      const char *key, void *noun)
{
    const struct schema *k = q->schema;
    /* before the columns: a member may have a row with a column and others without */
    schema_init(k, noun);
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

static struct list read_parts(struct call *c, struct schema_statements *q, const char *parent)
{
    struct list parts = { 0 };
    struct prepared *p = sql_take(c->store, q->by_key, SQL_ARGS(SQL_TEXT(parent)));
    bool nested = q->has_lists;
    while (sql_step(c->store, p)) {
        void *part = list_add_sized(c->a, &parts, q->schema->size);
        read_noun(c, q, p, nested ? part_key(c, parent, parts.count - 1) : parent, part);
    }
    sql_give_back(p);
    return parts;
}

/* ---- Structs to rows ---- */

static void bind_field(struct call *c, struct prepared *p, int at, const struct field *f,
                       const void *member)
{
    struct sql_arg b = { .type = SQL_ARG_INT };
    if (f->type == FIELD_TEXT) {
        b = (struct sql_arg)SQL_TEXT(*(const char *const *)member);
    } else if (f->type == FIELD_TEXTS) {
        const struct list *texts = member;
        b = (struct sql_arg)SQL_TEXT(texts->count ? texts_to_json(c->a, texts) : NULL);
    } else if (f->type == FIELD_BOOL) {
        enum tri flag = *(const enum tri *)member;
        b.number = flag == UNSET ? ABSENT : flag == YES;
    } else {
        b.number = *(const int64_t *)member;
    }
    sql_bind(c->store, p, at, &b);
}

static void remove_parts(struct call *c, struct schema_statements *q, const char *key,
                         bool all_below);

static int64_t filled_lists(const struct schema_statements *q, const void *noun)
{
    const struct field *fields = q->schema->fields;
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

/* place: of a part, its position in the list; of a noun, its row number. */
static void write_noun(struct call *c, struct schema_statements *q, const char *sql,
                       const void *noun, const char *parent, int64_t place)
{
    const struct schema *k = q->schema;
    struct prepared *p = sql_take_own(c->store, sql, NULL);
    int at = 1;
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (is_column(f))
            bind_field(c, p, at++, f, (const char *)noun + f->at);
    }
    if (q->has_lists)
        sql_bind(c->store, p, at++, &(struct sql_arg)SQL_INT(filled_lists(q, noun)));
    if (k->part) {
        sql_bind(c->store, p, at++, &(struct sql_arg)SQL_TEXT(parent));
        sql_bind(c->store, p, at, &(struct sql_arg)SQL_INT(place));
    } else if (k->kept_rows) {
        sql_bind(c->store, p, at, &(struct sql_arg)SQL_INT(place));
    }
    sql_step(c->store, p);
    sql_give_back(p);
    if (!q->has_lists)
        return;
    const char *key = k->part ? part_key(c, parent, (size_t)place)
                              : *(const char *const *)((const char *)noun + k->fields[0].at);
    for (size_t i = 0; k->fields[i].type != FIELD_END; i++) {
        if (!q->lists[i])
            continue;
        const struct list *parts = (const struct list *)((const char *)noun + k->fields[i].at);
        for (size_t j = 0; j < parts->count; j++)
            write_noun(c, q->lists[i], q->lists[i]->insert,
                       (const char *)parts->items + j * q->lists[i]->schema->size, key, (int64_t)j);
    }
}

/* Lists inside parts have keys "parent/position": they go by a range of keys. */
static void remove_parts(struct call *c, struct schema_statements *q, const char *key,
                         bool all_below)
{
    for (size_t i = 0; q->schema->fields[i].type != FIELD_END; i++) {
        struct schema_statements *part = q->lists[i];
        if (!part)
            continue;
        if (all_below)
            sql_exec_own(
                c->store,
                arena_printf(c->a, "DELETE FROM %s WHERE parent >= ? AND parent < ?", part->table),
                SQL_ARGS(SQL_TEXT(arena_printf(c->a, "%s/", key)),
                         SQL_TEXT(arena_printf(c->a, "%s0", key))));
        else
            sql_exec_own(c->store, part->remove, SQL_ARGS(SQL_TEXT(key)));
        remove_parts(c, part, key, true);
    }
}

/* ---- The room's doors ---- */

static bool read_row(struct call *c, struct schema_statements *q, const char *id, void *noun)
{
    struct prepared *p = sql_take(c->store, q->by_key, SQL_ARGS(SQL_TEXT(id)));
    bool found = sql_step(c->store, p);
    if (found)
        read_noun(c, q, p, NULL, noun);
    sql_give_back(p);
    return found;
}

static bool recall(struct call *c, struct schema_statements *q, const char *id, void *noun,
                   struct memo **ret_memo)
{
    *ret_memo = memo_find(c, q->schema, id);
    if (*ret_memo)
        return memo_noun(c, *ret_memo, noun);
    bool found = read_row(c, q, id, noun);
    *ret_memo = memo_remember(c, q->schema, id, found ? noun : NULL);
    return found;
}

bool store_get(struct call *c, const struct schema *k, const char *id, void *noun)
{
    struct schema_statements *q = schema_sql(c->store, k);
    struct memo *memo;
    return k->remembered && id ? recall(c, q, id, noun, &memo) : read_row(c, q, id, noun);
}

static void forget(struct call *c, const struct schema *k, const char *id)
{
    if (k->remembered)
        memo_drop(c->store, id);
}

void store_put(struct call *c, const struct schema *k, const void *noun)
{
    struct schema_statements *q = schema_sql(c->store, k);
    const char *id = *(const char *const *)((const char *)noun + k->fields[0].at);
    forget(c, k, id);
    if (id_is_fresh(c, id)) {
        write_noun(c, q, q->insert, noun, NULL, ABSENT);
        return;
    }
    remove_parts(c, q, id, false);
    write_noun(c, q, q->put, noun, NULL, ABSENT);
}

void store_add_at(struct call *c, const struct schema *k, const void *noun, int64_t row)
{
    struct schema_statements *q = schema_sql(c->store, k);
    forget(c, k, *(const char *const *)((const char *)noun + k->fields[0].at));
    write_noun(c, q, q->insert, noun, NULL, row);
}

void store_add(struct call *c, const struct schema *k, const void *noun)
{
    store_add_at(c, k, noun, ABSENT);
}

void store_remove(struct call *c, const struct schema *k, const char *id)
{
    struct schema_statements *q = schema_sql(c->store, k);
    memo_drop(c->store, id);
    remove_parts(c, q, id, false);
    sql_exec_own(c->store, q->remove, SQL_ARGS(SQL_TEXT(id)));
    sql_exec_own(c->store, "DELETE FROM tag WHERE resource = ?", SQL_ARGS(SQL_TEXT(id)));
}

struct cursor {
    struct call *c;
    struct schema_statements *q;
    struct prepared *p;
    int64_t row;
    bool brief; /* of a row only number and id are read; the rest is likely to be remembered */
    struct memo *memo;
};

struct cursor *store_find_by(struct call *c, const struct schema *k, const char *by,
                             const char *where, const struct sql_arg *binds)
{
    struct cursor *cur = arena_new(c->a, struct cursor);
    cur->c = c;
    cur->q = schema_sql(c->store, k);
    const char *order = strstr(where, "ORDER BY") ? "" : " ORDER BY rowid";
    cur->brief = k->remembered && !memo_is_full(c->store);
    const char *select = cur->brief ? cur->q->select_id : cur->q->select;
    cur->p =
        sql_take(c->store, arena_printf(c->a, "%s%s WHERE %s%s", select, by, where, order), binds);
    return cur;
}

struct cursor *store_find(struct call *c, const struct schema *k, const char *where,
                          const struct sql_arg *binds)
{
    return store_find_by(c, k, "", where, binds);
}

bool cursor_next(struct cursor *cur, void *noun)
{
    if (!sql_step(cur->c->store, cur->p)) {
        cursor_end(cur);
        return false;
    }
    cur->row = sqlite3_column_int64(cur->p->stmt, 0);
    if (cur->brief)
        return recall(cur->c, cur->q, sql_text(cur->p->stmt, 1, cur->c->a), noun, &cur->memo);
    read_noun(cur->c, cur->q, cur->p, NULL, noun);
    return true;
}

struct memo *cursor_memo(const struct cursor *cur)
{
    return cur->memo;
}

int64_t cursor_row(const struct cursor *cur)
{
    return cur->row;
}

void cursor_end(struct cursor *cur)
{
    sql_give_back(cur->p);
}

struct list store_list(struct call *c, const struct schema *k, const char *where,
                       const struct sql_arg *binds)
{
    struct list nouns = { 0 };
    void *one = arena_alloc(c->a, k->size);
    struct cursor *cur = store_find(c, k, where, binds);
    while (cursor_next(cur, one))
        memcpy(list_add_sized(c->a, &nouns, k->size), one, k->size);
    return nouns;
}

bool store_first(struct call *c, const struct schema *k, const char *where,
                 const struct sql_arg *binds, void *noun)
{
    struct cursor *cur = store_find(c, k, where, binds);
    bool found = cursor_next(cur, noun);
    if (found)
        cursor_end(cur);
    return found;
}

int64_t store_count(struct call *c, const struct schema *k, const char *where,
                    const struct sql_arg *binds)
{
    const char *table = schema_sql(c->store, k)->table;
    return store_number(
        c->store, arena_printf(c->a, "SELECT count(*) FROM %s WHERE %s", table, where), binds);
}

bool store_own(struct call *c, const struct schema *k, const char *id, void *noun)
{
    return store_first(c, k, MINE " AND id = ?3", SQL_ARGS(MINE_ARGS(c), SQL_TEXT(id)), noun);
}
