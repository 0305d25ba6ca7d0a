package io.lbtk.tokenport.client;

import io.lbtk.net.HostResolver;
import io.lbtk.net.LoopChannels;
import io.lbtk.net.OnLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Resources shared by the connections of one transport: name resolution, connection logs, and an
 * event loop for takers that do not run on one, whose thread is started on first use.
 *
 * <p>Thread-safe.
 */
public final class ClientNetwork implements AutoCloseable {

  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(5);
  private static final long RESOLUTION_DELAY_MILLIS = 50;

  private final @Nullable DnsServerAddressStreamProvider nameServers;
  private final Map<EventLoop, HostResolver> resolvers = new ConcurrentHashMap<>();
  private final Map<String, SharedLog> logs = new ConcurrentHashMap<>();

  private record SharedLog(ConnectionLog log, int users) {}

  private @Nullable EventLoopGroup own;
  private boolean closed;

  /** Creates a network that uses the name servers of the system. */
  public ClientNetwork() {
    this(null);
  }

  /**
   * Creates a network.
   *
   * @param nameServers the name servers to use; null for those of the system
   */
  ClientNetwork(@Nullable DnsServerAddressStreamProvider nameServers) {
    this.nameServers = nameServers;
  }

  /**
   * Returns the loop for a connection whose taker runs on the given executor. If the executor is an
   * event loop that can run the connection, it is used itself, which saves a thread switch per
   * token; otherwise the shared loop is used.
   *
   * @throws IllegalStateException if this network is closed
   */
  public synchronized ClientLoop loopFor(Executor executor) {
    if (closed) {
      throw new IllegalStateException("the transport is closed (expected: connect before close)");
    }
    if (executor instanceof EventLoop loop && LoopChannels.of(loop) != null) {
      return new ClientLoop(loop, executor);
    }
    if (own == null) {
      own =
          new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("token-client", true), NioIoHandler.newFactory());
    }
    return new ClientLoop(own.next(), executor);
  }

  /**
   * Resolves the host name of a token port. Once one address family is resolved, the other is
   * waited for no longer than the resolution delay of RFC 8305.
   *
   * @param loop the calling event loop
   * @param address an address whose host is a name
   */
  Future<List<InetSocketAddress>> resolve(EventLoop loop, PortAddress address) {
    Promise<List<InetSocketAddress>> promise = loop.newPromise();
    List<InetSocketAddress> all = new ArrayList<>();
    HostResolver.Lookup lookup =
        resolver(loop)
            .resolve(
                address.host(),
                address.port(),
                new HostResolver.Listener() {
                  @Override
                  public void found(List<InetSocketAddress> addresses) {
                    boolean first = all.isEmpty();
                    all.addAll(addresses);
                    if (first) {
                      var unused =
                          loop.schedule(
                              () -> promise.trySuccess(List.copyOf(all)),
                              RESOLUTION_DELAY_MILLIS,
                              TimeUnit.MILLISECONDS);
                    }
                  }

                  @Override
                  public void ended(@Nullable Throwable failure) {
                    if (failure == null) {
                      promise.trySuccess(List.copyOf(all));
                    } else {
                      promise.tryFailure(failure);
                    }
                  }
                });
    promise.addListener(done -> lookup.cancel());
    return promise;
  }

  private HostResolver resolver(EventLoop loop) {
    return resolvers.computeIfAbsent(
        loop,
        unknown -> {
          loop.terminationFuture().addListener(ended -> resolvers.remove(loop));
          return new HostResolver(loop, LOOKUP_TIMEOUT, nameServers);
        });
  }

  /**
   * Returns the log shared by all connections of this name; to be released by {@link #releaseLog}.
   */
  ConnectionLog acquireLog(String name) {
    SharedLog shared =
        logs.compute(
            name,
            (key, known) ->
                known == null
                    ? new SharedLog(new ConnectionLog(key), 1)
                    : new SharedLog(known.log, known.users + 1));
    return shared.log;
  }

  /** Releases a log; it is dropped with the last connection of this name. */
  void releaseLog(String name) {
    logs.computeIfPresent(
        name, (key, known) -> known.users == 1 ? null : new SharedLog(known.log, known.users - 1));
  }

  /** Returns the number of logs in use. */
  int logs() {
    return logs.size();
  }

  /** Shuts the shared loop down after its pending tasks. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    resolvers.forEach((loop, resolver) -> OnLoop.post(loop, resolver::close, () -> {}));
    if (own != null) {
      own.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
  }
}
