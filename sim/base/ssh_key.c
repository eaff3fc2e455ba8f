/* See ssh_key.h. */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method */
#include "base/ssh_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/rng.h"
#include "base/text.h"

#define RSA_BITS 2048
#define ED25519_SIZE 32
#define P256_POINT 65 /* uncompressed */
#define LARGEST_KEY 4096 /* bytes of a public one that is read */

/* ---- Foreign handles, freed with their scope ---- */

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void free_bio(BIO **bio)
{
    BIO_free(*bio);
}

static void free_bn(BIGNUM **n)
{
    BN_free(*n);
}

#define OWNED(free_it) __attribute__((cleanup(free_it)))

/* ---- Chance ---- */

/* What libcrypto draws while a key is made: the same seed gives the same key. These keys guard
 * nothing. */
static struct rng stream;

static int draw(unsigned char *bytes, int n)
{
    for (int i = 0; i < n; i++)
        bytes[i] = (unsigned char)(rng_next(&stream) >> 32);
    return 1;
}

static int is_ready(void)
{
    return 1;
}

static void begin_drawing(uint64_t seed)
{
    static const RAND_METHOD ours = { .bytes = draw, .pseudorand = draw, .status = is_ready };
    stream.state = seed;
    RAND_set_rand_method(&ours);
}

static void end_drawing(void)
{
    RAND_set_rand_method(NULL);
}

/* ---- SSH's wire form: strings with their length before them ---- */

static void put_number(struct arena *a, struct buffer *b, uint32_t n)
{
    const unsigned char bytes[4] = { (unsigned char)(n >> 24), (unsigned char)(n >> 16),
                                     (unsigned char)(n >> 8), (unsigned char)n };
    buffer_add(a, b, bytes, sizeof bytes);
}

static void put_string(struct arena *a, struct buffer *b, const void *bytes, size_t n)
{
    put_number(a, b, (uint32_t)n);
    buffer_add(a, b, bytes, n);
}

static void put_text(struct arena *a, struct buffer *b, const char *text)
{
    put_string(a, b, text, strlen(text));
}

/* A positive number has a zero byte before a set top bit. */
static void put_bn(struct arena *a, struct buffer *b, const BIGNUM *n)
{
    unsigned char bytes[1 + RSA_BITS];
    size_t size = (size_t)BN_num_bytes(n);
    bytes[0] = 0;
    if (size >= sizeof bytes)
        return;
    BN_bn2bin(n, bytes + 1);
    bool pad = size && bytes[1] & 0x80;
    put_string(a, b, pad ? bytes : bytes + 1, size + pad);
}

static void put_param(struct arena *a, struct buffer *b, const EVP_PKEY *key, const char *name)
{
    OWNED(free_bn) BIGNUM *n = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &n))
        put_bn(a, b, n);
}

static bool take_string(const struct buffer *b, size_t *at, const unsigned char **ret,
                        size_t *ret_n)
{
    const unsigned char *p = (const unsigned char *)b->at + *at;
    if (b->n - *at < 4)
        return false;
    size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (n > b->n - *at - 4)
        return false;
    *ret = p + 4;
    *ret_n = n;
    *at += 4 + n;
    return true;
}

/* ---- Public halves ---- */

static const char *type_name(enum ssh_key_type type)
{
    return type == SSH_RSA ? "ssh-rsa" : type == SSH_ECDSA ? "ecdsa-sha2-nistp256" : "ssh-ed25519";
}

static void put_point(struct arena *a, struct buffer *b, const EVP_PKEY *key)
{
    unsigned char point[P256_POINT];
    size_t n = 0;
    put_text(a, b, "nistp256");
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n))
        put_string(a, b, point, n);
}

static void put_public(struct arena *a, struct buffer *b, const EVP_PKEY *key,
                       enum ssh_key_type type)
{
    put_text(a, b, type_name(type));
    if (type == SSH_RSA) {
        put_param(a, b, key, OSSL_PKEY_PARAM_RSA_E);
        put_param(a, b, key, OSSL_PKEY_PARAM_RSA_N);
        return;
    }
    if (type == SSH_ECDSA) {
        put_point(a, b, key);
        return;
    }
    unsigned char raw[ED25519_SIZE];
    size_t n = sizeof raw;
    if (EVP_PKEY_get_raw_public_key(key, raw, &n))
        put_string(a, b, raw, n);
}

static const char *public_line(struct arena *a, enum ssh_key_type type, const struct buffer *b)
{
    return arena_printf(a, "%s %s", type_name(type), base64_encode(a, b->at, b->n));
}

/* ---- Fingerprints [recorded] ---- */

static const char *digest_hex(struct arena *a, const EVP_MD *md, const void *bytes, size_t n)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(bytes, n, digest, &size, md, NULL);
    char *text = arena_alloc(a, size * 3 + 1);
    for (unsigned i = 0; i < size; i++) {
        const char *hex = hex_encode(a, digest + i, 1);
        memcpy(text + i * 3, hex, 2);
        text[i * 3 + 2] = i + 1 < size ? ':' : '\0';
    }
    return text;
}

static const char *bio_hex(struct arena *a, const EVP_MD *md, BIO *bio)
{
    char *bytes = NULL;
    long n = BIO_get_mem_data(bio, &bytes);
    return digest_hex(a, md, bytes, (size_t)n);
}

static const char *sha256_fingerprint(struct arena *a, const struct buffer *public)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(public->at, public->n, digest, &size, EVP_sha256(), NULL);
    return base64_encode(a, digest, size);
}

/* SHA-1 of the private key of one that was made, MD5 of the public key of one that was imported. */
static const char *rsa_fingerprint(struct arena *a, EVP_PKEY *key, bool made)
{
    OWNED(free_bio) BIO *bio = BIO_new(BIO_s_mem());
    if (made)
        i2d_PKCS8PrivateKey_bio(bio, key, NULL, NULL, 0, NULL, NULL);
    else
        i2d_PUBKEY_bio(bio, key);
    return bio_hex(a, made ? EVP_sha1() : EVP_md5(), bio);
}

static void describe(struct arena *a, EVP_PKEY *key, bool made, struct ssh_key *ret)
{
    struct buffer public = { 0 };
    put_public(a, &public, key, ret->type);
    ret->public_line = public_line(a, ret->type, &public);
    ret->fingerprint =
        ret->type == SSH_RSA ? rsa_fingerprint(a, key, made) : sha256_fingerprint(a, &public);
}

/* The bytes behind the type of a line; NULL: there are none. */
static char *key_bytes(struct arena *a, const char *line, size_t *ret_n)
{
    const char *body = strchr(line, ' ');
    return body ? base64_decode(a, arena_strndup(a, body + 1, strcspn(body + 1, " \n")), ret_n)
                : NULL;
}

const char *ssh_key_digest(struct arena *a, const char *line)
{
    struct buffer b = { 0 };
    b.at = key_bytes(a, line, &b.n);
    if (!b.at)
        return NULL;
    const char *digest = sha256_fingerprint(a, &b);
    return arena_printf(a, "SHA256:%.*s", (int)strcspn(digest, "="), digest);
}

const char *ssh_key_digest_hex(struct arena *a, const char *line)
{
    size_t n = 0;
    const char *bytes = key_bytes(a, line, &n);
    return bytes ? digest_hex(a, EVP_sha256(), bytes, n) : NULL;
}

/* ---- Private halves as files ---- */

static const char *wrapped(struct arena *a, const char *text, size_t columns, size_t *ret_lines)
{
    size_t n = strlen(text), lines = (n + columns - 1) / columns;
    char *out = arena_alloc(a, n + lines + 1), *at = out;
    for (size_t i = 0; i < n; i += columns) {
        size_t part = n - i < columns ? n - i : columns;
        memcpy(at, text + i, part);
        at += part;
        *at++ = '\n';
    }
    *ret_lines = lines;
    return out;
}

static const char *openssl_pem(struct arena *a, EVP_PKEY *key)
{
    OWNED(free_bio) BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
    char *text = NULL;
    long n = BIO_get_mem_data(bio, &text);
    while (n && text[n - 1] == '\n')
        n--; /* keyMaterial ends without a newline */
    return arena_strndup(a, text, (size_t)n);
}

static const char *openssh_pem(struct arena *a, const EVP_PKEY *key, const char *comment,
                               uint64_t check)
{
    struct buffer file = { 0 }, public = { 0 }, inner = { 0 };
    unsigned char seed[ED25519_SIZE], raw[ED25519_SIZE], both[2 * ED25519_SIZE];
    size_t n = sizeof seed, m = sizeof raw, lines;
    EVP_PKEY_get_raw_private_key(key, seed, &n);
    EVP_PKEY_get_raw_public_key(key, raw, &m);
    memcpy(both, seed, sizeof seed);
    memcpy(both + sizeof seed, raw, sizeof raw);
    put_public(a, &public, key, SSH_ED25519);
    put_number(a, &inner, (uint32_t)check);
    put_number(a, &inner, (uint32_t)check);
    put_text(a, &inner, "ssh-ed25519");
    put_string(a, &inner, raw, sizeof raw);
    put_string(a, &inner, both, sizeof both);
    put_text(a, &inner, comment);
    for (unsigned char pad = 1; inner.n % 8; pad++)
        buffer_add(a, &inner, &pad, 1);
    buffer_add(a, &file, "openssh-key-v1", sizeof "openssh-key-v1");
    put_text(a, &file, "none");
    put_text(a, &file, "none");
    put_text(a, &file, "");
    put_number(a, &file, 1);
    put_string(a, &file, public.at, public.n);
    put_string(a, &file, inner.at, inner.n);
    return arena_printf(
        a, "-----BEGIN OPENSSH PRIVATE KEY-----\n%s-----END OPENSSH PRIVATE KEY-----\n",
        wrapped(a, base64_encode(a, file.at, file.n), 70, &lines));
}

static void put_private(struct arena *a, struct buffer *b, const EVP_PKEY *key,
                        enum ssh_key_type type)
{
    if (type == SSH_RSA) {
        put_param(a, b, key, OSSL_PKEY_PARAM_RSA_D);
        put_param(a, b, key, OSSL_PKEY_PARAM_RSA_FACTOR1);
        put_param(a, b, key, OSSL_PKEY_PARAM_RSA_FACTOR2);
        put_param(a, b, key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
        return;
    }
    unsigned char seed[ED25519_SIZE];
    size_t n = sizeof seed;
    if (EVP_PKEY_get_raw_private_key(key, seed, &n))
        put_string(a, b, seed, n);
}

/* The MAC's key is a digest of a fixed text, as the file is not encrypted. */
static const char *ppk_mac(struct arena *a, const struct buffer *signed_data)
{
    static const char fixed[] = "putty-private-key-file-mac-key";
    unsigned char key[EVP_MAX_MD_SIZE], mac[EVP_MAX_MD_SIZE];
    unsigned key_size = 0, size = 0;
    EVP_Digest(fixed, sizeof fixed - 1, key, &key_size, EVP_sha1(), NULL);
    HMAC(EVP_sha1(), key, (int)key_size, (const unsigned char *)signed_data->at, signed_data->n,
         mac, &size);
    return hex_encode(a, mac, size);
}

static const char *ppk(struct arena *a, const EVP_PKEY *key, enum ssh_key_type type,
                       const char *comment)
{
    struct buffer public = { 0 }, private = { 0 }, whole = { 0 };
    size_t public_lines, private_lines;
    put_public(a, &public, key, type);
    put_private(a, &private, key, type);
    put_text(a, &whole, type_name(type));
    put_text(a, &whole, "none");
    put_text(a, &whole, comment);
    put_string(a, &whole, public.at, public.n);
    put_string(a, &whole, private.at, private.n);
    const char *open = wrapped(a, base64_encode(a, public.at, public.n), 64, &public_lines);
    const char *secret = wrapped(a, base64_encode(a, private.at, private.n), 64, &private_lines);
    return arena_printf(a,
                        "PuTTY-User-Key-File-2: %s\nEncryption: none\nComment: %s\n"
                        "Public-Lines: %zu\n%sPrivate-Lines: %zu\n%sPrivate-MAC: %s\n",
                        type_name(type), comment, public_lines, open, private_lines, secret,
                        ppk_mac(a, &whole));
}

bool ssh_key_make(struct arena *a, enum ssh_key_type type, enum ssh_key_format format,
                  const char *comment, uint64_t seed, struct ssh_key *ret)
{
    begin_drawing(seed);
    OWNED(free_key)
    EVP_PKEY *key = type == SSH_RSA     ? EVP_RSA_gen(RSA_BITS)
                    : type == SSH_ECDSA ? EVP_EC_gen("P-256")
                                        : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    uint64_t check = rng_next(&stream);
    end_drawing();
    if (!key)
        return false;
    *ret = (struct ssh_key){ .type = type };
    describe(a, key, true, ret);
    if (format == SSH_PPK)
        ret->private_text = ppk(a, key, type, comment);
    else
        ret->private_text =
            type == SSH_ED25519 ? openssh_pem(a, key, comment, check) : openssl_pem(a, key);
    return true;
}

/* ---- Reading public keys ---- */

static EVP_PKEY *rsa_of(const unsigned char *e, size_t e_size, const unsigned char *n,
                        size_t n_size)
{
    EVP_PKEY *key = NULL;
    OWNED(free_bn) BIGNUM *exponent = BN_bin2bn(e, (int)e_size, NULL);
    OWNED(free_bn) BIGNUM *modulus = BN_bin2bn(n, (int)n_size, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (EVP_PKEY_fromdata_init(context) != 1
        || EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *key_of_bytes(const struct buffer *b)
{
    const unsigned char *name, *first, *second;
    size_t name_size, n, m, at = 0;
    if (!take_string(b, &at, &name, &name_size) || !take_string(b, &at, &first, &n))
        return NULL;
    if (name_size == 11 && !memcmp(name, "ssh-ed25519", 11))
        return n == ED25519_SIZE && at == b->n
                   ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, first, n)
                   : NULL;
    if (name_size != 7 || memcmp(name, "ssh-rsa", 7) != 0 || !take_string(b, &at, &second, &m))
        return NULL;
    return at == b->n ? rsa_of(first, n, second, m) : NULL;
}

static EVP_PKEY *key_of_base64(struct arena *a, const char *text)
{
    size_t n = 0;
    char *bytes = base64_decode(a, text, &n);
    if (!bytes || !n || n > LARGEST_KEY)
        return NULL;
    const struct buffer b = { .at = bytes, .n = n };
    const unsigned char *at = (const unsigned char *)bytes;
    EVP_PKEY *key = key_of_bytes(&b);
    return key ? key : d2i_PUBKEY(NULL, &at, (long)n);
}

/* "---- BEGIN SSH2 PUBLIC KEY ----", headers with a colon, base64, an end line. */
static const char *rfc4716_body(struct arena *a, const char *text)
{
    char *body = arena_alloc(a, strlen(text) + 1), *to = body;
    for (const char *line = text; *line;
         line += strcspn(line, "\n") + (strchr(line, '\n') != NULL)) {
        size_t n = strcspn(line, "\r\n");
        if (text_starts(line, "----") || memchr(line, ':', n))
            continue;
        memcpy(to, line, n);
        to += n;
    }
    return body;
}

static EVP_PKEY *read_key(struct arena *a, const char *text)
{
    text += strspn(text, " \t\r\n");
    if (text_starts(text, "---- BEGIN SSH2 PUBLIC KEY ----"))
        return key_of_base64(a, rfc4716_body(a, text));
    const char *body = text;
    if (text_starts(text, "ssh-")) {
        body = text + strcspn(text, " \t");
        body += strspn(body, " \t");
    }
    return key_of_base64(a, arena_strndup(a, body, strcspn(body, " \t\r\n")));
}

#define SMALLEST_RSA 1024
#define LARGEST_RSA 8192

static bool is_wanted(const EVP_PKEY *key, enum ssh_key_type *ret_type)
{
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
        *ret_type = SSH_ED25519;
        return true;
    }
    int bits = EVP_PKEY_get_bits(key);
    *ret_type = SSH_RSA;
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && bits >= SMALLEST_RSA && bits <= LARGEST_RSA;
}

bool ssh_key_read(struct arena *a, const char *text, struct ssh_key *ret)
{
    OWNED(free_key) EVP_PKEY *key = read_key(a, text);
    *ret = (struct ssh_key){ 0 };
    if (!key || !is_wanted(key, &ret->type))
        return false;
    describe(a, key, false, ret);
    return true;
}

/* ---- Encrypting ---- */

const char *ssh_key_encrypt(struct arena *a, const char *line, const char *text)
{
    OWNED(free_key) EVP_PKEY *key = read_key(a, line);
    unsigned char out[1024];
    size_t n = sizeof out;
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        return NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    begin_drawing(hash_text(line) ^ hash_text(text)); /* the same whenever it is asked for */
    bool done =
        EVP_PKEY_encrypt_init(context) == 1
        && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
        && EVP_PKEY_encrypt(context, out, &n, (const unsigned char *)text, strlen(text)) == 1;
    end_drawing();
    EVP_PKEY_CTX_free(context);
    return done ? base64_encode(a, out, n) : NULL;
}
