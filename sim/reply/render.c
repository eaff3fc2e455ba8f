/* See render.h. */
#include "reply/render.h"

#include <string.h>

#include "base/text.h"
#include "reply/out.h"

static bool is_xml(const struct service *s)
{
    return s->protocol == PROTOCOL_EC2 || s->protocol == PROTOCOL_QUERY;
}

void reply_begin(struct call *c, const struct service *s, const char *operation)
{
    struct out *o = c->out = arena_new(c->a, struct out);
    if (!is_xml(s)) {
        o->root = o->at = value_new(c->a, VALUE_MAP);
        return;
    }
    /* STS: no declaration and two blanks a level; EC2: a declaration, then one line [recorded] */
    bool ec2 = s->protocol == PROTOCOL_EC2;
    o->xml = xml_begin(c->a, !ec2, ec2);
    xml_open(o->xml, arena_printf(c->a, "%sResponse", operation));
    xml_namespace(o->xml, s->xmlns);
    if (ec2)
        xml_text(o->xml, "requestId", c->request_id);
    else
        xml_open(o->xml, arena_printf(c->a, "%sResult", operation));
}

static void header(struct call *c, struct reply *r, const char *name, const char *value)
{
    struct header *h = list_add(c->a, &r->headers, struct header);
    h->name = name;
    h->value = value;
}

static void good_xml(struct call *c, struct reply *r, const struct service *s)
{
    struct xml *x = c->out->xml;
    if (s->protocol == PROTOCOL_QUERY) {
        xml_close(x);
        xml_open(x, "ResponseMetadata");
        xml_text(x, "RequestId", c->request_id);
        xml_close(x);
    }
    xml_close(x);
    r->body = xml_finish(x, &r->size);
}

static void error_xml(struct call *c, struct reply *r, const struct service *s)
{
    bool ec2 = s->protocol == PROTOCOL_EC2;
    struct xml *x = c->out->xml = xml_begin(c->a, !ec2, ec2);
    xml_open(x, ec2 ? "Response" : "ErrorResponse");
    if (!ec2)
        xml_namespace(x, s->xmlns);
    if (ec2)
        xml_open(x, "Errors");
    xml_open(x, "Error");
    if (!ec2)
        xml_text(x, "Type", r->status < 500 ? "Sender" : "Receiver");
    xml_text(x, "Code", c->outcome.code);
    xml_text(x, "Message", c->outcome.message ? c->outcome.message : "");
    xml_close(x);
    if (ec2)
        xml_close(x);
    xml_text(x, ec2 ? "RequestID" : "RequestId", c->request_id);
    xml_close(x);
    r->body = xml_finish(x, &r->size);
    r->close = ec2;
}

static bool speaks_cbor(const struct call *c, const struct service *s)
{
    return c->cbor && s->protocol == PROTOCOL_JSON;
}

static void json_body(struct call *c, struct reply *r, const struct service *s,
                      const struct value *tree)
{
    if (speaks_cbor(c, s)) {
        r->body = value_to_cbor(c->a, tree, &r->size);
        return;
    }
    r->body = value_to_json(c->a, tree, 0);
    r->size = strlen(r->body);
}

/* Violations of the model come from another layer: another name, a lower-case message, no Reason
 * [recorded for EBS direct]. */
static void rest_error(struct call *c, struct reply *r, const struct service *s, struct value *body,
                       const char *message)
{
    bool model = text_is(c->outcome.code, "ValidationException") && !c->outcome.reason;
    const char *space =
        model ? ":http://internal.amazon.com/coral/com.amazon.coral.validate/" : s->errors;
    header(c, r, "x-amzn-ErrorType",
           arena_printf(c->a, "%s%s", c->outcome.code, space ? space : ""));
    value_add_text(c->a, body, model ? "message" : "Message", message);
    if (c->outcome.reason)
        value_add_text(c->a, body, "Reason", c->outcome.reason);
}

/* A few exceptions of SSM, and those of tagging, spell the member with a capital [recorded]. */
static const char *message_name(const char *code)
{
    static const char *const capital[] = { "InvalidFilterKey",
                                           "InvalidFilterValue",
                                           "InvalidNextToken",
                                           "InvalidDocumentVersion",
                                           "InvalidDocumentOperation",
                                           "InvalidParameterException",
                                           NULL };
    return text_any(code, capital) ? "Message" : "message";
}

/* JSON 1.1 services: {"__type": short name, "message": …}, no message where AWS has none
 * [recorded]. REST services: the name in a header, Message and Reason in the body [recorded]. */
static void error_json(struct call *c, struct reply *r, const struct service *s)
{
    struct value *body = value_new(c->a, VALUE_MAP);
    const char *message = text_blank(c->outcome.message) ? NULL : c->outcome.message;
    if (s->protocol == PROTOCOL_REST) {
        rest_error(c, r, s, body, message);
    } else {
        value_add_text(c->a, body, s->protocol == PROTOCOL_JSON ? "__type" : "error",
                       c->outcome.code);
        if (message)
            value_add_text(c->a, body, message_name(c->outcome.code), message);
    }
    json_body(c, r, s, body);
}

/* STS has a second request id [recorded: its form]. */
static const char *extended_id(struct call *c)
{
    char id[9] = "";
    for (size_t i = 0; i < 8; i++)
        id[i] = (char)('A' + rng_below(&c->sim->requests, 26));
    const char *text = arena_printf(c->a, "1:%s:S:%lld:R:%s", c->region, (long long)c->now, id);
    return base64_encode(c->a, text, strlen(text));
}

static void aws_headers(struct call *c, struct reply *r, const struct service *s)
{
    header(c, r, "x-amzn-RequestId", arena_strdup(c->a, c->request_id));
    if (speaks_cbor(c, s))
        header(c, r, "smithy-protocol", "rpc-v2-cbor");
    if (s == &service_sts)
        header(c, r, "x-amz-sts-extended-request-id", extended_id(c));
    if (s->protocol == PROTOCOL_EC2) {
        header(c, r, "Cache-Control", "no-cache, no-store");
        header(c, r, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        header(c, r, "Server", "AmazonEC2");
    }
}

static const char *content_type(const struct call *c, const struct service *s)
{
    if (speaks_cbor(c, s))
        return "application/cbor";
    switch (s->protocol) {
    case PROTOCOL_EC2:
        return "text/xml;charset=UTF-8";
    case PROTOCOL_QUERY:
        return "text/xml";
    case PROTOCOL_JSON:
        return "application/x-amz-json-1.1";
    default:
        return "application/json";
    }
}

struct reply reply_end(struct call *c, const struct service *s)
{
    struct reply r = { .status = c->outcome.status ? c->outcome.status : 200 };
    r.content_type = content_type(c, s);
    r.drop = c->outcome.silent;
    aws_headers(c, &r, s);
    if (c->outcome.code) {
        c->out = arena_new(c->a, struct out);
        is_xml(s) ? error_xml(c, &r, s) : error_json(c, &r, s);
    } else if (c->out->content_type) {
        r.content_type = c->out->content_type;
        r.body = c->out->bytes;
        r.size = c->out->size;
        r.stream = c->stream;
    } else if (c->stream) {
        r.stream = c->stream;
    } else if (is_xml(s)) {
        good_xml(c, &r, s);
    } else {
        json_body(c, &r, s, c->out->root);
    }
    LIST_EACH (struct header, h, &c->outcome.headers)
        header(c, &r, h->name, h->value);
    return r;
}

const char *reply_piece(struct call *c)
{
    return value_to_json(c->a, c->out->root, 0);
}
