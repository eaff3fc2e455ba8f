#!/bin/sh
# check_comments.py must find each kind of breach, and nothing in a clean tree.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
check=$here/check_comments.py
. "$here/breach.sh"

# One file with this text at this path: found when a word is given that the breach must name, else clean.
expect() {
    path=$1 text=$2 found=$3
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/$(dirname "$path")" "$tree/sim/base" "$tree/sim/tests"
    echo '/* Lists. */' >"$tree/sim/base/list.h"
    printf '/* An example. */\nint f(int a,\n      int b);\n' >"$tree/sim/tests/check_example.c"
    printf '%b\n' "$text" >"$tree/$path"
    judge "$path: $text" "$found" "$check" "$tree"
}

expect sim/base/list.c '/* See list.h. */\nint x; /* base/list.h, base/l*.h */' ''
expect sim/base/list.c '/* See list.h. */\nchar *a = "there is no tree.h";' ''
expect client-tests/a/run '#!/bin/sh\n# Sources sim/base/list.h.' ''
expect client-tests/a/test_a.py '"""A test."""\n# list.h' ''
expect client-tests/a/run '#!/usr/bin/env python3\n"""Runs list.h."""' ''

expect sim/base/list.c '#include "base/list.h"' 'begins with no comment'
expect sim/base/jobs.def 'JOB(x)' 'begins with no comment'
expect client-tests/a/run '#!/bin/sh\nset -eu' 'begins with no comment'
expect client-tests/a/test_a.py 'import os' 'begins with no comment'
expect sim/base/list.c '/* See tree.h. */' 'sim/base/list.c:1: there is no tree.h'
expect sim/base/list.c '/* Lists,\n * as in store/list.h. */' ':2: there is no store/list.h'
expect sim/base/list.c '/* See base/t*.h */' 'there is no base/t*.h'
expect client-tests/a/run '#!/bin/sh\n# Runs tree.sh.' 'there is no tree.sh'

expect docs/a.md 'Text.\n```c\nint f(int a, int b);\n```\n```sh\nint g\n```' ''
expect docs/a.md 'Text.\n```c\nint f(int a);\n```' 'docs/a.md:2: this does not stand in'
exit $failed
