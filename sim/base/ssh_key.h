/* SSH key pairs (OpenSSL's libcrypto): made, read, written as PEM, OpenSSH and PuTTY files, with
 * the fingerprints that EC2 shows. Knows nothing of accounts. */
#ifndef BASE_SSH_KEY_H
#define BASE_SSH_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum ssh_key_type { SSH_RSA, SSH_ED25519, SSH_ECDSA };
enum ssh_key_format { SSH_PEM, SSH_PPK };

struct ssh_key {
    enum ssh_key_type type;
    const char *public_line; /* "ssh-rsa AAAA…", without a comment */
    const char *fingerprint;
    const char *private_text; /* of a key that was made */
};

/* A new key: RSA with 2048 bits, Ed25519, or ECDSA on nistp256 (PEM only). PEM is PKCS #1 for RSA,
 * SEC 1 for ECDSA and OpenSSH's own form for Ed25519; PPK is PuTTY's version 2. The same seed gives
 * the same key. False when libcrypto refuses. */
bool ssh_key_make(struct arena *a, enum ssh_key_type type, enum ssh_key_format format,
                  const char *comment, uint64_t seed, struct ssh_key *ret);
/* A public key as it is imported: an OpenSSH line, an RFC 4716 file or base64 of DER. RSA has 1024
 * to 8192 bits: 3072, which ssh-keygen makes, and 8192 were taken [reports.md], though the guide
 * has three sizes alone. False when it is none of these. */
bool ssh_key_read(struct arena *a, const char *text, struct ssh_key *ret);
/* "SHA256:…" as ssh-keygen -l shows it; NULL where the line holds no base64. */
const char *ssh_key_digest(struct arena *a, const char *public_line);
/* The same as cloud-init's table of authorized keys shows it: hex in pairs. */
const char *ssh_key_digest_hex(struct arena *a, const char *public_line);
/* A text under a public RSA key (PKCS #1 v1.5), as base64; NULL when the key is no RSA key. */
const char *ssh_key_encrypt(struct arena *a, const char *public_line, const char *text);

#endif
