# Sourced by run: launch, configure, both kinds of image, tag, share, two copies with a key each,
# register, launch a copy, deprecate, deregister. Each step looks at what it left behind.
friend=210987654321

# field REGION IMAGE QUERY: one field of an image
field() {
    aws ec2 describe-images --region "$1" --image-ids "$2" --output text --query "Images[].$3"
}

# launch REGION IMAGE OPTION...: prints the id of the running instance
launch() {
    region=$1 from=$2
    shift 2
    started=$(aws ec2 run-instances --region "$region" --image-id "$from" --instance-type t3.micro \
        --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=builder}]' \
        --query 'Instances[].InstanceId' --output text "$@")
    aws ec2 wait instance-running --region "$region" --instance-ids "$started"
    echo "$started"
}

base=$(aws ec2 describe-images --owners amazon --output text \
    --filters 'Name=name,Values=al2023-ami-2023.*' Name=architecture,Values=x86_64 \
    --query 'sort_by(Images, &CreationDate)[-1].ImageId')
builder=$(launch us-east-1 "$base" \
    --block-device-mappings 'DeviceName=/dev/sdf,Ebs={VolumeSize=2,VolumeType=gp3}')
expect "builder" "running builder $base" "$(aws ec2 describe-instances --instance-ids "$builder" \
    --output text --query 'Reservations[].Instances[].[State.Name,Tags[0].Value,ImageId]' | tr '\t' ' ')"

# A guest that is configured: what ssh or Ansible would write, through the simulator's own route.
echo "configured by a shell script" >motd
curl -sSf -X PUT -H 'X-Amisim: 1' --data-binary @motd \
    "$AWS_ENDPOINT_URL/_amisim/guests/$builder/files/etc/motd" >/dev/null

careless=$(aws ec2 create-image --instance-id "$builder" --name careless --no-reboot \
    --query ImageId --output text)
golden=$(aws ec2 create-image --instance-id "$builder" --name golden --description "made by a shell script" \
    --tag-specifications 'ResourceType=image,Tags=[{Key=Stage,Value=new}]' \
    'ResourceType=snapshot,Tags=[{Key=Stage,Value=new}]' --query ImageId --output text)
aws ec2 wait image-available --image-ids "$careless" "$golden"
expect "states" "available available" "$(field us-east-1 "$careless" State) $(field us-east-1 "$golden" State)"
expect "description" "made by a shell script" "$(field us-east-1 "$golden" Description)"
expect "devices" "/dev/xvda /dev/sdf" \
    "$(field us-east-1 "$golden" 'BlockDeviceMappings[].DeviceName' | tr '\t' ' ')"
snapshots=$(field us-east-1 "$golden" 'BlockDeviceMappings[].Ebs.SnapshotId')
root_snapshot=$(echo "$snapshots" | cut -f 1)
careless_root=$(field us-east-1 "$careless" 'BlockDeviceMappings[0].Ebs.SnapshotId')
aws ec2 wait snapshot-completed --snapshot-ids $snapshots

# tag
aws ec2 create-tags --resources "$golden" $snapshots --tags Key=Stage,Value=golden Key=Team,Value=images
expect "tagged resources" "image snapshot snapshot" "$(aws ec2 describe-tags --output text \
    --filters Name=tag:Stage,Values=golden --query 'sort(Tags[].ResourceType)' | tr '\t' ' ')"
expect "image of that stage" "$golden" "$(aws ec2 describe-images --owners self --output text \
    --filters Name=tag:Stage,Values=golden --query 'Images[].ImageId')"

# share
aws ec2 modify-image-attribute --image-id "$golden" --launch-permission "Add=[{UserId=$friend}]"
expect "shared with" "$friend" "$(aws ec2 describe-image-attribute --image-id "$golden" \
    --attribute launchPermission --query 'LaunchPermissions[].UserId' --output text)"
expect "what the other account may launch" "$golden" "$(AWS_ACCESS_KEY_ID=$friend aws ec2 \
    describe-images --executable-users self --query 'Images[?!Public].ImageId' --output text)"

# copy
copies=
for region in eu-west-1 ap-southeast-2; do
    key=$(aws kms create-key --region $region --query KeyMetadata.Arn --output text)
    copy=$(aws ec2 copy-image --region $region --source-region us-east-1 --source-image-id "$golden" \
        --name golden --encrypted --kms-key-id "$key" --copy-image-tags --query ImageId --output text)
    aws ec2 wait image-available --region $region --image-ids "$copy"
    expect "tags in $region" "golden images" "$(field $region "$copy" 'Tags[].Value' | tr '\t' ' ')"
    for snapshot in $(field $region "$copy" 'BlockDeviceMappings[].Ebs.SnapshotId'); do
        expect "key in $region" "$key" "$(aws ec2 describe-snapshots --region $region \
            --snapshot-ids "$snapshot" --query 'Snapshots[].KmsKeyId' --output text)"
    done
    copies="$copies $region:$copy"
done

# register, launch a copy, deprecate
registered=$(aws ec2 register-image --name registered --architecture x86_64 --ena-support \
    --virtualization-type hvm --root-device-name /dev/xvda \
    --block-device-mappings "DeviceName=/dev/xvda,Ebs={SnapshotId=$root_snapshot}" \
    --query ImageId --output text)
aws ec2 wait image-available --image-ids "$registered"
expect "registered from" "$root_snapshot" \
    "$(field us-east-1 "$registered" 'BlockDeviceMappings[].Ebs.SnapshotId')"

there=$(launch $region "$copy")
expect "end of the instance" "running" "$(aws ec2 terminate-instances --region $region \
    --instance-ids "$there" --query 'TerminatingInstances[].PreviousState.Name' --output text)"
aws ec2 wait instance-terminated --region $region --instance-ids "$there"
until=$(date -u -d "+1 year" +%Y-%m-%dT%H:%M)
aws ec2 enable-image-deprecation --image-id "$golden" --deprecate-at "$until:00Z" >/dev/null
expect "deprecation" "$until:00.000Z" "$(field us-east-1 "$golden" DeprecationTime)"

# deregister; CLI 2.9 has no --delete-associated-snapshots yet
refused "An error occurred (InvalidSnapshot.InUse) when calling the DeleteSnapshot operation: \
The snapshot $root_snapshot is currently in use by $registered, $golden" \
    aws ec2 delete-snapshot --snapshot-id "$root_snapshot"

# deregister REGION IMAGE
deregister() {
    held=$(field "$1" "$2" 'BlockDeviceMappings[].Ebs.SnapshotId')
    aws ec2 deregister-image --region "$1" --image-id "$2" >/dev/null
    expect "image left" "" "$(field "$1" "$2" ImageId)"
    for snapshot in $held; do
        aws ec2 delete-snapshot --region "$1" --snapshot-id "$snapshot"
        refused "An error occurred (InvalidSnapshot.NotFound) when calling the DescribeSnapshots \
operation: The snapshot '$snapshot' does not exist." \
            aws ec2 describe-snapshots --region "$1" --snapshot-ids "$snapshot"
    done
}
