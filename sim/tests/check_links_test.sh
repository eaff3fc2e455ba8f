#!/bin/sh
# check_links.py must find an arrow that runs back up and a circle, and nothing in a clean library.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
check=$here/check_links.py
. "$here/breach.sh"

# expect FOUND PATH TEXT PATH TEXT: a library of these two files; found: what the breach must say, or nothing.
expect() {
    found=$1
    shift
    rm -rf "${tree:?}"/*
    while [ $# -gt 0 ]; do
        mkdir -p "$tree/$(dirname "$1")"
        echo "$2" >"$tree/$1"
        cc -c "$tree/$1" -o "$tree/$(basename "$1").o"
        shift 2
    done
    ar rcs "$tree/lib.a" "$tree"/*.o
    judge library "$found" "$check" "$tree/lib.a" "$tree"
}

expect '' base/a.c 'int a;' ops/image/b.c 'extern int a; int b(void) { return a; }'
expect 'world/a.c reaches up to ops/image/b.c: b' \
    world/a.c 'extern int b; int a(void) { return b; }' ops/image/b.c 'int b;'
expect 'a circle: world/a.c world/b.c' \
    world/a.c 'int b(void); int a(void) { return b(); }' world/b.c 'int a(void); int b(void) { return a(); }'
expect '' world/a.c 'static int c(void) { return 1; } int a(void) { return c(); }' ops/b.c 'int c(void) { return 1; }'
expect 'has no object' cellar/a.c 'int a;' cellar/b.c 'int b;'
exit $failed
