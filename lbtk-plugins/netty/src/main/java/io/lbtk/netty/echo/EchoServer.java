package io.lbtk.netty.echo;

import io.lbtk.api.StartException;
import io.lbtk.netty.ListenAddress;
import io.lbtk.netty.Listener;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A test service: sends back what it receives, and ends a connection when the client has sent all.
 */
public final class EchoServer implements AutoCloseable {

  private static final long END_SECONDS = 10;

  private final String name;
  private final List<ListenAddress> listen;
  private final int loops;
  private final List<Listener> listeners = new ArrayList<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private @Nullable EventLoopGroup group;
  private boolean closed;

  private EchoServer(Builder builder) {
    this.name = builder.name;
    this.listen = List.copyOf(builder.listen);
    this.loops = builder.loops;
  }

  /** A builder of an echo server. It needs an address to listen on. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Binds every address and begins to accept. Blocks until they are bound.
   *
   * @throws StartException if one cannot be bound; the message names it, and none stays bound
   * @throws IllegalStateException if it was started or closed before
   */
  public synchronized void start() {
    if (group != null || closed) {
      throw new IllegalStateException(
          "%s was %s before".formatted(name, closed ? "closed" : "started"));
    }
    EventLoopGroup started =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory(name), NioIoHandler.newFactory());
    group = started;
    try {
      for (ListenAddress address : listen) {
        EventLoop loop = started.next();
        listeners.add(Listener.bind(name, address, loop, accepted -> echo(started, accepted)));
      }
    } catch (StartException e) {
      close();
      throw e;
    }
  }

  private void echo(EventLoopGroup loops, SocketChannel accepted) {
    clients.add(accepted);
    accepted.config().setAutoRead(false);
    accepted.config().setAllowHalfClosure(true);
    accepted.pipeline().addLast(new EchoHandler());
    loops.register(accepted);
  }

  /** Where it accepts, in the order given, with the real ports where 0 was asked. */
  public synchronized List<InetSocketAddress> addresses() {
    return listeners.stream().map(Listener::address).toList();
  }

  /**
   * Stops accepting, closes every connection and ends the loops. Waits for that, so it must not be
   * called by one of them. A second call does nothing.
   */
  @Override
  public synchronized void close() {
    closed = true;
    listeners.forEach(Listener::close);
    clients.close().awaitUninterruptibly();
    if (group != null) {
      group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  /** Makes an echo server. Each method returns the builder; it is not thread-safe. */
  public static final class Builder {

    private final List<ListenAddress> listen = new ArrayList<>();
    private String name = "echo";
    private int loops = Runtime.getRuntime().availableProcessors();

    private Builder() {}

    /** The name for errors, logs and threads; {@code echo} by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * One more address to accept on: {@code host:port}, port 0 for one that the kernel chooses.
     *
     * @throws StartException if the text is no address
     */
    public Builder listen(String address) {
      return listen(ListenAddress.parse(name, address));
    }

    /** One more address to accept on. */
    public Builder listen(ListenAddress address) {
      listen.add(Objects.requireNonNull(address, "address"));
      return this;
    }

    /** Event loops, each with a thread; as many as there are cores by default. */
    public Builder loops(int loops) {
      if (loops < 1) {
        throw new IllegalArgumentException("loops %d (expected: 1 or more)".formatted(loops));
      }
      this.loops = loops;
      return this;
    }

    /**
     * Makes the server, which does not accept yet.
     *
     * @throws IllegalStateException if there is no address
     */
    public EchoServer build() {
      if (listen.isEmpty()) {
        throw new IllegalStateException(name + " has no address to listen on");
      }
      return new EchoServer(this);
    }
  }
}
