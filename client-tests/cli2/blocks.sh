# Sourced by run after pipeline.sh: what the two images caught of a file that was just written, then
# a snapshot of our own.

# holds SNAPSHOT FILE: whether its text is in a block of the snapshot
holds() {
    for block in $(aws ebs list-snapshot-blocks --snapshot-id "$1" --output text \
        --query 'Blocks[].join(`:`, [to_string(BlockIndex), BlockToken])'); do
        aws ebs get-snapshot-block --snapshot-id "$1" --block-index "${block%%:*}" \
            --block-token "${block#*:}" block >/dev/null
        if grep -qaF "$(cat "$2")" block; then
            return 0
        fi
    done
    return 1
}

expect "what the careless image caught" no "$(holds "$careless_root" motd && echo yes || echo no)"
expect "what the golden image caught" yes "$(holds "$root_snapshot" motd && echo yes || echo no)"

# A snapshot block by block, read back.
head -c 524288 /dev/zero | tr '\0' 'a' >block-a
made=$(aws ebs start-snapshot --volume-size 1 --description "by hand" --query SnapshotId --output text)
sum=$(openssl dgst -sha256 -binary block-a | base64)
aws ebs put-snapshot-block --snapshot-id "$made" --block-index 5 --block-data block-a \
    --data-length 524288 --checksum "$sum" --checksum-algorithm SHA256 >/dev/null
aws ebs complete-snapshot --snapshot-id "$made" --changed-blocks-count 1 >/dev/null
aws ec2 wait snapshot-completed --snapshot-ids "$made"
token=$(aws ebs list-snapshot-blocks --snapshot-id "$made" --query 'Blocks[0].BlockToken' --output text)
aws ebs get-snapshot-block --snapshot-id "$made" --block-index 5 --block-token "$token" read >/dev/null
cmp read block-a
