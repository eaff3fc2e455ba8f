/* Digests (OpenSSL's libcrypto). */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#define SHA256_SIZE 32

#define DIGEST_LARGEST 64
/* "sha256", "sha512", "sha1", "md5": its size in bytes; 0: none of them. */
size_t digest_named(const char *name, const void *bytes, size_t n,
                    unsigned char ret[DIGEST_LARGEST]);

void sha256(const void *bytes, size_t n, unsigned char ret[SHA256_SIZE]);

#endif
