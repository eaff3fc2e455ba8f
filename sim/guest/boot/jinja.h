/* Jinja as user data uses it with instance data: {{ v1.region }}, {{ ds.meta_data['ami-id'] }},
 * | default('x'), {# remarks #}, {% if %} … {% elif %} … {% else %} … {% endif %}. */
#ifndef GUEST_JINJA_H
#define GUEST_JINJA_H

#include "base/list.h"
#include "base/value.h"

/* The text with what it names in `data`. A name that is not there becomes CI_MISSING_JINJA_VAR/NAME
 * and is added to *ret_missing (const char *). NULL where it cannot be read; *ret_error says why.
 */
const char *jinja_render(struct arena *a, const char *text, const struct value *data,
                         struct list *ret_missing, const char **ret_error);

#endif
