#include "world/instance/page_cache.h"

const struct kind page_kind = {
    .name = "page",
    .size = sizeof(struct page),
    .fields = (const struct field[]){ { TEXT_FIELD(struct page, id), .column = "id" },
                                      { TEXT_FIELD(struct page, instance), .column = "instance",
                                        .flags = FIELD_PART_OF | FIELD_INDEXED },
                                      { TEXT_FIELD(struct page, volume), .column = "volume",
                                        .flags = FIELD_INDEXED },
                                      { TEXT_FIELD(struct page, path), .column = "path" },
                                      { TEXT_FIELD(struct page, content), .column = "content" },
                                      { BOOL_FIELD(struct page, folder), .column = "folder" },
                                      { INT_FIELD(struct page, size), .column = "size" },
                                      { INT_FIELD(struct page, written), .column = "written" },
                                      { 0 } },
};

const struct kind lost_file_kind = {
    .name = "lost_file",
    .size = sizeof(struct lost_file),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct lost_file, path), .column = "path", .xml = "path" },
            { TEXT_FIELD(struct lost_file, what), .column = "what", .xml = "what" },
            { INT_FIELD(struct lost_file, bytes), .column = "bytes", .xml = "bytes" },
            { 0 } },
};

const struct kind caught_kind = {
    .name = "caught",
    .size = sizeof(struct caught),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct caught, id), .column = "id", .xml = "snapshot",
              .flags = FIELD_PART_OF },
            { TEXT_FIELD(struct caught, volume), .column = "volume", .xml = "volume" },
            { TEXT_FIELD(struct caught, instance), .column = "instance", .xml = "instance" },
            { TEXT_FIELD(struct caught, device), .column = "device", .xml = "device" },
            { TIME_FIELD(struct caught, at), .column = "at", .xml = "at" },
            { BOOL_FIELD(struct caught, mounted), .column = "mounted", .xml = "mounted" },
            { LIST_FIELD(struct caught, lost, &lost_file_kind), .column = "lost", .xml = "lost",
              .flags = FIELD_SHOW_EMPTY },
            { 0 } },
};
