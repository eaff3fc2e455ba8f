/* Key pairs. AWS keeps the public half; the private one is shown once. */
#ifndef WORLD_KEY_PAIR_H
#define WORLD_KEY_PAIR_H

#include "base/field.h"
#include "call/call.h"

struct key_pair {
    const char *id, *owner, *region, *name;
    const char *fingerprint; /* SHA-1 or MD5 of an RSA key, SHA-256 of an Ed25519 one */
    const char *type; /* rsa, ed25519 */
    const char *public_key; /* an OpenSSH line */
    int64_t created; /* ms */
    struct list tags; /* struct tag */
    const char *shown_key; /* public_key where it was asked for */
};

extern const struct schema key_pair_schema;

/* The caller's, in this Region. */
bool key_pair_named(struct call *c, const char *name, struct key_pair *ret);
bool key_pair_find(struct call *c, const char *id, struct key_pair *ret);

#endif
