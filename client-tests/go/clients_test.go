// What the tests share: clients that know nothing but the environment, and looks at what is there.
package clients

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ebs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
)

const (
	home   = "us-east-1"
	friend = "210987654321"
)

// region has the clients of one account in one Region.
type region struct {
	name string
	ec2  *ec2.Client
	ebs  *ebs.Client
	kms  *kms.Client
}

func in(t *testing.T, name string, options ...func(*config.LoadOptions) error) region {
	t.Helper()
	options = append(options, config.WithRegion(name))
	loaded, err := config.LoadDefaultConfig(t.Context(), options...)
	must(t, err)
	return region{name, ec2.NewFromConfig(loaded), ebs.NewFromConfig(loaded), kms.NewFromConfig(loaded)}
}

// as makes the clients those of another account.
func as(account string) config.LoadOptionsFunc {
	return config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(account, "secret", ""))
}

// must ends the test when a step before it failed.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, found, wanted T) {
	t.Helper()
	if found != wanted {
		t.Fatalf("%s: found %v, wanted %v", what, found, wanted)
	}
}

// refused wants an error of AWS with this code, and returns what it says.
func refused(t *testing.T, err error, code string) string {
	t.Helper()
	var refusal smithy.APIError
	if !errors.As(err, &refusal) {
		t.Fatalf("wanted %s, found %v", code, err)
	}
	equal(t, "code", refusal.ErrorCode(), code)
	return refusal.ErrorMessage()
}

func (r region) image(t *testing.T, id string) types.Image {
	t.Helper()
	found, err := r.ec2.DescribeImages(t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{id}})
	must(t, err)
	equal(t, "images", len(found.Images), 1)
	equal(t, "ImageId", aws.ToString(found.Images[0].ImageId), id)
	return found.Images[0]
}

func (r region) instance(t *testing.T, id string) types.Instance {
	t.Helper()
	found, err := r.ec2.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	must(t, err)
	equal(t, "reservations", len(found.Reservations), 1)
	equal(t, "instances", len(found.Reservations[0].Instances), 1)
	return found.Reservations[0].Instances[0]
}

// snapshots are those of an image, in the order of its mappings.
func (r region) snapshots(t *testing.T, image types.Image) []types.Snapshot {
	t.Helper()
	var snapshots []types.Snapshot
	for _, mapping := range image.BlockDeviceMappings {
		found, err := r.ec2.DescribeSnapshots(t.Context(),
			&ec2.DescribeSnapshotsInput{SnapshotIds: []string{*mapping.Ebs.SnapshotId}})
		must(t, err)
		snapshots = append(snapshots, found.Snapshots...)
	}
	return snapshots
}

func snapshotIds(image types.Image) []string {
	var ids []string
	for _, mapping := range image.BlockDeviceMappings {
		ids = append(ids, *mapping.Ebs.SnapshotId)
	}
	return ids
}

func tag(tags []types.Tag, key string) string {
	for _, tag := range tags {
		if *tag.Key == key {
			return *tag.Value
		}
	}
	return ""
}

// holds tells whether these bytes are in a block of the snapshot.
func (r region) holds(t *testing.T, snapshot, wanted string) bool {
	t.Helper()
	pages := ebs.NewListSnapshotBlocksPaginator(r.ebs,
		&ebs.ListSnapshotBlocksInput{SnapshotId: &snapshot, MaxResults: aws.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		for _, listed := range page.Blocks {
			block, err := r.ebs.GetSnapshotBlock(t.Context(), &ebs.GetSnapshotBlockInput{
				SnapshotId: &snapshot, BlockIndex: listed.BlockIndex, BlockToken: listed.BlockToken})
			must(t, err)
			data, err := io.ReadAll(block.BlockData)
			must(t, err)
			if bytes.Contains(data, []byte(wanted)) {
				return true
			}
		}
	}
	return false
}

// control sends to the simulator's own routes what no AWS client can say.
func control(t *testing.T, method, path, body string) {
	t.Helper()
	url := os.Getenv("AWS_ENDPOINT_URL") + "/_amisim/" + path
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	must(t, err)
	request.Header.Set("X-Amisim", "go")
	answer, err := http.DefaultClient.Do(request)
	must(t, err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	must(t, err)
	if answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %s: %s", method, path, answer.Status, said)
	}
}
