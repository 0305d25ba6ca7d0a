package io.lbtk.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * How many sockets and pipes this process has, as Linux says it; none elsewhere.
 *
 * @param sockets of any kind
 * @param pipes each end counts
 */
public record OpenDescriptors(long sockets, long pipes) {

  private static final Path FOLDER = Path.of("/proc/self/fd");

  /** Those of now. */
  public static OpenDescriptors now() {
    try {
      // With its first socket the JDK makes one more, which it keeps.
      new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OpenDescriptors(count("socket:"), count("pipe:"));
  }

  private static long count(String kind) {
    if (!Files.isDirectory(FOLDER)) {
      return 0;
    }
    try (Stream<Path> descriptors = Files.list(FOLDER)) {
      return descriptors.filter(descriptor -> target(descriptor).startsWith(kind)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // It was closed meanwhile.
      return "";
    }
  }

  /** Waits until there are no more than these, and fails if that does not come. */
  public void awaitNoMore() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              OpenDescriptors now = now();
              assertThat(now.sockets).as("sockets").isLessThanOrEqualTo(sockets);
              assertThat(now.pipes).as("ends of pipes").isLessThanOrEqualTo(pipes);
            });
  }
}
