/* DescribeVolumes. */
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/describe.h"
#include "world/volume/volume.h"

static const struct param describe_volumes_params[] = {
    { "VolumeId", TEXTS(struct listing, ids), .flags = PARAM_EMPTY },
    { "IncludeManagedResources", IGNORED(BOOL, "there are no managed volumes here") },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

static int check_volume_ids(struct call *c, const struct list *ids)
{
    LIST_EACH (const char *, id, ids) {
        if (text_blank(*id))
            return fail(c, E_MissingParameter, "volumes");
        if (!id_well_shaped("vol-", *id))
            return fail(c, E_ValueInvalid, *id, "volumes", "Expected: 'vol-...'.");
    }
    return 0;
}

MISSING(missing_volumes, E_VolumeNotFound);

static const struct describe volume_list = {
    .schema = &volume_schema,
    .set = "volumeSet",
    .ids_name = "volumeIdsSet",
    .visible = VOLUME_VISIBLE,
    .check_ids = check_volume_ids,
    .prepare = volume_prepare,
    .missing = missing_volumes,
};

LISTS(ec2, DescribeVolumes, describe_volumes_params, volume_list, .dry_run = DRYRUN_FIRST,
      .errors = "MissingParameter InvalidParameterValue InvalidParameterCombination "
                "InvalidVolume.NotFound");
