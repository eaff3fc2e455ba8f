/* How a Linux guest boots and configures itself: the steps of its system on the virtual clock, with
 * cloud-init in it [cloud-init 22.4.2].
 *
 * Where nobody would notice nothing is done: an instance without user data, of a disk that no guest
 * ever wrote on, boots in silence, and its files are made when somebody looks (boot_catch_up). Any
 * other boot is a chain of jobs. */
#ifndef GUEST_BOOT_H
#define GUEST_BOOT_H

#include "world/instance/instance.h"

/* A boot that is told; the latest of an instance. */
struct guest_boot {
    const char *id; /* INSTANCE/boot: an id of its own, for tags go by it */
    const char *instance;
    int64_t boot; /* which: instance.boots */
    int64_t step; /* enum boot_step that comes next */
    int64_t due; /* when that ends */
    int64_t sshd; /* since when sshd answers; ABSENT: it does not yet */
    /* Inside of the step at hand, whose scripts may take their time: */
    int64_t began, module, item; /* began: the step; which module, which script of it */
    const char *script; /* where the shell stands in it; NULL: at its beginning */
    struct list failed; /* const char *: scripts of this module that failed */
    struct list errors; /* const char *: modules of this step that failed, as status.json has it */
    int64_t attempted; /* scripts of this module that were run */
    enum tri fresh; /* the first boot of this instance on this disk */
};

extern const struct schema guest_boot_schema;

/* The machine has begun to boot (instance.booted) from a root volume, NULL: it has none. Plans what
 * comes, if it would be noticed. */
void boot_begin(struct call *c, const struct instance *i, const struct volume *root);
/* Somebody looks into a running guest: what has come to pass by now is on its disk. */
void boot_catch_up(struct call *c, const struct instance *i);
/* Whether sshd answers; *ret_since: since when. Host keys are then in /etc/ssh/ssh_host_*_key. */
bool boot_sshd(struct call *c, const struct instance *i, int64_t *ret_since);
/* Its boot is forgotten with it. */
void boot_forget(struct call *c, const char *instance);

#endif
