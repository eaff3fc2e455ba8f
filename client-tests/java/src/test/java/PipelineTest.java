import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ebs.EbsClient;
import software.amazon.awssdk.services.ebs.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.ebs.model.ResourceNotFoundException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.ImageState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeType;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/**
 * One image from the launch of its builder to the end of its last snapshot, as a pipeline written with
 * the AWS SDK for Java v2 would do it; and what is refused. Endpoint, Region and credentials come from
 * the environment alone. Each step looks at what it left behind.
 */
class PipelineTest {
    private static final Region HOME = Region.US_EAST_1;
    private static final List<Region> COPIES = List.of(Region.EU_WEST_1, Region.AP_SOUTHEAST_2);
    private static final String ACCOUNT = System.getenv("AWS_ACCESS_KEY_ID");
    private static final String FRIEND = "210987654321";
    private static final Tag STAGE = Tag.builder().key("Stage").value("golden").build();
    private static final String CONFIGURATION = "listen 8080\n";

    private final Map<Region, Ec2Client> clients = new HashMap<>();

    private Ec2Client ec2(Region region) {
        return clients.computeIfAbsent(region, r -> Ec2Client.builder().region(r).build());
    }

    private Image image(Region region, String id) {
        var found = ec2(region).describeImages(r -> r.imageIds(id)).images();
        assertEquals(1, found.size());
        return found.get(0);
    }

    private Instance instance(Region region, String id) {
        return ec2(region).describeInstances(r -> r.instanceIds(id)).reservations().get(0).instances().get(0);
    }

    private static List<String> snapshotsOf(Image image) {
        return image.blockDeviceMappings().stream().map(m -> m.ebs().snapshotId()).toList();
    }

    private String newestAmazonLinux() {
        return ec2(HOME).describeImagesPaginator(r -> r.owners("amazon").maxResults(5)
                        .filters(f -> f.name("name").values("al2023-ami-2023.*-x86_64")))
                .images().stream()
                .max(Comparator.comparing(Image::creationDate)).orElseThrow().imageId();
    }

    private String launch(Region region, String image) {
        String id = ec2(region).runInstances(r -> r.imageId(image).instanceType(InstanceType.T3_MICRO)
                        .minCount(1).maxCount(1)
                        .tagSpecifications(t -> t.resourceType(ResourceType.INSTANCE).tags(STAGE)))
                .instances().get(0).instanceId();
        ec2(region).waiter().waitUntilInstanceRunning(r -> r.instanceIds(id));
        Instance running = instance(region, id);
        assertEquals(InstanceStateName.RUNNING, running.state().name());
        assertEquals(image, running.imageId());
        assertEquals(List.of(STAGE), running.tags());
        return id;
    }

    private void terminate(Region region, String id) {
        ec2(region).terminateInstances(r -> r.instanceIds(id));
        ec2(region).waiter().waitUntilInstanceTerminated(r -> r.instanceIds(id));
    }

    private void attachVolume(String instance) {
        String zone = instance(HOME, instance).placement().availabilityZone();
        String volume = ec2(HOME).createVolume(r -> r.availabilityZone(zone).size(2).volumeType(VolumeType.GP3))
                .volumeId();
        ec2(HOME).waiter().waitUntilVolumeAvailable(r -> r.volumeIds(volume));
        ec2(HOME).attachVolume(r -> r.instanceId(instance).volumeId(volume).device("/dev/sdf"));
        ec2(HOME).waiter().waitUntilVolumeInUse(r -> r.volumeIds(volume));
    }

    /** One of the routes of docs/control.md. */
    private static HttpResponse<String> control(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("AWS_ENDPOINT_URL") + "/_amisim/" + path))
                .header("X-Amisim", "java")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** What a configuration tool does over SSH; here a route of the simulator stands for the guest. */
    private static HttpResponse<String> file(String instance, String method, String path, String bytes) {
        return control(method, "guests/" + instance + "/files" + path, bytes);
    }

    private Image createImage(String instance, String name, boolean noReboot) {
        String id = ec2(HOME).createImage(r -> r.instanceId(instance).name(name).noReboot(noReboot)).imageId();
        ec2(HOME).waiter().waitUntilImageAvailable(r -> r.imageIds(id));
        Image made = image(HOME, id);
        assertEquals(name, made.name());
        assertEquals(ImageState.AVAILABLE, made.state());
        assertEquals(List.of("/dev/xvda", "/dev/sdf"),
                made.blockDeviceMappings().stream().map(BlockDeviceMapping::deviceName).toList());
        ec2(HOME).waiter().waitUntilSnapshotCompleted(r -> r.snapshotIds(snapshotsOf(made)));
        return made;
    }

    private void share(Image golden) {
        ec2(HOME).modifyImageAttribute(r -> r.imageId(golden.imageId())
                .launchPermission(p -> p.add(a -> a.userId(FRIEND))));
        var permissions = ec2(HOME).describeImageAttribute(r -> r.imageId(golden.imageId())
                .attribute("launchPermission")).launchPermissions();
        assertEquals(List.of(FRIEND), permissions.stream().map(p -> p.userId()).toList());

        snapshotsOf(golden).forEach(id -> ec2(HOME).modifySnapshotAttribute(r -> r.snapshotId(id)
                .createVolumePermission(p -> p.add(a -> a.userId(FRIEND)))));

        var friend = Ec2Client.builder().region(HOME).credentialsProvider(StaticCredentialsProvider.create(
                AwsBasicCredentials.create(FRIEND, "secret"))).build();
        var shared = friend.describeImages(r -> r.executableUsers("self")).images();
        assertEquals(List.of(golden.imageId()), shared.stream().map(Image::imageId).toList());
        var snapshots = friend.describeSnapshots(r -> r.restorableByUserIds("self")).snapshots();
        assertEquals(Set.copyOf(snapshotsOf(golden)),
                snapshots.stream().map(Snapshot::snapshotId).collect(Collectors.toSet()));
    }

    /** Copies with a key of the Region, and gives the copy back. */
    private Image copyImage(Image golden, Region region) {
        String key = KmsClient.builder().region(region).build().createKey().keyMetadata().arn();
        assertTrue(key.startsWith("arn:aws:kms:" + region + ":"), key);
        String id = ec2(region).copyImage(r -> r.name("golden-java").sourceImageId(golden.imageId())
                .sourceRegion(HOME.id()).encrypted(true).kmsKeyId(key).copyImageTags(true)).imageId();
        ec2(region).waiter().waitUntilImageAvailable(r -> r.imageIds(id));

        Image copied = image(region, id);
        assertEquals("golden-java", copied.name());
        assertEquals(golden.imageId(), copied.sourceImageId());
        assertEquals(HOME.id(), copied.sourceImageRegion());
        assertEquals(List.of(STAGE), copied.tags());
        var snapshots = ec2(region).describeSnapshots(r -> r.snapshotIds(snapshotsOf(copied))).snapshots();
        assertEquals(2, snapshots.size());
        for (Snapshot snapshot : snapshots) {
            assertTrue(snapshot.encrypted());
            assertEquals(key, snapshot.kmsKeyId());
        }
        return copied;
    }

    private String register(String name, String snapshot) {
        String id = ec2(HOME).registerImage(r -> r.name(name).architecture("x86_64").virtualizationType("hvm")
                .rootDeviceName("/dev/xvda")
                .blockDeviceMappings(m -> m.deviceName("/dev/xvda").ebs(e -> e.snapshotId(snapshot)))).imageId();
        Image registered = image(HOME, id);
        assertEquals(List.of(snapshot), snapshotsOf(registered));
        assertEquals("/dev/xvda", registered.rootDeviceName());
        return id;
    }

    private void deprecate(String id) {
        Instant until = Instant.now().plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.MINUTES);
        ec2(HOME).enableImageDeprecation(r -> r.imageId(id).deprecateAt(until));
        assertEquals(until, Instant.parse(image(HOME, id).deprecationTime()));
    }

    private void deregister(Region region, Image image) {
        var results = ec2(region).deregisterImage(r -> r.imageId(image.imageId()).deleteAssociatedSnapshots(true))
                .deleteSnapshotResults();
        assertEquals(snapshotsOf(image), results.stream().map(r -> r.snapshotId()).toList());
        assertTrue(results.stream().allMatch(r -> r.returnCodeAsString().equals("success")));
        assertTrue(ec2(region).describeImages(r -> r.imageIds(image.imageId())).images().isEmpty());
        refused("InvalidSnapshot.NotFound",
                () -> ec2(region).describeSnapshots(r -> r.snapshotIds(snapshotsOf(image))));
    }

    private static Ec2Exception refused(String code, Executable call) {
        var refused = assertThrows(Ec2Exception.class, call);
        assertEquals(code, refused.awsErrorDetails().errorCode());
        return refused;
    }

    @Test
    void anImageIsBuiltSharedCopiedLaunchedAndTakenAway() {
        String builder = launch(HOME, newestAmazonLinux());
        attachVolume(builder);
        assertEquals(200, file(builder, "PUT", "/etc/app.conf", CONFIGURATION).statusCode());
        assertEquals(200, file(builder, "PUT", "/mnt/sdf/data", "1").statusCode());

        // The file is still in the page cache: only the image that reboots the builder has it.
        Image careless = createImage(builder, "java-running", true);
        Image golden = createImage(builder, "java-rebooted", false);
        String hasty = launch(HOME, careless.imageId());
        assertEquals(404, file(hasty, "GET", "/etc/app.conf", "").statusCode());
        terminate(HOME, hasty);

        ec2(HOME).createTags(r -> r.tags(STAGE).resources(
                Stream.concat(Stream.of(golden.imageId()), snapshotsOf(golden).stream()).toList()));
        var tagged = ec2(HOME).describeTagsPaginator(r -> r.maxResults(5).filters(
                f -> f.name("key").values("Stage"), f -> f.name("resource-type").values("image", "snapshot")));
        assertEquals(3, tagged.tags().stream().count());
        assertEquals(List.of(STAGE), image(HOME, golden.imageId()).tags());
        share(golden);

        Map<Region, Image> copies = new HashMap<>();
        COPIES.forEach(region -> copies.put(region, copyImage(golden, region)));
        String registered = register("java-registered", snapshotsOf(golden).get(0));

        Region region = COPIES.get(0);
        String launched = launch(region, copies.get(region).imageId());
        assertEquals(CONFIGURATION, file(launched, "GET", "/etc/app.conf", "").body());
        assertEquals("1", file(launched, "GET", "/mnt/sdf/data", "").body());
        var volumes = ec2(region).describeVolumesPaginator(r -> r.maxResults(5).filters(
                f -> f.name("attachment.instance-id").values(launched))).volumes();
        assertEquals(List.of(true, true), volumes.stream().map(Volume::encrypted).toList());
        terminate(region, launched);

        deprecate(golden.imageId());

        // A snapshot that another image is made of stays until that one is gone.
        refused("InvalidSnapshot.InUse",
                () -> ec2(HOME).deleteSnapshot(r -> r.snapshotId(snapshotsOf(golden).get(0))));
        ec2(HOME).deregisterImage(r -> r.imageId(registered));
        deregister(HOME, golden);
        deregister(HOME, careless);
        copies.forEach(this::deregister);
        terminate(HOME, builder);
    }

    @Test
    void anImageIsMadeOfBytesThroughEbsDirect() throws Exception {
        byte[] block = new byte[524288];
        System.arraycopy("a root file system".getBytes(UTF_8), 0, block, 4096, 18);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(block);
        String checksum = Base64.getEncoder().encodeToString(digest);

        EbsClient ebs = EbsClient.create();
        String id = ebs.startSnapshot(r -> r.volumeSize(1L).description("from Java")).snapshotId();
        ebs.putSnapshotBlock(r -> r.snapshotId(id).blockIndex(3).dataLength(block.length)
                .checksum(checksum).checksumAlgorithm(ChecksumAlgorithm.SHA256), RequestBody.fromBytes(block));
        ebs.completeSnapshot(r -> r.snapshotId(id).changedBlocksCount(1));
        ec2(HOME).waiter().waitUntilSnapshotCompleted(r -> r.snapshotIds(id));

        var blocks = ebs.listSnapshotBlocksPaginator(r -> r.snapshotId(id)).stream()
                .flatMap(page -> page.blocks().stream()).toList();
        assertEquals(List.of(3), blocks.stream().map(b -> b.blockIndex()).toList());
        var read = ebs.getSnapshotBlockAsBytes(r -> r.snapshotId(id).blockIndex(3)
                .blockToken(blocks.get(0).blockToken()));
        assertArrayEquals(block, read.asByteArray());
        assertEquals(checksum, read.response().checksum());

        String image = register("java-direct", id);
        ec2(HOME).deregisterImage(r -> r.imageId(image));
        ec2(HOME).deleteSnapshot(r -> r.snapshotId(id));
        assertThrows(ResourceNotFoundException.class, () -> ebs.listSnapshotBlocks(r -> r.snapshotId(id)));
    }

    @Test
    void aCallIsTriedAgainAndTakesEffectOnce() {
        String base = newestAmazonLinux();
        assertEquals(200, control("PUT", "scenarios/java?account=" + ACCOUNT, """
                rules:
                  - when: {operations: [RunInstances], first: 1}
                    what: {drop: after}
                  - when: {operations: [DescribeInstances], first: 2}
                    what: {error: {code: RequestLimitExceeded}}
                """).statusCode());
        String asked = "requests?operation=RunInstances&account=" + ACCOUNT;
        long before = control("GET", asked, "").body().lines().count();

        String launched = launch(HOME, base);
        assertEquals(before + 2, control("GET", asked, "").body().lines().count());
        var running = ec2(HOME).describeInstancesPaginator(r -> r.maxResults(5).filters(
                f -> f.name("instance-state-name").values("running"))).reservations();
        assertEquals(List.of(launched), running.stream().map(r -> r.instances().get(0).instanceId()).toList());

        control("DELETE", "scenarios/java", "");
        terminate(HOME, launched);
    }

    @Test
    void aRefusalIsATypedException() {
        var unknown = refused("InvalidAMIID.NotFound",
                () -> ec2(HOME).describeImages(r -> r.imageIds("ami-0fedcba9876543210")));
        assertEquals(400, unknown.statusCode());
        assertEquals("The image id '[ami-0fedcba9876543210]' does not exist",
                unknown.awsErrorDetails().errorMessage());
        assertFalse(unknown.requestId().isEmpty());
        assertNotEquals(unknown.requestId(), refused("InvalidAMIID.Malformed",
                () -> ec2(HOME).describeImages(r -> r.imageIds("golden"))).requestId());

        var dryRun = refused("DryRunOperation",
                () -> ec2(HOME).copyImage(r -> r.dryRun(true).name("dry").sourceRegion("eu-west-1")
                        .sourceImageId("ami-0fedcba9876543210")));
        assertEquals(412, dryRun.statusCode());

        var key = assertThrows(NotFoundException.class,
                () -> KmsClient.create().describeKey(r -> r.keyId("11111111-2222-3333-4444-555555555555")));
        assertEquals("NotFoundException", key.awsErrorDetails().errorCode());
        assertEquals(400, key.statusCode());
        assertFalse(key.requestId().isEmpty());
    }
}
