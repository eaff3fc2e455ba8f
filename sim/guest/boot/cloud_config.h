/* Cloud-config as cloud-init reads and merges it: values of YAML, read as Python would take them.
 */
#ifndef GUEST_CLOUD_CONFIG_H
#define GUEST_CLOUD_CONFIG_H

#include "base/list.h"
#include "base/value.h"

/* A text as a configuration; NULL where it is none, and *ret_error says why in a line. */
const struct value *cloud_config_read(struct arena *a, const char *text, size_t n,
                                      const char **ret_error);
/* Both as one: what `high` has comes first, mappings within are merged likewise, all else is
 * replaced whole. Either may be NULL. */
const struct value *cloud_config_merge(struct arena *a, const struct value *high,
                                       const struct value *low);
/* A later part over those before it. how: "dict(replace)+list()+str()",
 * "list(append)+dict(no_replace, recurse_list)" or the like; NULL: by the part's own merge_how,
 * else the first. */
const struct value *cloud_config_add(struct arena *a, const struct value *before,
                                     const struct value *part, const char *how);

/* Below a key: a truth as cloud-init takes it (true, 1, on, yes); a text or a number as text, NULL:
 * none; the items of a list, of a text with commas or of a single value (const char *). */
bool cloud_config_truth(const struct value *config, const char *key, bool otherwise);
const char *cloud_config_text(struct arena *a, const struct value *config, const char *key);
struct list cloud_config_texts(struct arena *a, const struct value *config, const char *key);
/* A file's mode: octal where it is a text, a number as YAML had it; false: it cannot be read. */
bool cloud_config_mode(const struct value *v, int64_t *ret);
/* A command of runcmd or bootcmd as a line of sh; NULL where it is none. */
const char *cloud_config_shell(struct arena *a, const struct value *command);
/* As cloud-init's own YAML, for cloud-config.txt. */
const char *cloud_config_write(struct arena *a, const struct value *config);

#endif
