/* What SQLite alone does with the same bytes: each file is a blob that is written, with a commit of
 * its own, and read again and compared. The durability is that of amisim: without --db a database
 * in memory, with it a file whose every commit is on the disk. It also says what the SHA-256 of the
 * bytes costs. It prints one line of JSON, in seconds. */
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct blob {
    size_t size;
    char *bytes;
};

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
    fprintf(stderr, "plain: %s: %s\n", what, why);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct blob blob_read(const char *path)
{
    struct blob b = { 0 };
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END) != 0)
        die(path, "cannot be opened");
    b.size = (size_t)ftell(in);
    rewind(in);
    b.bytes = malloc(b.size + 1);
    if (!b.bytes || fread(b.bytes, 1, b.size, in) != b.size)
        die(path, "cannot be read");
    fclose(in);
    return b;
}

static void must(sqlite3 *db, int rc, int wanted)
{
    if (rc != wanted)
        die("SQLite", sqlite3_errmsg(db));
}

static sqlite3 *open_database(const char *path)
{
    static const char file[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;";
    static const char memory[] = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;";
    sqlite3 *db;
    must(NULL, sqlite3_open(path ? path : ":memory:", &db), SQLITE_OK);
    must(db, sqlite3_exec(db, path ? file : memory, NULL, NULL, NULL), SQLITE_OK);
    must(db,
         sqlite3_exec(db, "CREATE TABLE block (id INTEGER PRIMARY KEY, bytes BLOB)", NULL, NULL,
                      NULL),
         SQLITE_OK);
    return db;
}

static double seconds_of_put(sqlite3 *db, const struct blob *blobs, int count)
{
    sqlite3_stmt *put;
    must(db, sqlite3_prepare_v2(db, "INSERT INTO block VALUES (?, ?)", -1, &put, NULL), SQLITE_OK);
    double began = now();
    for (int i = 0; i < count; i++) {
        sqlite3_bind_int(put, 1, i);
        sqlite3_bind_blob64(put, 2, blobs[i].bytes, blobs[i].size, SQLITE_STATIC);
        must(db, sqlite3_step(put), SQLITE_DONE); /* no BEGIN: each is a transaction */
        sqlite3_reset(put);
    }
    double seconds = now() - began;
    sqlite3_finalize(put);
    return seconds;
}

static double seconds_of_get(sqlite3 *db, const struct blob *blobs, int count)
{
    sqlite3_stmt *get;
    must(db, sqlite3_prepare_v2(db, "SELECT bytes FROM block WHERE id = ?", -1, &get, NULL),
         SQLITE_OK);
    double began = now();
    for (int i = 0; i < count; i++) {
        sqlite3_bind_int(get, 1, i);
        must(db, sqlite3_step(get), SQLITE_ROW);
        const void *bytes = sqlite3_column_blob(get, 0);
        if ((size_t)sqlite3_column_bytes(get, 0) != blobs[i].size
            || memcmp(bytes, blobs[i].bytes, blobs[i].size) != 0)
            die("SQLite", "a block came back changed");
        sqlite3_reset(get);
    }
    double seconds = now() - began;
    sqlite3_finalize(get);
    return seconds;
}

static double seconds_of_digest(const struct blob *blobs, int count)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    double began = now();
    for (int i = 0; i < count; i++) {
        if (!EVP_Digest(blobs[i].bytes, blobs[i].size, digest, NULL, EVP_sha256(), NULL))
            die("OpenSSL", "no digest");
    }
    return now() - began;
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    if (argc > 2 && strcmp(argv[1], "--db") == 0) {
        path = argv[2];
        argc -= 2;
        argv += 2;
    }
    int count = argc - 1;
    struct blob *blobs = calloc((size_t)count + 1, sizeof *blobs);
    if (!blobs || count < 1)
        die("usage", "plain [--db FILE] BLOB-FILE...");
    for (int i = 0; i < count; i++)
        blobs[i] = blob_read(argv[i + 1]);
    sqlite3 *db = open_database(path);
    double digest = seconds_of_digest(blobs, count);
    double put = seconds_of_put(db, blobs, count), get = seconds_of_get(db, blobs, count);
    printf("{\"put\":%.6f,\"get\":%.6f,\"sha256\":%.6f}\n", put, get, digest);
    must(db, sqlite3_close(db), SQLITE_OK);
    for (int i = 0; i < count; i++)
        free(blobs[i].bytes);
    free(blobs);
    return 0;
}
