/* Files that the build puts into the binary (CMake generates the table). */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* "regions.yaml" */
    const unsigned char *bytes;
    size_t size;
};

/* Each ends with name NULL. Fixtures are packed (base/value.h), the others are as they were.
 */
extern const struct embedded_file embedded_fixtures[], embedded_scenarios[], embedded_console[];

#endif
