/* The old protocol of scp, as `scp -t` and `scp -f` speak it on the far side [OpenSSH]. */
#ifndef GUEST_SCP_H
#define GUEST_SCP_H

#include "guest/transfer/transfer.h"

struct scp;

/* The words of a command, when it is one of these two; NULL: it is another. It lives in `a`, which
 * is its own and is released with it. */
struct scp *scp_new(struct arena *a, const struct list *words);
/* Before the first bytes come. */
void scp_begin(struct scp *s, const struct transfer *t);
void scp_feed(struct scp *s, const struct transfer *t, const char *bytes, size_t n);
/* The client sends no more. */
void scp_end(struct scp *s);
/* Whether it is through, and how it went. */
bool scp_is_over(const struct scp *s, int64_t *ret_status);

#endif
