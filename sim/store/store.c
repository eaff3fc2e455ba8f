/* See store.h and sql.h: transactions and statements. Only this room knows SQLite. */
#include "store/store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/sql.h"

void sql_run(struct store *s, const char *sql)
{
    bool was = sql_door(s, true); /* at the start, and behind store_clear */
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        sql_refuse(s);
    sql_door(s, was);
}

void store_watch(struct store *s, void (*on_change)(struct sim *, const struct state_change *),
                 struct sim *sim)
{
    s->on_change = on_change;
    s->sim = sim;
}

bool store_pause_watch(struct store *s, bool watch_paused)
{
    bool was = s->watch_paused;
    s->watch_paused = watch_paused;
    if (s->changes)
        s->changes_pause(s->changes, watch_paused);
    return was;
}

/* ---- Refusals ---- */

static void give_back_since(struct store *s, int64_t turn)
{
    for (size_t i = 0; i < sizeof s->statements / sizeof *s->statements; i++) {
        for (struct prepared *p = s->statements[i]; p; p = p->next) {
            if (p->taken > turn)
                sql_give_back(p);
        }
    }
}

static void let_go(struct store *s, const struct attempt *since)
{
    give_back_since(s, since->turn);
    if (s->changes != since->changes)
        s->changes_drop(s->changes);
    store_pause_watch(s, since->watch_paused);
    s->door = since->door;
    s->savepoints = since->savepoints; /* those inside go with the transaction */
    beside_close_since(s, since->turn);
}

bool store_try(struct store *s, void (*work)(void *with), void *with)
{
    struct attempt here = { .around = s->attempt,
                            .turn = s->turn,
                            .changes = s->changes,
                            .watch_paused = s->watch_paused,
                            .door = s->door,
                            .savepoints = s->savepoints };
    s->attempt = &here;
    bool left = setjmp(here.way_out);
    if (!left)
        work(with);
    s->attempt = here.around;
    if (left)
        let_go(s, &here);
    return !left;
}

const char *store_refusal(const struct store *s)
{
    return s->refusal;
}

void store_leave(struct store *s)
{
    if (!s->attempt && s->served) {
        memcpy(s->served->refusal, s->refusal, sizeof s->refusal);
        s = s->served;
    }
    if (!s->attempt) {
        fprintf(stderr, "amisim: the store refused: %s\n", s->refusal);
        exit(EXIT_FAILURE);
    }
    longjmp(s->attempt->way_out, 1);
}

static void note_refusal(struct store *s)
{
    struct arena a = { 0 };
    struct value *facts = value_new(&a, VALUE_MAP);
    value_add_text(&a, facts, "message", s->refusal);
    log_event(&a, "store refused", facts);
    arena_release(&a);
}

void sql_refuse_for(struct store *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(s->refusal, sizeof s->refusal, fmt, args);
    va_end(args);
    s->undone++; /* SQLite may have given up more than the statement */
    note_refusal(s);
    store_leave(s);
}

void sql_refuse(struct store *s)
{
    sql_refuse_for(s, "%s", sqlite3_errmsg(s->db));
}

/* ---- Transactions ---- */

bool store_in_transaction(const struct store *s)
{
    return s->in_transaction;
}

/* On a full disk and after an I/O error SQLite may undo the whole transaction by itself. What comes
 * then would be kept one by one. */
static bool is_gone(const struct store *s)
{
    return s->in_transaction && sqlite3_get_autocommit(s->db);
}

static void hold_together(struct store *s)
{
    if (is_gone(s))
        sql_refuse_for(s, "the transaction was given up");
}

void store_begin(struct store *s)
{
    if (s->in_transaction)
        return;
    store_exec(s, "BEGIN", NULL);
    s->in_transaction = true;
}

static void commit(void *with)
{
    store_exec(with, "COMMIT", NULL);
}

int64_t store_undone(const struct store *s)
{
    return s->undone;
}

bool store_commit(struct store *s)
{
    if (!s->in_transaction)
        return true;
    bool kept = !is_gone(s) && store_try(s, commit, s);
    s->undone += !kept;
    store_rollback(s);
    return kept;
}

void store_give_up(struct store *s)
{
    if (sqlite3_get_autocommit(s->db))
        return;
    s->undone++;
    store_exec(s, "ROLLBACK", NULL);
}

void store_rollback(struct store *s)
{
    store_give_up(s);
    s->in_transaction = false;
}

void store_savepoint(struct store *s)
{
    hold_together(s);
    if (s->savepoints == sizeof s->changes_at / sizeof *s->changes_at)
        BUG("savepoints nested too deeply");
    store_exec(s, "SAVEPOINT call", NULL);
    s->changes_at[s->savepoints++] = sqlite3_total_changes64(s->db);
}

void store_keep(struct store *s)
{
    hold_together(s);
    store_exec(s, "RELEASE call", NULL);
    s->savepoints--;
}

/* A call that was refused before it wrote anything undoes nothing. */
void store_undo(struct store *s)
{
    s->undone += sqlite3_total_changes64(s->db) != s->changes_at[--s->savepoints];
    if (is_gone(s))
        return; /* the savepoint went along */
    store_exec(s, "ROLLBACK TO call", NULL);
    store_exec(s, "RELEASE call", NULL);
}

int64_t store_setting(struct store *s, const char *name, int64_t otherwise)
{
    int64_t n =
        store_number(s, "SELECT value FROM setting WHERE name = ?", SQL_ARGS(SQL_TEXT(name)));
    return n == ABSENT ? otherwise : n;
}

void store_set(struct store *s, const char *name, int64_t value)
{
    store_exec(s, "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
               SQL_ARGS(SQL_TEXT(name), SQL_INT(value)));
}

void store_clear(struct store *s)
{
    s->undone++;
    struct list tables = { 0 };
    struct rows *r = store_query(s, "SELECT name FROM sqlite_master WHERE type = 'table'", NULL);
    struct arena a = { 0 };
    bool watch_paused = store_pause_watch(s, true);
    while (rows_next(r))
        strs_add(&a, &tables, rows_text(r, 0, &a));
    LIST_EACH (const char *, table, &tables)
        sql_exec_own(s, arena_printf(&a, "DELETE FROM \"%s\"", *table), NULL);
    store_pause_watch(s, watch_paused);
    arena_release(&a);
}

/* ---- Statements ---- */

bool sql_door(struct store *s, bool open)
{
    bool was = s->door;
    s->door = open;
    return was;
}

/* Asked by SQLite for all that a statement does, when it is prepared. */
static int authorize(void *context, int action, const char *table, const char *detail,
                     const char *database, const char *trigger)
{
    const struct store *s = context;
    bool writes = action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE;
    (void)detail;
    (void)database;
    (void)trigger;
    return writes && !s->door && strs_have(&s->remembered, table) ? SQLITE_DENY : SQLITE_OK;
}

void sql_guard(struct store *s)
{
    sqlite3_set_authorizer(s->db, authorize, s);
}

static struct prepared *sql_prepare(struct store *s, const char *sql)
{
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        sql_refuse(s);
    struct prepared *p = arena_new(&s->a, struct prepared);
    p->sql = arena_strdup(&s->a, sql);
    p->stmt = stmt;
    p->own = s->door;
    return p;
}

/* The end of a statement and its length tell it from most others; some are a thousand bytes long.
 */
static struct prepared **slot_of(struct store *s, const char *sql)
{
    size_t n = strlen(sql), tail = n < 32 ? n : 32;
    return &s->statements[(hash_text(sql + n - tail) + n) % 256];
}

struct prepared *sql_take(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct prepared **slot = slot_of(s, sql), *p = *slot;
    while (p && (p->taken || strcmp(p->sql, sql) != 0))
        p = p->next;
    if (!p) {
        p = sql_prepare(s, sql);
        p->next = *slot;
        *slot = p;
    }
    p->taken = ++s->turn;
    for (int i = 0; binds && binds[i].type != SQL_ARG_END; i++)
        sql_bind(s, p, i + 1, &binds[i]);
    return p;
}

void sql_bind(struct store *s, struct prepared *p, int at, const struct sql_arg *b)
{
    int rc = SQLITE_OK;
    if (b->type == SQL_ARG_TEXT && b->text)
        rc = sqlite3_bind_text(p->stmt, at, b->text, -1, SQLITE_STATIC);
    else if (b->type == SQL_ARG_INT && b->number != ABSENT)
        rc = sqlite3_bind_int64(p->stmt, at, b->number);
    else if (b->type == SQL_ARG_BLOB && b->bytes)
        rc = sqlite3_bind_blob64(p->stmt, at, b->bytes, b->size, SQLITE_STATIC);
    else
        rc = sqlite3_bind_null(p->stmt, at);
    if (rc != SQLITE_OK)
        sql_refuse(s);
}

static int step(struct store *s, struct prepared *p)
{
    if (is_gone(s) && !sqlite3_stmt_readonly(p->stmt))
        hold_together(s);
    bool was = sql_door(s, s->door || p->own); /* SQLite prepares it anew when tables changed */
    int rc = sqlite3_step(p->stmt);
    sql_door(s, was);
    if (rc == SQLITE_MISUSE)
        BUG("%s: %s", sqlite3_errmsg(s->db), p->sql);
    return rc;
}

bool sql_step(struct store *s, struct prepared *p)
{
    int rc = step(s, p);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        sql_refuse(s);
    return rc == SQLITE_ROW;
}

bool sql_try(struct store *s, struct prepared *p)
{
    int rc = step(s, p), kind = rc & 0xff;
    if (rc != SQLITE_DONE && kind != SQLITE_CONSTRAINT && kind != SQLITE_MISMATCH)
        sql_refuse(s);
    return rc == SQLITE_DONE;
}

void sql_give_back(struct prepared *p)
{
    sqlite3_reset(p->stmt);
    p->taken = 0;
}

void store_exec(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct prepared *p = sql_take(s, sql, binds);
    while (sql_step(s, p))
        ;
    sql_give_back(p);
}

struct prepared *sql_take_own(struct store *s, const char *sql, const struct sql_arg *binds)
{
    bool was = sql_door(s, true);
    struct prepared *p = sql_take(s, sql, binds);
    sql_door(s, was);
    return p;
}

void sql_exec_own(struct store *s, const char *sql, const struct sql_arg *binds)
{
    bool was = sql_door(s, true);
    store_exec(s, sql, binds);
    sql_door(s, was);
}

int64_t store_changed(struct store *s)
{
    return sqlite3_changes64(s->db);
}

int64_t store_last_row(struct store *s)
{
    return sqlite3_last_insert_rowid(s->db);
}

struct rows *store_query(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct prepared *p = sql_take(s, sql, binds);
    p->rows = (struct rows){ s, p };
    return &p->rows;
}

bool rows_next(struct rows *r)
{
    if (sql_step(r->s, r->p))
        return true;
    rows_end(r);
    return false;
}

void rows_end(struct rows *r)
{
    sql_give_back(r->p);
}

int64_t sql_int(sqlite3_stmt *stmt, int column)
{
    int64_t number = sqlite3_column_int64(stmt, column);
    return number || sqlite3_column_type(stmt, column) != SQLITE_NULL ? number : ABSENT;
}

int64_t rows_int(struct rows *r, int column)
{
    return sql_int(r->p->stmt, column);
}

const char *sql_text(sqlite3_stmt *stmt, int column, struct arena *a)
{
    if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return NULL;
    /* as a blob: for sqlite3_column_text SQLite would make a copy of its own, to put a NUL behind
     * it */
    const char *bytes = sqlite3_column_blob(stmt, column);
    return bytes ? arena_strndup(a, bytes, (size_t)sqlite3_column_bytes(stmt, column)) : "";
}

const char *rows_text(struct rows *r, int column, struct arena *a)
{
    return sql_text(r->p->stmt, column, a);
}

const void *rows_blob(struct rows *r, int column, size_t *ret_size)
{
    const void *bytes = sqlite3_column_blob(r->p->stmt, column);
    *ret_size = (size_t)sqlite3_column_bytes(r->p->stmt, column);
    return bytes;
}

int64_t store_number(struct store *s, const char *sql, const struct sql_arg *binds)
{
    struct rows *r = store_query(s, sql, binds);
    if (!rows_next(r))
        return ABSENT;
    int64_t n = rows_int(r, 0);
    rows_end(r);
    return n;
}

const char *store_word(struct call *c, const char *sql, const struct sql_arg *binds)
{
    struct rows *r = store_query(c->store, sql, binds);
    if (!rows_next(r))
        return NULL;
    const char *text = rows_text(r, 0, c->a);
    rows_end(r);
    return text;
}
