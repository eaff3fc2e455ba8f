/* See identity_key.h. */
#include "world/instance/identity_key.h"

#include "base/certificate.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/ssh_key.h"
#include "store/noun.h"

#define ID "identity"

const struct schema identity_key_schema = {
    .name = "identity_key",
    .unwatched = true,
    .size = sizeof(struct identity_key),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct identity_key, id), .column = "id" },
            { TEXT_FIELD(struct identity_key, private_text), .column = "private_text" },
            { TEXT_FIELD(struct identity_key, certificate), .column = "certificate" },
            { 0 } },
};

void identity_key_get(struct call *c, struct identity_key *ret)
{
    struct ssh_key key;
    if (store_get(c, &identity_key_schema, ID, ret))
        return;
    *ret = (struct identity_key){ .id = ID };
    if (!ssh_key_make(c->a, SSH_RSA, SSH_PEM, "", c->sim->seed ^ hash_text(ID), &key))
        BUG("no RSA key could be made");
    ret->private_text = key.private_text;
    ret->certificate =
        certificate_make(c->a, key.private_text, "amisim", "amisim instance identity");
    if (!ret->certificate)
        BUG("no certificate could be made");
    store_put(c, &identity_key_schema, ret);
}
