/* GetPasswordData: the password of a Windows instance, encrypted for who has its private key. */
#include "base/ssh_key.h"
#include "base/timefmt.h"
#include "call/op.h"
#include "reply/emit.h"
#include "time/job.h"
#include "world/account/key_pair.h"
#include "world/instance/instance.h"

struct get_password_data {
    const char *id;
};

static const struct param get_password_data_params[] = {
    { "InstanceId", TEXT(struct get_password_data, id), .flags = PARAM_REQUIRED },
    { 0 },
};

/* The agent of an image that was not prepared with Sysprep makes no new password [guide]. */
static bool makes_password(const struct call *c, const struct instance *i)
{
    return instance_is_windows(i) && i->key_name && i->specialized != ABSENT
           && c->now >= i->specialized + pace_delay(c, 100, 4 * MINUTE_MS);
}

static const char *new_password(struct call *c, const struct instance *i)
{
    static const char letters[] =
        "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!@$%&*-";
    uint64_t n = hash_text(arena_printf(c->a, "password/%s", i->id));
    char *text = arena_strdup(c->a, "................................");
    for (char *at = text; *at; at++) {
        n = n * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        *at = letters[(n >> 33) % (sizeof letters - 1)];
    }
    return text;
}

/* Encrypted once: the same data at every call. */
static const char *password_data(struct call *c, struct instance *i)
{
    struct key_pair pair;
    if (i->password || !makes_password(c, i) || !key_pair_named(c, i->key_name, &pair))
        return i->password;
    const char *data = ssh_key_encrypt(c->a, pair.public_key, new_password(c, i));
    if (!data)
        return NULL; /* Windows takes RSA keys only */
    i->password = arena_printf(c->a, "\r\n%s\r\n", data);
    instance_put(c, i);
    return i->password;
}

static int get_password_data(struct call *c, const struct get_password_data *in)
{
    struct instance i;
    if (instance_own(c, in->id, &i))
        return -1;
    const char *data = password_data(c, &i);
    emit_text(c, "instanceId", i.id);
    emit_time(c, "timestamp", i.booted != ABSENT ? i.booted : i.launched);
    emit_text(c, "passwordData", data ? data : "");
    return 0;
}

OPERATION(
    ec2, GetPasswordData, get_password_data, .flags = OP_WRITES | OP_SECRET_ANSWER,
    .errors = "InvalidInstanceID.NotFound",
    .effects = "the password of a Windows instance is encrypted once, under its RSA key pair");
