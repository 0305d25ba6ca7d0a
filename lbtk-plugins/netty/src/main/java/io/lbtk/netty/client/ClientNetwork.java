package io.lbtk.netty.client;

import io.lbtk.netty.LoopChannels;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one transport share: how names are resolved, and an event loop for takers
 * that have none, with a thread from the first on.
 *
 * <p>Thread-safe.
 */
public final class ClientNetwork implements AutoCloseable {

  private final Map<Class<?>, AddressResolverGroup<InetSocketAddress>> names =
      new ConcurrentHashMap<>();

  private final Map<String, SharedLog> logs = new ConcurrentHashMap<>();

  private record SharedLog(ConnectionLog log, int users) {}

  private @Nullable EventLoopGroup own;
  private boolean closed;

  /** Without a thread yet. */
  public ClientNetwork() {}

  /**
   * The loop for a connection whose taker runs on this executor: that itself, where it is a loop
   * that can run one, so that a token crosses no thread; else the shared one.
   *
   * @throws IllegalStateException if this was closed
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

  /** Finds the addresses of names, for connections on the loop, which it never blocks. */
  AddressResolver<InetSocketAddress> names(EventLoop loop) {
    return names
        .computeIfAbsent(LoopChannels.ofLoop(loop).datagram(), ClientNetwork::newNames)
        .getResolver(loop);
  }

  private static AddressResolverGroup<InetSocketAddress> newNames(Class<?> datagram) {
    return new DnsAddressResolverGroup(
        datagram.asSubclass(DatagramChannel.class),
        DnsServerAddressStreamProviders.platformDefault());
  }

  /** Returns the log of all connections of this name, to be given back by {@link #giveBack}. */
  ConnectionLog logOf(String name) {
    SharedLog shared =
        logs.compute(
            name,
            (key, known) ->
                known == null
                    ? new SharedLog(new ConnectionLog(key), 1)
                    : new SharedLog(known.log, known.users + 1));
    return shared.log;
  }

  /** Forgets the log of connections of this name, with the last of them. */
  void giveBack(String name) {
    logs.computeIfPresent(
        name, (key, known) -> known.users == 1 ? null : new SharedLog(known.log, known.users - 1));
  }

  /** Returns how many logs there are. */
  int logs() {
    return logs.size();
  }

  /** Ends the shared loop, after what was given to it. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    names.values().forEach(AddressResolverGroup::close);
    if (own != null) {
      own.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
  }
}
