/* The only file that knows zlib. */
#include "base/gzip.h"

#include <stdint.h>
#include <zlib.h>

#include "base/buffer.h"

#define PIECE 16384
#define GZIP_ONLY (15 + 16) /* the largest window, and gzip's header */

bool gzip_is(const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    return n > 2 && b[0] == 0x1f && b[1] == 0x8b;
}

/* One member; what comes behind it stays in the stream. */
static bool open_member(struct arena *a, z_stream *z, size_t most, struct buffer *into)
{
    unsigned char piece[PIECE];
    int status = Z_OK;
    while (status == Z_OK) {
        z->next_out = piece;
        z->avail_out = sizeof piece;
        status = inflate(z, Z_NO_FLUSH);
        size_t got = sizeof piece - z->avail_out;
        if (got > most - into->n)
            return false;
        buffer_add(a, into, piece, got);
    }
    return status == Z_STREAM_END;
}

char *gzip_open(struct arena *a, const void *bytes, size_t n, size_t most, size_t *ret_n)
{
    z_stream z = { 0 };
    struct buffer out = { 0 };
    bool good = gzip_is(bytes, n) && inflateInit2(&z, GZIP_ONLY) == Z_OK;
    if (!good)
        return NULL;
    z.next_in = (unsigned char *)(uintptr_t)bytes;
    z.avail_in = (uInt)n;
    do {
        good = open_member(a, &z, most, &out);
    } while (good && gzip_is(z.next_in, z.avail_in) && inflateReset(&z) == Z_OK);
    inflateEnd(&z);
    *ret_n = out.n;
    return good ? (char *)buffer_text(a, &out) : NULL;
}
