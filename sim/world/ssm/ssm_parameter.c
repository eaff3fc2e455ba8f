/* See parameter.h. */
#include "world/ssm/ssm_parameter.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "call/errors.h"
#include "store/noun.h"
#include "world/kms/kms_key.h"
#include "catalog/public_image.h"

#define MOST_VERSIONS 100 /* [guide] */

const struct kind parameter_kind = {
    .name = "parameter",
    .size = sizeof(struct parameter),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct parameter, id), .column = "id" },
            { TEXT_FIELD(struct parameter, arn), .column = "arn" },
            { TEXT_FIELD(struct parameter, name), .column = "name" },
            { TEXT_FIELD(struct parameter, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct parameter, region), .column = "region" },
            { TEXT_FIELD(struct parameter, type), .column = "type" },
            { TEXT_FIELD(struct parameter, value), .column = "value" },
            { TEXT_FIELD(struct parameter, data_type), .column = "data_type" },
            { TEXT_FIELD(struct parameter, tier), .column = "tier" },
            { TEXT_FIELD(struct parameter, description), .column = "description" },
            { TEXT_FIELD(struct parameter, pattern), .column = "pattern" },
            { TEXT_FIELD(struct parameter, key), .column = "key_id" },
            { TEXT_FIELD(struct parameter, key_arn), .column = "key_arn" },
            { TEXT_FIELD(struct parameter, user), .column = "user" },
            { INT_FIELD(struct parameter, version), .column = "version" },
            { TIME_FIELD(struct parameter, modified), .column = "modified" },
            { 0 } },
};

const struct kind parameter_version_kind = {
    .name = "parameter_version",
    .size = sizeof(struct parameter_version),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct parameter_version, id), .column = "id" },
            { TEXT_FIELD(struct parameter_version, parameter), .column = "parameter",
              .flags = FIELD_PART_OF | FIELD_INDEXED },
            { TEXT_FIELD(struct parameter_version, type), .column = "type" },
            { TEXT_FIELD(struct parameter_version, value), .column = "value" },
            { TEXT_FIELD(struct parameter_version, data_type), .column = "data_type" },
            { TEXT_FIELD(struct parameter_version, key_arn), .column = "key_arn" },
            { INT_FIELD(struct parameter_version, version), .column = "version" },
            { TIME_FIELD(struct parameter_version, modified), .column = "modified" },
            { 0 } },
};

/* The part of the ARN begins with a slash whether the name does or not. */
static const char *arn_of(struct call *c, const char *account, const char *name)
{
    return arena_printf(c->a, "arn:aws:ssm:%s:%s:parameter%s%s", c->region, account,
                        *name == '/' ? "" : "/", name);
}

static const char *id_of(struct call *c, const char *name)
{
    return arena_printf(c->a, "%s:%s:%s", c->region, c->account, name);
}

void parameter_name(struct call *c, struct parameter *p, const char *name)
{
    p->id = id_of(c, name);
    p->arn = arn_of(c, c->account, name);
    p->name = name;
    p->account = c->account;
    p->region = c->region;
}

/* ---- Public ones: made of the fixtures' images, never stored ---- */

bool parameter_is_public(const struct parameter *p)
{
    return !p->account;
}

/* Their ARN has no account [guide]. They carry one version each here. */
static struct parameter public_one(struct call *c, const struct public_parameter *from)
{
    return (struct parameter){ .arn = arn_of(c, "", from->name),
                               .name = from->name,
                               .region = c->region,
                               .type = "String",
                               .value = from->image,
                               .data_type = from->data_type,
                               .tier = "Standard",
                               .version = 1,
                               .modified = from->changed };
}

static bool find_public(struct call *c, const char *name, struct parameter *ret)
{
    if (!text_starts(name, "/aws/service/"))
        return false;
    struct list all = public_parameters(c, c->region);
    LIST_EACH (struct public_parameter, p, &all) {
        if (text_is(p->name, name)) {
            *ret = public_one(c, p);
            return true;
        }
    }
    return false;
}

/* ---- Finding ---- */

bool parameter_find(struct call *c, const char *name, struct parameter *ret)
{
    return find_public(c, name, ret) || store_get(c, &parameter_kind, id_of(c, name), ret);
}

static const char *version_id(struct call *c, const char *id, int64_t version)
{
    return arena_printf(c->a, "%s:%lld", id, (long long)version);
}

bool parameter_find_version(struct call *c, const char *name, int64_t version,
                            struct parameter *ret)
{
    struct parameter_version old;
    if (!parameter_find(c, name, ret))
        return false;
    if (ret->version == version)
        return true;
    if (parameter_is_public(ret)
        || !store_get(c, &parameter_version_kind, version_id(c, ret->id, version), &old))
        return false;
    ret->type = old.type;
    ret->value = old.value;
    ret->data_type = old.data_type;
    ret->key_arn = old.key_arn;
    ret->version = old.version;
    ret->modified = old.modified;
    return true;
}

int parameter_image(struct call *c, const char *written, const char **ret_image)
{
    static const char head[] = "resolve:ssm:";
    struct parameter p;
    int64_t version = 0;
    *ret_image = written;
    if (!text_starts(written, head))
        return 0;
    const char *name = written + sizeof head - 1, *colon = strchr(name, ':');
    bool found = false;
    if (!colon)
        found = parameter_find(c, name, &p);
    else if (text_int(colon + 1, &version))
        found = parameter_find_version(c, arena_strndup(c->a, name, (size_t)(colon - name)),
                                       version, &p);
    if (!found)
        return fail(c, E_ImageParameter, name);
    *ret_image = p.value;
    return 0;
}

struct list parameters_own(struct call *c)
{
    return store_list(c, &parameter_kind, "account = ? AND region = ?",
                      WITH(B_TEXT(c->account), B_TEXT(c->region)));
}

struct list parameters_below(struct call *c, const char *path)
{
    struct list all = parameters_own(c);
    if (!text_starts(path, "/aws"))
        return all;
    struct list public = public_parameters(c, c->region);
    LIST_EACH (struct public_parameter, p, &public)
        *list_add(c->a, &all, struct parameter) = public_one(c, p);
    return all;
}

/* ---- Changing ---- */

void parameter_put(struct call *c, struct parameter *p)
{
    struct parameter_version version = { .id = version_id(c, p->id, p->version),
                                         .parameter = p->id,
                                         .type = p->type,
                                         .value = p->value,
                                         .data_type = p->data_type,
                                         .key_arn = p->key_arn,
                                         .version = p->version,
                                         .modified = p->modified };
    store_put(c, &parameter_kind, p);
    store_put(c, &parameter_version_kind, &version);
    store_exec(c->store, "DELETE FROM parameter_version WHERE parameter = ? AND version <= ?",
               WITH(B_TEXT(p->id), B_INT(p->version - MOST_VERSIONS)));
}

void parameter_remove(struct call *c, const struct parameter *p)
{
    store_exec(c->store, "DELETE FROM parameter_version WHERE parameter = ?", WITH(B_TEXT(p->id)));
    store_remove(c, &parameter_kind, p->id);
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
const char *parameter_secret(struct call *c, const struct parameter *p)
{
    unsigned char bytes[5 + MATERIAL + SHA256_SIZE] = { 1, 2, 2, 0, 0x78 };
    struct key key;
    if (key_find(c, p->key_arn, &key) && key.material && strlen(key.material) == 2 * MATERIAL)
        hex_bytes(key.material, bytes + 5, MATERIAL);
    const char *text = arena_printf(c->a, "%s:%lld:%s", p->id, (long long)p->version, p->value);
    sha256(text, strlen(text), bytes + 5 + MATERIAL);
    return base64_encode(c->a, bytes, sizeof bytes);
}
