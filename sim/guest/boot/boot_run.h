/* One step of a boot as it is done: what the modules of cloud-init work with. */
#ifndef GUEST_BOOT_RUN_H
#define GUEST_BOOT_RUN_H

#include "base/buffer.h"
#include "base/value.h"
#include "catalog/guest_system.h"
#include "guest/boot/boot.h"

struct boot {
    struct call *c; /* at the moment of the step */
    const struct instance *i;
    const struct guest_system *system;
    struct guest_boot *row;
    const struct value *config; /* all of it, merged */
    struct list parts; /* struct mime_part: of the user data */
    const char *part_error; /* user data that ends the stage; NULL: none */
    struct buffer log, output,
        console; /* what is added to the log, the output's log, the console */
    const char *module; /* at hand */
    const char *error; /* why the module at hand failed */
    int64_t pause; /* ms that the script at hand wants to pass; 0: none */
    bool waits; /* … or until a file system is thawed */
};

enum boot_result { BOOT_DONE, BOOT_FAILED, BOOT_PAUSED };

struct boot_module {
    const char *name; /* with _ */
    const char *frequency; /* once-per-instance, always, once */
    const char *const *keys; /* it has nothing to do where the configuration has none; NULL: any */
    enum boot_result (*run)(struct boot *b);
};

/* By its name with - or _; NULL: amisim does not simulate it. */
const struct boot_module *boot_module_named(const char *name);

/* ---- Files; owner "name:group" or NULL: root ---- */

const char *boot_read(struct boot *b, const char *path, size_t *ret_n);
bool boot_has(struct boot *b, const char *path);
void boot_write(struct boot *b, const char *path, const char *text, int mode);
/* NULL, or what is wrong. */
const char *boot_write_as(struct boot *b, const char *path, const void *bytes, size_t n, int mode,
                          const char *owner);
void boot_append(struct boot *b, const char *path, const char *text, int mode);
void boot_make_folder(struct boot *b, const char *path, int mode, const char *owner);
/* A symbolic link; what is there gives way. */
void boot_link(struct boot *b, const char *path, const char *target);
void boot_remove_all(struct boot *b, const char *path);
/* Below /var/lib/cloud/instances/ID. */
const char *boot_instance_path(struct boot *b, const char *name);

/* The public key that the instance was launched with, a line of authorized_keys; NULL: none. */
const char *boot_public_key(struct boot *b);

/* ---- What it says ---- */

/* A line of cloud-init.log; file: its Python source, level DEBUG, INFO or WARNING. */
void boot_log(struct boot *b, const char *file, const char *level, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Each file says LOGGER: the source of cloud-init that would say it. WARNINGs are on the console,
 * too. */
#define BOOT_DEBUG(b, ...) boot_log((b), LOGGER, "DEBUG", __VA_ARGS__)
#define BOOT_WARN(b, ...) boot_log((b), LOGGER, "WARNING", __VA_ARGS__)
/* Text on standard output or error of the stage: cloud-init-output.log and the console. */
void boot_say(struct boot *b, const char *text);
/* Text on the console alone, as it is. */
void boot_tell(struct boot *b, const char *text);
/* Seconds since the boot, as "12.34". */
const char *boot_uptime(struct boot *b, int64_t at);
const char *boot_rfc2822(struct boot *b, int64_t at);
/* All that was said reaches the disk and the console. */
void boot_flush(struct boot *b);

/* ---- Scripts ---- */

/* Runs lines of sh as root to their end, or until they pause (BOOT_PAUSED; they go on with the same
 * call in the next turn). BOOT_FAILED: the status was not 0, *ret_status has it. */
enum boot_result boot_script(struct boot *b, const char *name, const char *lines,
                             int64_t *ret_status);
/* The same of a file, which is run as its first line says. */
enum boot_result boot_run_file(struct boot *b, const char *path, int64_t *ret_status);
/* The scripts of a folder by name, from row->item on; failures are in row->failed. */
enum boot_result boot_run_parts(struct boot *b, const char *folder);

#endif
