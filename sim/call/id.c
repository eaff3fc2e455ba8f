/* See id.h. */
#include "call/id.h"

#include <string.h>

#include "base/text.h"

static const char *id_text(struct arena *a, const char *prefix, uint64_t number)
{
    return arena_printf(a, "%s0%016llx", prefix, (unsigned long long)number);
}

const char *id_made(struct call *c, const char *id)
{
    strs_add(c->a, &c->made, id);
    if (c->fresh)
        strs_add(c->a, c->fresh, id);
    return id;
}

bool id_is_fresh(struct call *c, const char *id)
{
    for (size_t i = c->fresh ? c->fresh->count : 0; i-- > 0;) {
        const char **at = list_at(c->fresh, const char *, i);
        if (*at != id)
            continue;
        *at = *list_at(c->fresh, const char *, --c->fresh->count);
        return true;
    }
    return false;
}

const char *id_new(struct call *c, const char *prefix)
{
    return id_made(c, id_text(c->a, prefix, rng_next(&c->sim->ids)));
}

const char *id_hashed(struct arena *a, const char *prefix, const char *scope)
{
    return id_text(a, prefix, hash_text(arena_printf(a, "%s%s", prefix, scope)));
}

const char *id_named(struct call *c, const char *prefix, const char *name)
{
    return id_hashed(c->a, prefix, arena_printf(c->a, "%s/%s/%s", c->account, c->region, name));
}

bool id_well_shaped(const char *prefix, const char *id)
{
    static const char *const known_bad[] = { "00000000000000000", "11111111111111111",
                                             "fffffffffffffffff", "0123456789abcdef0",
                                             "01111111111111111", NULL };
    if (!text_starts(id, prefix))
        return false;
    id += strlen(prefix);
    size_t n = strlen(id);
    return (n == 8 || n == 17) && strspn(id, "0123456789abcdef") == n && !text_any(id, known_bad);
}

const char *id_malformed_code(const char *prefix)
{
    static const struct {
        const char *prefix, *code;
    } codes[] = {
        { "ami-", "InvalidAMIID.Malformed" },     { "snap-", "InvalidSnapshotID.Malformed" },
        { "vol-", "InvalidVolumeID.Malformed" },  { "i-", "InvalidInstanceID.Malformed" },
        { "sg-", "InvalidGroupId.Malformed" },    { "aki-", "InvalidKernelId.Malformed" },
        { "ari-", "InvalidRamdiskId.Malformed" },
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (text_is(codes[i].prefix, prefix))
            return codes[i].code;
    }
    return "InvalidID";
}

int id_check(struct call *c, const char *prefix, const char *id)
{
    if (id_well_shaped(prefix, id))
        return 0;
    /* where the prefix is right AWS leaves out what it expected [recorded] */
    if (text_starts(id, prefix))
        return fail(c, 400, id_malformed_code(prefix), "Invalid id: \"%s\"", id);
    return fail(c, 400, id_malformed_code(prefix), "Invalid id: \"%s\" (expecting \"%s...\")", id,
                prefix);
}
