/* See boot_status.h. */
#include "guest/boot/boot_status.h"

#include <string.h>

#include "base/text.h"

#define DATASOURCE "DataSourceEc2Local"

static const char *const modes[] = { "init", "init-local", "modules-config", "modules-final",
                                     NULL };

static struct value *new_status(struct boot *b)
{
    struct value *all = value_new(b->c->a, VALUE_MAP);
    struct value *v = value_add_new(b->c->a, all, "v1", VALUE_MAP);
    value_add_text(b->c->a, v, "datasource", DATASOURCE);
    value_add_text(b->c->a, v, "stage", "");
    for (const char *const *mode = modes; *mode; mode++) {
        struct value *m = value_add_new(b->c->a, v, *mode, VALUE_MAP);
        value_add_new(b->c->a, m, "errors", VALUE_LIST);
        value_add_new(b->c->a, m, "start", VALUE_NULL);
        value_add_new(b->c->a, m, "finished", VALUE_NULL);
    }
    return all;
}

static struct value *load(struct boot *b)
{
    size_t n = 0;
    const char *error, *text = boot_read(b, BOOT_STATUS, &n);
    struct value *all = text ? value_from_json(b->c->a, text, n, &error) : NULL;
    return value_get(value_get(all, "v1"), "modules-final") ? all : new_status(b);
}

static void save(struct boot *b, const char *path, const char *link, const struct value *v)
{
    const char *text = arena_printf(b->c->a, "%s\n", value_to_json(b->c->a, v, JSON_PRETTY));
    boot_write(b, path, text, 0644);
    boot_write(b, link, text, 0644);
}

/* Seconds since 1970, as Python has them. */
static void set_time(struct value *stage, const char *name, int64_t at)
{
    struct value *v = value_get(stage, name);
    if (!v)
        return;
    v->type = VALUE_REAL;
    v->real = (double)at / 1000;
}

static void set_stage(struct value *all, const char *mode)
{
    struct value *v = value_get(value_get(all, "v1"), "stage");
    if (!v)
        return;
    v->type = mode ? VALUE_TEXT : VALUE_NULL;
    v->text = mode;
}

void boot_status_begin(struct boot *b, const char *mode)
{
    struct value *all = text_is(mode, "init-local") ? new_status(b) : load(b);
    set_stage(all, mode);
    set_time(value_get(value_get(all, "v1"), mode), "start", b->row->began);
    if (text_is(mode, "init-local"))
        boot_remove_all(b, BOOT_RESULT);
    save(b, BOOT_STATUS, "/run/cloud-init/status.json", all);
}

static void write_result(struct boot *b, const struct value *status)
{
    struct value *all = value_new(b->c->a, VALUE_MAP);
    struct value *v = value_add_new(b->c->a, all, "v1", VALUE_MAP);
    value_add_text(b->c->a, v, "datasource", DATASOURCE);
    struct value *errors = value_add_new(b->c->a, v, "errors", VALUE_LIST);
    for (const char *const *mode = modes; *mode; mode++) {
        const struct value *of = value_get(value_get(value_get(status, "v1"), *mode), "errors");
        for (const struct value *e = of ? of->first : NULL; e; e = e->next)
            value_add_text(b->c->a, errors, NULL, e->text);
    }
    save(b, BOOT_RESULT, "/run/cloud-init/result.json", all);
}

void boot_status_end(struct boot *b, const char *mode)
{
    struct value *all = load(b), *stage = value_get(value_get(all, "v1"), mode);
    struct value *errors = value_get(stage, "errors");
    LIST_EACH (const char *, error, &b->row->errors) {
        if (errors)
            value_add_text(b->c->a, errors, NULL, *error);
    }
    set_stage(all, NULL);
    set_time(stage, "finished", b->c->now);
    save(b, BOOT_STATUS, "/run/cloud-init/status.json", all);
    if (text_is(mode, "modules-final"))
        write_result(b, all);
}
