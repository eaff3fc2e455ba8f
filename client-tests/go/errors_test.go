package clients

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
)

const noImage = "ami-0fedcba9876543210"

func (r region) registerEmpty(t *testing.T, name string) (string, error) {
	registered, err := r.ec2.RegisterImage(t.Context(), &ec2.RegisterImageInput{
		Name: &name, RootDeviceName: aws.String("/dev/xvda"),
		BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"),
			Ebs: &types.EbsBlockDevice{SnapshotId: aws.String(r.snapshot(t))}}},
	})
	if err != nil {
		return "", err
	}
	return *registered.ImageId, nil
}

func (r region) snapshot(t *testing.T) string {
	volume, err := r.ec2.CreateVolume(t.Context(), &ec2.CreateVolumeInput{
		AvailabilityZone: aws.String(r.name + "a"), Size: aws.Int32(1)})
	must(t, err)
	must(t, ec2.NewVolumeAvailableWaiter(r.ec2).Wait(t.Context(),
		&ec2.DescribeVolumesInput{VolumeIds: []string{*volume.VolumeId}}, patience))
	snapshot, err := r.ec2.CreateSnapshot(t.Context(), &ec2.CreateSnapshotInput{VolumeId: volume.VolumeId})
	must(t, err)
	return *snapshot.SnapshotId
}

func TestRefusals(t *testing.T) {
	here := in(t, home)
	taken, err := here.registerEmpty(t, "taken")
	must(t, err)

	for _, refusal := range []struct {
		code, says string
		call       func() error
	}{
		{"InvalidAMIID.NotFound", "The image id '[" + noImage + "]' does not exist", func() error {
			_, err := here.ec2.DescribeImages(t.Context(),
				&ec2.DescribeImagesInput{ImageIds: []string{noImage}})
			return err
		}},
		{"InvalidAMIName.Duplicate", "AMI name taken is already in use by AMI " + taken, func() error {
			_, err := here.registerEmpty(t, "taken")
			return err
		}},
		{"DryRunOperation", "Request would have succeeded, but DryRun flag is set.", func() error {
			_, err := here.ec2.DeregisterImage(t.Context(),
				&ec2.DeregisterImageInput{ImageId: &taken, DryRun: aws.Bool(true)})
			return err
		}},
		{"UnsupportedOperation", "DestinationOutpostArn", func() error {
			_, err := here.ec2.CopyImage(t.Context(), &ec2.CopyImageInput{
				Name: aws.String("copy"), SourceImageId: &taken, SourceRegion: aws.String(home),
				DestinationOutpostArn: aws.String("arn:aws:outposts:us-east-1:123456789012:outpost/op-1")})
			return err
		}},
		{"UnsupportedOperation", "DescribeSpotPriceHistory", func() error {
			_, err := here.ec2.DescribeSpotPriceHistory(t.Context(), &ec2.DescribeSpotPriceHistoryInput{})
			return err
		}},
	} {
		says := refused(t, refusal.call(), refusal.code)
		if !strings.Contains(says, refusal.says) {
			t.Errorf("%s says %q, wanted %q", refusal.code, says, refusal.says)
		}
	}

	_, err = here.kms.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/nothing")})
	var missing *kmstypes.NotFoundException
	if !errors.As(err, &missing) {
		t.Fatalf("wanted NotFoundException, found %v", err)
	}
}

// atOnce is the standard retryer without its pauses.
func atOnce() aws.Retryer {
	return retry.NewStandard(func(options *retry.StandardOptions) {
		options.MaxAttempts = 4
		options.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

// rule makes this the one rule that is in force, until the test ends.
func rule(t *testing.T, text string) {
	t.Helper()
	control(t, "PUT", "scenarios/go", "rules: ["+text+"]")
	t.Cleanup(func() { control(t, "PUT", "scenarios/go", "rules: []") })
}

func TestThrottled(t *testing.T) {
	here := in(t, home, config.WithRetryer(atOnce))
	rule(t, `{when: {operations: [DescribeRegions], first: 3}, what: {error: {code: RequestLimitExceeded}}}`)
	found, err := here.ec2.DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{})
	must(t, err)
	attempts, _ := retry.GetAttemptResults(found.ResultMetadata)
	equal(t, "attempts", len(attempts.Results), 4)
	refused(t, attempts.Results[2].Err, "RequestLimitExceeded")

	rule(t, `{when: {operations: [DescribeRegions]}, what: {error: {code: RequestLimitExceeded}}}`)
	_, err = here.ec2.DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{})
	refused(t, err, "RequestLimitExceeded")
	var tired *retry.MaxAttemptsError
	if !errors.As(err, &tired) {
		t.Fatalf("wanted all attempts to be used, found %v", err)
	}
}

// An answer that is lost is asked for again, with the same client token: one instance comes of it.
func TestAnswerLost(t *testing.T) {
	here := in(t, home, config.WithRetryer(atOnce))
	rule(t, `{when: {operations: [RunInstances], first: 1}, what: {drop: after}}`)
	id := here.launch(t, here.newestAmazonLinux(t))
	pages := ec2.NewDescribeInstancesPaginator(here.ec2, &ec2.DescribeInstancesInput{
		Filters: []types.Filter{{Name: aws.String("instance-state-name"), Values: []string{"running"}}}})
	running := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		for _, reservation := range page.Reservations {
			running += len(reservation.Instances)
		}
	}
	equal(t, "running instances", running, 1)
	here.terminate(t, id)
}

// An image that nobody can find yet is waited for; one that fails ends the wait.
func TestWaiters(t *testing.T) {
	here := in(t, home)
	rule(t, `{when: {operations: [RegisterImage]}, what: {hide: {calls: 2}}}`)
	id, err := here.registerEmpty(t, "hidden")
	must(t, err)
	polls := 0
	must(t, ec2.NewImageExistsWaiter(here.ec2, func(options *ec2.ImageExistsWaiterOptions) {
		options.MinDelay = time.Millisecond
		options.MaxDelay = time.Millisecond
		known := options.Retryable
		options.Retryable = func(ctx context.Context, in *ec2.DescribeImagesInput,
			out *ec2.DescribeImagesOutput, err error) (bool, error) {
			polls++
			return known(ctx, in, out, err)
		}
	}).Wait(t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}}, patience))
	equal(t, "polls", polls, 3)

	rule(t, `{when: {jobs: [image-copy]}, what: {job: {fail: the copy is broken}}}`)
	copied, err := here.ec2.CopyImage(t.Context(), &ec2.CopyImageInput{
		SourceImageId: &id, SourceRegion: aws.String(home), Name: aws.String("broken")})
	must(t, err)
	err = ec2.NewImageAvailableWaiter(here.ec2).Wait(t.Context(),
		&ec2.DescribeImagesInput{ImageIds: []string{*copied.ImageId}}, patience)
	if err == nil || !strings.Contains(err.Error(), "Failure") {
		t.Fatalf("wanted the waiter to see a failure, found %v", err)
	}
	broken := here.image(t, *copied.ImageId)
	equal(t, "state", broken.State, types.ImageStateFailed)
	equal(t, "reason", *broken.StateReason.Message, "the copy is broken")
}
