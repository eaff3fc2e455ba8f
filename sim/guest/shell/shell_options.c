/* What set and shopt can set. See shell_state.h. */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

const struct option_row shell_option_rows[] = {
    { 'e', "errexit", offsetof(struct options, errexit), false, false },
    { 'u', "nounset", offsetof(struct options, nounset), false, false },
    { 'x', "xtrace", offsetof(struct options, trace), false, false },
    { 'f', "noglob", offsetof(struct options, noglob), false, false },
    { 'C', "noclobber", offsetof(struct options, noclobber), false, false },
    { 'a', "allexport", offsetof(struct options, allexport), false, false },
    { 0, "pipefail", offsetof(struct options, pipefail), true, false },
    { 0, "nullglob", offsetof(struct options, nullglob), true, true },
    { 0, "dotglob", offsetof(struct options, dotglob), true, true },
    { 0, "nocasematch", offsetof(struct options, nocasematch), true, true },
    { 0, "nocaseglob", offsetof(struct options, nocaseglob), true, true },
    { 0, "globstar", offsetof(struct options, globstar), true, true },
    { 0, "inherit_errexit", offsetof(struct options, inherit_errexit), true, true },
    { 0, NULL, 0, false, false },
};

/* What is so already, or makes no difference here. */
static const char *const idle_letters = "hbmBEHTkntpv";
static const char *const idle_options[] = { "errtrace", "functrace", "history",     "histexpand",
                                            "monitor",  "notify",    "braceexpand", "emacs",
                                            "vi",       "posix",     "hashall",     "verbose",
                                            "physical", "ignoreeof", NULL };
const char *const shell_idle_shopts[] = { "extglob",
                                          "expand_aliases",
                                          "sourcepath",
                                          "checkwinsize",
                                          "cmdhist",
                                          "histappend",
                                          "lastpipe",
                                          "extquote",
                                          "force_fignore",
                                          "interactive_comments",
                                          "progcomp",
                                          "promptvars",
                                          "patsub_replacement",
                                          NULL };

bool *shell_option_at(struct shell *sh, const struct option_row *row)
{
    return (bool *)((char *)&sh->options + row->at);
}

bool shell_set_letter(struct shell *sh, char letter, bool on)
{
    for (const struct option_row *row = shell_option_rows; row->name; row++) {
        if (row->letter == letter) {
            *shell_option_at(sh, row) = on;
            return true;
        }
    }
    return strchr(idle_letters, letter) != NULL;
}

bool shell_set_option(struct shell *sh, const char *name, bool on, bool shopt)
{
    for (const struct option_row *row = shell_option_rows; row->name; row++) {
        if (row->shopt == shopt && text_is(row->name, name) && (sh->bash || !row->bash)) {
            *shell_option_at(sh, row) = on;
            return true;
        }
    }
    return text_any(name, shopt ? shell_idle_shopts : idle_options);
}

bool shell_set_flags(struct shell *sh, const char *letters, bool on)
{
    bool known = true;
    for (; *letters && *letters != ' '; letters++)
        known &= shell_set_letter(sh, *letters, on);
    return known;
}
