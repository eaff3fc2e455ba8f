# Sourced by the tests of the checks: a scratch tree, and what a check must say of it.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# judge WHAT FOUND COMMAND...: the check fails and names FOUND, or says nothing and ends well where FOUND is empty.
judge() {
    what=$1 found=$2
    shift 2
    if out=$("$@" 2>&1); then status=0; else status=1; fi
    case $status:$found:$out in
    0::) ;;
    1:?*:*"$found"*) ;;
    *)
        echo "$what: expected '${found:-nothing}', got '$out'"
        failed=1
        ;;
    esac
}
