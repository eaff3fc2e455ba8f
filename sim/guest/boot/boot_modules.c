/* Which modules there are: those that are simulated, and those of which only the keys are known. */
#include "guest/boot/boot_modules.h"

#include "base/text.h"

#define LOGGER "modules.py"

static const struct boot_module *const modules[] = { &boot_bootcmd,
                                                     &boot_write_files,
                                                     &boot_growpart,
                                                     &boot_resizefs,
                                                     &boot_mounts,
                                                     &boot_set_hostname,
                                                     &boot_update_hostname,
                                                     &boot_update_etc_hosts,
                                                     &boot_users_groups,
                                                     &boot_ssh,
                                                     &boot_set_passwords,
                                                     &boot_locale,
                                                     &boot_timezone,
                                                     &boot_runcmd,
                                                     &boot_packages,
                                                     &boot_write_files_deferred,
                                                     &boot_scripts_per_once,
                                                     &boot_scripts_per_boot,
                                                     &boot_scripts_per_instance,
                                                     &boot_scripts_user,
                                                     &boot_authkey_fingerprints,
                                                     &boot_keys_to_console,
                                                     &boot_final_message,
                                                     &boot_power_state };

/* A module that would change the machine by what its keys say, and does not here: that is said. */
static enum boot_result left_out(struct boot *b)
{
    BOOT_WARN(b, "amisim does not simulate the module %s: its keys have no effect", b->module);
    return BOOT_DONE;
}

#define LEFT_OUT(name, ...)                                                                        \
    {                                                                                              \
        name, "once-per-instance", (const char *const[]){ __VA_ARGS__, NULL }, left_out            \
    }

static const struct boot_module unknown[] = {
    LEFT_OUT("ansible", "ansible"),
    LEFT_OUT("apt_configure", "apt"),
    LEFT_OUT("byobu", "byobu_by_default"),
    LEFT_OUT("ca_certs", "ca_certs", "ca-certs"),
    LEFT_OUT("chef", "chef"),
    LEFT_OUT("disk_setup", "disk_setup", "fs_setup"),
    LEFT_OUT("disable_ec2_metadata", "disable_ec2_metadata"),
    LEFT_OUT("keyboard", "keyboard"),
    LEFT_OUT("landscape", "landscape"),
    LEFT_OUT("lxd", "lxd"),
    LEFT_OUT("mcollective", "mcollective"),
    LEFT_OUT("ntp", "ntp"),
    LEFT_OUT("phone_home", "phone_home"),
    LEFT_OUT("puppet", "puppet"),
    LEFT_OUT("resolv_conf", "manage_resolv_conf"),
    LEFT_OUT("rh_subscription", "rh_subscription"),
    LEFT_OUT("rsyslog", "rsyslog"),
    LEFT_OUT("salt_minion", "salt_minion"),
    LEFT_OUT("snap", "snap"),
    LEFT_OUT("ssh_import_id", "ssh_import_id"),
    LEFT_OUT("ubuntu_drivers", "drivers"),
    LEFT_OUT("ubuntu_pro", "ubuntu_pro", "ubuntu_advantage"),
    LEFT_OUT("wireguard", "wireguard"),
    LEFT_OUT("yum_add_repo", "yum_repos"),
};

const struct boot_module *boot_module_named(const char *name)
{
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        if (text_is(modules[i]->name, name))
            return modules[i];
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        if (text_is(unknown[i].name, name))
            return &unknown[i];
    }
    return NULL;
}
