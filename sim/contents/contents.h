/* The tables of contents as data, for main() and for tests; everybody else has them from struct
 * sim. */
#ifndef CONTENTS_CONTENTS_H
#define CONTENTS_CONTENTS_H

#include "call/contents.h"

extern const struct contents contents;

#endif
