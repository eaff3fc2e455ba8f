/* See digest.h. */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

void sha256(const void *bytes, size_t n, unsigned char ret[SHA256_SIZE])
{
    if (!EVP_Digest(bytes, n, ret, NULL, EVP_sha256(), NULL))
        abort();
}
