/* Modes of files as chmod, mkdir -m and install read them, and as ls shows them. */
#ifndef GUEST_MODE_H
#define GUEST_MODE_H

#include "guest/shell/command.h"

/* 0755, u+x, go-w,a=r …: what becomes of `before`. False: it is no mode. */
bool mode_read(const char *text, int64_t before, bool folder, int64_t *ret);
/* drwxr-xr-x */
const char *mode_text(struct arena *a, const struct dir_entry *e);
/* USER[:GROUP] of chown and install; -1: that one is not given. False: it was said. */
bool mode_owner(struct shell *sh, const char *command, const char *text, int64_t *ret_uid,
                int64_t *ret_gid);

int64_t command_missing_operand(struct shell *sh, const char *command);

#endif
