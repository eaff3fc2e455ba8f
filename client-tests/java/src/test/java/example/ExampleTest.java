package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Image;

/** How a test of your own can look: AmisimExtension.java beside this file is all it needs. */
class ExampleTest {
    @RegisterExtension
    static final AmisimExtension amisim = new AmisimExtension("--clock", "2026-01-31T09:00:00Z");

    // JUnit makes an object for each test, so each test is alone in an account of its own.
    private final String account = amisim.account();
    private final Ec2Client ec2 = connect(account);

    private static Ec2Client connect(String account) {
        return amisim.connect(Ec2Client.builder(), account).build();
    }

    private static String register(Ec2Client ec2, String name) {
        String volume = ec2.createVolume(r -> r.availabilityZone("us-east-1a").size(1)).volumeId();
        String snapshot = ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
        return ec2.registerImage(r -> r.name(name).rootDeviceName("/dev/xvda")
                .blockDeviceMappings(m -> m.deviceName("/dev/xvda").ebs(e -> e.snapshotId(snapshot)))).imageId();
    }

    private static List<Image> imagesOf(Ec2Client ec2, String owner) {
        return ec2.describeImages(r -> r.owners(owner)).images();
    }

    @Test
    void anImageIsThereAsSoonAsAWaiterAsks() {
        String image = register(ec2, "golden");
        ec2.waiter().waitUntilImageAvailable(r -> r.imageIds(image));
        assertEquals("golden", imagesOf(ec2, "self").get(0).name());
    }

    @Test
    void anAccountSeesNothingOfAnotherOne() {
        register(connect(amisim.account()), "golden");
        assertEquals(List.of(), imagesOf(ec2, "self"));
    }

    @Test
    void anImageIsDeprecatedAfter90DaysThatNobodyWaitsFor() {
        String image = register(ec2, "golden");
        String friend = amisim.account();
        ec2.modifyImageAttribute(r -> r.imageId(image).launchPermission(p -> p.add(a -> a.userId(friend))));
        var deprecated = amisim.clock.now().plus(Duration.ofDays(90));
        ec2.enableImageDeprecation(r -> r.imageId(image).deprecateAt(deprecated));

        assertEquals(1, imagesOf(connect(friend), account).size());
        amisim.clock.advance(Duration.ofDays(91));
        assertEquals(0, imagesOf(connect(friend), account).size());
    }

    @Test
    void aRefusalThatIsHardToComeByWhenItIsWanted() {
        amisim.faults(account, """
                {when: {operations: [RegisterImage], first: 1}, what: {error: {code: InvalidAMIName.Duplicate}}}""");
        var refused = assertThrows(Ec2Exception.class, () -> register(ec2, "golden"));
        assertEquals("InvalidAMIName.Duplicate", refused.awsErrorDetails().errorCode());
        assertTrue(register(ec2, "golden").startsWith("ami-"));
    }
}
