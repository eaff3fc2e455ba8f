/* HTTP/1.1 requests out of the bytes of a connection, by llhttp and stricter than it: what two
 * readers could understand in two ways is refused (RFC 9112). Knows no sockets.
 *
 * The bytes are the caller's, who reads more behind them and may move them: all that is kept is a
 * place in them. The head stays as it came, a body behind it without the signs of its chunks; one
 * that is large lies in a file (server/spool.h). */
#ifndef SERVER_PARSE_H
#define SERVER_PARSE_H

#include <llhttp.h>

#include "request/request.h"
#include "server/spool.h"

#define MAX_HEADERS 100

struct parse_limits {
    size_t head; /* bytes, with the request line */
    size_t in_memory; /* bytes of a body; more go into the file */
    const char *folder; /* for that file */
};

/* From `begin` to `end` in the bytes; at `end` there is a '\0' once the head is whole. */
struct span {
    uint32_t begin, end;
};

struct parse {
    llhttp_t http;
    const struct parse_limits *limits;
    char *bytes;
    size_t seen; /* bytes that llhttp has had */
    size_t head; /* bytes; 0: it is not whole yet */
    size_t body; /* bytes so far */
    size_t length; /* as it was announced; 0 with chunks */
    size_t largest; /* what a body may have */
    struct spool spool;
    bool whole;
    bool keeps; /* the client expects to go on with this connection */
    bool expects; /* it waits for 100 Continue */
    bool in_name, in_value; /* the header that comes next has begun to arrive */
    int status; /* what it is refused with; 0: nothing is wrong */
    const char *why;
    struct span target, path, query;
    int host; /* which of the headers; -1: none */
    unsigned count;
    struct {
        struct span name, value;
    } headers[MAX_HEADERS];
};

enum parsed {
    PARSE_MORE, /* what is there is not enough */
    PARSE_HEAD, /* the head is whole: parse_takes_body is to be called, then this goes on */
    PARSE_WHOLE, /* the request is there; what follows from `seen` on is the next one's */
    PARSE_REFUSED, /* status and why; the connection must end, for nobody knows where the next
                      begins */
};

void parse_begin(struct parse *p, const struct parse_limits *limits);
/* Goes on with *used bytes. What it need not have again it takes away: *used is less then. */
enum parsed parse_go_on(struct parse *p, char *bytes, size_t *used);
/* After PARSE_HEAD: how many bytes its body may have. False: it announces more, and is refused. */
bool parse_takes_body(struct parse *p, size_t largest);
/* How many bytes are still to come as far as is known; 0: unknown, or none. */
size_t parse_wants(const struct parse *p);
/* What was read, good as long as the bytes; without a body before PARSE_WHOLE. */
struct request parse_request(const struct parse *p);
/* Nothing stays of it. */
void parse_end(struct parse *p);

#endif
