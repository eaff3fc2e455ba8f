/* The systems that public images hold, as their machines boot and configure themselves
 * (fixtures/systems.yaml). Times in ms. */
#ifndef CATALOG_GUEST_SYSTEM_H
#define CATALOG_GUEST_SYSTEM_H

#include "base/field.h"
#include "call/call.h"

struct guest_user {
    const char *name, *gecos, *shell;
    struct list groups; /* const char * */
};

/* What each step of a boot takes in AWS. */
struct guest_steps {
    int64_t kernel, init_local, network, sshd, config, final;
};

struct guest_system {
    const char *name; /* al2023 */
    struct list images; /* const char *: patterns (text_glob) of "OWNER/NAME" */
    const char *distro; /* as cloud-init calls it: amazon, ubuntu, debian, rhel */
    const char *manager; /* dnf, yum, apt */
    const char *os_release;
    const char *cloud_init; /* version of it */
    const char *console_prefix; /* before each line of the fingerprints on the console */
    const char *repository; /* what the package manager calls it */
    enum tri locked; /* sees the releases of its image's day until told otherwise (AL2023) */
    struct guest_user user; /* who logs in */
    struct list host_keys; /* const char *: rsa, ecdsa, ed25519 */
    struct guest_steps steps;
    struct list init, config, final; /* const char *: cloud-init's modules of a stage */
    struct list installed; /* const char *: packages that the image comes with */
    struct list topics; /* const char *: of amazon-linux-extras, enabled on the image */
};

/* By the key of a public image (public_image_key), as volumes carry it on; NULL: it is of no system
 * that the fixtures know. */
const struct guest_system *guest_system_of(const struct sim *sim, const char *image_key);

/* Text that user data may include by its address; NULL: nothing serves it. */
struct guest_url {
    const char *url, *content;
};
const char *guest_url_content(const struct sim *sim, const char *url);

#endif
