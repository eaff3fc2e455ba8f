/* See replace_root_task.h. */
#include "world/instance/replace_root_task.h"

const struct schema replace_root_task_schema = {
    .name = "replace_root_volume_task",
    .was = "root_task",
    .noun = "replace-root-volume-task",
    .size = sizeof(struct replace_root_task),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct replace_root_task, id), .column = "id",
              .xml = "replaceRootVolumeTaskId" },
            { TEXT_FIELD(struct replace_root_task, owner), .column = "owner",
              .flags = FIELD_OWNER },
            { TEXT_FIELD(struct replace_root_task, region), .column = "region" },
            { TEXT_FIELD(struct replace_root_task, instance), .column = "instance",
              .xml = "instanceId", .filter = "instance-id" },
            { TEXT_FIELD(struct replace_root_task, state), .column = "state", .xml = "taskState",
              .flags = FIELD_STATE },
            { TIME_S_FIELD(struct replace_root_task, started), .column = "started",
              .xml = "startTime" },
            { TIME_S_FIELD(struct replace_root_task, completed), .column = "completed",
              .xml = "completeTime" },
            { TAGS_FIELD(struct replace_root_task, tags), .xml = "tagSet",
              .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct replace_root_task, image), .column = "image", .xml = "imageId" },
            { TEXT_FIELD(struct replace_root_task, snapshot), .column = "snapshot",
              .xml = "snapshotId" },
            { BOOL_FIELD(struct replace_root_task, delete_replaced), .column = "delete_replaced",
              .xml = "deleteReplacedRootVolume" },
            { TEXT_FIELD(struct replace_root_task, source), .column = "source" },
            { TEXT_FIELD(struct replace_root_task, volume), .column = "volume" },
            { TEXT_FIELD(struct replace_root_task, replaced), .column = "replaced" },
            { BOOL_FIELD(struct replace_root_task, same_lineage), .column = "same_lineage" },
            { INT_FIELD(struct replace_root_task, initialization_rate),
              .column = "initialization_rate" },
            { 0 } },
};
