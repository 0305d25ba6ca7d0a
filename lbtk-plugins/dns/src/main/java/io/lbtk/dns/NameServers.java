package io.lbtk.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;

/** The name servers to query, one after the other, each for a share of the timeout. */
final class NameServers {

  /** Number of queries to each server. */
  private static final int ROUNDS = 2;

  private final Resolver resolver;
  private final String shown;

  private NameServers(Resolver resolver, String shown) {
    this.resolver = resolver;
    this.shown = shown;
  }

  /**
   * Returns the given servers, or those of the system if the list is empty.
   *
   * @param timeout the time for all of them together
   */
  static NameServers of(List<InetSocketAddress> servers, Duration timeout) {
    ExtendedResolver resolver =
        servers.isEmpty()
            ? new ExtendedResolver()
            : new ExtendedResolver(servers.stream().<Resolver>map(SimpleResolver::new).toList());
    resolver.setRetries(ROUNDS);
    resolver.setTimeout(timeout);
    Duration each = timeout.dividedBy((long) ROUNDS * Math.max(1, resolver.getResolvers().length));
    for (Resolver server : resolver.getResolvers()) {
      server.setTimeout(each);
    }
    return new NameServers(resolver, shown(servers));
  }

  private static String shown(List<InetSocketAddress> servers) {
    if (servers.isEmpty()) {
      return "the name servers of the system";
    }
    return String.join(
        ", ",
        servers.stream().map(server -> server.getHostString() + ":" + server.getPort()).toList());
  }

  /** Sends a query; the future completes exceptionally if no server answers. */
  CompletableFuture<Message> ask(Name name, int type) {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    // The continuation is short, so it may run on the thread that reads the answers.
    return resolver.sendAsync(query, Runnable::run).toCompletableFuture();
  }

  /** Returns the addresses of the servers, for messages. */
  @Override
  public String toString() {
    return shown;
  }
}
