/* The modules of cloud-init that are simulated; boot_modules.c has the table of them. */
#ifndef GUEST_BOOT_MODULES_H
#define GUEST_BOOT_MODULES_H

#include "guest/boot/boot_run.h"

extern const struct boot_module boot_bootcmd, boot_write_files, boot_growpart, boot_resizefs,
    boot_mounts, boot_set_hostname, boot_update_hostname, boot_update_etc_hosts, boot_users_groups,
    boot_ssh, boot_set_passwords, boot_locale, boot_timezone, boot_runcmd, boot_packages,
    boot_write_files_deferred, boot_scripts_per_once, boot_scripts_per_boot,
    boot_scripts_per_instance, boot_scripts_user, boot_authkey_fingerprints, boot_keys_to_console,
    boot_final_message, boot_power_state;

#endif
