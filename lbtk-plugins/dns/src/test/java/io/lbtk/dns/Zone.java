package io.lbtk.dns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/**
 * BIND's name server, in a process of its own, with the zone {@code lbtk.test}, which takes updates
 * (RFC 2136).
 */
final class Zone implements AutoCloseable {

  private static final List<String> PLACES = List.of("/usr/sbin/named", "/usr/local/sbin/named");
  private static final int ATTEMPTS = 5;

  private static final String OPTIONS =
      """
      options {
        directory "%s";
        listen-on port %d { 127.0.0.1; };
        listen-on-v6 { none; };
        pid-file none;
        session-keyfile "%s/session.key";
        recursion no;
        dnssec-validation no;
        minimal-responses %s;
        %s
      };
      controls { };
      zone "lbtk.test" { type primary; file "zone"; allow-update { 127.0.0.1; }; };
      """;

  /** Other versions of BIND do not know the limit, and have none. */
  private static final String NO_LIMIT = "max-records-per-type 0;";

  private static final String ZONE =
      """
      $TTL 60
      @ IN SOA ns.lbtk.test. root.lbtk.test. 1 60 60 60 2
      @ IN NS ns.lbtk.test.
      ns IN A 127.0.0.1
      """;

  private final Path folder;
  private final String minimal;
  private final int port;
  private Process process;
  private String limit = NO_LIMIT;

  /**
   * Starts it, and waits until it serves. Where there is none, the test is left out.
   *
   * @param minimal whether it answers only what it is asked for
   */
  Zone(Path folder, boolean minimal) {
    this.folder = folder;
    this.minimal = minimal ? "yes" : "no";
    String program = program();
    try {
      Files.writeString(folder.resolve("zone"), ZONE, UTF_8);
      int tried = 0;
      Process started;
      int chosen;
      do {
        // It cannot choose one itself. These the kernel gives to nobody who does not ask for them.
        chosen = ThreadLocalRandom.current().nextInt(20_000, 32_000);
        started = start(program, chosen);
      } while (!serves(started) && ++tried < ATTEMPTS);
      port = chosen;
      process = started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process start(String program, int chosen) throws IOException {
    Path file = folder.resolve("named.conf");
    Files.writeString(file, OPTIONS.formatted(folder, chosen, folder, minimal, limit), UTF_8);
    Path log = folder.resolve("log");
    Files.deleteIfExists(log);
    return new ProcessBuilder(program, "-f", "-g", "-4", "-n", "1", "-c", file.toString())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private boolean serves(Process started) throws IOException, InterruptedException {
    for (int i = 0; i < 3000; i++) {
      String log = Files.readString(folder.resolve("log"), UTF_8);
      if (log.contains("unknown option 'max-records-per-type'")) {
        limit = "";
      }
      if (log.contains("address in use") || started.waitFor(10, TimeUnit.MILLISECONDS)) {
        started.destroyForcibly().waitFor();
        return false;
      }
      if (log.lines().anyMatch(line -> line.endsWith(" running"))) {
        return true;
      }
    }
    started.destroyForcibly();
    throw new AssertionError("named does not run:\n" + Files.readString(folder.resolve("log")));
  }

  /** The tests against it may be left out on somebody's laptop, never where CI is true. */
  private static String program() {
    Optional<String> found =
        PLACES.stream().filter(at -> Files.isExecutable(Path.of(at))).findFirst();
    boolean needed = "true".equals(System.getenv("CI"));
    assumeTrue(needed || found.isPresent(), "no named");
    return found.orElseThrow(
        () -> new AssertionError("no named (expected: one of %s)".formatted(PLACES)));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Puts the addresses of targets in, each under a name of its own, and SRV records of these. */
  void setServices(String name, int ttl, List<Target> targets) {
    targets.forEach(target -> set(label(target), Type.A, ttl, List.of(target.host())));
    set(name, Type.SRV, ttl, targets.stream().map(Zone::srv).toList());
  }

  private static String label(Target target) {
    return "h" + target.host().replace('.', '-');
  }

  private static String srv(Target target) {
    return "%d %d %d %s.lbtk.test."
        .formatted(target.priority(), target.weight(), target.port(), label(target));
  }

  /**
   * Puts these records in the place of all of their type that a name has, in one step.
   *
   * @param name before {@code .lbtk.test}
   * @param records as in a file of a zone
   */
  void set(String name, int type, int ttl, List<String> records) {
    update(name, type, ttl, records, true);
  }

  /** Adds these records to those that a name has. */
  void add(String name, int type, int ttl, List<String> records) {
    update(name, type, ttl, records, false);
  }

  private void update(String name, int type, int ttl, List<String> records, boolean replace) {
    try {
      Name owner = Name.fromString(name + ".lbtk.test.");
      Update update = new Update(Name.fromString("lbtk.test."), DClass.IN);
      if (replace) {
        update.delete(owner, type);
      }
      for (String record : records) {
        update.add(owner, type, ttl, record);
      }
      SimpleResolver server = new SimpleResolver(address());
      server.setTCP(true);
      Message answer = server.send(update);
      if (answer.getRcode() != Rcode.NOERROR) {
        throw new AssertionError(Type.string(type) + ": " + Rcode.string(answer.getRcode()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops it, as if its machine was asleep. */
  void suspend() {
    signal("-STOP");
  }

  /** Lets it go on. */
  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int code = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new AssertionError("kill " + signal + ": " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends it at once. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
