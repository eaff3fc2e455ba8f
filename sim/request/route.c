/* Who asks, from where, for what: credentials, Region, account, operation.
 *
 * Signatures are not verified; the shape of the credentials is. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "catalog/aws_operation.h"
#include "catalog/region.h"
#include "request/identity.h"
#include "request/request.h"
#include "world/account/sts_session.h"

#define DEFAULT_REGION "us-east-1"
#define DEFAULT_ACCOUNT "000000000000"

struct credentials {
    bool there;
    const char *raw, *key, *region, *service;
};

const char *request_header(const struct request *r, const char *name)
{
    return r->header(r->headers, name);
}

const struct op *op_find(const struct sim *sim, const struct service *s, const char *name)
{
    const struct op *const *ops = sim->contents->ops;
    size_t low = 0, high = sim->contents->op_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(ops[middle]->service->name, s->name);
        if (!order)
            order = strcmp(ops[middle]->name, name);
        if (!order)
            return ops[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- Credentials ---- */

static const char *scope_part(struct call *c, const char **at)
{
    size_t n = strcspn(*at, "/");
    const char *part = arena_strndup(c->a, *at, n);
    *at += n + ((*at)[n] == '/');
    return part;
}

static void read_scope(struct call *c, const char *scope, struct credentials *cred)
{
    cred->there = true;
    cred->raw = scope;
    size_t slashes = 0;
    for (const char *at = scope; *at; at++)
        slashes += *at == '/';
    if (slashes != 4)
        return;
    cred->key = scope_part(c, &scope);
    scope_part(c, &scope);
    cred->region = scope_part(c, &scope);
    cred->service = scope_part(c, &scope);
}

/* Signature version 4 in the header or in a presigned URL, or version 2 in the query. */
static struct credentials read_credentials(struct call *c, const struct request *r,
                                           const struct value *query)
{
    struct credentials cred = { 0 };
    const char *header = request_header(r, "Authorization");
    const char *scope = header ? strstr(header, "Credential=") : NULL;
    const char *presigned = value_text(query, "X-Amz-Credential");
    if (scope && text_is_xml(scope, strlen(scope))) {
        scope += strlen("Credential=");
        read_scope(c, arena_strndup(c->a, scope, strcspn(scope, ", ")), &cred);
    } else if (!text_blank(presigned)) {
        read_scope(c, presigned, &cred);
    } else if (!text_blank(value_text(query, "AWSAccessKeyId"))) {
        cred.there = true;
        cred.key = value_text(query, "AWSAccessKeyId");
    }
    return cred;
}

/* ---- Region and account ---- */

/* A label of the Host that is a Region: ec2.eu-west-1.amazonaws.com, eu-west-1.localhost. */
static const char *region_of_host(struct call *c, const struct request *r)
{
    const char *host = request_header(r, "Host");
    while (host && *host) {
        size_t n = strcspn(host, ".:");
        const struct region *region = region_find(c->sim, arena_strndup(c->a, host, n));
        if (region)
            return region->name;
        host += n + (host[n] != '\0');
    }
    return NULL;
}

static int settle_identity(struct call *c, const struct request *r, const struct service *s,
                           const struct credentials *cred)
{
    if (!cred->there)
        return identity_refuse(c, s, NO_CREDENTIALS, NULL);
    if (!cred->key)
        return identity_refuse(c, s, CREDENTIAL_SHAPE, cred->raw);
    struct sts_session session;
    c->access_key = cred->key;
    c->account = text_digits(cred->key, 12) ? cred->key : DEFAULT_ACCOUNT;
    if (sts_session_find(c, cred->key, &session)) {
        c->account = session.account;
        if (session.expires <= c->now)
            return identity_refuse(c, s, KEY_EXPIRED, NULL);
    } else if (sts_session_key(cred->key)) {
        return identity_refuse(c, s, KEY_UNKNOWN,
                               NULL); /* nobody issued it, or a reset forgot it */
    }
    c->region = text_blank(cred->region) ? region_of_host(c, r) : cred->region;
    if (!c->region)
        c->region = DEFAULT_REGION;
    /* the answer of a Region that the account has not enabled [recorded] */
    const struct region *region = region_find(c->sim, c->region);
    return region && region_enabled(region) ? 0 : identity_refuse(c, s, KEY_UNKNOWN, NULL);
}

/* ---- Query protocols ---- */

static bool is_form(const struct request *r)
{
    const char *type = request_header(r, "Content-Type");
    return r->size && (!type || strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0);
}

/* Old scripts send the version that they were written for. What it could not say yet is taken all
 * the same, and all is meant as today [reports.md]. */
static bool takes_version(const struct service *s, const char *version)
{
    int64_t at;
    return strcmp(version, s->version) == 0
           || (s->oldest && strlen(version) == strlen(s->oldest) && time_parse(version, &at)
               && strcmp(version, s->oldest) >= 0 && strcmp(version, s->version) < 0);
}

/* Nobody has it, or AWS has it and we have not. */
static int no_operation(struct call *c, const struct service *s, const char *name)
{
    bool real = aws_operation_exists(s->name, name);
    if (s->protocol == PROTOCOL_JSON)
        return real ? fail(c, E_JsonNotSimulated,
                           arena_printf(c->a, "The operation %s is not simulated", name))
                    : fail(c, 400, "UnknownOperationException", "%s", "");
    return real ? fail(c, E_ActionNotSimulated, name) : fail(c, E_InvalidAction, name);
}

static int route_query(struct call *c, const struct service *s)
{
    const char *action = value_text(c->input, "Action"), *version = value_text(c->input, "Version");
    if (text_blank(action))
        return fail(c, E_MissingAction);
    if (!text_blank(version) && !takes_version(s, version))
        return fail(c, E_NoSuchVersion, version, s->name);
    c->op = op_find(c->sim, s, action);
    return c->op ? 0 : no_operation(c, s, action);
}

/* ---- JSON with a target, and the same as CBOR ---- */

/* "AmazonSSM.GetParameter": a header says it, or a path of RPC v2 CBOR [model]. */
static const char *read_target(struct call *c, const struct request *r)
{
    static const char head[] = "/service/", middle[] = "/operation/";
    const char *service = text_starts(r->path, head) ? r->path + strlen(head) : NULL;
    const char *end = service ? strstr(service, middle) : NULL;
    c->cbor = end && text_is(request_header(r, "Smithy-Protocol"), "rpc-v2-cbor");
    if (!c->cbor)
        return request_header(r, "X-Amz-Target");
    return arena_printf(c->a, "%.*s.%s", (int)(end - service), service, end + strlen(middle));
}

static const struct value *read_body(struct call *c, const struct request *r)
{
    const char *error = NULL;
    if (!r->size)
        return value_new(c->a, VALUE_MAP);
    return c->cbor ? value_from_cbor(c->a, r->body, r->size, &error)
                   : value_from_json(c->a, r->body, r->size, &error);
}

static int route_json(struct call *c, const struct request *r, const struct service *s,
                      const char *target)
{
    const char *name = target + strlen(s->target) + 1;
    c->op = op_find(c->sim, s, name);
    if (!c->op)
        return no_operation(c, s, name);
    c->input = read_body(c, r);
    if (!c->input || c->input->type != VALUE_MAP)
        return fail(c, 400, "SerializationException", "%s", "");
    return 0;
}

/* ---- REST ---- */

/* Matches "/snapshots/{snapshotId}/blocks" and puts what the braces name into `found`. */
static bool match_path(struct call *c, const char *route, const char *path, struct value *found)
{
    while (*route || *path) {
        size_t n = strcspn(route, "/"), m = strcspn(path, "/");
        /* {name+} takes the rest of the path, slashes and all */
        bool rest = n > 2 && route[n - 2] == '+';
        if (rest)
            m = strlen(path);
        if (*route == '{') {
            char *value = url_decode(c->a, path, m, false);
            if (!value || !*value)
                return false;
            value_add_text(c->a, found, arena_strndup(c->a, route + 1, n - 2 - rest), value);
        } else if (n != m || strncmp(route, path, n) != 0) {
            return false;
        }
        route += n;
        path += m;
        if (*route != *path)
            return false;
        route += *route == '/';
        path += *path == '/';
    }
    return true;
}

/* Every value of a name that stands in the query string again and again; NULL where there is none.
 */
static struct value *query_values(struct call *c, const char *query, const char *name)
{
    struct value *all = value_new(c->a, VALUE_LIST);
    size_t n = strlen(name);
    for (size_t m; *query; query += m + (query[m] == '&')) {
        m = strcspn(query, "&");
        if (m <= n || strncmp(query, name, n) != 0 || query[n] != '=')
            continue;
        char *text = url_decode(c->a, query + n + 1, m - n - 1, true);
        if (text)
            value_add_text(c->a, all, NULL, text);
    }
    return all->count ? all : NULL;
}

static const struct value *rest_input(struct call *c, const struct request *r,
                                      const struct value *path, const struct value *query,
                                      struct value *body)
{
    for (const struct param *p = c->op->params; p->name; p++) {
        const char *text = NULL;
        if (p->flags & PARAM_QUERY && p->type == PARAM_TEXTS) {
            struct value *texts = query_values(c, r->query, p->name);
            if (texts)
                value_add(body, p->name, texts);
            continue;
        }
        if (p->flags & PARAM_PATH)
            text = value_text(path, p->name);
        else if (p->flags & PARAM_QUERY)
            text = value_text(query, p->name);
        else if (p->flags & PARAM_HEADER)
            text = request_header(r, p->name);
        if (text)
            value_add_text(c->a, body, p->name, text);
    }
    return body;
}

static int route_rest(struct call *c, const struct request *r, const struct service *s,
                      const struct value *query)
{
    const char *error = NULL, *method = text_is(r->method, "HEAD") ? "GET" : r->method;
    bool path_known = false;
    for (size_t i = 0; i < c->sim->contents->op_count; i++) {
        const struct op *op = c->sim->contents->ops[i];
        const char *path = op->route ? strchr(op->route, ' ') + 1 : NULL;
        struct value *found = value_new(c->a, VALUE_MAP);
        if (op->service != s || !match_path(c, path, r->path, found))
            continue;
        path_known = true;
        size_t n = (size_t)(path - op->route) - 1;
        if (strncmp(op->route, method, n) != 0 || method[n])
            continue;
        c->op = op;
        struct value *body = value_new(c->a, VALUE_MAP);
        if (r->size && !(op->flags & OP_TAKES_BYTES)
            && !(body = value_from_json(c->a, r->body, r->size, &error)))
            return fail(c, 400, "SerializationException", "The body is not JSON: %s", error);
        if (body->type != VALUE_MAP)
            return fail(c, 400, "SerializationException", "The body is not a JSON object");
        c->input = rest_input(c, r, found, query, body);
        return 0;
    }
    if (path_known)
        return fail(c, 405, "MethodNotAllowed", "%s cannot be used with %s", r->method, r->path);
    return fail(c, 404, "UnknownOperationException", "There is nothing at %s", r->path);
}

/* ---- Which service ---- */

static const struct service *service_by_target(const char *target)
{
    static const struct service *const services[] = { &service_kms, &service_ssm,
                                                      &service_tagging };
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        size_t n = strlen(services[i]->target);
        if (strncmp(target, services[i]->target, n) == 0 && target[n] == '.')
            return services[i];
    }
    return NULL;
}

/* One that is not simulated, so that its client can read the refusal. Of the services with paths
 * three are answered in XML [model]. */
static const struct service *other_service(const char *name, const char *target, const char *path)
{
    static const char *const xml[] = { "cloudfront", "route53", "s3", NULL };
    if (target)
        return &service_other_json;
    return text_is(path, "/") || text_any(name, xml) ? &service_other_query : &service_other_rest;
}

static const struct service *choose_service(const struct credentials *cred, const char *target,
                                            const struct value *form, const char *path)
{
    const char *scope = cred->service ? cred->service : "";
    if (target && service_by_target(target))
        return service_by_target(target);
    if (text_is(scope, "ebs"))
        return &service_ebs;
    if (text_is(scope, "rbin"))
        return &service_rbin;
    if (text_is(scope, "autoscaling"))
        return &service_autoscaling;
    if (text_is(scope, "sts") || text_is(value_text(form, "Version"), service_sts.version))
        return &service_sts;
    if (*scope && !text_any(scope, service_names))
        return other_service(scope, target, path);
    return &service_ec2;
}

/* The URL's and the body's parameters together; the body's win. */
static struct value *merge(struct value *query, struct value *form)
{
    for (struct value *v = query->first, *next; v; v = next) {
        next = v->next;
        v->next = NULL;
        if (!value_get(form, v->key))
            value_add(form, v->key, v);
    }
    return form;
}

/* Our own routes, and those that suites for LocalStack and moto already use. */
static bool is_control(const char *path)
{
    return text_starts(path, "/_amisim/") || text_starts(path, "/_localstack/")
           || text_starts(path, "/moto-api/");
}

/* For the log and the record: what a call wanted that comes to no operation. */
static void note_asked(struct call *c, const struct credentials *cred, const struct service *s,
                       const char *target)
{
    const char *dot = target ? strchr(target, '.') : NULL;
    if (text_is(s->name, service_other_query.name))
        c->asked_service = cred->service;
    if (dot)
        c->asked = dot + 1;
    else if (s->protocol != PROTOCOL_REST)
        c->asked = value_text(c->input, "Action");
}

static int route_call(struct call *c, const struct request *r, const struct service *s,
                      const struct credentials *cred, const char *target, const struct value *query)
{
    if (settle_identity(c, r, s, cred))
        return -1;
    if (text_is(s->name, service_other_query.name))
        return fail(c, E_ServiceNotSimulated, cred->service);
    switch (s->protocol) {
    case PROTOCOL_JSON:
        return route_json(c, r, s, target);
    case PROTOCOL_REST:
        return route_rest(c, r, s, query);
    default:
        return route_query(c, s);
    }
}

/* Somebody with a browser, who has typed no more than the address. */
static bool is_visitor(const struct request *r, const struct credentials *cred)
{
    const char *accepts = cred->there || !text_is(r->path, "/") || *r->query || r->size
                              ? NULL
                              : request_header(r, "Accept");
    return accepts && text_is(r->method, "GET") && strstr(accepts, "text/html");
}

int route(struct call *c, const struct request *r, const struct service **ret_service)
{
    *ret_service = is_control(r->path) ? &service_control : &service_ec2;
    struct value *query = query_decode(c, r->query, strlen(r->query), true);
    if (!query)
        return -1;
    c->account = DEFAULT_ACCOUNT;
    c->region = DEFAULT_REGION;
    if (*ret_service == &service_control)
        return route_rest(c, r, &service_control, query);
    struct credentials cred = read_credentials(c, r, query);
    if (is_visitor(r, &cred))
        return route_rest(c, r, *ret_service = &service_control, query);
    const char *target = read_target(c, r);
    *ret_service = choose_service(&cred, target, query, r->path);
    bool form = is_form(r) && (*ret_service)->protocol != PROTOCOL_JSON
                && (*ret_service)->protocol != PROTOCOL_REST;
    if (form) {
        struct value *body = query_decode(c, r->body, r->size, false);
        if (!body)
            return -1;
        query = merge(query, body);
        if (!cred.there)
            cred = read_credentials(c, r, query);
        *ret_service = choose_service(&cred, target, query, r->path);
    }
    c->input = query;
    int failed = route_call(c, r, *ret_service, &cred, target, query);
    if (failed && !c->op)
        note_asked(c, &cred, *ret_service, target);
    return failed;
}
