/* Who may log in to a Linux guest, and as whom: what sshd reads of its disk. */
#ifndef GUEST_LOGIN_H
#define GUEST_LOGIN_H

#include "world/instance/instance.h"

struct guest_login {
    const char *user, *home;
    const char *command; /* what is run in place of anything asked for; NULL: nothing is */
};

struct guest_sshd_version {
    const char *banner; /* "OpenSSH_8.7" */
    bool takes_sha1; /* signatures of RSA with SHA-1 */
};

/* Whether sshd answers on it; *ret_since: since when it does or will, ABSENT where that is open. */
bool guest_sshd(struct call *c, const struct instance *i, int64_t *ret_since);
/* That of its system. */
struct guest_sshd_version guest_sshd_version(struct call *c, const struct instance *i);
/* Whether a public key (the base64 of an OpenSSH line) is in the authorized_keys of a user. */
bool guest_login(struct call *c, const struct instance *i, const char *user, const char *key,
                 struct guest_login *ret);
/* The private host keys (const char *, PEM), none where sshd cannot start. */
struct list guest_host_keys(struct call *c, const struct instance *i);

#endif
