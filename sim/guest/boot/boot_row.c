/* Boots in the store (boot.h). */
#include "guest/boot/boot.h"

const struct schema guest_boot_schema = {
    .name = "guest_boot",
    .size = sizeof(struct guest_boot),
    .unwatched = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct guest_boot, id), .column = "id" },
                                { TEXT_FIELD(struct guest_boot, instance), .column = "instance",
                                  .flags = FIELD_PART_OF | FIELD_INDEXED },
                                { INT_FIELD(struct guest_boot, boot), .column = "boot" },
                                { INT_FIELD(struct guest_boot, step), .column = "step" },
                                { INT_FIELD(struct guest_boot, due), .column = "due" },
                                { INT_FIELD(struct guest_boot, sshd), .column = "sshd" },
                                { INT_FIELD(struct guest_boot, began), .column = "began" },
                                { INT_FIELD(struct guest_boot, module), .column = "module" },
                                { INT_FIELD(struct guest_boot, item), .column = "item" },
                                { TEXT_FIELD(struct guest_boot, script), .column = "script" },
                                { TEXTS_FIELD(struct guest_boot, failed), .column = "failed" },
                                { TEXTS_FIELD(struct guest_boot, errors), .column = "errors" },
                                { INT_FIELD(struct guest_boot, attempted), .column = "attempted" },
                                { BOOL_FIELD(struct guest_boot, fresh), .column = "fresh" },
                                { 0 } },
};
