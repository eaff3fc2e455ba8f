/* Linked to amisim, makes amisim_counted: the same program, which counts its work into the file
 * that AMISIM_WORK names, 8 bytes that a test may read at any time.
 *
 * Counted are steps of SQLite's machine and the calls by which C code goes through lists, texts and
 * bytes (the linker sends them here first). The count is the same on every machine, however busy,
 * and costs next to nothing: instructions would need valgrind, and processor time is no count. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STEPS 10 /* of SQLite's machine, at a time */
#define BYTES 64 /* count as one */

static uint64_t own;
static volatile uint64_t *work = &own;

int __real_strcmp(const char *a, const char *b);
size_t __real_strlen(const char *text);
void *__real_memcpy(void *to, const void *from, size_t n);
int __wrap_strcmp(const char *a, const char *b);
size_t __wrap_strlen(const char *text);
void *__wrap_memcpy(void *to, const void *from, size_t n);

int __wrap_strcmp(const char *a, const char *b)
{
    (*work)++;
    return __real_strcmp(a, b);
}

size_t __wrap_strlen(const char *text)
{
    size_t n = __real_strlen(text);
    *work += 1 + n / BYTES;
    return n;
}

void *__wrap_memcpy(void *to, const void *from, size_t n)
{
    *work += 1 + n / BYTES;
    return __real_memcpy(to, from, n);
}

static int count_steps(void *unused)
{
    (void)unused;
    *work += STEPS;
    return 0;
}

static int watch(sqlite3 *db, char **error, const void *unused)
{
    (void)error;
    (void)unused;
    sqlite3_progress_handler(db, STEPS, count_steps, NULL);
    return SQLITE_OK;
}

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("AMISIM_WORK");
    int file = name ? open(name, O_RDWR | O_CREAT, 0600) : -1;
    if (file >= 0 && ftruncate(file, sizeof own) == 0) {
        void *there = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (there != MAP_FAILED)
            work = there;
    }
    if (file >= 0)
        close(file);
    sqlite3_auto_extension((void (*)(void))watch);
}
