package io.lbtk.etcd;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a cluster. One is used until it fails, then the next. Not thread-safe, except for
 * {@link #close}.
 */
final class EtcdServers implements AutoCloseable {

  private final List<EtcdServer> servers;
  private final EtcdServersBuilder.Loop loop;
  private int current;

  /**
   * Creates a cluster that has no connections yet.
   *
   * @param loop the event loop of the connections, closed with the cluster
   */
  EtcdServers(List<EtcdServer> servers, EtcdServersBuilder.Loop loop) {
    this.servers = List.copyOf(servers);
    this.loop = loop;
  }

  /**
   * Calls the servers, one after the other, until one answers.
   *
   * @throws EtcdException if none answers; the message has the reason of each
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

  /** Returns the number of servers. */
  int count() {
    return servers.size();
  }

  /** Switches to the next server if the failed one is the current one. */
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
