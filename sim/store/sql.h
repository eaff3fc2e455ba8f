/* Inside the store room: the connection and its prepared statements. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <setjmp.h>
#include <sqlite3.h>

#include "store/store.h"

/* A statement and what one who steps through it holds. */
struct rows {
    struct store *s;
    struct prepared *p;
};

struct prepared {
    struct prepared *next;
    const char *sql;
    sqlite3_stmt *stmt;
    int64_t taken; /* its turn among those in hand; 0: nobody steps through it */
    struct rows rows;
};

/* A table that had another name in files and documents of an older amisim. */
struct renamed {
    struct renamed *next;
    const char *was, *table;
};

/* Work that can be left (store_try), and what was in hand when it began. */
struct attempt {
    struct attempt *around;
    jmp_buf way_out;
    int64_t turn;
    struct changes *changes;
    bool watch_paused;
};

struct store {
    sqlite3 *db;
    struct arena a; /* SQL texts and statement entries */
    struct prepared *statements[256];
    struct schema_statements *schemas;
    struct renamed *renamed;
    struct kept *kept; /* checkpoints, oldest first */
    uint64_t print; /* fingerprint of all that is declared of tables */
    int64_t version; /* of the file when it was opened; 0: new */
    void (*on_change)(struct sim *, const struct state_change *); /* store_watch */
    struct sim *sim;
    bool watch_paused;
    int64_t undone; /* store_undone */
    bool in_transaction; /* also when SQLite gave it up: then everything that writes is refused */
    int64_t turn; /* of the statement that was taken last */
    struct attempt *attempt; /* the innermost; NULL: nobody is there to hear of a refusal */
    struct changes *changes; /* what looks on; NULL: nobody does */
    void (*changes_drop)(struct changes *); /* how it stops looking */
    void (*changes_pause)(struct changes *, bool paused); /* how it looks away for a while */
    char refusal[256];
};

/* Leaves the work in hand for what SQLite said last, or for a reason of our own. */
_Noreturn void sql_refuse(struct store *s);
_Noreturn void sql_refuse_for(struct store *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A statement that nobody is stepping through, with its values bound. */
struct prepared *sql_take(struct store *s, const char *sql, const struct sql_arg *binds);
bool sql_step(struct store *s, struct prepared *p); /* true: a row */
/* Writes a row whose values are a stranger's; false: the table does not take them. What the disk
 * refuses is no matter of the row: the work is left. */
bool sql_try(struct store *s, struct prepared *p);
void sql_give_back(struct prepared *p);
void sql_bind(struct store *s, struct prepared *p, int at, const struct sql_arg *b);
/* A column as a number, ABSENT for NULL, and as text, NULL for NULL. */
int64_t sql_int(sqlite3_stmt *stmt, int column);
const char *sql_text(sqlite3_stmt *stmt, int column, struct arena *a);
/* Statements run once, at the start. */
void sql_run(struct store *s, const char *sql);

/* pool.c: SQLite takes its memory from there. Refused, without harm, once a store was open. */
void pool_begin(void);

/* checkpoint.c: when the store closes. */
void checkpoint_drop_all(struct store *s);

/* index.c: those that a schema declares for its table, "NAME ON TABLE (…)". */
struct list schema_indexes(struct arena *a, const struct schema *k, const char *table);

/* SQL of one table: a noun's own, or that of a list inside it. */
struct schema_statements {
    struct schema_statements *next;
    const struct schema *schema;
    const char *table, *key; /* key: the id column, or "parent" for a part */
    const char *was; /* what an older amisim called the table; NULL: the same */
    const char *select; /* up to the table, so that an index can be named before the condition */
    const char *by_key, *insert, *remove;
    const char *put; /* inserts, or replaces what has its id */
    bool has_lists;
    struct schema_statements **lists; /* one for each field; NULL where it is no list */
};

static inline bool is_column(const struct field *f)
{
    return f->column && f->type != FIELD_LIST && f->type != FIELD_TAGS;
}

/* noun.c: takes the schemas. */
void schema_declare(struct store *s, const struct schema *const *schemas);
/* From now on changes are told (store_watch). */
void schema_watch(struct store *s);
/* Whether a table is that of a noun whose changes are none (struct schema: unwatched). */
bool schema_is_unwatched(const struct store *s, const char *table);
/* Whether a column of that noun is never without a value. */
bool schema_has_always(const struct store *s, const char *table, const char *column);

/* table.c: adds what is declared to s->print. */
void schema_print(struct store *s);
/* Creates missing tables, columns and indexes. */
void schema_tables(struct store *s);
/* Tables that a file or document of an older version has and this program has not; then their rows
 * go where this program looks for them, and the tables away. */
void schema_tables_of(struct store *s, int64_t version);
void schema_move_from(struct store *s, int64_t version);
/* What the table of that name is called now: the name itself unless it was renamed. */
const char *schema_table_now(const struct store *s, const char *was);

/* watch.c: the function that triggers call; the triggers of one schema. */
void watch_open(struct store *s);
void watch_schema(struct store *s, const struct schema *k);

#endif
