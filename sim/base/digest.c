/* See digest.h. */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/text.h"

void sha256(const void *bytes, size_t n, unsigned char ret[SHA256_SIZE])
{
    if (!EVP_Digest(bytes, n, ret, NULL, EVP_sha256(), NULL))
        abort();
}

size_t digest_named(const char *name, const void *bytes, size_t n,
                    unsigned char ret[DIGEST_LARGEST])
{
    static const char *const known[] = { "sha256", "sha512", "sha1", "md5", NULL };
    unsigned size = 0;
    const EVP_MD *kind = text_any(name, known) ? EVP_get_digestbyname(name) : NULL;
    return kind && EVP_Digest(bytes, n, ret, &size, kind, NULL) ? size : 0;
}
