/* Digests (OpenSSL's libcrypto). */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#define SHA256_SIZE 32

void sha256(const void *bytes, size_t n, unsigned char ret[SHA256_SIZE]);

#endif
