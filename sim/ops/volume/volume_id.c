#include "ops/volume/volume_id.h"

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"

int volume_id_check(struct call *c, const char *id)
{
    if (text_blank(id))
        return fail(c, E_VolumeIdNone, id ? id : "null");
    if (id_well_shaped("vol-", id))
        return 0;
    return text_starts(id, "vol-")
               ? fail(c, E_VolumeIdValue, id)
               : fail(c, E_ValueInvalid, id, "volumeId", "Expected: 'vol-...'.");
}

int volume_id_malformed(struct call *c, const char *id, const char *code)
{
    return id_well_shaped("vol-", id) ? 0
                                      : fail(c, 400, code, "The volume ID '%s' is malformed", id);
}
