/* An RSA key that vouches for texts, and the certificate that it signed itself (OpenSSL's
 * libcrypto). The same key and the same bytes give the same answers. */
#ifndef BASE_CERTIFICATE_H
#define BASE_CERTIFICATE_H

#include <stddef.h>

#include "base/arena.h"

/* key: a private RSA key in PEM. All return NULL when libcrypto refuses. */

/* A certificate in PEM, good from 2020 to the year 9999. name: its organization and common name. */
const char *certificate_make(struct arena *a, const char *key, const char *organization,
                             const char *name);
/* The signature of the bytes, RSA with SHA-256, as base64 in one line. */
const char *certificate_sign(struct arena *a, const char *key, const void *bytes, size_t n);
/* A PKCS #7 message of the bytes and their signature, without the certificate, as base64 in lines
 * of 64. */
const char *certificate_envelop(struct arena *a, const char *key, const char *certificate,
                                const void *bytes, size_t n);

#endif
