/* curl, as a command of the guest: it reaches the metadata service at 169.254.169.254 and nothing
 * else, for there is no network. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "guest/imds/imds.h"
#include "guest/shell/command.h"
#include "guest/shell_host.h"

/* Exit statuses of curl. */
enum {
    CURL_USAGE = 2,
    CURL_NO_HOST = 6,
    CURL_HTTP_ERROR = 22,
    CURL_WRITE_ERROR = 23,
    CURL_TIMED_OUT = 28
};

struct curl {
    const char *method, *output; /* NULL: GET; standard output */
    bool silent, shows_errors, fails, head, code; /* code: -w '%{http_code}' */
    struct list headers, urls; /* const char * */
};

static const struct shell_option_name names[] = {
    { "request", 'X', true },   { "header", 'H', true },          { "output", 'o', true },
    { "write-out", 'w', true }, { "silent", 's', false },         { "show-error", 'S', false },
    { "fail", 'f', false },     { "head", 'I', false },           { "location", 'L', false },
    { "max-time", 'm', true },  { "connect-timeout", 'c', true }, { "retry", 'r', true },
    { NULL, 0, false },
};

/* False: it was said what is wrong. Times and tries do not matter: the answer comes at once. */
static bool read_options(struct shell *sh, size_t n, const char *const *words, struct curl *ret)
{
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "X:H:o:w:sSfILm:", .names = names
    };
    for (char letter; (letter = shell_option(&o));) {
        if (letter == '?')
            return false;
        if (letter == 'H')
            strs_add(shell_arena(sh), &ret->headers, o.value);
        ret->method = letter == 'X' ? o.value : ret->method;
        ret->output = letter == 'o' ? o.value : ret->output;
        ret->code |= letter == 'w' && strstr(o.value, "%{http_code}");
        ret->silent |= letter == 's';
        ret->shows_errors |= letter == 'S';
        ret->fails |= letter == 'f';
        ret->head |= letter == 'I';
    }
    ret->urls = o.rest;
    return true;
}

/* "Name: value"; NULL: it is not sent. */
static const char *header(const struct curl *q, const char *name)
{
    size_t n = strlen(name);
    LIST_EACH (const char *, line, &q->headers) {
        if (strncasecmp(*line, name, n) == 0 && (*line)[n] == ':')
            return *line + n + 1 + strspn(*line + n + 1, " ");
    }
    return NULL;
}

static int64_t complain(struct shell *sh, const struct curl *q, int64_t status, const char *what)
{
    if (!q->silent || q->shows_errors)
        shell_complain(sh, "curl: (%lld) %s", (long long)status, what);
    return status;
}

/* The path behind the service's address; NULL: it is another host's. */
static const char *service_path(const char *url)
{
    static const char *const begins[] = { "http://169.254.169.254", "169.254.169.254",
                                          "http://instance-data", "http://[fd00:ec2::254]" };
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        size_t n = strlen(begins[i]);
        if (strncmp(url, begins[i], n) != 0)
            continue;
        const char *rest = text_starts(url + n, ":80") ? url + n + 3 : url + n;
        if (!*rest || *rest == '/')
            return rest + strspn(rest, "/");
    }
    return NULL;
}

static int64_t show(struct shell *sh, const struct curl *q, const struct imds_answer *answer)
{
    if (q->fails && answer->status >= 400)
        return complain(
            sh, q, CURL_HTTP_ERROR,
            arena_printf(shell_arena(sh), "The requested URL returned error: %d", answer->status));
    if (text_is(q->output, "/dev/null")) {
        shell_spend(sh, answer->size);
    } else if (q->output) {
        const char *why = shell_write(sh, q->output, answer->body, answer->size);
        if (why)
            return complain(sh, q, CURL_WRITE_ERROR, "Failure writing output to destination");
    } else if (q->head) {
        shell_say(sh, "HTTP/1.1 %d\r\nContent-Length: %zu\r\n\r\n", answer->status, answer->size);
    } else {
        shell_put(sh, answer->body, answer->size);
    }
    if (q->code)
        shell_say(sh, "%03d", answer->status);
    return 0;
}

static int64_t fetch(struct shell *sh, const struct curl *q, const char *url)
{
    struct guest_shell_host *host = guest_of_shell(sh);
    struct imds_answer answer;
    const char *path = service_path(url);
    if (!path)
        return complain(sh, q, CURL_NO_HOST,
                        arena_printf(shell_arena(sh), "Could not resolve host: %s", url));
    const struct imds_request r = { .method = q->method ? q->method
                                              : q->head ? "HEAD"
                                                        : "GET",
                                    .path = path,
                                    .token = header(q, "X-aws-ec2-metadata-token"),
                                    .ttl = header(q, IMDS_TTL_HEADER),
                                    .forwarded = header(q, "X-Forwarded-For"),
                                    .hops = 1 };
    imds_ask(host->c, host->i, &r, &answer);
    shell_spend(sh, answer.size);
    return answer.status ? show(sh, q, &answer)
                         : complain(sh, q, CURL_TIMED_OUT, "Connection timed out");
}

static int64_t run_curl(struct shell *sh, size_t n, const char *const *words)
{
    struct curl q = { 0 };
    int64_t status = 0;
    if (!read_options(sh, n, words, &q))
        return CURL_USAGE;
    if (!q.urls.count)
        return complain(sh, &q, CURL_USAGE, "no URL specified");
    LIST_EACH (const char *, url, &q.urls)
        status = fetch(sh, &q, *url);
    return status;
}

COMMAND(curl, "curl", run_curl);
