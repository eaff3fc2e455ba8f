/* See field.h. */
#include "base/field.h"

#include <string.h>

#include "base/timefmt.h"

static const void *member(const struct field *f, const void *noun)
{
    return (const char *)noun + f->at;
}

void schema_init(const struct schema *k, void *noun)
{
    memset(noun, 0, k->size);
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (f->type == FIELD_INT || f->type == FIELD_TIME || f->type == FIELD_TIME_S)
            *(int64_t *)((char *)noun + f->at) = ABSENT;
    }
}

const struct field *schema_flagged(const struct schema *k, enum field_flags flag)
{
    for (const struct field *f = k->fields; f->type != FIELD_END; f++) {
        if (f->flags & flag)
            return f;
    }
    return NULL;
}

static const char *number_text(struct arena *a, const struct field *f, int64_t number)
{
    if (number == ABSENT)
        return NULL;
    if (f->type == FIELD_TIME)
        return time_format_ms(a, number);
    if (f->type == FIELD_TIME_S)
        return time_format_s(a, number);
    return arena_printf(a, "%lld", (long long)number);
}

const char *field_text(struct arena *a, const struct field *f, const void *noun)
{
    const void *at = member(f, noun);
    switch (f->type) {
    case FIELD_TEXT:
        return *(const char *const *)at;
    case FIELD_BOOL: {
        enum tri flag = *(const enum tri *)at;
        return flag == UNSET ? NULL : flag == YES ? "true" : "false";
    }
    case FIELD_CONSTANT:
        return f->constant;
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_TIME_S:
        return number_text(a, f, *(const int64_t *)at);
    default:
        return NULL;
    }
}
