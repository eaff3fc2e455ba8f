/* SFTP, version 3, as the server speaks it [draft-ietf-secsh-filexfer-02]. */
#ifndef GUEST_SFTP_H
#define GUEST_SFTP_H

#include "guest/transfer/transfer.h"

struct sftp;

/* It lives in `a`, which is its own; sftp_end gives back what it holds beside that. */
struct sftp *sftp_new(struct arena *a);
/* Takes the whole messages that the bytes begin with, *ret_taken in all, and answers them; what is
 * left comes again with more behind it. False: this is no SFTP. */
bool sftp_feed(struct sftp *s, const struct transfer *t, const char *bytes, size_t n,
               size_t *ret_taken);
void sftp_end(struct sftp *s);

#endif
