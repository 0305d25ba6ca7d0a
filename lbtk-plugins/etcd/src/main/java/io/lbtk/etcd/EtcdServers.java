package io.lbtk.etcd;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a cluster. One is asked as long as it answers, then the next. All but {@link
 * #close} is for one thread at a time.
 */
final class EtcdServers implements AutoCloseable {

  private final List<EtcdServer> servers;
  private final EtcdServersBuilder.Loop loop;
  private int current;

  /**
   * Creates a cluster that has no connections yet.
   *
   * @param loop runs the connections, and is closed with this
   */
  EtcdServers(List<EtcdServer> servers, EtcdServersBuilder.Loop loop) {
    this.servers = List.copyOf(servers);
    this.loop = loop;
  }

  /**
   * Asks them, one after the other, until one answers.
   *
   * @throws EtcdException if none does; it says why each did not
   */
  <T> T call(EtcdServer.Call<T> call) throws EtcdException {
    Set<String> problems = new LinkedHashSet<>();
    @Nullable EtcdException last = null;
    for (int i = 0; i < servers.size(); i++) {
      EtcdServer server = servers.get(current);
      try {
        return server.call(call);
      } catch (EtcdException e) {
        problems.add(String.valueOf(e.getMessage()));
        last = e;
        leave(server);
      }
    }
    throw new EtcdException(String.join("; ", problems), last == null ? new Exception() : last);
  }

  /** How many there are. */
  int count() {
    return servers.size();
  }

  /** A server has failed: from now on the next is asked, if it was this one's turn. */
  void leave(EtcdServer failed) {
    if (servers.get(current) == failed) {
      failed.disconnect();
      current = (current + 1) % servers.size();
    }
  }

  @Override
  public String toString() {
    return servers.stream().map(EtcdServer::toString).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    servers.forEach(EtcdServer::close);
    loop.close();
  }
}
