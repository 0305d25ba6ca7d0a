package io.lbtk.dns;

import io.lbtk.api.Target;
import io.lbtk.testkit.servers.DirectoryServer;
import io.lbtk.testkit.servers.NameServer;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/** A name server with the zone {@code lbtk.test}, which can be changed. */
final class Zone implements AutoCloseable {

  private static final String ZONE =
      """
      $TTL 60
      @ IN SOA ns.lbtk.test. root.lbtk.test. 1 60 60 60 2
      @ IN NS ns.lbtk.test.
      ns IN A 127.0.0.1
      """;

  private final ServerProcess server;

  /**
   * Starts it; see {@link NameServer}.
   *
   * @param minimal whether it answers only what it is asked for
   */
  Zone(Path folder, boolean minimal) {
    String options = "minimal-responses %s;".formatted(minimal ? "yes" : "no");
    server = NameServer.start(folder, "lbtk.test", ZONE, options);
  }

  DirectoryServer server() {
    return server;
  }

  InetSocketAddress address() {
    return server.address();
  }

  /**
   * Puts SRV records of targets in the place of all that a name has, in one step with the addresses
   * of the targets, each under a name of its own.
   *
   * @param name before {@code .lbtk.test}
   */
  void setServices(String name, int ttl, List<Target> targets) {
    setServices(name, ttl, targets, List.of());
  }

  /**
   * Puts SRV records in the place of all that a name has: of targets, and others, as in a file of a
   * zone.
   */
  void setServices(String name, int ttl, List<Target> targets, List<String> others) {
    change(
        update -> {
          update.delete(owner(name), Type.SRV);
          for (Target target : targets) {
            update.add(owner(label(target)), Type.A, ttl, target.host());
            update.add(owner(name), Type.SRV, ttl, srv(target));
          }
          for (String other : others) {
            update.add(owner(name), Type.SRV, ttl, other);
          }
        });
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
    change(
        update -> {
          update.delete(owner(name), type);
          for (String record : records) {
            update.add(owner(name), type, ttl, record);
          }
        });
  }

  /** Adds these records to those that a name has. */
  void add(String name, int type, int ttl, List<String> records) {
    change(
        update -> {
          for (String record : records) {
            update.add(owner(name), type, ttl, record);
          }
        });
  }

  private static Name owner(String name) throws IOException {
    return Name.fromString(name + ".lbtk.test.");
  }

  private interface Change {
    void addTo(Update update) throws IOException;
  }

  private void change(Change change) {
    try {
      Update update = new Update(Name.fromString("lbtk.test."), DClass.IN);
      change.addTo(update);
      SimpleResolver resolver = new SimpleResolver(address());
      resolver.setTCP(true);
      Message answer = resolver.send(update);
      if (answer.getRcode() != Rcode.NOERROR) {
        throw new AssertionError("the update: " + Rcode.string(answer.getRcode()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
