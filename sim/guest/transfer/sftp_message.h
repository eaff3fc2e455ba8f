/* Inside SFTP: messages as they are read and written. */
#ifndef GUEST_SFTP_MESSAGE_H
#define GUEST_SFTP_MESSAGE_H

#include "guest/transfer/transfer.h"

#define SFTP_VERSION 3

enum sftp_type {
    FXP_INIT = 1,
    FXP_VERSION = 2,
    FXP_OPEN = 3,
    FXP_CLOSE = 4,
    FXP_READ = 5,
    FXP_WRITE = 6,
    FXP_LSTAT = 7,
    FXP_FSTAT = 8,
    FXP_SETSTAT = 9,
    FXP_FSETSTAT = 10,
    FXP_OPENDIR = 11,
    FXP_READDIR = 12,
    FXP_REMOVE = 13,
    FXP_MKDIR = 14,
    FXP_RMDIR = 15,
    FXP_REALPATH = 16,
    FXP_STAT = 17,
    FXP_RENAME = 18,
    FXP_STATUS = 101,
    FXP_HANDLE = 102,
    FXP_DATA = 103,
    FXP_NAME = 104,
    FXP_ATTRS = 105,
};

enum sftp_status {
    FX_OK = 0,
    FX_EOF = 1,
    FX_NO_SUCH_FILE = 2,
    FX_DENIED = 3,
    FX_FAILURE = 4,
    FX_UNSUPPORTED = 8,
};

enum { ATTR_SIZE = 1, ATTR_OWNER = 2, ATTR_MODE = 4, ATTR_TIMES = 8 };

/* One that came. */
struct sftp_message {
    const struct transfer *t;
    const unsigned char *at, *end;
    bool bad; /* it is shorter than it says */
    uint32_t id;
};

struct sftp_attributes {
    uint32_t flags, mode, uid, gid;
    uint64_t size;
};

/* What comes next in it; nothing, and bad, where it is too short. */
uint64_t sftp_take_number(struct sftp_message *m, int size);
const char *sftp_take_bytes(struct sftp_message *m, size_t *ret_n);
/* A path as the guest knows it; bad where it has a zero byte in it. */
const char *sftp_take_path(struct sftp_message *m);
struct sftp_attributes sftp_take_attributes(struct sftp_message *m);

/* One that is to be sent. */
struct sftp_answer {
    struct arena *a;
    struct buffer b;
};

struct sftp_answer sftp_begin_answer(const struct sftp_message *m, enum sftp_type type);
void sftp_put_number(struct sftp_answer *r, uint64_t n, int size);
void sftp_put_bytes(struct sftp_answer *r, const void *bytes, size_t n);
void sftp_put_text(struct sftp_answer *r, const char *text);
void sftp_put_attributes(struct sftp_answer *r, const struct dir_entry *e);
void sftp_send_answer(const struct sftp_message *m, const struct sftp_answer *r);

void sftp_send_status(const struct sftp_message *m, enum sftp_status status, const char *text);
/* NULL: it went well. */
void sftp_send_outcome(const struct sftp_message *m, const char *error);
void sftp_send_missing(const struct sftp_message *m);
void sftp_send_bad_handle(const struct sftp_message *m);

#endif
