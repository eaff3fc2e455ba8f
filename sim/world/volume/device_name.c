/* See device_name.h. */
#include "world/volume/device_name.h"

#include <string.h>

#include "base/text.h"

#define LAST_PARTITION 15
#define LAST_EPHEMERAL 23

const char *device_bare(const char *name)
{
    return text_starts(name, "/dev/") ? name + strlen("/dev/") : name;
}

bool device_is(const char *a, const char *b)
{
    return text_is(device_bare(a), device_bare(b));
}

bool virtual_name_fits(const char *name)
{
    int64_t n;
    return name && text_starts(name, "ephemeral") && text_int(name + strlen("ephemeral"), &n)
           && n >= 0 && n <= LAST_EPHEMERAL;
}

static bool is_partition(const char *digits)
{
    int64_t n;
    return *digits != '0' && text_int(digits, &n) && n >= 1 && n <= LAST_PARTITION;
}

/* Behind xvd: a … z, ba … dx, and aa … az where a volume is attached. */
static bool are_letters_of_xvd(const char *letters, size_t n, enum device_use use)
{
    if (n == 1)
        return true;
    return n == 2 && letters[0] >= (use == DEVICE_ATTACHED ? 'a' : 'b') && letters[0] <= 'd';
}

bool device_name_fits(const char *name, const char *virtualization, enum device_use use)
{
    const char *bare = device_bare(name);
    bool hvm = text_is(virtualization, "hvm"), xvd = text_starts(bare, "xvd");
    if (text_is(bare, "sda1"))
        return true;
    if (!xvd && !text_starts(bare, "sd") && (hvm || !text_starts(bare, "hd")))
        return false;
    const char *letters = bare + (xvd ? strlen("xvd") : strlen("sd"));
    size_t n = strspn(letters, "abcdefghijklmnopqrstuvwxyz");
    if (xvd ? !are_letters_of_xvd(letters, n, use) : n != 1)
        return false;
    if (!letters[n])
        return !(hvm && text_is(bare, "sda"));
    return !hvm && is_partition(letters + n);
}
