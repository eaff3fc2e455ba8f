/* Hostile bytes as user data: they come apart into parts that hold no more than they may, or are
 * refused in words. */
#include "tests/hostile.h"

#include "guest/boot/user_data.h"

static const char *fetch(const struct user_data_source *s, const char *url)
{
    (void)s;
    return strstr(url, "files") ? "#include http://files/again\n" : NULL;
}

static void feed_user_data(const char *bytes, size_t n)
{
    static const struct user_data_source source = { fetch };
    struct arena a = { 0 };
    struct user_data d;
    size_t held = 0;
    user_data_read(&a, &source, bytes, n, &d);
    LIST_EACH (struct mime_part, p, &d.parts) {
        held += p->n;
        if (!p->type || !p->filename || !p->bytes || p->bytes[p->n])
            abort();
    }
    if (d.parts.count > MIME_MOST_PARTS || held > USER_DATA_LARGEST + n)
        abort();
    user_data_message(&a, &d);
    arena_release(&a);
}

HOSTILE("user_data", 20000, feed_user_data)
