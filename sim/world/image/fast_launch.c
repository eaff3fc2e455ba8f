/* See fast_launch.h. */
#include "world/image/fast_launch.h"

const struct schema fast_launch_schema = {
    .name = "fast_launch",
    .size = sizeof(struct fast_launch),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct fast_launch, id), .column = "id" },
            { TEXT_FIELD(struct fast_launch, image), .column = "image", .xml = "imageId" },
            { TEXT_FIELD(struct fast_launch, type), .column = "type", .xml = "resourceType",
              .filter = "resource-type" },
            { INT_FIELD(struct fast_launch, count), .column = "target_count",
              .xml = "snapshotConfiguration/targetResourceCount" },
            { TEXT_FIELD(struct fast_launch, template), .column = "template",
              .xml = "launchTemplate/launchTemplateId" },
            { TEXT_FIELD(struct fast_launch, template_name), .column = "template_name",
              .xml = "launchTemplate/launchTemplateName" },
            { TEXT_FIELD(struct fast_launch, template_version), .column = "template_version",
              .xml = "launchTemplate/version" },
            { INT_FIELD(struct fast_launch, parallel), .column = "parallel",
              .xml = "maxParallelLaunches" },
            { TEXT_FIELD(struct fast_launch, owner), .column = "owner", .xml = "ownerId",
              .filter = "owner-id", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct fast_launch, state), .column = "state", .xml = "state",
              .filter = "state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct fast_launch, reason), .column = "reason",
              .xml = "stateTransitionReason" },
            { TIME_FIELD(struct fast_launch, changed), .column = "changed",
              .xml = "stateTransitionTime" },
            { TEXT_FIELD(struct fast_launch, region), .column = "region" },
            { 0 } },
};
