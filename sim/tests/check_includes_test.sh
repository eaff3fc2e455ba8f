#!/bin/sh
# check_includes.sh must find each kind of breach, and nothing in a clean tree.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
check=$here/check_includes.sh
. "$here/breach.sh"

# One file with this text at this path: found when a word is given that the breach must name, else clean.
expect() {
    path=$1 text=$2 found=$3
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/$(dirname "$path")"
    printf '%b\n' "$text" > "$tree/$path"
    judge "$path: $text" "$found" "$check" "$tree"
}

expect ops/image/image_describe.c '#include "world/image/image.h"\n#include <string.h>' ''
expect amisim.c '#include "server/http.h"' ''
expect tests/check_x.c '#include "server/http.h"\n#include <sqlite3.h>' ''
expect store/db.c '#include <sqlite3.h>' ''
expect base/yaml.c '#include <yaml.h>' ''
expect base/now.c 'return time(NULL);' ''
expect ops/a.c 'x = call_time(c) + snprintf(b, n, "time(%d)", c->time(1)); /* not time(2) */' ''

expect world/image/image.c '#include "ops/images.h"' 'world lies below ops'
expect base/list.h '#  include "call/call.h"' 'base lies below call'
expect ops/a.c '#include "a.h"' 'name the room'
expect cellar/a.c 'int x;' 'no such room'
expect world/a.c '#include <sqlite3.h>' '<sqlite3.h>'
expect ops/a.c '#include <event2/http.h>' '<event2/http.h>'
expect server/a.c '#include <libxml/xmlwriter.h>' '<libxml/xmlwriter.h>'
expect base/other.c '#include <yaml.h>' '<yaml.h>'
expect base/other.c '#include <jansson.h>' '<jansson.h>'
expect store/a.c '#include <openssl/evp.h>' '<openssl/evp.h>'
expect world/a.c '#include <ext2fs/ext2fs.h>' '<ext2fs/ext2fs.h>'
expect ops/a.c 'long now = time(NULL);' 'time() is for base/'
expect server/a.c '\tsleep(1);' 'sleep() is for base/'
expect tests/check_x.c 'sprintf(b, "x");' 'sprintf() is for base/'
expect ops/image/a.c '#include "ops/snapshot/b.h"' 'nothing of those on another resource'
expect ops/image/a.c '#include "ops/image/b.h"\n#include "ops/describe.h"' ''
expect contents/a.c '#include "ops/image/b.h"' ''
expect ops/a.c "$(yes 'int x;' | head -601)" 'more than 600 lines'
expect ops/a.c "void f(void)\n{\n$(yes '    x();' | head -59)\n}" 'a function of 61 lines'
expect ops/a.c "void f(void)\n{\n$(yes '    x();' | head -58)\n}" ''
expect ops/a.c "static int a[] = {\n$(yes '    1,' | head -90)\n};" ''
expect base/a.h '#ifndef CALL_A_H\n#define CALL_A_H\n#endif' 'the guard is to be BASE_A_H'
expect world/image/a_b.h '#ifndef WORLD_A_B_H\n#define WORLD_A_B_H\n#endif' ''
expect empty.txt '' 'no source file'

mkdir -p "$tree/ops/a" "$tree/ops/b"
echo 'int x;' | tee "$tree/ops/a/same.c" >"$tree/ops/b/same.c"
case $("$check" "$tree") in
*'there is another same.c'*) ;;
*)
    echo "two files of one name: not found"
    failed=1
    ;;
esac
exit $failed
