package clients

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

const (
	patience = time.Minute
	motd     = "golden image, configured by a pipeline in Go\n"
)

var copyRegions = []string{"eu-west-1", "ap-southeast-2"}

// One image from the launch of its builder to the end of its last snapshot. Each step looks at what
// it left behind.
func TestPipeline(t *testing.T) {
	here := in(t, home)
	builder := here.launch(t, here.newestAmazonLinux(t), types.BlockDeviceMapping{
		DeviceName: aws.String("/dev/sdf"),
		Ebs: &types.EbsBlockDevice{VolumeSize: aws.Int32(2), VolumeType: types.VolumeTypeGp3,
			DeleteOnTermination: aws.Bool(true)},
	})
	equal(t, "disks of the builder", len(here.instance(t, builder).BlockDeviceMappings), 2)
	control(t, "PUT", "guests/"+builder+"/files/etc/motd", motd)

	careless := here.createImage(t, builder, "go-running", true)
	golden := here.createImage(t, builder, "go-golden", false)
	for _, made := range []struct {
		image  string
		caught bool
	}{{careless, false}, {golden, true}} {
		root := snapshotIds(here.image(t, made.image))[0]
		equal(t, "what was configured is in "+root, here.holds(t, root, motd), made.caught)
	}

	here.tagImage(t, golden)
	here.share(t, golden)
	copies := map[string]string{}
	for _, name := range copyRegions {
		copies[name] = here.copyImage(t, golden, in(t, name))
	}
	registered := here.register(t, golden)
	here.deprecate(t, golden)

	there := in(t, copyRegions[0])
	launched := there.launch(t, copies[there.name])
	equal(t, "image of the instance", *there.instance(t, launched).ImageId, copies[there.name])
	there.terminate(t, launched)
	here.terminate(t, builder)

	here.deregister(t, golden, "skipped", "success")
	here.deregister(t, registered, "success")
	here.deregister(t, careless, "success", "success")
	for _, name := range copyRegions {
		in(t, name).deregister(t, copies[name], "success", "success")
	}
}

func (r region) newestAmazonLinux(t *testing.T) string {
	var newest types.Image
	pages := ec2.NewDescribeImagesPaginator(r.ec2, &ec2.DescribeImagesInput{
		Owners:     []string{"amazon"},
		Filters:    []types.Filter{{Name: aws.String("architecture"), Values: []string{"x86_64"}}},
		MaxResults: aws.Int32(5),
	})
	turned := 0
	for ; pages.HasMorePages(); turned++ {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		for _, image := range page.Images {
			if strings.HasPrefix(*image.Name, "al2023-ami-2023.") &&
				aws.ToString(image.CreationDate) > aws.ToString(newest.CreationDate) {
				newest = image
			}
		}
	}
	if turned < 2 || newest.ImageId == nil {
		t.Fatalf("%d pages, newest image %v", turned, newest.ImageId)
	}
	equal(t, "alias of the owner", aws.ToString(newest.ImageOwnerAlias), "amazon")
	equal(t, "public", aws.ToBool(newest.Public), true)
	return *newest.ImageId
}

func (r region) launch(t *testing.T, image string, disks ...types.BlockDeviceMapping) string {
	started, err := r.ec2.RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: &image, InstanceType: types.InstanceTypeT3Micro,
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), BlockDeviceMappings: disks,
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance,
			Tags: []types.Tag{{Key: aws.String("Name"), Value: aws.String("builder")}}}},
	})
	must(t, err)
	equal(t, "instances", len(started.Instances), 1)
	id := *started.Instances[0].InstanceId
	must(t, ec2.NewInstanceRunningWaiter(r.ec2).Wait(t.Context(),
		&ec2.DescribeInstancesInput{InstanceIds: []string{id}}, patience))
	running := r.instance(t, id)
	equal(t, "state", running.State.Name, types.InstanceStateNameRunning)
	equal(t, "name", tag(running.Tags, "Name"), "builder")
	return id
}

func (r region) terminate(t *testing.T, instance string) {
	ids := []string{instance}
	_, err := r.ec2.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: ids})
	must(t, err)
	must(t, ec2.NewInstanceTerminatedWaiter(r.ec2).Wait(t.Context(),
		&ec2.DescribeInstancesInput{InstanceIds: ids}, patience))
	equal(t, "state reason", *r.instance(t, instance).StateReason.Code, "Client.UserInitiatedShutdown")
}

func (r region) wait(t *testing.T, image string) types.Image {
	must(t, ec2.NewImageAvailableWaiter(r.ec2).Wait(t.Context(),
		&ec2.DescribeImagesInput{ImageIds: []string{image}}, patience))
	found := r.image(t, image)
	equal(t, "state", found.State, types.ImageStateAvailable)
	return found
}

func (r region) createImage(t *testing.T, instance, name string, running bool) string {
	tags := []types.Tag{{Key: aws.String("Build"), Value: &name}}
	made, err := r.ec2.CreateImage(t.Context(), &ec2.CreateImageInput{
		InstanceId: &instance, Name: &name, NoReboot: &running, Description: aws.String("made in Go"),
		TagSpecifications: []types.TagSpecification{
			{ResourceType: types.ResourceTypeImage, Tags: tags},
			{ResourceType: types.ResourceTypeSnapshot, Tags: tags},
		},
	})
	must(t, err)
	image := r.wait(t, *made.ImageId)
	equal(t, "name", *image.Name, name)
	equal(t, "description", *image.Description, "made in Go")
	equal(t, "tag", tag(image.Tags, "Build"), name)
	equal(t, "made of", aws.ToString(image.SourceInstanceId), instance)
	equal(t, "disks", len(image.BlockDeviceMappings), 2)
	equal(t, "root device", *image.BlockDeviceMappings[0].DeviceName, *image.RootDeviceName)
	equal(t, "second device", *image.BlockDeviceMappings[1].DeviceName, "/dev/sdf")
	equal(t, "second disk", *image.BlockDeviceMappings[1].Ebs.VolumeSize, 2)
	for i, snapshot := range r.snapshots(t, image) {
		equal(t, "state", snapshot.State, types.SnapshotStateCompleted)
		equal(t, "tag", tag(snapshot.Tags, "Build"), name)
		equal(t, "size", *snapshot.VolumeSize, *image.BlockDeviceMappings[i].Ebs.VolumeSize)
	}
	return *made.ImageId
}

func (r region) tagImage(t *testing.T, id string) {
	_, err := r.ec2.CreateTags(t.Context(), &ec2.CreateTagsInput{
		Resources: append([]string{id}, snapshotIds(r.image(t, id))...),
		Tags:      []types.Tag{{Key: aws.String("Stage"), Value: aws.String("golden")}},
	})
	must(t, err)
	stage := []types.Filter{{Name: aws.String("tag:Stage"), Values: []string{"golden"}}}
	found, err := r.ec2.DescribeImages(t.Context(),
		&ec2.DescribeImagesInput{Owners: []string{"self"}, Filters: stage})
	must(t, err)
	equal(t, "images of that stage", len(found.Images), 1)
	equal(t, "image of that stage", *found.Images[0].ImageId, id)

	kinds := map[types.ResourceType]int{}
	pages := ec2.NewDescribeTagsPaginator(r.ec2,
		&ec2.DescribeTagsInput{Filters: stage, MaxResults: aws.Int32(5)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		for _, tag := range page.Tags {
			kinds[tag.ResourceType]++
		}
	}
	equal(t, "tagged images", kinds[types.ResourceTypeImage], 1)
	equal(t, "tagged snapshots", kinds[types.ResourceTypeSnapshot], 2)
}

func (r region) share(t *testing.T, id string) {
	theirs := in(t, r.name, as(friend))
	wanted := &ec2.DescribeImagesInput{ExecutableUsers: []string{"self"}, ImageIds: []string{id}}
	before, err := theirs.ec2.DescribeImages(t.Context(), wanted)
	must(t, err)
	equal(t, "images that are not shared", len(before.Images), 0)

	_, err = r.ec2.ModifyImageAttribute(t.Context(), &ec2.ModifyImageAttributeInput{
		ImageId: &id,
		LaunchPermission: &types.LaunchPermissionModifications{
			Add: []types.LaunchPermission{{UserId: aws.String(friend)}}},
	})
	must(t, err)
	permissions, err := r.ec2.DescribeImageAttribute(t.Context(), &ec2.DescribeImageAttributeInput{
		ImageId: &id, Attribute: types.ImageAttributeNameLaunchPermission})
	must(t, err)
	equal(t, "launch permissions", len(permissions.LaunchPermissions), 1)
	equal(t, "shared with", *permissions.LaunchPermissions[0].UserId, friend)

	found, err := theirs.ec2.DescribeImages(t.Context(), wanted)
	must(t, err)
	equal(t, "images shared", len(found.Images), 1)
	equal(t, "tags of it that others see", len(found.Images[0].Tags), 0)
	theirs.terminate(t, theirs.launch(t, id))
}

func (r region) copyImage(t *testing.T, id string, there region) string {
	key, err := there.kms.CreateKey(t.Context(), &kms.CreateKeyInput{Description: aws.String(there.name)})
	must(t, err)
	copied, err := there.ec2.CopyImage(t.Context(), &ec2.CopyImageInput{
		SourceImageId: &id, SourceRegion: &r.name, Name: aws.String("go-golden"),
		Encrypted: aws.Bool(true), KmsKeyId: key.KeyMetadata.KeyId, CopyImageTags: aws.Bool(true),
	})
	must(t, err)
	image := there.wait(t, *copied.ImageId)
	equal(t, "source", aws.ToString(image.SourceImageId), id)
	equal(t, "source's Region", aws.ToString(image.SourceImageRegion), r.name)
	equal(t, "copied tag", tag(image.Tags, "Stage"), "golden")
	snapshots := there.snapshots(t, image)
	equal(t, "snapshots", len(snapshots), 2)
	for _, snapshot := range snapshots {
		equal(t, "encrypted", *snapshot.Encrypted, true)
		equal(t, "key", aws.ToString(snapshot.KmsKeyId), *key.KeyMetadata.Arn)
	}
	equal(t, "what was configured is in the copy", there.holds(t, *snapshots[0].SnapshotId, motd), true)
	return *copied.ImageId
}

// register makes an image of the golden one's root disk alone.
func (r region) register(t *testing.T, golden string) string {
	root := r.image(t, golden).BlockDeviceMappings[0]
	registered, err := r.ec2.RegisterImage(t.Context(), &ec2.RegisterImageInput{
		Name: aws.String("go-registered"), RootDeviceName: root.DeviceName,
		Architecture: types.ArchitectureValuesX8664, VirtualizationType: aws.String("hvm"),
		EnaSupport: aws.Bool(true), BootMode: types.BootModeValuesUefiPreferred,
		BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: root.DeviceName,
			Ebs: &types.EbsBlockDevice{SnapshotId: root.Ebs.SnapshotId}}},
	})
	must(t, err)
	image := r.wait(t, *registered.ImageId)
	equal(t, "disks", len(image.BlockDeviceMappings), 1)
	equal(t, "snapshot", *image.BlockDeviceMappings[0].Ebs.SnapshotId, *root.Ebs.SnapshotId)
	equal(t, "size", *image.BlockDeviceMappings[0].Ebs.VolumeSize, *root.Ebs.VolumeSize)
	equal(t, "ENA", *image.EnaSupport, true)
	equal(t, "boot mode", image.BootMode, types.BootModeValuesUefiPreferred)
	return *registered.ImageId
}

func (r region) deprecate(t *testing.T, id string) {
	until := time.Now().Add(30 * 24 * time.Hour).UTC().Truncate(time.Minute)
	done, err := r.ec2.EnableImageDeprecation(t.Context(),
		&ec2.EnableImageDeprecationInput{ImageId: &id, DeprecateAt: &until})
	must(t, err)
	equal(t, "return", *done.Return, true)
	found, err := time.Parse(time.RFC3339, aws.ToString(r.image(t, id).DeprecationTime))
	must(t, err)
	equal(t, "deprecated at", found, until)
}

// deregister wants this said of each of the image's snapshots: one that another image uses is skipped.
func (r region) deregister(t *testing.T, id string, wanted ...types.SnapshotReturnCodes) {
	snapshots := snapshotIds(r.image(t, id))
	done, err := r.ec2.DeregisterImage(t.Context(),
		&ec2.DeregisterImageInput{ImageId: &id, DeleteAssociatedSnapshots: aws.Bool(true)})
	must(t, err)
	equal(t, "results", len(done.DeleteSnapshotResults), len(wanted))
	for i, result := range done.DeleteSnapshotResults {
		equal(t, "snapshot", *result.SnapshotId, snapshots[i])
		equal(t, "its end", result.ReturnCode, wanted[i])
		_, err := r.ec2.DescribeSnapshots(t.Context(),
			&ec2.DescribeSnapshotsInput{SnapshotIds: snapshots[i : i+1]})
		if wanted[i] == types.SnapshotReturnCodesSuccess {
			refused(t, err, "InvalidSnapshot.NotFound")
		} else {
			must(t, err)
		}
	}
	gone, err := r.ec2.DescribeImages(t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}})
	must(t, err)
	equal(t, "images left", len(gone.Images), 0)
}
