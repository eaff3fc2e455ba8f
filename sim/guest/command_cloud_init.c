/* cloud-init, as a command of the guest. */
#include "base/text.h"
#include "guest/shell/command.h"

/* clean [--logs|-l] [--reboot|-r]: the next boot is the first one again. */
static int64_t run_cloud_init(struct shell *sh, size_t n, const char *const *words)
{
    const char *rm[6] = { "rm", "-rf", "/var/lib/cloud" };
    size_t count = 3;
    bool reboots = false;
    if (n < 2 || !text_is(words[1], "clean")) {
        shell_complain(sh, "cloud-init: only clean is simulated");
        return 1;
    }
    for (size_t at = 2; at < n; at++) {
        if ((text_is(words[at], "-l") || text_is(words[at], "--logs")) && count == 3) {
            rm[count++] = "/var/log/cloud-init.log";
            rm[count++] = "/var/log/cloud-init-output.log";
        } else if (text_is(words[at], "-r") || text_is(words[at], "--reboot")) {
            reboots = true;
        } else {
            shell_complain(sh, "cloud-init: only --logs and --reboot are simulated: %s", words[at]);
            return 1;
        }
    }
    int64_t status = shell_execute(sh, count, rm);
    if (reboots && !status && !shell_stopped(sh))
        shell_power(sh, "reboot", 0);
    return status;
}

COMMAND(cloud_init, "cloud-init", run_cloud_init);
