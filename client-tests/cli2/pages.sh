# Sourced by run: what the CLI does by itself with what comes and with what is given.

# Pages: as many calls as it takes, or as many items as are asked for.
count() {
    aws ec2 describe-images --owners amazon --query 'Images[].[ImageId]' --output text "$@" | wc -l
}
all=$(count)
expect "images page by page" "$all" "$(count --page-size 7)"
expect "calls for that" yes "$([ "$(aws ec2 describe-images --owners amazon --page-size 7 \
    --query 'length(Images)' --output text | wc -l)" -gt 2 ] && echo yes)"
aws ec2 describe-images --owners amazon --max-items 3 --output json >first
token=$(sed -n 's/.*"NextToken": "\(.*\)".*/\1/p' first)
aws ec2 describe-images --owners amazon --max-items 3 --starting-token "$token" --output json >second
expect "images of two requests" 6 "$(cat first second | grep '"ImageId"' | sort -u | wc -l)"

# A skeleton, filled in, is a request.
aws ec2 register-image --generate-cli-skeleton >skeleton.json
expect "name in the skeleton" '"Name": "",' "$(grep -o '"Name": "",' skeleton.json | head -n 1)"
cat >request.json <<REQUEST
{"Name": "from-a-file", "RootDeviceName": "/dev/xvda",
 "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "$made", "VolumeSize": 3}}]}
REQUEST
image=$(aws ec2 register-image --cli-input-json file://request.json --query ImageId --output text)
expect "size from the file" 3 "$(field us-east-1 "$image" 'BlockDeviceMappings[0].Ebs.VolumeSize')"

# Forms of output.
expect "as text" "$image	from-a-file" "$(aws ec2 describe-images --image-ids "$image" \
    --query 'Images[].[ImageId,Name]' --output text)"
if [ $yaml = yes ]; then
    expect "as yaml" "- $image" "$(aws ec2 describe-images --image-ids "$image" \
        --query 'Images[].ImageId' --output yaml)"
    printf 'ImageIds: [%s]\n' "$image" >request.yaml
    expect "asked in yaml" "$image" "$(aws ec2 describe-images --cli-input-yaml file://request.yaml \
        --query 'Images[].ImageId' --output text)"
fi
expect "as a table" 1 "$(aws ec2 describe-images --image-ids "$image" --output table | grep -c "|  ImageId  *|  $image")"

# Refusals: AWS's words; what the CLI refuses itself never arrives.
refused "An error occurred (InvalidAMIID.NotFound) when calling the DescribeImages operation: \
The image id '[ami-0fedcba9876543210]' does not exist" \
    aws ec2 describe-images --image-ids ami-0fedcba9876543210
refused "An error occurred (DryRunOperation) when calling the DeregisterImage operation: \
Request would have succeeded, but DryRun flag is set." \
    aws ec2 deregister-image --image-id "$image" --dry-run
expect "status of a call without parameters" "$usage" "$(aws ec2 copy-image 2>/dev/null || echo $?)"
deregister us-east-1 "$image"
