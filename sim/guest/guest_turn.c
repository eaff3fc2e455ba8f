/* See guest.h: a machine comes up. */
#include "base/text.h"
#include "guest/boot/boot.h"
#include "guest/guest.h"
#include "guest/guest_disk.h"
#include "world/instance/console.h"

void guest_boot(struct call *c, const struct instance *i)
{
    struct list volumes = volumes_of(c, i->id);
    const struct volume *root = NULL;
    LIST_EACH (struct volume, v, &volumes) {
        struct disk_ref d = disk_of_volume(c, v);
        if (text_is(volume_attachment(v, i->id)->device, i->machine.root_device))
            root = v;
        if (ext4_state(&d) == EXT4_MOUNTED)
            console_recovery(c, i, volume_attachment(v, i->id)->device);
    }
    boot_begin(c, i, root);
}

void guest_reboot(struct call *c, struct instance *i, const char *why)
{
    guest_shutdown(c, i);
    instance_reboot(c, i, why);
    guest_boot(c, i);
}
