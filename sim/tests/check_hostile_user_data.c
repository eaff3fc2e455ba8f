/* Hostile bytes as user data: they come apart into parts that hold no more than they may, or are
 * refused in words. */
#include "tests/hostile.h"

#include "guest/boot/cloud_config.h"
#include "guest/boot/jinja.h"
#include "guest/boot/user_data.h"

static const char *fetch(const struct user_data_source *s, const char *url)
{
    (void)s;
    return strstr(url, "files") ? "#include http://files/again\n" : NULL;
}

/* What is a configuration can be merged and written; what is not is refused in words. */
static void feed_config(struct arena *a, const struct mime_part *p)
{
    const char *error = NULL, *unrendered = NULL;
    struct list missing = { 0 };
    const struct value *v = cloud_config_read(a, p->bytes, p->n, &error), *none = value_get(v, "");
    const char *rendered = jinja_render(a, p->bytes, v ? v : none, &missing, &unrendered);
    if ((!v && !error) || (!rendered && !unrendered))
        abort();
    if (!v)
        return;
    const struct value *commands = value_get(v, "runcmd");
    for (const struct value *c = commands ? commands->first : NULL; c; c = c->next)
        cloud_config_shell(a, c);
    v = cloud_config_add(a, v, v, p->merge ? p->merge : "list(append)+dict(recurse_list)");
    if (!cloud_config_write(a, cloud_config_merge(a, v, v)))
        abort();
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
        feed_config(&a, p);
    }
    if (d.parts.count > MIME_MOST_PARTS || held > USER_DATA_LARGEST + n)
        abort();
    user_data_message(&a, &d);
    arena_release(&a);
}

HOSTILE("user_data", 20000, feed_user_data)
