package io.lbtk.dns;

import io.lbtk.api.Target;
import io.lbtk.testkit.NameServer;
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

  private final NameServer server;

  /**
   * Starts it; see {@link NameServer}.
   *
   * @param minimal whether it answers only what it is asked for
   */
  Zone(Path folder, boolean minimal) {
    String options = "minimal-responses %s;".formatted(minimal ? "yes" : "no");
    server = new NameServer(folder, "lbtk.test", ZONE, options);
  }

  InetSocketAddress address() {
    return server.address();
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
      SimpleResolver resolver = new SimpleResolver(address());
      resolver.setTCP(true);
      Message answer = resolver.send(update);
      if (answer.getRcode() != Rcode.NOERROR) {
        throw new AssertionError(Type.string(type) + ": " + Rcode.string(answer.getRcode()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@link NameServer#suspend}. */
  void suspend() {
    server.suspend();
  }

  /** {@link NameServer#resume}. */
  void resume() {
    server.resume();
  }

  @Override
  public void close() {
    server.close();
  }
}
