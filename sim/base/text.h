/* Text helpers: comparison, AWS wildcards, numbers, base64, UTF-8. Knows nothing of AWS but the
 * wildcard rule. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

bool text_is(const char *a, const char *b); /* equal; NULL equals only NULL */
bool text_any(const char *s, const char *const *options); /* options end with NULL */
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
bool text_blank(const char *s); /* NULL or "" */
bool text_digits(const char *s, size_t exactly); /* only 0-9, that many */
size_t text_characters(const char *s); /* of UTF-8; bytes are more */
/* Whether the word stands in `words`, which have blanks between them; "" is none. */
bool text_has_word(const char *words, const char *word);
char *text_lower(struct arena *a, const char *s);
char *text_lower_camel(struct arena *a, const char *s); /* "maxResults" for "MaxResults" */

/* A wildcard pattern as base/glob.h has it; for one text and one pattern. */
bool text_glob(const char *pattern, const char *s);

/* The whole of s as a decimal number; false when it is none or does not fit. */
bool text_int(const char *s, int64_t *ret);

/* Well-formed UTF-8 holding only characters that XML 1.0 can carry. */
bool text_is_xml(const char *s, size_t n);
/* Puts a question mark in the place of each byte that keeps it from being that. */
void text_repair_xml(char *s, size_t n);

char *base64_encode(struct arena *a, const void *bytes, size_t n);
/* NULL when s is no base64. The result is NUL-terminated beyond its n bytes. */
char *base64_decode(struct arena *a, const char *s, size_t *ret_n);
char *hex_encode(struct arena *a, const void *bytes, size_t n);

#endif
