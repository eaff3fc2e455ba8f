/* sed: its script as a list of commands, and the run of it. */
#ifndef GUEST_SED_H
#define GUEST_SED_H

#include "base/posix_pattern.h"
#include "guest/shell/command/text_input.h"

enum sed_place { SED_ANY, SED_LINE, SED_LAST, SED_PATTERN, SED_STEP, SED_MORE };

struct sed_address {
    enum sed_place place;
    int64_t line, step; /* LINE, STEP: first~step; MORE: addr,+line */
    struct posix_pattern *pattern; /* NULL: the last one that was used */
};

struct sed_command {
    char letter;
    struct sed_address from, to; /* to ANY: one line */
    bool ranged, inverted;
    bool inside; /* of its range */
    int64_t ends; /* MORE: the line that the range ends at */
    const char *text; /* a, i, c; b, t, T: the label; r, w: the file; s: what is put in */
    struct posix_pattern *pattern; /* s */
    bool every, prints; /* s///gp */
    int64_t which; /* s///2 */
    size_t to_command; /* {, b, t, T: where it goes on */
    const unsigned char *map; /* y: 256 */
};

struct sed_script {
    struct shell *sh;
    struct list commands; /* struct sed_command */
    bool quiet, extended, separate, nul; /* -n, -E, -s, -z */
    const char *in_place; /* -i: the suffix; NULL: none */
};

/* -1: it was said why it cannot be read. */
int sed_read(struct sed_script *s, const char *text);
/* Over some input; what it says goes to the end of `out`. Gives the exit status of q, -1 without.
 */
int64_t sed_run(struct sed_script *s, const char *bytes, size_t n, struct buffer *out);

#endif
