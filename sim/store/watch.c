/* Whoever wants to know hears of each change of a state, by triggers of this connection alone. */
#include <string.h>

#include "base/log.h"
#include "store/sql.h"

static const char *argument(sqlite3_value **values, int which)
{
    return (const char *)sqlite3_value_text(values[which]);
}

static void tell(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct store *s = sqlite3_user_data(context);
    (void)count;
    if (!s->on_change || s->watch_paused)
        return;
    struct state_change change = { .noun = argument(values, 0),
                                   .id = argument(values, 1),
                                   .was = argument(values, 2),
                                   .is = argument(values, 3),
                                   .account = argument(values, 4),
                                   .region = argument(values, 5) };
    s->on_change(s->sim, &change);
}

void watch_open(struct store *s)
{
    if (sqlite3_create_function(s->db, "tell", 6, SQLITE_UTF8, s, tell, NULL, NULL) != SQLITE_OK)
        sql_refuse(s);
}

static const char *noun_of(struct arena *a, const struct schema *k)
{
    if (k->noun)
        return k->noun;
    char *name = arena_strdup(a, k->name);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? '-' : *at;
    return name;
}

static void add_trigger(struct store *s, const struct schema *k, const char *name, const char *when,
                        const char *row, const char *was, const char *is)
{
    const struct field *owner = schema_flagged(k, FIELD_OWNER);
    if (!owner)
        BUG("%s has a state but nobody's account", k->name);
    sql_run(s, arena_printf(&s->a,
                            "CREATE TEMP TRIGGER %s_%s AFTER %s BEGIN"
                            " SELECT tell('%s', %s.%s, %s, %s, %s.%s, %s.region); END",
                            k->name, name, when, noun_of(&s->a, k), row, k->fields[0].column, was,
                            is, row, owner->column, row));
}

void watch_schema(struct store *s, const struct schema *k)
{
    struct arena *a = &s->a;
    const struct field *f = schema_flagged(k, FIELD_STATE);
    if (!f)
        return;
    const char *was = arena_printf(a, "old.%s", f->column),
               *is = arena_printf(a, "new.%s", f->column);
    add_trigger(s, k, "begins", arena_printf(a, "INSERT ON main.%s", k->name), "new", "NULL", is);
    add_trigger(
        s, k, "changes",
        arena_printf(a, "UPDATE OF %s ON main.%s WHEN %s IS NOT %s", f->column, k->name, was, is),
        "new", was, is);
    add_trigger(s, k, "ends", arena_printf(a, "DELETE ON main.%s", k->name), "old", was, "NULL");
}
