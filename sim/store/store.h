/* The store: all state of the simulated world, in SQLite, in memory or in a file.
 *
 * Requests that are ready together share one transaction (store_begin … store_commit); each writing
 * call runs in a savepoint of its own, so that a refused call leaves nothing behind. With a file,
 * a commit is on the disk when store_commit returns. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/field.h"
#include "call/call.h"

/* Increase with every change that ALTER TABLE ADD COLUMN does not cover; see store.c. */
#define STORE_VERSION 3

/* path NULL: in memory. schemas: all nouns, ending with NULL. On failure NULL and *ret_error; a
 * file that was there is as it was. */
struct store *store_open(struct arena *a, const char *path, const struct schema *const *schemas,
                         const char **ret_error);
void store_close(struct store *s);

/* ---- Refusals ---- */

/* SQLite refuses a statement where the disk is full, cannot be read or holds a page that makes no
 * sense, where memory is short, or where a row breaks what its table promises. Nothing can follow
 * from a row that is not there: the work in hand is left at once, out of store_try. Whatever it
 * holds of other libraries must not be held then (docs/decisions/0011-refused-statements.md). */

/* Does some work; false: it was left. Statements that it had in hand are given back. */
bool store_try(struct store *s, void (*work)(void *with), void *with);
/* Why it was left. */
const char *store_refusal(const struct store *s);
/* Leaves the work further out, when a try inside it was there only to let go of something. Where
 * there is none further out the process ends with a message. */
_Noreturn void store_leave(struct store *s);

/* ---- Transactions ---- */

bool store_in_transaction(const struct store *s);
void store_begin(struct store *s); /* does nothing inside a transaction */
/* False: the disk refused, or the transaction was given up; everything since begin is undone. */
bool store_commit(struct store *s);
void store_rollback(struct store *s);
/* Nothing of the transaction is to be kept. It stays open until its commit, which fails: whoever
 * else worked in it is told so. */
void store_give_up(struct store *s);
void store_savepoint(struct store *s);
void store_keep(struct store *s); /* the savepoint's changes join the transaction */
void store_undo(struct store *s); /* …are undone */

/* Another number than before: something was undone, taken back or replaced since, and what was
 * remembered of the store may be no more. */
int64_t store_undone(const struct store *s);

/* Empties every table: nouns, tags, tokens, jobs, settings. */
void store_clear(struct store *s);

/* A resource has another state: `was` is NULL for a new one, `is` for one that is gone. */
struct state_change {
    const char *noun, *id, *was, *is, *account, *region;
};
/* Whom to tell: each change of a field with FIELD_STATE, whoever made it. A world that is emptied
 * or filled as a whole is no change. */
void store_watch(struct store *s, void (*on_change)(struct sim *, const struct state_change *),
                 struct sim *sim);
/* Whether nobody is told for a while, nor what changes_begin began looks on; returns what was. */
bool store_pause_watch(struct store *s, bool watch_paused);

/* What happens to nouns and tags from now on, so that it can be looked at as it was before. */
struct changes;
struct changes *changes_begin(struct store *s, struct arena *a);
/* Ends it. The way back, *ret_size bytes; NULL: nothing changed. */
const void *changes_end(struct changes *changes, struct arena *a, size_t *ret_size);
/* Goes that way; a savepoint around it brings the present back. */
void changes_take_back(struct store *s, const void *back, size_t size);

/* Small facts of the process that outlive it: the clock, the seed. */
int64_t store_setting(struct store *s, const char *name, int64_t otherwise);
void store_set(struct store *s, const char *name, int64_t value);

/* ---- Statements ---- */

struct sql_arg {
    enum { SQL_ARG_END, SQL_ARG_TEXT, SQL_ARG_INT, SQL_ARG_BLOB } type;
    const char *text;
    int64_t number;
    const void *bytes;
    size_t size;
};
#define SQL_TEXT(s)                                                                                \
    {                                                                                              \
        .type = SQL_ARG_TEXT, .text = (s)                                                          \
    }
#define SQL_INT(n)                                                                                 \
    {                                                                                              \
        .type = SQL_ARG_INT, .number = (n)                                                         \
    } /* ABSENT is NULL */
#define SQL_BLOB(p, n)                                                                             \
    {                                                                                              \
        .type = SQL_ARG_BLOB, .bytes = (p), .size = (n)                                            \
    }
#define SQL_ARGS(...) ((const struct sql_arg[]){ __VA_ARGS__, { .type = SQL_ARG_END } })

/* A condition and its binds: what is the caller's own in its Region. More binds may follow, ?3, ?4
 * …: SQL_ARGS(MINE_ARGS(c), SQL_TEXT(name)). MINE_BY: where the account has another column than
 * owner. */
#define MINE_BY(column) "region = ?1 AND " column " = ?2"
#define MINE MINE_BY("owner")
/* The same behind a condition that finds fewer, so that its index is the one that is used:
 * "name = ?3" AND_MINE. */
#define AND_MINE_BY(column) " AND +region = ?1 AND +" column " = ?2"
#define AND_MINE AND_MINE_BY("owner")
#define MINE_ARGS(c) SQL_TEXT((c)->region), SQL_TEXT((c)->account)

struct rows;

/* Statements are prepared once and kept: pass SQL as constants, values as binds (NULL for none). */
void store_exec(struct store *s, const char *sql, const struct sql_arg *binds);
/* How many rows the last store_exec changed. */
int64_t store_changed(struct store *s);
/* The row number of the last row that was inserted. */
int64_t store_last_row(struct store *s);
struct rows *store_query(struct store *s, const char *sql, const struct sql_arg *binds);
/* The next row; false ends the query by itself. A caller that stops earlier calls rows_end. */
bool rows_next(struct rows *r);
void rows_end(struct rows *r);
int64_t rows_int(struct rows *r, int column); /* ABSENT for NULL */
const char *rows_text(struct rows *r, int column, struct arena *a);
const void *rows_blob(struct rows *r, int column, size_t *ret_size); /* until the next step */
/* The first column of the first row; ABSENT where there is none. */
int64_t store_number(struct store *s, const char *sql, const struct sql_arg *binds);
const char *store_word(struct call *c, const char *sql, const struct sql_arg *binds);

#endif
