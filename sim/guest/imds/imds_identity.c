/* Who the instance is: its signed document, and credentials of its roles that the API knows. */
#include <string.h>

#include "base/buffer.h"
#include "base/certificate.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "base/value.h"
#include "guest/imds/imds_path.h"
#include "store/noun.h"
#include "world/account/sts_session.h"
#include "world/instance/identity_key.h"

#define RENEWED HOUR_MS /* how often there are new credentials */
#define GOOD_FOR (6 * HOUR_MS + 20 * MINUTE_MS)
#define SIGNATURE_COLUMNS 76

/* ---- Objects as this service writes them: a member in a line, blanks around the colon [guide]
 * ----
 */

static const char *quoted(struct arena *a, const char *text)
{
    struct value v = { .type = VALUE_TEXT, .text = text };
    return text ? value_to_json(a, &v, 0) : "null";
}

/* raw: as it stands. */
static void add_raw(struct arena *a, struct buffer *b, const char *name, const char *raw)
{
    buffer_add_text(a, b, arena_printf(a, "%s\n  \"%s\" : %s", b->n ? "," : "{", name, raw));
}

static void add_member(struct arena *a, struct buffer *b, const char *name, const char *text)
{
    add_raw(a, b, name, quoted(a, text));
}

static const char *end_object(struct arena *a, struct buffer *b)
{
    buffer_add_text(a, b, "\n}");
    return buffer_text(a, b);
}

/* ---- The document ---- */

static const char *codes_of(struct imds_view *v, const char *kind)
{
    struct list codes = { 0 };
    LIST_EACH (struct product_code, code, &v->i->machine.product_codes) {
        if (text_is(code->type, kind))
            strs_add(v->c->a, &codes, quoted(v->c->a, code->code));
    }
    return codes.count ? arena_printf(v->c->a, "[ %s ]", strs_join(v->c->a, &codes, ", ")) : "null";
}

const char *imds_document(struct imds_view *v)
{
    const struct instance *i = v->i;
    struct arena *a = v->c->a;
    struct buffer b = { 0 };
    add_member(a, &b, "accountId", i->owner);
    add_member(a, &b, "architecture", i->machine.architecture);
    add_member(a, &b, "availabilityZone", i->zone);
    add_raw(a, &b, "billingProducts", "null");
    add_raw(a, &b, "devpayProductCodes", codes_of(v, "devpay"));
    add_raw(a, &b, "marketplaceProductCodes", codes_of(v, "marketplace"));
    add_member(a, &b, "imageId", i->image);
    add_member(a, &b, "instanceId", i->id);
    add_member(a, &b, "instanceType", i->type);
    add_member(a, &b, "kernelId", i->machine.kernel);
    add_member(a, &b, "pendingTime", time_format_s(a, i->launched));
    add_member(a, &b, "privateIp", i->private_ip);
    add_member(a, &b, "ramdiskId", i->machine.ramdisk);
    add_member(a, &b, "region", i->region);
    add_member(a, &b, "version", "2017-09-30");
    return end_object(a, &b);
}

const char *imds_document_pkcs7(struct imds_view *v)
{
    struct identity_key key;
    const char *document = imds_document(v);
    identity_key_get(v->c, &key);
    return certificate_envelop(v->c->a, key.private_text, key.certificate, document,
                               strlen(document));
}

static const char *in_lines(struct arena *a, const char *text, size_t columns)
{
    struct buffer b = { 0 };
    for (size_t n; *text; text += n) {
        n = strnlen(text, columns);
        if (b.n)
            buffer_add_text(a, &b, "\n");
        buffer_add(a, &b, text, n);
    }
    return buffer_text(a, &b);
}

const char *imds_document_signature(struct imds_view *v)
{
    struct identity_key key;
    const char *document = imds_document(v);
    identity_key_get(v->c, &key);
    const char *text = certificate_sign(v->c->a, key.private_text, document, strlen(document));
    return text ? in_lines(v->c->a, text, SIGNATURE_COLUMNS) : NULL;
}

/* ---- Credentials ---- */

/* The role of a profile has its name, as the console makes both [guess]. */
static const char *role_name(const struct imds_view *v)
{
    const char *slash = v->i->profile ? strrchr(v->i->profile, '/') : NULL;
    return slash ? slash + 1 : NULL;
}

static int64_t renewed_at(const struct imds_view *v)
{
    return v->c->now - (v->c->now - v->i->launched) % RENEWED;
}

void imds_roles(struct imds_view *v, struct list *ret)
{
    if (role_name(v))
        *list_add(v->c->a, ret, struct imds_name) = (struct imds_name){ .name = role_name(v) };
}

const char *imds_profile(struct imds_view *v)
{
    struct arena *a = v->c->a;
    struct buffer b = { 0 };
    if (!role_name(v))
        return NULL;
    add_member(a, &b, "Code", "Success");
    add_member(a, &b, "LastUpdated", time_format_s(a, renewed_at(v)));
    add_member(a, &b, "InstanceProfileArn", v->i->profile);
    add_member(a, &b, "InstanceProfileId", v->i->profile_id);
    return end_object(a, &b);
}

/* The session that these keys are, made when somebody first asks for them. */
static void keep_session(struct imds_view *v, const char *key, const char *role, int64_t expires)
{
    struct call *c = v->c;
    struct sts_session session = { .access_key = key, .account = v->i->owner, .expires = expires };
    const char *partition = imds_partition(v);
    if (store_get(c, &sts_session_schema, key, &session))
        return;
    session.role = arena_printf(c->a, "arn:%s:iam::%s:role/%s", partition, v->i->owner, role);
    session.arn = arena_printf(c->a, "arn:%s:sts::%s:assumed-role/%s/%s", partition, v->i->owner,
                               role, v->i->id);
    session.user_id = arena_printf(c->a, "%s:%s", sts_role_id(c, session.role), v->i->id);
    store_put(c, &sts_session_schema, &session);
}

static const char *random_text(struct imds_view *v, struct rng *from, size_t n)
{
    char *bytes = arena_bytes(v->c->a, n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)rng_below(from, 256);
    return base64_encode(v->c->a, bytes, n);
}

/* The same whoever asks within the hour. */
static const char *credentials(struct imds_view *v, const char *role)
{
    struct arena *a = v->c->a;
    int64_t from = renewed_at(v), until = from + GOOD_FOR;
    struct rng own = { .state = v->c->sim->seed
                                ^ hash_text(arena_printf(a, "%s/%s/%lld", v->i->id, role,
                                                         (long long)from)) };
    const char *key = iam_id(v->c, "ASIA", 16, &own);
    struct buffer b = { 0 };
    keep_session(v, key, role, until);
    add_member(a, &b, "Code", "Success");
    add_member(a, &b, "LastUpdated", time_format_s(a, from));
    add_member(a, &b, "Type", "AWS-HMAC");
    add_member(a, &b, "AccessKeyId", key);
    add_member(a, &b, "SecretAccessKey", random_text(v, &own, 30));
    add_member(a, &b, "Token", random_text(v, &own, 120));
    add_member(a, &b, "Expiration", time_format_s(a, until));
    return end_object(a, &b);
}

const char *imds_role_credentials(struct imds_view *v)
{
    return credentials(v, v->wild[0]);
}

/* Every instance has a role of its own, which may do nothing [guide]. */
const char *imds_own_credentials(struct imds_view *v)
{
    return credentials(v, "aws:ec2-instance");
}

const char *imds_own_info(struct imds_view *v)
{
    struct arena *a = v->c->a;
    struct buffer b = { 0 };
    add_member(a, &b, "Code", "Success");
    add_member(a, &b, "LastUpdated", time_format_s(a, renewed_at(v)));
    add_member(a, &b, "AccountId", v->i->owner);
    return end_object(a, &b);
}
