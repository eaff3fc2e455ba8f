/* What arrives: one HTTP request, as the server room read it. All texts outlive the call. */
#ifndef REQUEST_REQUEST_H
#define REQUEST_REQUEST_H

#include "call/op.h"

struct request {
    const char *method;
    const char *path; /* still percent-encoded, without the query */
    const char *query; /* "" without one */
    const char *(*header)(const void *headers, const char *name); /* NULL: not sent */
    const void *headers;
    const char *body;
    size_t size;
};

const char *request_header(const struct request *r, const char *name);

/* query.c: name=value pairs as a tree: "Filter.1.Value.2" is a map in a map in a map … ;
 * `first_wins`: a name given twice has its first value, else its last [recorded: GET, POST]. NULL
 * and fail() where it is malformed or over the limits (20,000 pairs, 12 levels). */
struct value *query_decode(struct call *c, const char *text, size_t n, bool first_wins);
/* Percent-decoding; NULL where it is malformed. */
char *url_decode(struct arena *a, const char *text, size_t n, bool plus_is_space);

/* route.c: finds the service first (its form is the form of errors), then who asks, from where, and
 * what. Returns -1 after fail(); *ret_service is always set. Fills account, region, access_key, op
 * and input of the call. */
int route(struct call *c, const struct request *r, const struct service **ret_service);

/* input.c: decodes c->input by the operation's table into a new struct; DryRun ends here for most.
 */
int input_read(struct call *c, void **ret_in);

/* error_list.c: the codes that every operation of a protocol can answer before its handler runs
 * (ends with NULL), and those of one operation beside them: what .errors lists, and what its rows
 * imply (an .id that can be malformed, filters and tags that can be too many). Texts, each code
 * once. */
const char *const *errors_common(enum protocol p);
struct list errors_of(struct arena *a, const struct op *op);

/* The operation of that name; NULL: the service has none. */
const struct op *op_find(const struct sim *sim, const struct service *s, const char *name);

#endif
