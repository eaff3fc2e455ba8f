/* The console's files: GET /_amisim/ and what it names, from the binary, and the way there from /.
 *
 * The page has the first state of what it shows inside, as the routes next door tell it, so that a
 * browser need not ask for it. What the files say is sim/console's business. */
#include <string.h>

#include "base/digest.h"
#include "base/embedded.h"
#include "base/text.h"
#include "catalog/region.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "scenario/record.h"

/* Nothing from elsewhere, nothing inline, no frame around it, no text that becomes markup or a
 * script other than by the policy of xml.js, which is for answers of the API. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"  \
    " data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"                         \
    " require-trusted-types-for 'script'; trusted-types xml"

struct console_file {
    const char *file, *known, *accepts;
};

static const struct param console_file_params[] = {
    { "file", TEXT(struct console_file, file), .flags = PARAM_PATH },
    { "If-None-Match", TEXT(struct console_file, known), .flags = PARAM_HEADER },
    { "Accept-Encoding", TEXT(struct console_file, accepts), .flags = PARAM_HEADER },
    { 0 },
};

static const struct embedded_file *file_named(const char *name)
{
    for (const struct embedded_file *file = embedded_console; file->name; file++) {
        if (text_is(file->name, name))
            return file;
    }
    return NULL;
}

static const char *type_of(const char *name)
{
    return text_ends(name, ".js")     ? "text/javascript; charset=utf-8"
           : text_ends(name, ".css")  ? "text/css; charset=utf-8"
           : text_ends(name, ".html") ? "text/html; charset=utf-8"
           : text_ends(name, ".svg")  ? "image/svg+xml"
                                      : "text/plain; charset=utf-8";
}

/* One of a list of names in a header; weights of 0 are nobody's habit. */
static bool lists(const char *header, const char *name)
{
    return header && (strstr(header, name) || text_is(header, "*"));
}

static int answer_file(struct call *c, const struct console_file *in, const char *type,
                       const void *bytes, size_t n)
{
    unsigned char digest[SHA256_SIZE];
    sha256(bytes, n, digest);
    const char *tag = arena_printf(c->a, "\"%.32s\"", hex_encode(c->a, digest, sizeof digest));
    call_add_header(c, "ETag", tag);
    call_add_header(c, "Content-Security-Policy", POLICY);
    call_add_header(c, "X-Content-Type-Options", "nosniff");
    call_add_header(c, "Referrer-Policy", "no-referrer");
    call_add_header(c, "Cross-Origin-Opener-Policy", "same-origin");
    bool known = lists(in->known, tag);
    if (known)
        c->outcome.status = 304;
    emit_bytes(c, type, bytes, known ? 0 : n);
    return 0;
}

/* ---- Files that never change: their names have a hash of what is in them ---- */

static int get_console_file(struct call *c, const struct console_file *in)
{
    const struct embedded_file *file = file_named(in->file);
    const struct embedded_file *small = file_named(arena_printf(c->a, "%s.gz", in->file));
    if (!file || !small)
        return fail(c, 404, "NoSuchFile", "The console has no file '%s'", in->file);
    bool packed = lists(in->accepts, "gzip");
    call_add_header(c, "Cache-Control", "public, max-age=31536000, immutable");
    call_add_header(c, "Vary", "Accept-Encoding");
    if (packed)
        call_add_header(c, "Content-Encoding", "gzip");
    const struct embedded_file *sent = packed ? small : file;
    return answer_file(c, in, type_of(file->name), sent->bytes, sent->size);
}

OPERATION_AS(control, GetConsoleFile, get_console_file, console_file_params, struct console_file,
             .route = "GET /_amisim/ui/{file}", .errors = "NoSuchFile");

/* ---- The page ---- */

static void emit_regions(struct call *c)
{
    emit_list(c, "regions");
    LIST_EACH (const struct region, region, region_all(c->sim)) {
        if (!region_enabled(region))
            continue;
        emit_item(c);
        emit_text(c, "name", region->name);
        emit_text(c, "longName", region->long_name);
        emit_close(c);
    }
    emit_close(c);
}

/* "<" of a text in the world would end the element that the state stands in. */
static const char *inside_html(struct call *c, const char *json)
{
    static const char escaped[] = "\\u003c";
    size_t marks = 0, n = strlen(json);
    for (const char *at = json; (at = strchr(at, '<')); at++)
        marks++;
    char *safe = arena_bytes(c->a, n + sizeof escaped * marks + 1), *to = safe;
    for (const char *from = json; *from; from++) {
        size_t size = *from == '<' ? sizeof escaped - 1 : 1;
        memcpy(to, *from == '<' ? escaped : from, size);
        to += size;
    }
    *to = '\0';
    return safe;
}

/* NULL where the call has failed. */
static const char *first_state(struct call *c)
{
    emit_text(c, "version", c->sim->version);
    emit_int(c, "order", record_order(c->sim));
    emit_open(c, "clock");
    control_emit_clock(c);
    emit_close(c);
    emit_regions(c);
    control_emit_accounts(c);
    control_emit_jobs(c);
    return control_emit_scenarios(c) ? NULL : inside_html(c, emit_as_json(c));
}

#define PLACE "{{state}}"

static int get_console(struct call *c, const struct console_file *in)
{
    const struct embedded_file *page = file_named("index.html");
    const char *text = (const char *)page->bytes, *place = strstr(text, PLACE);
    const char *state = first_state(c);
    if (!state)
        return -1;
    const char *whole =
        arena_printf(c->a, "%.*s%s%s", (int)(place - text), text, state, place + strlen(PLACE));
    call_add_header(c, "Cache-Control", "no-cache");
    return answer_file(c, in, type_of(page->name), whole, strlen(whole));
}

OPERATION_AS(control, GetConsole, get_console, console_file_params, struct console_file,
             .route = "GET /_amisim/");

/* ---- The way there ---- */

static int enter_console(struct call *c, const struct no_input *in)
{
    (void)in;
    c->outcome.status = 302;
    call_add_header(c, "Location", "/_amisim/");
    call_add_header(c, "Vary", "Accept");
    emit_bytes(c, "text/plain", "", 0);
    return 0;
}

OPERATION_AS(control, EnterConsole, enter_console, no_params, struct no_input, .route = "GET /");
