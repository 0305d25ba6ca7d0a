package io.lbtk.benchmarks.changes;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.dns.DnsRefresher;
import io.lbtk.testkit.NameServer;
import io.lbtk.testkit.ServerProcess;
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

/** SRV records of a name, which live for a second. */
final class DnsDirectory extends ListDirectory {

  private static final String NAME = "_web._tcp.lbtk.test.";
  private static final int TTL_SECONDS = 1;
  private static final String ZONE =
      """
      $TTL 60
      @ IN SOA ns.lbtk.test. root.lbtk.test. 1 60 60 60 1
      @ IN NS ns.lbtk.test.
      ns IN A 127.0.0.1
      """;

  private final ServerProcess server;

  DnsDirectory(Path folder) {
    server = NameServer.start(folder.resolve("named"), "lbtk.test", ZONE, "");
  }

  @Override
  void publish(List<Target> targets) {
    try {
      Name name = Name.fromString(NAME);
      Update update = new Update(Name.fromString("lbtk.test."), DClass.IN);
      update.delete(name, Type.SRV);
      for (Target target : targets) {
        update.add(name, Type.SRV, TTL_SECONDS, "0 1 %d ns.lbtk.test.".formatted(target.port()));
      }
      SimpleResolver resolver = new SimpleResolver(server.address());
      resolver.setTCP(true);
      Message answer = resolver.send(update);
      if (answer.getRcode() != Rcode.NOERROR) {
        throw new IllegalStateException("no update: " + Rcode.string(answer.getRcode()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Refresher refresher() {
    InetSocketAddress address = server.address();
    return DnsRefresher.srv(NAME).servers(List.of(address)).build();
  }

  @Override
  public void close() {
    server.close();
  }
}
