/* Inside the store room: the connection and its prepared statements. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

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
    bool busy;
    struct rows rows;
};

struct store {
    sqlite3 *db;
    struct arena a; /* SQL texts and statement entries */
    struct prepared *statements[256];
    struct kind_sql *kinds;
    struct kept *kept; /* checkpoints, oldest first */
    int64_t version; /* of the file when it was opened; 0: new */
    void (*told)(struct sim *, const struct state_change *); /* store_watch */
    struct sim *sim;
    bool hushed;
    bool in_transaction, failed;
    bool doomed; /* SQLite gave the transaction up: nothing of it is to be kept */
};

/* A statement that nobody is stepping through, with its values bound. */
struct prepared *sql_take(struct store *s, const char *sql, const struct bind *binds);
bool sql_step(struct store *s, struct prepared *p); /* true: a row */
/* Writes a row whose values are a stranger's; false: the table does not take them. */
bool sql_try(struct store *s, struct prepared *p);
void sql_give_back(struct prepared *p);
void sql_bind(struct store *s, struct prepared *p, int at, const struct bind *b);
/* A column as a number, ABSENT for NULL, and as text, NULL for NULL. */
int64_t sql_int(sqlite3_stmt *stmt, int column);
const char *sql_text(sqlite3_stmt *stmt, int column, struct arena *a);
/* A statement run once, at start-up. */
void sql_run(struct store *s, const char *sql);

/* checkpoint.c: when the store closes. */
void checkpoint_drop_all(struct store *s);

/* kind.c: creates missing tables, columns and indexes. */
void kind_tables(struct store *s, const struct kind *const *kinds);

/* watch.c: the function that triggers call; the triggers of one kind. */
void watch_open(struct store *s);
void watch_kind(struct store *s, const struct kind *k);

#endif
