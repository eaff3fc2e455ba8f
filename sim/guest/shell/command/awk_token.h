/* Tokens of awk, for its grammar (awk_read.c). */
#ifndef GUEST_AWK_TOKEN_H
#define GUEST_AWK_TOKEN_H

#include "guest/shell/command/awk.h"

enum awk_token { T_END, T_NEWLINE, T_NUMBER, T_TEXT, T_REGEX, T_NAME, T_CALL, T_SIGN };

struct awk_reading {
    struct shell *sh;
    struct arena *a;
    struct awk_program *program;
    const char *at;
    enum awk_token kind;
    const char *text;
    double number;
    bool glued; /* no blank stands before it */
    bool divides; /* a slash here divides */
    bool no_in, no_greater;
    int depth;
    struct list *parameters; /* of the function that is read */
};

/* A syntax error at the token; the first one counts, and nothing more is read. */
void awk_wrong(struct awk_reading *r);
void awk_advance(struct awk_reading *r);
bool awk_token_is(const struct awk_reading *r, const char *sign);
bool awk_token_is_word(const struct awk_reading *r, const char *word);
/* Reads it where it stands there; or it has to. */
bool awk_token_eat(struct awk_reading *r, const char *sign);
void awk_expect(struct awk_reading *r, const char *sign);
/* With semicolons; or newlines alone. */
void awk_skip_newlines(struct awk_reading *r);
void awk_skip_breaks(struct awk_reading *r);

#endif
