/* The end of stores: of connections, statements and files. */
#include <stdlib.h>
#include <unistd.h>

#include "store/beside.h"
#include "store/sql.h"

void store_release(struct store *s)
{
    for (size_t i = 0; i < sizeof s->statements / sizeof *s->statements; i++) {
        for (struct prepared *p = s->statements[i]; p; p = p->next)
            sqlite3_finalize(p->stmt);
    }
    sqlite3_close(s->db);
    memo_close(s->memory);
    arena_release(&s->row);
    arena_release(&s->a);
}

void beside_close(struct store *beside)
{
    struct store **at = &beside->served->besides;
    while (*at != beside)
        at = &(*at)->next;
    *at = beside->next;
    if (beside->file >= 0)
        close(beside->file);
    store_release(beside);
    free(beside);
}

size_t beside_files(const struct store *s)
{
    size_t count = 0;
    for (const struct store *b = s->besides; b; b = b->next)
        count += b->file >= 0;
    return count;
}

void beside_close_since(struct store *s, int64_t turn)
{
    for (struct store *b = s->besides, *next; b; b = next) {
        next = b->next;
        if (b->opened > turn)
            beside_close(b);
    }
}

void beside_keep(struct store *beside)
{
    beside->opened = 0;
}
