/* See tag_row.h. */
#include "store/tag_row.h"

#include "base/value.h"
#include "store/sql.h"

static struct list read_tags(struct call *c, const char *sql, const char *resource)
{
    struct list tags = { 0 };
    struct rows *r = store_query(c->store, sql, SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(resource)));
    while (rows_next(r)) {
        struct tag *tag = list_add(c->a, &tags, struct tag);
        tag->key = rows_text(r, 0, c->a);
        tag->value = rows_text(r, 1, c->a);
    }
    return tags;
}

#define TAGS_OF "SELECT key, value FROM tag WHERE account = ? AND resource = ? ORDER BY "

struct list tags_of(struct call *c, const char *resource)
{
    return read_tags(c, TAGS_OF "key", resource);
}

struct list tags_as_put(struct call *c, const char *resource)
{
    return read_tags(c, TAGS_OF "place, key", resource);
}

#define ALL_TAGS "SELECT resource, type, key, value FROM tag WHERE +region = ?1 AND account = ?2"
#define AS_LISTED " ORDER BY +key, +resource" /* sorted: no index is walked for its order */

static struct rows *query_tags(struct call *c, const char *column, const struct list *texts)
{
    if (!column)
        return store_query(c->store, ALL_TAGS AS_LISTED, SQL_ARGS(MINE_ARGS(c)));
    const char *sql = arena_printf(
        c->a, ALL_TAGS " AND %s IN (SELECT value FROM json_each(?3))" AS_LISTED, column);
    return store_query(c->store, sql, SQL_ARGS(MINE_ARGS(c), SQL_TEXT(texts_to_json(c->a, texts))));
}

struct list tag_rows(struct call *c, const char *column, const struct list *texts)
{
    struct list found = { 0 };
    struct rows *r = query_tags(c, column, texts);
    while (rows_next(r))
        *list_add(c->a, &found, struct tag_row) =
            (struct tag_row){ rows_text(r, 0, c->a), rows_text(r, 1, c->a), rows_text(r, 2, c->a),
                              rows_text(r, 3, c->a) };
    return found;
}

void tags_put(struct call *c, const char *type, const char *resource, const struct list *tags)
{
    memo_drop(c->store, resource);
    LIST_EACH (struct tag, tag, tags)
        sql_exec_own(c->store,
                     "INSERT INTO tag (account, resource, key, value, region, type, place)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT ifnull(max(place), 0) + 1 FROM tag"
                     " WHERE account = ?1 AND resource = ?2)) ON CONFLICT (account, resource, key)"
                     " DO UPDATE SET value = excluded.value, place = excluded.place",
                     SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(resource), SQL_TEXT(tag->key),
                              SQL_TEXT(tag->value ? tag->value : ""), SQL_TEXT(c->region),
                              SQL_TEXT(type)));
}

void tags_remove(struct call *c, const char *resource, const char *key, const char *value)
{
    memo_drop(c->store, resource);
    sql_exec_own(
        c->store,
        "DELETE FROM tag WHERE account = ?1 AND resource = ?2 AND key = ?3"
        " AND (?4 IS NULL OR value = ?4)",
        SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(resource), SQL_TEXT(key), SQL_TEXT(value)));
}
