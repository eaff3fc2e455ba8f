# Sourced by cli1/run and cli2/run, with aws() and the status of a $refusal and of wrong $usage: the whole life
# of an image, as a shell script would do it.

# expect WHAT WANTED FOUND
expect() {
    if [ "$2" != "$3" ]; then
        printf '%s: wanted %s, found %s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
}

# refused TEXT COMMAND...: AWS must refuse the command with this text, and nothing else is said.
refused() {
    status=0
    text=$1
    shift
    "$@" >"$work/out" 2>"$work/err" || status=$?
    expect "status of $*" "$refusal" "$status"
    expect "error of $*" "$text" "$(sed '/^$/d' "$work/err")"
    expect "output of $*" "" "$(cat "$work/out")"
}

cd "$work"
. "$steps/pipeline.sh"
. "$steps/blocks.sh"
. "$steps/pages.sh"

# The end of all images, with their snapshots.
aws ec2 terminate-instances --instance-ids "$builder" >/dev/null
aws ec2 deregister-image --image-id "$registered" >/dev/null
deregister us-east-1 "$golden"
deregister us-east-1 "$careless"
for copy in $copies; do
    deregister "${copy%%:*}" "${copy#*:}"
done
expect "snapshots left" "" "$(aws ec2 describe-snapshots --owner-ids self --query 'Snapshots[].SnapshotId' --output text)"
