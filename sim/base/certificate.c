/* See certificate.h. */
#include "base/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/text.h"

#define LARGEST_SIGNATURE 1024

/* ---- Foreign handles, freed with their scope ---- */

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void free_bio(BIO **bio)
{
    BIO_free(*bio);
}

static void free_x509(X509 **certificate)
{
    X509_free(*certificate);
}

static void free_digest(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void free_pkcs7(PKCS7 **message)
{
    PKCS7_free(*message);
}

#define OWNED(free_it) __attribute__((cleanup(free_it)))

/* ---- PEM ---- */

static EVP_PKEY *read_key(const char *pem)
{
    OWNED(free_bio) BIO *bio = BIO_new_mem_buf(pem, -1);
    return bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
}

static X509 *read_certificate(const char *pem)
{
    OWNED(free_bio) BIO *bio = BIO_new_mem_buf(pem, -1);
    return bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
}

static const char *bio_text(struct arena *a, BIO *bio)
{
    char *text = NULL;
    long n = BIO_get_mem_data(bio, &text);
    return arena_strndup(a, text, (size_t)n);
}

/* ---- Making ---- */

static bool add_name(X509_NAME *into, const char *field, const char *text)
{
    return X509_NAME_add_entry_by_txt(into, field, MBSTRING_UTF8, (const unsigned char *)text, -1,
                                      -1, 0)
           == 1;
}

static bool describe(X509 *x, EVP_PKEY *key, const char *organization, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(x);
    return X509_set_version(x, X509_VERSION_3) == 1
           && ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1
           && ASN1_TIME_set_string(X509_getm_notBefore(x), "20200101000000Z") == 1
           && ASN1_TIME_set_string(X509_getm_notAfter(x), "99991231235959Z") == 1
           && add_name(subject, "O", organization) && add_name(subject, "CN", name)
           && X509_set_issuer_name(x, subject) == 1 && X509_set_pubkey(x, key) == 1
           && X509_sign(x, key, EVP_sha256()) > 0;
}

const char *certificate_make(struct arena *a, const char *pem, const char *organization,
                             const char *name)
{
    OWNED(free_key) EVP_PKEY *key = read_key(pem);
    OWNED(free_x509) X509 *x = X509_new();
    OWNED(free_bio) BIO *bio = BIO_new(BIO_s_mem());
    if (!key || !x || !bio || !describe(x, key, organization, name)
        || PEM_write_bio_X509(bio, x) != 1)
        return NULL;
    return bio_text(a, bio);
}

/* ---- Signing ---- */

const char *certificate_sign(struct arena *a, const char *pem, const void *bytes, size_t n)
{
    OWNED(free_key) EVP_PKEY *key = read_key(pem);
    OWNED(free_digest) EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char out[LARGEST_SIGNATURE];
    size_t size = sizeof out;
    if (!key || !context || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1
        || EVP_DigestSign(context, out, &size, bytes, n) != 1)
        return NULL;
    return base64_encode(a, out, size);
}

/* PEM without the lines around it. */
static const char *between_marks(struct arena *a, const char *pem)
{
    const char *begin = strchr(pem, '\n'), *end = strstr(pem, "\n-----END");
    return begin && end ? arena_strndup(a, begin + 1, (size_t)(end - begin - 1)) : NULL;
}

/* Without attributes: the signature would else hold the machine's time. */
const char *certificate_envelop(struct arena *a, const char *pem, const char *certificate,
                                const void *bytes, size_t n)
{
    OWNED(free_key) EVP_PKEY *key = read_key(pem);
    OWNED(free_x509) X509 *x = read_certificate(certificate);
    OWNED(free_bio) BIO *content = BIO_new_mem_buf(bytes, (int)n);
    OWNED(free_bio) BIO *bio = BIO_new(BIO_s_mem());
    OWNED(free_pkcs7) PKCS7 *message = NULL;
    if (!key || !x || !content || !bio)
        return NULL;
    message = PKCS7_sign(x, key, NULL, content, PKCS7_BINARY | PKCS7_NOATTR | PKCS7_NOCERTS);
    if (!message || PEM_write_bio_PKCS7(bio, message) != 1)
        return NULL;
    return between_marks(a, bio_text(a, bio));
}
