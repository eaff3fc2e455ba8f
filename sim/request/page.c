/* See page.h. */
#include "request/page.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "reply/emit.h"
#include "request/seal.h"

#define SEALED_FOR (60 * MINUTE_MS)

/* ---- Tokens: opaque to clients ---- */

enum token_form {
    TOKEN_JSON, /* base64 of a little JSON, as AWS's are [recorded] */
    TOKEN_HEADED, /* base64 of a head and a number */
    TOKEN_SEALED, /* see seal.h */
};

struct head {
    const char *bytes;
    size_t size;
};

static const char *json_token(struct call *c, int64_t from)
{
    struct value *v = value_new(c->a, VALUE_MAP);
    value_add_text(c->a, v, "v", "1");
    value_add_int(c->a, v, "s", from);
    const char *json = value_to_json(c->a, v, 0);
    return base64_encode(c->a, json, strlen(json));
}

static bool json_read(struct call *c, const char *token, int64_t *ret)
{
    size_t n = 0;
    const char *error, *json = base64_decode(c->a, token, &n);
    struct value *v = json ? value_from_json(c->a, json, n, &error) : NULL;
    v = value_get(v, "s");
    if (!v || v->type != VALUE_INT)
        return false;
    *ret = v->number;
    return true;
}

static const char *headed_token(struct call *c, const struct head *head, int64_t from)
{
    const char *number = arena_printf(c->a, "%lld", (long long)from);
    size_t n = strlen(number);
    char *bytes = arena_alloc(c->a, head->size + n + 1);
    memcpy(bytes, head->bytes, head->size);
    memcpy(bytes + head->size, number, n);
    return base64_encode(c->a, bytes, head->size + n);
}

static bool headed_read(struct call *c, const struct head *head, const char *token, int64_t *ret)
{
    size_t n = 0;
    const char *bytes = base64_decode(c->a, token, &n);
    return bytes && n > head->size && memcmp(bytes, head->bytes, head->size) == 0
           && text_int(bytes + head->size, ret);
}

/* ---- Words ---- */

static int ec2_bad_token(struct call *c, const char *token)
{
    (void)token;
    return fail(c, E_PageToken);
}

static int rbin_bad_token(struct call *c, const char *token)
{
    (void)token;
    return fail_with_reason(c, "INVALID_PAGE_TOKEN", E_RetentionRuleInvalid,
                            "The page token is invalid");
}

/* A bad marker is refused without a text [recorded]. */
static int kms_bad_token(struct call *c, const char *token)
{
    (void)token;
    return fail(c, E_KmsMarker);
}

static int ssm_bad_token(struct call *c, const char *token)
{
    (void)token;
    return fail(c, E_SsmToken);
}

static int tagging_bad_token(struct call *c, const char *token)
{
    return fail(c, E_TaggingToken, token);
}

static int ebs_bad_token(struct call *c, const char *token)
{
    return fail_with_reason(c, E_EbsPageToken, token);
}

/* ---- Services ---- */

static const struct page_form {
    const struct service *service;
    int (*bad_token)(struct call *c, const char *token);
    const char *next, *truncated; /* members of an answer; NULL: not of this service */
    const char *none; /* what `next` is on the last page; NULL: it is not there */
    int64_t least, usual; /* usual 0: all */
    enum token_form token;
    struct head head; /* TOKEN_HEADED */
} forms[] = {
    { &service_ec2, ec2_bad_token, "nextToken", NULL, NULL, 5, 0, TOKEN_JSON, { 0 } },
    { &service_rbin, rbin_bad_token, "NextToken", NULL, NULL, 1, 0, TOKEN_JSON, { 0 } },
    { &service_kms,
      kms_bad_token,
      "NextMarker",
      "Truncated",
      NULL,
      1,
      50,
      TOKEN_HEADED,
      { "from:", 5 } },
    /* SSM's tokens begin with AAEAA [recorded] */
    { &service_ssm, ssm_bad_token, "NextToken", NULL, NULL, 1, 10, TOKEN_HEADED, { "\0\1\0", 4 } },
    { &service_tagging, tagging_bad_token, "PaginationToken", NULL, "", 1, 50, TOKEN_JSON, { 0 } },
    { &service_ebs, ebs_bad_token, "NextToken", NULL, NULL, 1, 10000, TOKEN_SEALED, { 0 } },
};

static const struct page_form *form_of(const struct call *c)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].service == c->op->service)
            return &forms[i];
    }
    BUG("no pages in the service %s", c->op->service->name);
}

static const char *make_token(struct call *c, const struct page_form *form, const char *of,
                              int64_t from)
{
    switch (form->token) {
    case TOKEN_HEADED:
        return headed_token(c, &form->head, from);
    case TOKEN_SEALED:
        return seal_token(c, of, from, SEALED_FOR);
    case TOKEN_JSON:
        break;
    }
    return json_token(c, from);
}

static bool read_token(struct call *c, const struct page_form *form, const char *of,
                       const char *token, int64_t *ret_from)
{
    switch (form->token) {
    case TOKEN_HEADED:
        return headed_read(c, &form->head, token, ret_from);
    case TOKEN_SEALED:
        return seal_read(c, token, of, ret_from);
    case TOKEN_JSON:
        break;
    }
    return json_read(c, token, ret_from);
}

/* ---- Pages ---- */

static int64_t least_of(const struct page_form *form, const struct page_rule *rule)
{
    return rule && rule->least ? rule->least : form->least;
}

static int64_t usual_of(const struct page_form *form, const struct page_rule *rule)
{
    int64_t usual = rule && rule->usual ? rule->usual : form->usual;
    return usual ? usual : INT64_MAX;
}

enum page_verdict page_read(struct call *c, const struct page_rule *rule, const struct paging *in,
                            const char *of, struct page *ret)
{
    const struct page_form *form = form_of(c);
    bool all = in->max_results == ABSENT
               || (rule && (rule->unpaged || (rule->zero_is_all && !in->max_results)));
    *ret = (struct page){ .of = of, .size = all ? usual_of(form, rule) : in->max_results };
    if (!all && in->max_results < least_of(form, rule))
        return PAGE_TOO_SMALL;
    if (in->next_token && (!read_token(c, form, of, in->next_token, &ret->from) || ret->from < 0))
        return PAGE_BAD_TOKEN;
    return PAGE_OK;
}

int page_open(struct call *c, const struct page_rule *rule, const struct paging *in, const char *of,
              struct page *ret)
{
    const struct page_form *form = form_of(c);
    switch (page_read(c, rule, in, of, ret)) {
    case PAGE_BAD_TOKEN:
        return rule && rule->bad_token ? rule->bad_token(c, in->next_token)
                                       : form->bad_token(c, in->next_token);
    case PAGE_TOO_SMALL:
        /* "greater than 5" is what AWS says though 5 itself is taken [recorded]; there is no upper
         * limit. Other services than EC2 have limits in their models. */
        return fail(c, E_PageTooSmall, (long long)in->max_results, (long long)least_of(form, rule));
    case PAGE_OK:
        break;
    }
    return 0;
}

const char *page_token(struct call *c, const struct page *page, int64_t from)
{
    return make_token(c, form_of(c), page->of, from);
}

int page_cut(struct call *c, const struct page_rule *rule, const struct paging *in,
             struct list *items, size_t size, const char **ret_token)
{
    struct page page;
    *ret_token = NULL;
    if (page_open(c, rule, in, NULL, &page))
        return -1;
    size_t from = (uint64_t)page.from < items->count ? (size_t)page.from : items->count;
    size_t count = items->count - from;
    if (count > (uint64_t)page.size) {
        count = (size_t)page.size;
        *ret_token = page_token(c, &page, (int64_t)(from + count));
    }
    *items = (struct list){ .items = items->items ? (char *)items->items + from * size : NULL,
                            .count = count,
                            .capacity = count };
    return 0;
}

void page_emit_next(struct call *c, const char *token)
{
    const struct page_form *form = form_of(c);
    emit_text(c, form->next, token ? token : form->none);
    if (form->truncated)
        emit_bool(c, form->truncated, token != NULL);
}

int page_without_ids(struct call *c, const struct paging *in, const struct list *ids,
                     const char *ids_name)
{
    if (!ids->count || (in->max_results == ABSENT && !in->next_token))
        return 0;
    return fail(c, E_PageWithIds, ids_name, in->max_results != ABSENT ? "maxResults" : "nextToken");
}
