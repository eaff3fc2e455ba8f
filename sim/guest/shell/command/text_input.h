/* What commands on text read: their operands, or standard input. */
#ifndef GUEST_TEXT_INPUT_H
#define GUEST_TEXT_INPUT_H

#include "guest/shell/command.h"

struct text_line {
    const char *at;
    size_t n; /* without its newline */
};

/* One operand, "-" for standard input; -1: it was said why not. */
int text_read(struct shell *sh, const char *command, const char *path, const char **ret,
              size_t *ret_n);
/* All of them, one behind the other; without any, standard input. status gets 1 where one fails. */
struct buffer text_read_all(struct shell *sh, const char *command, const struct list *paths,
                            int64_t *status);
/* Its lines (struct text_line). */
struct list text_lines(struct shell *sh, const char *bytes, size_t n);
/* A number of lines or bytes: 5, -5, +5, 1K; false: none. */
bool text_read_count(const char *text, int64_t *ret);

#endif
