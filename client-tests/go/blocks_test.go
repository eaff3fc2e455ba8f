package clients

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ebs"
	"github.com/aws/aws-sdk-go-v2/service/ebs/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

const blockSize = 512 << 10

func checksum(data []byte) *string {
	sum := sha256.Sum256(data)
	return aws.String(base64.StdEncoding.EncodeToString(sum[:]))
}

func (r region) put(t *testing.T, snapshot *string, index int32, data []byte) (*ebs.PutSnapshotBlockOutput, error) {
	return r.ebs.PutSnapshotBlock(t.Context(), &ebs.PutSnapshotBlockInput{
		SnapshotId: snapshot, BlockIndex: &index, BlockData: bytes.NewReader(data),
		DataLength: aws.Int32(int32(len(data))), Checksum: checksum(data),
		ChecksumAlgorithm: types.ChecksumAlgorithmChecksumAlgorithmSha256,
	})
}

func (r region) complete(t *testing.T, snapshot *string, changed int32) {
	t.Helper()
	_, err := r.ebs.CompleteSnapshot(t.Context(), &ebs.CompleteSnapshotInput{
		SnapshotId: snapshot, ChangedBlocksCount: &changed})
	must(t, err)
	must(t, ec2.NewSnapshotCompletedWaiter(r.ec2).Wait(t.Context(),
		&ec2.DescribeSnapshotsInput{SnapshotIds: []string{*snapshot}}, patience))
}

// A snapshot is written block by block, changed in a second one, and read back.
func TestBlocks(t *testing.T) {
	here := in(t, home)
	first := bytes.Repeat([]byte{1}, blockSize)
	second := bytes.Repeat([]byte{2}, blockSize)

	parent, err := here.ebs.StartSnapshot(t.Context(), &ebs.StartSnapshotInput{VolumeSize: aws.Int64(1)})
	must(t, err)
	equal(t, "status", parent.Status, types.StatusPending)
	equal(t, "block size", *parent.BlockSize, blockSize)
	for _, index := range []int32{0, 7} {
		answer, err := here.put(t, parent.SnapshotId, index, first)
		must(t, err)
		equal(t, "checksum", *answer.Checksum, *checksum(first))
	}
	here.complete(t, parent.SnapshotId, 2)

	child, err := here.ebs.StartSnapshot(t.Context(), &ebs.StartSnapshotInput{
		VolumeSize: aws.Int64(1), ParentSnapshotId: parent.SnapshotId})
	must(t, err)
	_, err = here.put(t, child.SnapshotId, 7, second)
	must(t, err)
	here.complete(t, child.SnapshotId, 1)

	changed, err := here.ebs.ListChangedBlocks(t.Context(), &ebs.ListChangedBlocksInput{
		FirstSnapshotId: parent.SnapshotId, SecondSnapshotId: child.SnapshotId})
	must(t, err)
	equal(t, "changed blocks", len(changed.ChangedBlocks), 1)
	equal(t, "changed block", *changed.ChangedBlocks[0].BlockIndex, 7)
	block, err := here.ebs.GetSnapshotBlock(t.Context(), &ebs.GetSnapshotBlockInput{
		SnapshotId: child.SnapshotId, BlockIndex: aws.Int32(7),
		BlockToken: changed.ChangedBlocks[0].SecondBlockToken})
	must(t, err)
	equal(t, "length", *block.DataLength, blockSize)
	equal(t, "checksum", *block.Checksum, *checksum(second))
	data, err := io.ReadAll(block.BlockData)
	must(t, err)
	equal(t, "read what was written", bytes.Equal(data, second), true)

	// What the parent holds shows through.
	var found []int32
	pages := ebs.NewListSnapshotBlocksPaginator(here.ebs, &ebs.ListSnapshotBlocksInput{
		SnapshotId: child.SnapshotId, MaxResults: aws.Int32(100), StartingBlockIndex: aws.Int32(0)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		equal(t, "volume size", *page.VolumeSize, 1)
		for _, block := range page.Blocks {
			found = append(found, *block.BlockIndex)
		}
	}
	equal(t, "blocks", len(found), 2)
	equal(t, "first block", found[0], 0)
	equal(t, "last block", found[1], 7)
}

func TestBlocksRefused(t *testing.T) {
	here := in(t, home)
	_, err := here.ebs.ListSnapshotBlocks(t.Context(),
		&ebs.ListSnapshotBlocksInput{SnapshotId: aws.String("snap-0123456789abcdef0")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Fatalf("wanted ResourceNotFoundException, found %v", err)
	}
	equal(t, "reason", missing.Reason, types.ResourceNotFoundExceptionReasonSnapshotNotFound)

	started, err := here.ebs.StartSnapshot(t.Context(), &ebs.StartSnapshotInput{VolumeSize: aws.Int64(1)})
	must(t, err)
	block := bytes.Repeat([]byte{1}, blockSize)
	_, err = here.put(t, started.SnapshotId, 2048, block)
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) {
		t.Fatalf("wanted ValidationException, found %v", err)
	}
	equal(t, "reason", invalid.Reason, types.ValidationExceptionReasonInvalidBlock)
}
