package io.lbtk.netty.echo;

import io.lbtk.api.StartException;
import io.lbtk.netty.ListenAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A test service: sends back what it receives, then closes when the client has sent all. */
public final class EchoServer implements AutoCloseable {

  private final String name;
  private final List<ListenAddress> listen;
  private final int loops;
  private final List<Channel> servers = new ArrayList<>();
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
      throw new IllegalStateException("started or closed before");
    }
    group =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    ServerBootstrap bootstrap = bootstrap(group);
    try {
      for (ListenAddress address : listen) {
        servers.add(address.bind(bootstrap));
      }
    } catch (StartException e) {
      close();
      throw e;
    }
  }

  private static ServerBootstrap bootstrap(EventLoopGroup loopGroup) {
    return new ServerBootstrap()
        .group(loopGroup)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new EchoHandler());
              }
            });
  }

  /** Where it accepts, in the order given, with the real ports where 0 was asked. */
  public synchronized List<SocketAddress> addresses() {
    return servers.stream().map(Channel::localAddress).toList();
  }

  /** Stops accepting and closes every connection. A second call does nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    servers.forEach(server -> server.close().awaitUninterruptibly());
    if (group != null) {
      group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
  }

  /** What an echo server is made of. */
  public static final class Builder {

    private final List<ListenAddress> listen = new ArrayList<>();
    private String name = "echo";
    private int loops = Runtime.getRuntime().availableProcessors();

    private Builder() {}

    /** The name of its threads; {@code echo} by default. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * One more address to accept on: {@code host:port}, port 0 for one that the kernel chooses.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected
     */
    public Builder listen(String address) {
      return listen(ListenAddress.parse(address));
    }

    /** One more address to accept on. */
    public Builder listen(ListenAddress address) {
      listen.add(address);
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
        throw new IllegalStateException("no address to listen on (expected: at least one)");
      }
      return new EchoServer(this);
    }
  }
}
