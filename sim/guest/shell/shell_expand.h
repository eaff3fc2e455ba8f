/* Words of the shell: parameters, substitutions, fields, file names. */
#ifndef GUEST_SHELL_EXPAND_H
#define GUEST_SHELL_EXPAND_H

#include "guest/shell/shell_state.h"

/* Words (struct word) as arguments (const char *). Each of these stops short where the shell pauses
 * or fails; who called returns then. */
void shell_expand(struct shell *sh, const struct list *words, struct list *ret);
/* One word as one text: no fields, no file names. */
const char *shell_expand_one(struct shell *sh, const struct word *w);
/* As a pattern: what was quoted stands behind backslashes. */
const char *shell_expand_pattern(struct shell *sh, const struct word *w);
/* As the right side of =~: what was quoted is taken literally. */
const char *shell_expand_regex(struct shell *sh, const struct word *w);
void shell_assign(struct shell *sh, const struct assignment *set);

/* Words are expanded again from the first when a script goes on after a pause inside of one of
 * them. So what a part of them did the first time is remembered, in order, and not done twice. */
struct memo {
    const char *text;
    size_t n;
};
struct memo_scope {
    struct list memo; /* struct memo */
    struct list *around;
    size_t at_around;
};
/* Opens one for the words of a node; kept: from its frame, or NULL. */
void memo_begin(struct shell *sh, struct memo_scope *m, const struct value *kept);
void memo_end(struct shell *sh, struct memo_scope *m,
              struct value *frame); /* frame: where it pauses */
bool memo_recall(struct shell *sh, const char **ret, size_t *ret_n);
void memo_add(struct shell *sh, const char *text, size_t n);

/* ---- Its parts ---- */

/* Fields as they grow; shell_expand.c. */
struct fields {
    struct list *ret; /* const char * */
    struct buffer plain, pattern; /* as it will be; with what was quoted behind backslashes */
    bool there, magic; /* an unquoted * ? [ */
    bool split; /* unquoted values fall apart, file names are looked for */
    bool loose; /* so does text: of ${x:-word} */
};
void fields_add(struct shell *sh, struct fields *f, const char *text, size_t n, bool quoted);
void fields_add_value(struct shell *sh, struct fields *f, const char *value, bool quoted);
void fields_close(struct shell *sh, struct fields *f);
void expand_parts(struct shell *sh, const struct word *w, struct fields *f);
/* shell_expand_parameter.c */
void expand_parameter(struct shell *sh, const struct part *p, struct fields *f);
/* shell_expand_braces.c: words (struct word). */
void expand_braces(struct shell *sh, const struct word *w, struct list *ret);
/* shell_expand_files.c: the files that a pattern names. */
void expand_files(struct shell *sh, const char *pattern, struct list *ret);

/* Whether a pattern has anything but plain characters in it. */
bool pattern_is_magic(const char *pattern);
const char *pattern_plain(struct arena *a, const char *pattern);
bool shell_matches(struct shell *sh, const char *pattern, const char *text);

/* shell_arithmetic.c; false: it was no expression, and it was said. */
bool shell_arithmetic(struct shell *sh, const char *text, int64_t *ret);

#endif
