/* See page_cache.h. */
#include "world/instance/page_cache.h"

#include "store/noun.h"
#include "world/snapshot/snapshot.h"

const struct schema dirty_file_schema = {
    .name = "dirty_file",
    .was = "page",
    .size = sizeof(struct dirty_file),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct dirty_file, id), .column = "id" },
            { TEXT_FIELD(struct dirty_file, instance), .column = "instance",
              .flags = FIELD_PART_OF | FIELD_INDEXED },
            { TEXT_FIELD(struct dirty_file, volume), .column = "volume", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct dirty_file, path), .column = "path", .flags = FIELD_ALWAYS },
            { TEXT_FIELD(struct dirty_file, content), .column = "content" },
            { BOOL_FIELD(struct dirty_file, folder), .column = "folder" },
            { BOOL_FIELD(struct dirty_file, link), .column = "link" },
            { INT_FIELD(struct dirty_file, size), .column = "size" },
            { INT_FIELD(struct dirty_file, written), .column = "written" },
            { INT_FIELD(struct dirty_file, mode), .column = "mode" },
            { INT_FIELD(struct dirty_file, uid), .column = "uid" },
            { INT_FIELD(struct dirty_file, gid), .column = "gid" },
            { 0 } },
};

const struct schema missing_write_schema = {
    .name = "lost_file",
    .size = sizeof(struct missing_write),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct missing_write, path), .column = "path", .json = "path" },
            { TEXT_FIELD(struct missing_write, what), .column = "what", .json = "what" },
            { INT_FIELD(struct missing_write, bytes), .column = "bytes", .json = "bytes" },
            { 0 } },
};

const struct schema snapshot_content_schema = {
    .name = "snapshot_content",
    .was = "caught",
    .size = sizeof(struct snapshot_content),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct snapshot_content, id), .column = "id", .json = "snapshot",
              .flags = FIELD_PART_OF },
            { TEXT_FIELD(struct snapshot_content, volume), .column = "volume", .json = "volume" },
            { TEXT_FIELD(struct snapshot_content, instance), .column = "instance",
              .json = "instance" },
            { TEXT_FIELD(struct snapshot_content, device), .column = "device", .json = "device" },
            { TIME_FIELD(struct snapshot_content, at), .column = "at", .json = "at" },
            { BOOL_FIELD(struct snapshot_content, mounted), .column = "mounted",
              .json = "mounted" },
            { LIST_FIELD(struct snapshot_content, lost, &missing_write_schema), .column = "lost",
              .json = "lost", .flags = FIELD_SHOW_EMPTY },
            { BOOL_FIELD(struct snapshot_content, unseen), .column = "unseen" },
            { BOOL_FIELD(struct snapshot_content, keyed), .column = "keyed" },
            { 0 } },
};

bool snapshot_caught(struct call *c, const char *snapshot, struct snapshot_content *ret)
{
    struct snapshot s;
    for (int steps = 0; snapshot && steps < 1000; steps++) {
        if (store_get(c, &snapshot_content_schema, snapshot, ret))
            return true;
        if (!store_get(c, &snapshot_schema, snapshot, &s))
            return false;
        snapshot = s.source;
    }
    return false;
}
