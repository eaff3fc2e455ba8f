/* See ssm_parameter.h. */
#include "world/ssm/ssm_parameter.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "call/errors.h"
#include "catalog/public_image.h"
#include "reply/emit_noun.h"
#include "store/noun.h"
#include "world/kms/kms_key.h"

#define MAX_VERSIONS 100 /* [guide] */

/* The order of members in JSON is recorded. */
const struct schema ssm_parameter_schema = {
    .name = "ssm_parameter",
    .was = "parameter",
    .size = sizeof(struct ssm_parameter),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct ssm_parameter, id), .column = "id" },
            { TEXT_FIELD(struct ssm_parameter, arn), .column = "arn", .json = "ARN" },
            { TEXT_FIELD(struct ssm_parameter, pattern), .column = "pattern",
              .json = "AllowedPattern", .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct ssm_parameter, data_type), .column = "data_type",
              .json = "DataType" },
            { TEXT_FIELD(struct ssm_parameter, description), .column = "description",
              .json = "Description", .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct ssm_parameter, key), .column = "key_id", .json = "KeyId",
              .views = VIEW_DESCRIBED },
            { TIME_FIELD(struct ssm_parameter, modified), .column = "modified",
              .json = "LastModifiedDate" },
            { TEXT_FIELD(struct ssm_parameter, user), .column = "user", .json = "LastModifiedUser",
              .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct ssm_parameter, name), .column = "name", .json = "Name" },
            { EMPTY_LIST_FIELD, .json = "Policies", .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct ssm_parameter, selector), .json = "Selector",
              .views = SSM_VIEW_VALUE },
            { TEXT_FIELD(struct ssm_parameter, tier), .column = "tier", .json = "Tier",
              .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct ssm_parameter, type), .column = "type", .json = "Type" },
            { TEXT_FIELD(struct ssm_parameter, shown), .json = "Value", .views = SSM_VIEW_VALUE },
            { INT_FIELD(struct ssm_parameter, version), .column = "version", .json = "Version" },
            { TEXT_FIELD(struct ssm_parameter, account), .column = "account",
              .flags = FIELD_OWNER },
            { TEXT_FIELD(struct ssm_parameter, region), .column = "region" },
            { TEXT_FIELD(struct ssm_parameter, value), .column = "value" },
            { TEXT_FIELD(struct ssm_parameter, kms_key_arn), .column = "key_arn" },
            { 0 } },
};

const struct schema ssm_parameter_version_schema = {
    .name = "ssm_parameter_version",
    .was = "parameter_version",
    .size = sizeof(struct ssm_parameter_version),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct ssm_parameter_version, id), .column = "id" },
            { TEXT_FIELD(struct ssm_parameter_version, parameter), .column = "parameter",
              .flags = FIELD_PART_OF | FIELD_INDEXED },
            { TEXT_FIELD(struct ssm_parameter_version, type), .column = "type" },
            { TEXT_FIELD(struct ssm_parameter_version, value), .column = "value" },
            { TEXT_FIELD(struct ssm_parameter_version, data_type), .column = "data_type" },
            { TEXT_FIELD(struct ssm_parameter_version, kms_key_arn), .column = "key_arn" },
            { INT_FIELD(struct ssm_parameter_version, version), .column = "version" },
            { TIME_FIELD(struct ssm_parameter_version, modified), .column = "modified" },
            { 0 } },
};

/* The part of the ARN begins with a slash whether the name does or not. */
static const char *parameter_arn(struct call *c, const char *account, const char *name)
{
    return arena_printf(c->a, "arn:aws:ssm:%s:%s:parameter%s%s", c->region, account,
                        *name == '/' ? "" : "/", name);
}

static const char *parameter_id(struct call *c, const char *name)
{
    return arena_printf(c->a, "%s:%s:%s", c->region, c->account, name);
}

void ssm_parameter_name(struct call *c, struct ssm_parameter *p, const char *name)
{
    p->id = parameter_id(c, name);
    p->arn = parameter_arn(c, c->account, name);
    p->name = name;
    p->account = c->account;
    p->region = c->region;
}

/* ---- Public ones: made of the fixtures' images, never stored ---- */

bool ssm_parameter_is_public(const struct ssm_parameter *p)
{
    return !p->account;
}

/* Their ARN has no account [guide]. They carry one version each here. */
static struct ssm_parameter public_as_parameter(struct call *c, const struct public_parameter *from)
{
    return (struct ssm_parameter){ .arn = parameter_arn(c, "", from->name),
                                   .name = from->name,
                                   .region = c->region,
                                   .type = "String",
                                   .value = from->image,
                                   .data_type = from->data_type,
                                   .tier = "Standard",
                                   .version = 1,
                                   .modified = from->changed };
}

static bool find_public(struct call *c, const char *name, struct ssm_parameter *ret)
{
    if (!text_starts(name, "/aws/service/"))
        return false;
    struct list all = public_parameters(c, c->region);
    LIST_EACH (struct public_parameter, p, &all) {
        if (text_is(p->name, name)) {
            *ret = public_as_parameter(c, p);
            return true;
        }
    }
    return false;
}

/* ---- Finding ---- */

bool ssm_parameter_find(struct call *c, const char *name, struct ssm_parameter *ret)
{
    return find_public(c, name, ret)
           || store_get(c, &ssm_parameter_schema, parameter_id(c, name), ret);
}

static const char *version_id(struct call *c, const char *id, int64_t version)
{
    return arena_printf(c->a, "%s:%lld", id, (long long)version);
}

bool ssm_parameter_find_version(struct call *c, const char *name, int64_t version,
                                struct ssm_parameter *ret)
{
    struct ssm_parameter_version old;
    if (!ssm_parameter_find(c, name, ret))
        return false;
    if (ret->version == version)
        return true;
    if (ssm_parameter_is_public(ret)
        || !store_get(c, &ssm_parameter_version_schema, version_id(c, ret->id, version), &old))
        return false;
    ret->type = old.type;
    ret->value = old.value;
    ret->data_type = old.data_type;
    ret->kms_key_arn = old.kms_key_arn;
    ret->version = old.version;
    ret->modified = old.modified;
    return true;
}

int ssm_parameter_image(struct call *c, const char *written, const char **ret_image)
{
    static const char head[] = "resolve:ssm:";
    struct ssm_parameter p;
    int64_t version = 0;
    *ret_image = written;
    if (!text_starts(written, head))
        return 0;
    const char *name = written + sizeof head - 1, *colon = strchr(name, ':');
    bool found = false;
    if (!colon)
        found = ssm_parameter_find(c, name, &p);
    else if (text_int(colon + 1, &version))
        found = ssm_parameter_find_version(c, arena_strndup(c->a, name, (size_t)(colon - name)),
                                           version, &p);
    if (!found)
        return fail(c, E_ImageParameter, name);
    *ret_image = p.value;
    return 0;
}

struct list ssm_parameters_own(struct call *c)
{
    return store_list(c, &ssm_parameter_schema, MINE_BY("account"), SQL_ARGS(MINE_ARGS(c)));
}

struct list ssm_parameters_below(struct call *c, const char *path)
{
    struct list all = ssm_parameters_own(c);
    if (!text_starts(path, "/aws"))
        return all;
    struct list public = public_parameters(c, c->region);
    LIST_EACH (struct public_parameter, p, &public)
        *list_add(c->a, &all, struct ssm_parameter) = public_as_parameter(c, p);
    return all;
}

/* ---- Changing ---- */

void ssm_parameter_put(struct call *c, struct ssm_parameter *p)
{
    struct ssm_parameter_version version = { .id = version_id(c, p->id, p->version),
                                             .parameter = p->id,
                                             .type = p->type,
                                             .value = p->value,
                                             .data_type = p->data_type,
                                             .kms_key_arn = p->kms_key_arn,
                                             .version = p->version,
                                             .modified = p->modified };
    store_put(c, &ssm_parameter_schema, p);
    store_put(c, &ssm_parameter_version_schema, &version);
    store_exec(c->store, "DELETE FROM ssm_parameter_version WHERE parameter = ? AND version <= ?",
               SQL_ARGS(SQL_TEXT(p->id), SQL_INT(p->version - MAX_VERSIONS)));
}

void ssm_parameter_remove(struct call *c, const struct ssm_parameter *p)
{
    store_exec(c->store, "DELETE FROM ssm_parameter_version WHERE parameter = ?",
               SQL_ARGS(SQL_TEXT(p->id)));
    store_remove(c, &ssm_parameter_schema, p->id);
}

/* ---- Secrets ---- */

#define MATERIAL 32

static void hex_bytes(const char *hex, unsigned char *into, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char pair[3] = { hex[2 * i], hex[2 * i + 1], 0 };
        into[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
}

/* Begins as KMS's ciphertexts do: 01 02 02 00 78, then the key material's id [recorded]. What
 * follows stands for the encrypted value and cannot be decrypted: KMS has no data calls here. */
const char *ssm_parameter_secret(struct call *c, const struct ssm_parameter *p)
{
    unsigned char bytes[5 + MATERIAL + SHA256_SIZE] = { 1, 2, 2, 0, 0x78 };
    struct kms_key key;
    if (kms_key_find(c, p->kms_key_arn, &key) && key.material
        && strlen(key.material) == 2 * MATERIAL)
        hex_bytes(key.material, bytes + 5, MATERIAL);
    const char *text = arena_printf(c->a, "%s:%lld:%s", p->id, (long long)p->version, p->value);
    sha256(text, strlen(text), bytes + 5 + MATERIAL);
    return base64_encode(c->a, bytes, sizeof bytes);
}
