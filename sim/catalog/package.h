/* Packages that guests can install, and commands that they have by declaration alone
 * (fixtures/packages-*.yaml). Sizes in bytes, times in ms. */
#ifndef CATALOG_PACKAGE_H
#define CATALOG_PACKAGE_H

#include "base/field.h"
#include "call/call.h"

struct package_release {
    const char *version; /* "2.4.62-1.amzn2023"; an epoch before a colon */
    int64_t date; /* from when on it can be installed */
};

struct package {
    const char *system, *name, *arch; /* arch NULL: that of the machine */
    struct list releases; /* struct package_release, oldest first */
    int64_t size, time; /* size: to be downloaded; time: that its installation takes */
    const char *user; /* "apache:48": made with it, and a group of that name; NULL: none */
    const char *topic; /* amazon-linux-extras: the topic that has to be enabled first; NULL */
    struct list depends, files, services, commands; /* const char *; a folder ends in a slash */
};

/* A package of a system; NULL: there is none. */
const struct package *package_named(const struct sim *sim, const char *system, const char *name);
/* The newest release of it by a moment; NULL: there is none yet. */
const struct package_release *package_newest(const struct package *p, int64_t by);
/* Each in turn: NULL begins, NULL ends. */
const struct package *package_next(const struct sim *sim, const char *system,
                                   const struct package *after);

/* What a guest does where a command is called that its fixtures declare. */
struct guest_command {
    const char *name; /* "nvidia-smi", or an absolute path */
    const char
        *image; /* a pattern (text_glob) of an image's id or name, or of "OWNER/NAME"; NULL */
    const char *package; /* which has to be installed; NULL: none */
    int64_t status, time;
    const char *output, *errors;
    const struct value *files; /* path -> content: what it writes; may be NULL */
};

#endif
