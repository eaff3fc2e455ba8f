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
    bool own; /* it was prepared with an open door (sql_door) */
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
    bool watch_paused, door;
    int savepoints;
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
    int64_t changes_at[8]; /* rows that were changed when a savepoint began, the outermost first */
    int savepoints;
    struct memory *memory; /* memo.c */
    struct list remembered; /* const char *: tables of what it holds */
    bool door; /* statements that write what is remembered may be prepared */
    bool in_transaction; /* also when SQLite gave it up: then everything that writes is refused */
    int64_t turn; /* of the statement that was taken last */
    struct attempt *attempt; /* the innermost; NULL: nobody is there to hear of a refusal */
    struct changes *changes; /* what looks on; NULL: nobody does */
    void (*changes_drop)(struct changes *); /* how it stops looking */
    void (*changes_pause)(struct changes *, bool paused); /* how it looks away for a while */
    char refusal[256];
    struct arena row; /* what is read of the row of a document; goes with it */
    struct store *besides; /* those that are open (beside.h) */
    struct store *served; /* the one that this one is beside of; NULL: it is served itself */
    struct store *next; /* beside the same one */
    int64_t opened; /* the turn of that one; 0: it stays open */
    int file; /* a descriptor of its file, which has no name; -1: none */
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

/* Whoever prepares statements that write remembered tables opens the door for it, having made sure
 * that what they change is forgotten; returns what was. */
bool sql_door(struct store *s, bool open);
void sql_guard(struct store *s); /* from now on others are refused */
/* sql_take and store_exec with an open door. */
struct prepared *sql_take_own(struct store *s, const char *sql, const struct sql_arg *binds);
void sql_exec_own(struct store *s, const char *sql, const struct sql_arg *binds);

/* memo.c */
struct memo;
struct memory *memo_open(struct arena *a);
void memo_close(struct memory *m);
bool memo_is_full(const struct store *s); /* the world is larger than it */
/* As this account reads it; NULL: not remembered. */
struct memo *memo_find(struct call *c, const struct schema *k, const char *id);
/* Fills *ret; false: there is none of that id. */
bool memo_noun(struct call *c, const struct memo *m, void *ret);
/* Just read; noun NULL: there is none. What is remembered of it takes the place of *noun. NULL: it
 * is not let in. */
struct memo *memo_remember(struct call *c, const struct schema *k, const char *id, void *noun);
void memo_drop(struct store *s, const char *id);

#define STORE_APPLICATION 1634562377 /* "amiI": application_id of our files since version 3 */

/* release.c: closes the connection and gives back what the store holds, but for itself; closes
 * those beside it that were opened in work that was left, since that turn. */
void store_release(struct store *s);
void beside_close_since(struct store *s, int64_t turn);

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
    /* up to the table, so that an index can be named before the condition; select_id: row number
     * and id alone */
    const char *select, *select_id;
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
