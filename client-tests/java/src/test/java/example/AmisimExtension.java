package example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/**
 * amisim in tests with JUnit. Copy this file: it needs nothing but the program, which is the one named by
 * the environment variable {@code AMISIM}, or {@code amisim} from the PATH. A class of tests has its own:
 *
 * <pre>{@code @RegisterExtension static final AmisimExtension amisim = new AmisimExtension();}</pre>
 */
public final class AmisimExtension implements BeforeAllCallback, AfterAllCallback {
    private static final AtomicLong ACCOUNTS = new AtomicLong(400_000_000_000L);
    private static final Pattern NOW = Pattern.compile("\"now\": *\"([^\"]+)\"");

    public final Clock clock = new Clock();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> command;
    private Process program;
    private URI url;

    /** One that is started on a free port, with these options beside; it ends with the tests or the JVM. */
    public AmisimExtension(String... options) {
        command = new ArrayList<>(List.of(System.getenv().getOrDefault("AMISIM", "amisim"),
                "--port", "0", "--attached", "--pace", "instant", "--log", "off"));
        command.addAll(List.of(options));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        program = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String ready = new BufferedReader(new InputStreamReader(program.getInputStream())).readLine();
        if (ready == null)
            throw new IllegalStateException("amisim ended with " + program.waitFor() + " before it was ready");
        url = URI.create(ready.substring(ready.lastIndexOf(' ') + 1));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        program.destroy();
        int status = program.waitFor();
        if (status != 0)
            throw new IllegalStateException("amisim ended with " + status);
    }

    /** An account that no other test uses: what tests do at the same time stays apart. */
    public String account() {
        return Long.toString(ACCOUNTS.incrementAndGet());
    }

    /** Points any client there: {@code amisim.connect(Ec2Client.builder(), account).build()}. */
    public <B extends AwsClientBuilder<B, ?>> B connect(B client, String account) {
        var credentials = AwsBasicCredentials.create(account, "anything");
        return client.endpointOverride(url).region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(credentials));
    }

    /** Virtual time: everything that falls due on the way happens. */
    public final class Clock {
        public Instant now() {
            var now = NOW.matcher(control("GET", "clock", ""));
            if (!now.find())
                throw new IllegalStateException("the clock does not say what time it is");
            return Instant.parse(now.group(1));
        }

        public void advance(Duration span) {
            control("POST", "clock", "{\"advance\": \"" + span.toMillis() + "ms\"}");
        }

        public void set(Instant time) {
            control("POST", "clock", "{\"set\": \"" + time + "\"}");
        }
    }

    /**
     * Rules of docs/faults.md for one account, in place of those it had; none ends them:
     * {@code faults(account, "{when: {operations: [CopyImage], first: 1}, what: {drop: after}}")}.
     */
    public void faults(String account, String... rules) {
        if (rules.length == 0)
            control("DELETE", "scenarios/" + account, "");
        else
            control("PUT", "scenarios/" + account + "?account=" + account,
                    "{name: \"" + account + "\", rules: [" + String.join(", ", rules) + "]}");
    }

    /** One of the routes of docs/control.md, and what it answers. */
    public String control(String method, String path, String body) {
        var request = HttpRequest.newBuilder(url.resolve("/_amisim/" + path))
                .header("X-Amisim", "tests")
                .method(method, BodyPublishers.ofString(body))
                .build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2)
                throw new IllegalArgumentException(
                        method + " " + path + ": " + answer.statusCode() + " " + answer.body());
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
