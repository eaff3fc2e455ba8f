/* Stores beside the one that is served: worlds in the making, and copies of what was. Calls work in
 * them as in the other. What one refuses leaves the work in hand as a refusal of the store that is
 * served does, and then those go that were opened in that work. */
#ifndef STORE_BESIDE_H
#define STORE_BESIDE_H

#include "store/store.h"

/* In memory; or in a file without a name, which goes with it and spares memory, and in memory only
 * where no file can be written. */
enum beside { BESIDE_IN_MEMORY, BESIDE_IN_A_FILE };

/* With all tables, and nothing in them. */
struct store *beside_new(struct store *s, enum beside where);
/* A copy of what was committed. */
struct store *beside_copy(struct store *s, enum beside where);
/* Its world takes the place of the one that is served: as a whole, or not at all, and then for
 * good. Outside of any transaction of that one. */
void beside_take_place(struct store *beside);
void beside_close(struct store *beside);
/* How many files there are, each as large as the world that is in it. */
size_t beside_files(const struct store *s);
/* It stays open until it is closed, whatever becomes of the work in hand. */
void beside_keep(struct store *beside);
/* Bytes of its file from a place on, which is one as --db takes it while nothing is changed in it
 * any more; how many were read, 0 at its end. Refuses one that is in memory. */
size_t beside_read(struct store *beside, int64_t at, void *ret_bytes, size_t n);

#endif
