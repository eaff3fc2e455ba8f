/* What all managers share: plans, records, words. */
#include "guest/package/package_manager.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define DEEPEST 32 /* packages that need one another */
#define MOST_STEPS 500

/* ---- Words ---- */

void package_say(struct package_run *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buffer_add_text(r->h->a, &r->out, arena_vprintf(r->h->a, format, args));
    va_end(args);
}

void package_complain(struct package_run *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buffer_add_text(r->h->a, &r->err, arena_vprintf(r->h->a, format, args));
    va_end(args);
}

const char *package_size(struct package_host *h, int64_t bytes)
{
    if (bytes < 1024 * 1024)
        return arena_printf(h->a, "%lld k", (long long)((bytes + 1023) / 1024));
    return arena_printf(h->a, "%lld.%lld M", (long long)(bytes >> 20),
                        (long long)((bytes & 0xfffff) * 10 >> 20));
}

/* ---- Records ---- */

static bool is_dpkg(const struct package_host *h)
{
    return text_is(h->system->manager, "apt");
}

const char *package_arch(const struct package_host *h, const struct package *p)
{
    if (p->arch)
        return p->arch;
    if (!is_dpkg(h))
        return h->machine;
    return text_is(h->machine, "aarch64") ? "arm64" : "amd64";
}

static int by_name(const void *a, const void *b)
{
    const struct installed *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* What the image came with: nothing was ever installed or removed. */
static void add_usual(struct package_host *h, struct list *all)
{
    LIST_EACH (const char *, name, &h->system->installed) {
        const struct package *p = package_named(h->sim, h->system->name, *name);
        const struct package_release *r = p ? package_newest(p, h->image_date) : NULL;
        if (p && !r && p->releases.count)
            r = list_at(&p->releases, struct package_release, 0);
        if (r)
            *list_add(h->a, all, struct installed) =
                (struct installed){ p->name, r->version, package_arch(h, p) };
    }
}

static const char *word(struct package_host *h, const char **at)
{
    size_t n = strcspn(*at, " \n");
    const char *found = arena_strndup(h->a, *at, n);
    *at += n + ((*at)[n] == ' ');
    return found;
}

static void read_rpm(struct package_host *h, const char *text, struct list *all)
{
    while (*text) {
        struct installed i;
        i.name = word(h, &text);
        i.version = word(h, &text);
        i.arch = word(h, &text);
        if (*i.name && *i.version)
            *list_add(h->a, all, struct installed) = i;
        text += strcspn(text, "\n");
        text += *text != '\0';
    }
}

/* The value of "Key: value" where a line begins so; NULL: it does not. */
static const char *value_of(struct package_host *h, const char *line, const char *key)
{
    size_t n = strlen(key);
    return strncmp(line, key, n) == 0 ? arena_strndup(h->a, line + n, strcspn(line + n, "\n"))
                                      : NULL;
}

static void read_dpkg(struct package_host *h, const char *text, struct list *all)
{
    struct installed now = { 0 };
    for (; *text; text += strcspn(text, "\n"), text += *text != '\0') {
        const char *name = value_of(h, text, "Package: "),
                   *arch = value_of(h, text, "Architecture: "),
                   *version = value_of(h, text, "Version: ");
        if (name)
            now = (struct installed){ .name = name, .arch = "all" };
        if (arch)
            now.arch = arch;
        if (version && now.name) {
            now.version = version;
            *list_add(h->a, all, struct installed) = now;
        }
    }
}

struct list package_installed(struct package_host *h)
{
    struct list all = { 0 };
    const char *record = h->read(h, is_dpkg(h) ? PACKAGE_DPKG_RECORD : PACKAGE_RPM_RECORD);
    if (!record)
        add_usual(h, &all);
    else if (is_dpkg(h))
        read_dpkg(h, record, &all);
    else
        read_rpm(h, record, &all);
    if (all.count)
        qsort(all.items, all.count, sizeof(struct installed), by_name);
    return all;
}

static void write_record(struct package_host *h, const struct list *all)
{
    struct buffer text = { 0 };
    LIST_EACH (struct installed, i, all)
        buffer_add_text(h->a, &text,
                        is_dpkg(h)
                            ? arena_printf(h->a,
                                           "Package: %s\nStatus: install ok installed\n"
                                           "Architecture: %s\nVersion: %s\n\n",
                                           i->name, i->arch, i->version)
                            : arena_printf(h->a, "%s %s %s\n", i->name, i->version, i->arch));
    h->write(h, is_dpkg(h) ? PACKAGE_DPKG_RECORD : PACKAGE_RPM_RECORD, buffer_text(h->a, &text),
             0644);
}

const struct installed *package_is_installed(const struct list *all, const char *name)
{
    return LIST_FIND(struct installed, all, name, name);
}

/* ---- What can be had ---- */

/* apt sees what was there at its last update; a locked system what its image's day had, or the day
 * that /etc/dnf/vars/releasever names. */
static int64_t horizon(struct package_host *h)
{
    int64_t at = 0;
    if (is_dpkg(h)) {
        const char *lists = h->read(h, PACKAGE_APT_LISTS);
        return lists && text_int(arena_strndup(h->a, lists, strcspn(lists, "\n")), &at) ? at : -1;
    }
    const char *said = h->read(h, "/etc/dnf/vars/releasever");
    if (h->system->locked != YES || (said && text_starts(said, "latest")))
        return h->now;
    return h->image_date < h->now ? h->image_date : h->now;
}

const struct package_release *package_visible(struct package_host *h, const struct package *p)
{
    return package_newest(p, horizon(h));
}

/* A name, NAME.ARCH, NAME-VERSION or NAME=VERSION. */
static const struct package *wanted(struct package_host *h, const char *name)
{
    const struct package *p = package_named(h->sim, h->system->name, name);
    size_t n = strcspn(name, "=.");
    while (!p && n && n < strlen(name)) {
        p = package_named(h->sim, h->system->name, arena_strndup(h->a, name, n));
        n += 1 + strcspn(name + n + 1, "=.");
    }
    for (n = strlen(name); !p && n > 0; n--) {
        if (name[n] == '-')
            p = package_named(h->sim, h->system->name, arena_strndup(h->a, name, n));
    }
    return p;
}

/* ---- Plans ---- */

static bool is_planned(const struct list *steps, const struct package *p)
{
    LIST_EACH (struct package_step, s, steps) {
        if (s->package == p)
            return true;
    }
    return false;
}

/* Topics of amazon-linux-extras hide their packages until they are enabled. */
static bool is_hidden(struct package_host *h, const struct package *p)
{
    if (p->topic && strs_have(&h->system->topics, p->topic))
        return false;
    const char *repositories = p->topic ? h->read(h, "/etc/yum.repos.d/amzn2-extras.repo") : NULL;
    return p->topic
           && !(repositories
                && strstr(repositories, arena_printf(h->a, "[amzn2extra-%s]\n", p->topic)));
}

static bool plan(struct package_host *h, const struct list *all, const struct package *p,
                 bool asked, struct list *steps, int depth)
{
    const struct package_release *r = p && !is_hidden(h, p) ? package_visible(h, p) : NULL;
    if (!r || depth > DEEPEST)
        return false;
    const struct installed *now = package_is_installed(all, p->name);
    if (is_planned(steps, p) || (now && (!asked || text_is(now->version, r->version)))
        || steps->count >= MOST_STEPS)
        return true;
    LIST_EACH (const char *, need, &p->depends)
        plan(h, all, package_named(h->sim, h->system->name, *need), false, steps, depth + 1);
    *list_add(h->a, steps, struct package_step) =
        (struct package_step){ p, r, now ? now->version : NULL, asked };
    return true;
}

bool package_plan(struct package_host *h, const struct list *all, const char *name, bool asked,
                  struct list *steps)
{
    return plan(h, all, wanted(h, name), asked, steps, 0);
}

void package_plan_upgrades(struct package_host *h, const struct list *all, struct list *steps)
{
    LIST_EACH (struct installed, i, all) {
        const struct package *p = package_named(h->sim, h->system->name, i->name);
        const struct package_release *r = p ? package_visible(h, p) : NULL;
        if (!r)
            continue;
        bool newer = false, past = false;
        LIST_EACH (struct package_release, each, &p->releases) {
            newer |= past && each == r;
            past |= text_is(each->version, i->version);
        }
        if (newer)
            plan(h, all, p, true, steps, 0);
    }
}

bool package_plan_removal(struct package_host *h, const struct list *all, const char *name,
                          struct list *steps)
{
    const struct package *p = wanted(h, name);
    const struct installed *now = p ? package_is_installed(all, p->name) : NULL;
    if (!now)
        return false;
    if (is_planned(steps, p))
        return true;
    *list_add(h->a, steps, struct package_step) =
        (struct package_step){ p, NULL, now->version, true };
    LIST_EACH (struct installed, i, all) {
        const struct package *other = package_named(h->sim, h->system->name, i->name);
        if (other && strs_have(&other->depends, p->name))
            package_plan_removal(h, all, other->name, steps);
    }
    return true;
}

void package_work(struct package_run *r, const struct list *steps)
{
    int64_t real_ms = 0;
    LIST_EACH (struct package_step, s, steps)
        real_ms += s->release ? s->package->time : 200;
    r->phase = PACKAGE_WORKING;
    r->again = true;
    r->pause = r->h->span(r->h, real_ms);
    r->h->work(r->h, r->h->now + r->pause);
}

int64_t package_bytes(const struct list *steps)
{
    int64_t sum = 0;
    LIST_EACH (struct package_step, s, steps)
        sum += s->package->size;
    return sum;
}

/* ---- Doing it ---- */

static const char *unit_path(struct package_host *h, const char *service)
{
    return arena_printf(h->a, "%s/%s.service",
                        is_dpkg(h) ? "/lib/systemd/system" : "/usr/lib/systemd/system", service);
}

/* Debian's packages come with their services enabled. */
static const char *wants_path(struct package_host *h, const char *service)
{
    return arena_printf(h->a, "/etc/systemd/system/multi-user.target.wants/%s.service", service);
}

static void put_unit(struct package_host *h, const char *service)
{
    const char *unit =
        arena_printf(h->a,
                     "[Unit]\nDescription=%s\nAfter=network.target\n\n[Service]\n"
                     "ExecStart=/usr/sbin/%s\n\n[Install]\nWantedBy=multi-user.target\n",
                     service, service);
    h->write(h, unit_path(h, service), unit, 0644);
    if (is_dpkg(h)) {
        h->make_folder(h, "/etc/systemd/system/multi-user.target.wants");
        h->write(h, wants_path(h, service), unit, 0644);
    }
}

static const char *program_path(struct package_host *h, const char *name)
{
    return *name == '/' ? name : arena_printf(h->a, "/usr/bin/%s", name);
}

/* A line at the end of a file that has none of that name. */
static void add_name(struct package_host *h, const char *path, const char *name, const char *line)
{
    const char *now = h->read(h, path), *head = arena_printf(h->a, "%s:", name);
    if (now && !text_starts(now, head) && !strstr(now, arena_printf(h->a, "\n%s", head)))
        h->write(h, path, arena_printf(h->a, "%s%s\n", now, line), 0644);
}

static void add_user(struct package_host *h, const char *user)
{
    const char *colon = strchr(user, ':');
    if (!colon)
        return;
    const char *name = arena_strndup(h->a, user, (size_t)(colon - user));
    add_name(h, "/etc/group", name, arena_printf(h->a, "%s:x%s:", name, colon));
    add_name(h, "/etc/passwd", name,
             arena_printf(h->a, "%s:x%s%s:%s:/var/lib/%s:/sbin/nologin", name, colon, colon, name,
                          name));
}

static void put_files(struct package_host *h, const struct package_step *s)
{
    const struct package *p = s->package;
    if (p->user)
        add_user(h, p->user);
    const char *from = arena_printf(h->a, "# %s %s\n", p->name, s->release->version);
    LIST_EACH (const char *, path, &p->files) {
        if (text_ends(*path, "/"))
            h->make_folder(h, arena_strndup(h->a, *path, strlen(*path) - 1));
        else if (!text_starts(*path, "/etc/") || !h->read(h, *path)) /* a changed one stays */
            h->write(h, *path, from, 0644);
    }
    LIST_EACH (const char *, service, &p->services)
        put_unit(h, *service);
    LIST_EACH (const char *, name, &p->commands)
        h->write(h, program_path(h, *name), from, 0755);
}

static void take_files(struct package_host *h, const struct package *p)
{
    LIST_EACH (const char *, path, &p->files) {
        if (!text_ends(*path, "/"))
            h->remove(h, *path);
    }
    LIST_EACH (const char *, service, &p->services) {
        h->remove(h, unit_path(h, *service));
        if (is_dpkg(h))
            h->remove(h, wants_path(h, *service));
    }
    LIST_EACH (const char *, name, &p->commands)
        h->remove(h, program_path(h, *name));
}

void package_apply(struct package_host *h, struct list *all, const struct list *steps)
{
    struct list kept = { 0 };
    LIST_EACH (struct installed, i, all) {
        bool replaced = false;
        LIST_EACH (struct package_step, s, steps)
            replaced |= text_is(s->package->name, i->name);
        if (!replaced)
            *list_add(h->a, &kept, struct installed) = *i;
    }
    LIST_EACH (struct package_step, s, steps) {
        if (!s->release) {
            take_files(h, s->package);
            continue;
        }
        put_files(h, s);
        *list_add(h->a, &kept, struct installed) =
            (struct installed){ s->package->name, s->release->version,
                                package_arch(h, s->package) };
    }
    *all = kept;
    if (kept.count)
        qsort(kept.items, kept.count, sizeof(struct installed), by_name);
    write_record(h, &kept);
}
