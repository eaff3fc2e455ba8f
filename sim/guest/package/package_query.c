/* rpm and dpkg: what is installed. */
#include <string.h>

#include "base/text.h"
#include "guest/package/package_manager.h"

/* "2.4.62-1.amzn2023" apart at the last dash. */
static const char *release_of(const char *version)
{
    const char *dash = strrchr(version, '-');
    return dash ? dash + 1 : "";
}

static const char *version_of(struct package_run *r, const char *version)
{
    const char *dash = strrchr(version, '-');
    return dash ? arena_strndup(r->h->a, version, (size_t)(dash - version)) : version;
}

/* %{NAME}, %{VERSION}, %{RELEASE}, %{ARCH}, \n and \t. */
static void say_format(struct package_run *r, const char *format, const struct installed *i)
{
    const struct {
        const char *name, *value;
    } tags[] = { { "%{NAME}", i->name },
                 { "%{VERSION}", version_of(r, i->version) },
                 { "%{RELEASE}", release_of(i->version) },
                 { "%{ARCH}", i->arch },
                 { "\\n", "\n" },
                 { "\\t", "\t" } };
    while (*format) {
        const char *value = NULL;
        char *upper = arena_strndup(r->h->a, format, 12);
        for (char *at = upper; *at; at++)
            *at = *at >= 'a' && *at <= 'z' && upper[0] == '%' ? (char)(*at - 32) : *at;
        size_t n = 1;
        for (size_t t = 0; !value && t < sizeof tags / sizeof *tags; t++) {
            if (text_starts(upper, tags[t].name)) {
                value = tags[t].value;
                n = strlen(tags[t].name);
            }
        }
        if (value)
            package_say(r, "%s", value);
        else
            package_say(r, "%c", *format);
        format += n;
    }
}

struct query {
    bool all, files, query;
    const char *format;
    struct list names; /* const char * */
};

/* False: it asks for something else, and that is said. */
static bool read_query(struct package_run *r, struct query *ret)
{
    *ret = (struct query){ 0 };
    for (size_t i = 1; i < r->n; i++) {
        const char *word = r->words[i];
        bool letters =
            word[0] == '-' && word[1] == 'q' && strspn(word + 1, "qalV") + 1 == strlen(word);
        if (letters || text_is(word, "--query")) {
            ret->query = true;
            ret->all |= letters && strchr(word, 'a');
            ret->files |= letters && strchr(word, 'l');
        } else if (text_is(word, "-a") || text_is(word, "--all")) {
            ret->all = true;
        } else if ((text_is(word, "--queryformat") || text_is(word, "--qf")) && i + 1 < r->n) {
            ret->format = r->words[++i];
        } else if (text_starts(word, "--queryformat=") || text_starts(word, "--qf=")) {
            ret->format = strchr(word, '=') + 1;
        } else if (word[0] != '-') {
            strs_add(r->h->a, &ret->names, word);
        } else {
            package_complain(r, "rpm: %s: amisim simulates queries only\n", word);
            r->status = 1;
            return false;
        }
    }
    if (!ret->query)
        package_complain(r, "rpm: amisim simulates queries only\n");
    r->status = !ret->query;
    return ret->query;
}

static void say_files(struct package_run *r, const char *name)
{
    const struct package *p = package_named(r->h->sim, r->h->system->name, name);
    if (!p || !p->files.count)
        package_say(r, "(contains no files)\n");
    LIST_EACH (const char *, path, p ? &p->files : &(struct list){ 0 })
        package_say(r, "%.*s\n", (int)strlen(*path) - text_ends(*path, "/"), *path);
}

static void say_installed(struct package_run *r, const struct query *q, const struct installed *i)
{
    if (q->files)
        say_files(r, i->name);
    else if (q->format)
        say_format(r, q->format, i);
    else
        package_say(r, "%s-%s.%s\n", i->name, i->version, i->arch);
}

void package_run_rpm(struct package_run *r)
{
    struct query q;
    if (!read_query(r, &q))
        return;
    struct list all = package_installed(r->h);
    LIST_EACH (struct installed, i, q.all ? &all : &(struct list){ 0 }) {
        bool wanted = !q.names.count;
        LIST_EACH (const char *, pattern, &q.names)
            wanted |= text_glob(*pattern, i->name);
        if (wanted)
            say_installed(r, &q, i);
    }
    LIST_EACH (const char *, name, q.all ? &(struct list){ 0 } : &q.names) {
        const struct installed *i = package_is_installed(&all, *name);
        if (i) {
            say_installed(r, &q, i);
            continue;
        }
        package_say(r, "package %s is not installed\n", *name);
        r->status++; /* rpm ends with how many are not */
    }
}

/* ---- dpkg ---- */

static void list_packages(struct package_run *r)
{
    struct list all = package_installed(r->h);
    bool found = r->n == 2;
    package_say(r,
                "Desired=Unknown/Install/Remove/Purge/Hold\n"
                "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
                "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
                "||/ Name                 Version                    Architecture Description\n"
                "+++-====================-==========================-============-===========\n");
    LIST_EACH (struct installed, i, &all) {
        bool wanted = r->n == 2;
        for (size_t w = 2; w < r->n; w++)
            wanted |= text_glob(r->words[w], i->name);
        if (wanted)
            package_say(r, "ii  %-20s %-26s %-12s %s\n", i->name, i->version, i->arch, i->name);
        found |= wanted;
    }
    if (found)
        return;
    r->out = (struct buffer){ 0 };
    package_complain(r, "dpkg-query: no packages found matching %s\n", r->words[2]);
    r->status = 1;
}

static void show_status(struct package_run *r)
{
    struct list all = package_installed(r->h);
    for (size_t w = 2; w < r->n; w++) {
        const struct installed *i = package_is_installed(&all, r->words[w]);
        if (i) {
            package_say(r,
                        "Package: %s\nStatus: install ok installed\nArchitecture: %s\n"
                        "Version: %s\n\n",
                        i->name, i->arch, i->version);
            continue;
        }
        package_complain(r,
                         "dpkg-query: package '%s' is not installed and no information is "
                         "available\n",
                         r->words[w]);
        r->status = 1;
    }
}

void package_run_dpkg(struct package_run *r)
{
    const char *what = r->n > 1 ? r->words[1] : "";
    if (text_is(what, "-l") || text_is(what, "--list")) {
        list_packages(r);
    } else if (text_is(what, "-s") || text_is(what, "--status")) {
        show_status(r);
    } else if (text_is(what, "--print-architecture")) {
        package_say(r, "%s\n", text_is(r->h->machine, "aarch64") ? "arm64" : "amd64");
    } else {
        package_complain(r, "dpkg: error: amisim simulates -l, -s and --print-architecture only\n");
        r->status = 2;
    }
}
