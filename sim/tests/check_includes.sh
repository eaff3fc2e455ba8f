#!/bin/sh
# Holds every source file under sim/ against the house rules that a compiler does not know: a room
# includes only itself and the rooms below it (tests/rooms has their order), operations on one
# resource nothing of those on another, a foreign library stays behind its fence, some calls are for
# base/ alone, no file grows past 600 lines and no function past 60, the guard of a header says where
# it is. Prints one line for each breach.
# Takes another tree to look at as its argument (check_includes_test.sh uses that).
set -eu
rooms=$(cat "$(dirname "$0")/rooms")
cd "${1:-$(dirname "$0")/..}"

find . -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \) | sed 's,^\./,,' | LC_ALL=C sort |
LC_ALL=C xargs awk -v order="$rooms" '
BEGIN {
    count = split(order, rooms, " ")
    for (i = 1; i <= count; i++)
        rank[rooms[i]] = i

    # A system header (its beginning) => where it may be included (a pattern for the path).
    fence["event2/"] = "^server/"
    fence["event.h"] = "^server/"
    fence["llhttp"] = "^server/"
    fence["libssh/"] = "^server/ssh/"
    fence["sqlite3"] = "^(store/|tests/fault_vfs[.]h$)"
    fence["libxml/"] = "^reply/"
    fence["yaml.h"] = "^base/yaml[.]c$"
    fence["cbor"] = "^base/cbor[.]c$"
    fence["jansson"] = "^base/json[.]c$"
    fence["pcre2"] = "^base/(posix_)?pattern[.]c$"
    fence["regex.h"] = "^$" # patterns are base/pattern.h: what they take is bounded
    fence["openssl/"] = "^base/"
    fence["zlib.h"] = "^base/gzip[.]c$"
    fence["ext2fs/"] = "^guest/"

    # Time and chance come from the virtual clock and the seed; the others are never safe.
    banned = "(time|gettimeofday|clock_gettime|rand|random|srand|sleep|usleep|nanosleep|" \
             "strcpy|strcat|sprintf|strtok|gmtime|localtime|regcomp)"
    breaches = files = 0
}

function breach(text) {
    print "sim/" FILENAME ":" FNR ": " text
    breaches++
}

# The folder of a resource: ops/image/ of ops/image/image_copy.c.
function resource(path) {
    return match(path, /^ops\/[^\/]+\//) ? substr(path, 1, RLENGTH) : ""
}

function check_own_include(path, target) {
    if (!(target in rank))
        breach("\"" path "\": name the room, as in \"base/list.h\"")
    else if (!is_program && rank[target] > rank[room])
        breach("\"" path "\": " room " lies below " target)
    if (resource(path) && resource(path) != resource(FILENAME) && room == "ops")
        breach("\"" path "\": operations include nothing of those on another resource")
}

function check_system_include(path, name) {
    for (name in fence)
        if (index(path, name) == 1 && FILENAME !~ fence[name])
            breach("<" path "> belongs to " fence[name])
}

FNR == 1 {
    files++
    room = FILENAME
    sub("/.*", "", room)
    is_test = room == "tests"
    is_program = FILENAME !~ "/" # above all rooms
    name = FILENAME
    sub(/.*\//, "", name)
    if (name ~ /[.]c$/ && seen[name]++)
        breach("there is another " name)
    if (!is_test && !is_program && !(room in rank))
        breach("no such room: its place in the order is set in tests/rooms")
}

FNR == 601 { breach("more than 600 lines") }

# Formatted as they are, only functions have their braces at the margin.
/^\{$/ { began = FNR }
/^\}$/ && FNR - began + 1 > 60 { breach("a function of " FNR - began + 1 " lines") }

/^#ifndef [A-Z0-9_]+_H$/ && FILENAME ~ /[.]h$/ {
    guard = name = FILENAME
    sub(/.*\//, "", name)
    guard = toupper(room "_" name)
    gsub(/[^A-Z0-9]/, "_", guard)
    if ($2 != guard)
        breach("the guard is to be " guard)
}

!is_test && match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/) {
    path = substr($0, RSTART, RLENGTH - 1)
    sub(/^[^"]*"/, "", path)
    target = path
    if (!sub("/.*", "", target))
        target = ""
    check_own_include(path, target)
}

!is_test && match($0, /^[ \t]*#[ \t]*include[ \t]*<[^>]*>/) {
    path = substr($0, RSTART, RLENGTH - 1)
    sub(/^[^<]*</, "", path)
    check_system_include(path)
}

room != "base" && $0 ~ ("(^|[^A-Za-z0-9_.>])" banned "[(]") {
    text = $0
    gsub(/"([^"\\]|\\.)*"/, "\"\"", text)
    sub(/\/[*\/].*/, "", text)
    sub(/^[ \t]*[*] .*/, "", text)
    if (match(text, "(^|[^A-Za-z0-9_.>])" banned "[(]")) {
        name = substr(text, RSTART, RLENGTH)
        gsub(/[^a-z_]/, "", name)
        breach(name "() is for base/ alone")
    }
}

END {
    if (files == 0) {
        print "no source file was found"
        breaches++
    }
    exit breaches > 0
}
'
