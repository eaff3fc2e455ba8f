/* Package managers of a guest: what dnf, yum, amazon-linux-extras, apt-get, apt, rpm and dpkg do
 * with the packages of the fixtures, and say of it.
 *
 * What is installed is on the guest's disk: /var/lib/dpkg/status, or PACKAGE_RPM_RECORD. It knows
 * the machine by struct package_host alone. */
#ifndef GUEST_PACKAGE_MANAGER_H
#define GUEST_PACKAGE_MANAGER_H

#include "base/buffer.h"
#include "base/list.h"
#include "catalog/guest_system.h"
#include "catalog/package.h"

#define PACKAGE_RPM_RECORD "/var/lib/rpm/installed" /* "name version arch", a line each */
#define PACKAGE_DPKG_RECORD "/var/lib/dpkg/status"
#define PACKAGE_APT_LISTS                                                                          \
    "/var/lib/apt/lists/amisim" /* what apt-get update saw: a moment in ms                         \
                                 */

struct package_host {
    struct arena *a;
    const struct sim *sim;
    const struct guest_system *system;
    const char *machine; /* x86_64, aarch64 */
    int64_t now; /* virtual ms */
    int64_t image_date; /* when the image was made that the machine came from */
    bool root; /* it runs as root */
    /* NULL: no such file. */
    const char *(*read)(struct package_host *h, const char *path);
    void (*write)(struct package_host *h, const char *path, const char *text, int mode);
    void (*make_folder)(struct package_host *h, const char *path);
    void (*remove)(struct package_host *h, const char *path);
    /* Who works with packages at the moment: the process, 0: nobody. until: when it will be done.
     */
    int64_t (*worker)(struct package_host *h, int64_t *ret_until);
    void (*work)(struct package_host *h, int64_t until);
    /* What so many real ms are at the simulator's pace. */
    int64_t (*span)(struct package_host *h, int64_t real);
};

enum { PACKAGE_WORKING = 1 };

/* One call of a command. It may want time to pass: then it is called again with the same words and
 * the phase that it set, and what it said until then is said. */
struct package_run {
    struct package_host *h;
    size_t n;
    const char *const *words; /* words[0]: the name of the command */
    int64_t phase; /* 0 at first; from PACKAGE_WORKING + 1 on the manager's own */
    struct buffer out, err;
    bool again; /* it is not through: it is called again when `pause` ms have passed */
    int64_t pause;
    int64_t status;
};

/* ---- For the managers themselves ---- */

struct installed {
    const char *name, *version, *arch;
};

struct list package_installed(struct package_host *h); /* struct installed, sorted by name */
const struct installed *package_is_installed(const struct list *all, const char *name);
/* The newest release that the manager can see now; NULL: none. */
const struct package_release *package_visible(struct package_host *h, const struct package *p);
const char *package_arch(const struct package_host *h, const struct package *p);

/* What a transaction will do. */
struct package_step {
    const struct package *package;
    const struct package_release *release; /* NULL: it is removed */
    const char *before; /* the version that is replaced; NULL: none */
    bool asked; /* by name, not as a dependency */
};

/* Adds a package and what it needs, those before it; what is installed in that version is left
 * out. False: nothing of that name can be had. */
bool package_plan(struct package_host *h, const struct list *all, const char *name, bool asked,
                  struct list *steps);
/* Every installed package of which there is a newer release. */
void package_plan_upgrades(struct package_host *h, const struct list *all, struct list *steps);
/* A package and those that need it. False: it is not installed. */
bool package_plan_removal(struct package_host *h, const struct list *all, const char *name,
                          struct list *steps);
/* Files, units, commands and the record. */
void package_apply(struct package_host *h, struct list *all, const struct list *steps);
/* The run works on them from now on, others wait, and it is called again when that is over. */
void package_work(struct package_run *r, const struct list *steps);
int64_t package_bytes(const struct list *steps);

void package_say(struct package_run *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void package_complain(struct package_run *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "48 k", "2.3 M" */
const char *package_size(struct package_host *h, int64_t bytes);

void package_run_dnf(struct package_run *r); /* and yum */
void package_run_extras(struct package_run *r);
void package_run_apt(struct package_run *r);
void package_run_rpm(struct package_run *r);
void package_run_dpkg(struct package_run *r);

#endif
