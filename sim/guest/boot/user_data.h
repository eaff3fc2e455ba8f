/* User data as cloud-init takes it apart [cloud-init 22.4.2]: MIME, gzip, archives and includes are
 * opened until there are parts of one type each. Knows no instance. */
#ifndef GUEST_USER_DATA_H
#define GUEST_USER_DATA_H

#include "base/list.h"
#include "guest/boot/mime.h"

/* Where an #include gets its text; NULL: nothing serves it. */
struct user_data_source {
    const char *(*fetch)(const struct user_data_source *s, const char *url);
};

struct user_data {
    struct list parts; /* struct mime_part; each has a filename */
    const char *error; /* what ends the stage, in cloud-init's words; NULL: nothing */
};

/* What all parts together may hold; user data is 16 KiB, but gzip makes more of it. */
#define USER_DATA_LARGEST ((size_t)4 << 20)

void user_data_read(struct arena *a, const struct user_data_source *s, const void *bytes, size_t n,
                    struct user_data *ret);
/* The type that the first characters of a text say, as "text/x-shellscript"; NULL: none. */
const char *user_data_type(const char *bytes, size_t n);
/* The parts as one MIME message: what cloud-init keeps as user-data.txt.i. */
const char *user_data_message(struct arena *a, const struct user_data *d);

#endif
