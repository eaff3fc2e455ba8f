/* Modules that show keys on the console: those of users in a table, those of the host in the blocks
 * that tools look for. */
#include <string.h>

#include "base/ssh_key.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "guest/boot/boot_modules.h"
#include "guest/boot/cloud_config.h"
#include "guest/guest_file.h"

#define INSTANCE "once-per-instance"

/* ---- Keys of users ---- */

struct row {
    const char *cells[4];
};

/* "[options] type base64 [comment]"; false: no key. */
static bool read_key(struct boot *b, const char *line, struct row *ret)
{
    static const char *const types[] = { "ssh-rsa", "ssh-ed25519", "ecdsa-sha2-", "ssh-dss", NULL };
    for (const char *const *type = types; *type; type++) {
        const char *at = strstr(line, *type);
        if (!at || *line == '#' || (at > line && at[-1] != ' '))
            continue;
        const char *blob = strchr(at, ' ');
        const char *comment = blob ? strchr(blob + 1, ' ') : NULL;
        const char *digest = blob ? ssh_key_digest_hex(b->c->a, at) : NULL;
        *ret =
            (struct row){ { arena_strndup(b->c->a, at, strcspn(at, " ")), digest ? digest : "?",
                            at > line ? arena_strndup(b->c->a, line, (size_t)(at - line - 1)) : "-",
                            comment ? comment + 1 : "-" } };
        return true;
    }
    return false;
}

static const char *repeat(struct boot *b, char what, size_t n)
{
    char *text = arena_alloc(b->c->a, n + 1);
    memset(text, what, n);
    return text;
}

/* As Python's str.center. */
static const char *centered(struct boot *b, const char *text, char fill, size_t width)
{
    size_t n = strlen(text), spare = width > n ? width - n : 0;
    size_t left = spare / 2 + (spare & width & 1);
    return arena_printf(b->c->a, "%s%s%s", repeat(b, fill, left), text,
                        repeat(b, fill, spare - left));
}

static const char *table_row(struct boot *b, const struct row *r, const size_t *widths)
{
    struct list cells = { 0 };
    for (size_t i = 0; i < 4; i++)
        strs_add(b->c->a, &cells, centered(b, r->cells[i], ' ', widths[i] + 2));
    return arena_printf(b->c->a, "|%s|", strs_join(b->c->a, &cells, "|"));
}

static void show_table(struct boot *b, const char *title, const struct list *rows)
{
    static const struct row head = { { "Keytype", "Fingerprint (sha256)", "Options", "Comment" } };
    size_t widths[4];
    struct list rules = { 0 };
    for (size_t i = 0; i < 4; i++) {
        widths[i] = strlen(head.cells[i]);
        LIST_EACH (struct row, r, rows)
            widths[i] = strlen(r->cells[i]) > widths[i] ? strlen(r->cells[i]) : widths[i];
        strs_add(b->c->a, &rules, repeat(b, '-', widths[i] + 2));
    }
    const char *rule = arena_printf(b->c->a, "+%s+", strs_join(b->c->a, &rules, "+"));
    const char *begin = arena_printf(
        b->c->a, "ci-info: %s\nci-info: %s\nci-info: %s\nci-info: %s\n",
        centered(b, title, '+', strlen(rule)), rule, table_row(b, &head, widths), rule);
    boot_tell(b, begin);
    LIST_EACH (struct row, r, rows)
        boot_tell(b, arena_printf(b->c->a, "ci-info: %s\n", table_row(b, r, widths)));
    boot_tell(b, arena_printf(b->c->a, "ci-info: %s\n", rule));
}

static void show_keys_of(struct boot *b, const char *user)
{
    size_t n = 0;
    struct list rows = { 0 };
    const char *path = arena_printf(b->c->a, "/home/%s/.ssh/authorized_keys", user);
    const char *text = boot_read(b, path, &n);
    for (; text && *text; text += strcspn(text, "\n"), text += *text != '\0') {
        struct row r;
        if (read_key(b, arena_strndup(b->c->a, text, strcspn(text, "\n")), &r))
            *list_add(b->c->a, &rows, struct row) = r;
    }
    if (rows.count)
        show_table(b, arena_printf(b->c->a, "Authorized keys from %s for user %s", path, user),
                   &rows);
    else
        boot_tell(b, arena_printf(b->c->a,
                                  "ci-info: no authorized SSH keys fingerprints found for user "
                                  "%s.\n",
                                  user));
}

static enum boot_result authkey_fingerprints(struct boot *b)
{
    const struct value *users = value_get(b->config, "users");
    if (cloud_config_truth(b->config, "no_ssh_fingerprints", false))
        return BOOT_DONE;
    if (!users || users->type != VALUE_LIST)
        show_keys_of(b, b->system->user.name);
    for (const struct value *v = users && users->type == VALUE_LIST ? users->first : NULL; v;
         v = v->next) {
        const char *name = v->type == VALUE_MAP ? cloud_config_text(b->c->a, v, "name") : v->text;
        if (!text_blank(name))
            show_keys_of(b, text_is(name, "default") ? b->system->user.name : name);
    }
    return BOOT_DONE;
}

const struct boot_module boot_authkey_fingerprints = { "ssh_authkey_fingerprints", INSTANCE, NULL,
                                                       authkey_fingerprints };

/* ---- Keys of the host ---- */

static void fingerprint_line(struct boot *b, const char *text)
{
    const char *prefix = b->system->console_prefix;
    if (text_blank(prefix)) /* logger -s -p user.info -t cloud-init */
        prefix = arena_printf(
            b->c->a, "<14>%s cloud-init: ", time_format(b->c->a, "%b %e %H:%M:%S", b->c->now));
    boot_tell(b, arena_printf(b->c->a, "%s%s\n", prefix, text));
}

/* "256 SHA256:… root@host (ECDSA)", as ssh-keygen -l has it. */
static const char *key_summary(struct boot *b, const char *line)
{
    static const struct {
        const char *type, *bits, *name;
    } types[] = { { "ssh-rsa", "2048", "RSA" },
                  { "ecdsa-sha2-nistp256", "256", "ECDSA" },
                  { "ssh-ed25519", "256", "ED25519" } };
    const char *blob = strchr(line, ' '), *comment = blob ? strchr(blob + 1, ' ') : NULL;
    const char *digest = ssh_key_digest(b->c->a, line);
    for (size_t i = 0; digest && i < sizeof types / sizeof *types; i++) {
        if (text_starts(line, types[i].type))
            return arena_printf(b->c->a, "%s %s %s (%s)", types[i].bits, digest,
                                comment ? comment + 1 : "no comment", types[i].name);
    }
    return NULL;
}

/* The lines of /etc/ssh/ssh_host_*key.pub. */
static struct list public_host_keys(struct boot *b)
{
    struct list entries = { 0 }, names = { 0 }, lines = { 0 };
    guest_list(b->c, b->i, "/etc/ssh", &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (text_starts(e->name, "ssh_host_") && text_ends(e->name, "key.pub"))
            strs_add(b->c->a, &names, e->name);
    }
    strs_sort(&names);
    LIST_EACH (const char *, name, &names) {
        size_t n = 0;
        const char *text = boot_read(b, arena_printf(b->c->a, "/etc/ssh/%s", *name), &n);
        if (text && n)
            strs_add(b->c->a, &lines, arena_strndup(b->c->a, text, strcspn(text, "\n")));
    }
    return lines;
}

static enum boot_result keys_to_console(struct boot *b)
{
    static const char rule[] = "#############################################################";
    struct list lines = public_host_keys(b);
    if (!cloud_config_truth(value_get(b->config, "ssh"), "emit_keys_to_console", true)
        || !lines.count)
        return BOOT_DONE;
    fingerprint_line(b, rule);
    fingerprint_line(b, "-----BEGIN SSH HOST KEY FINGERPRINTS-----");
    LIST_EACH (const char *, line, &lines) {
        const char *summary = key_summary(b, *line);
        if (summary)
            fingerprint_line(b, summary);
    }
    fingerprint_line(b, "-----END SSH HOST KEY FINGERPRINTS-----");
    fingerprint_line(b, rule);
    boot_tell(b, "-----BEGIN SSH HOST KEY KEYS-----\n");
    LIST_EACH (const char *, line, &lines)
        boot_tell(b, arena_printf(b->c->a, "%s\n", *line));
    boot_tell(b, "-----END SSH HOST KEY KEYS-----\n");
    return BOOT_DONE;
}

const struct boot_module boot_keys_to_console = { "keys_to_console", INSTANCE, NULL,
                                                  keys_to_console };
