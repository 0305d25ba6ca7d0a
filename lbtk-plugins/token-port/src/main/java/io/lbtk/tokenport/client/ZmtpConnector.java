package io.lbtk.tokenport.client;

import io.lbtk.net.LoopChannels;
import io.lbtk.net.NoSelfConnection;
import io.lbtk.tokenport.zmtp.SocketType;
import io.lbtk.tokenport.zmtp.ZmtpHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one ZMTP connection: makes it, and again whenever it is lost, after 100 ms at first and up
 * to a second later on, for ever. Belongs to its event loop.
 *
 * <p>The handler of a connection says {@link #established} when the other end has shown to be what
 * it should be, and {@link #failing} before it closes the channel for a reason.
 */
public final class ZmtpConnector {

  /** {@code finishConnect(..) failed with error(-111): }. */
  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

  private static final int CONNECT_TIMEOUT_MILLIS = 5000;
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);
  private static final long FIRST_DELAY_MILLIS = 100;
  private static final long LAST_DELAY_MILLIS = 1000;

  private final EventLoop loop;
  private final PortAddress address;
  private final ClientNetwork network;
  private final String name;
  private final ConnectionLog log;
  private final Bootstrap bootstrap;

  private @Nullable Channel channel;
  private @Nullable Future<?> stable;
  private @Nullable String reason;
  private boolean stopped;
  private long upSince;
  private long delayMillis = FIRST_DELAY_MILLIS;
  private int attempts;

  /**
   * A connection that is not made yet.
   *
   * @param name for the log
   * @param network finds the addresses of the host where that is a name
   * @param own what this end is
   * @param peer what the other end must be
   * @param options sets what else the socket needs
   * @param handler makes the handler of each connection, which stands behind a {@link ZmtpHandler}
   */
  public ZmtpConnector(
      EventLoop loop,
      PortAddress address,
      String name,
      ClientNetwork network,
      SocketType own,
      SocketType peer,
      Consumer<Bootstrap> options,
      Supplier<ChannelHandler> handler) {
    this.loop = loop;
    this.address = address;
    this.network = network;
    this.name = name;
    this.log = network.logOf(name);
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(LoopChannels.ofLoop(loop).socket())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline()
                        .addLast(new NoSelfConnection())
                        .addLast(ZmtpHandler.connecting(own, peer, HANDSHAKE_TIMEOUT))
                        .addLast(handler.get());
                  }
                });
    options.accept(bootstrap);
  }

  /** Begins to connect. */
  public void start() {
    if (stopped) {
      return;
    }
    List<InetSocketAddress> literal = address.literal().orElse(null);
    if (literal != null) {
      connect(literal);
      return;
    }
    Future<List<InetSocketAddress>> found = network.resolve(loop, address);
    found.addListener(
        future -> {
          if (future.isSuccess()) {
            connect(found.getNow());
          } else {
            lost("the name is not known (" + message(future.cause()) + ")");
          }
        });
  }

  private void connect(List<InetSocketAddress> addresses) {
    if (stopped) {
      return;
    }
    InetSocketAddress next = addresses.get(Math.floorMod(attempts++, addresses.size()));
    reason = null;
    ChannelFuture connecting = bootstrap.connect(next);
    channel = connecting.channel();
    connecting.addListener(
        future -> {
          if (future.isSuccess()) {
            connecting
                .channel()
                .closeFuture()
                .addListener(closed -> lost(reason == null ? "closed by the other end" : reason));
          } else {
            lost(message(future.cause()));
          }
        });
  }

  /** The connection works. */
  public void established() {
    log.up();
    upSince = System.nanoTime();
    stable =
        loop.schedule(
            () -> {
              delayMillis = FIRST_DELAY_MILLIS;
              log.stable();
            },
            ConnectionLog.STABLE.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Logs whether the other end is a standby, which gives no tokens. */
  public void role(boolean standby) {
    log.role(standby);
  }

  /** Logs the error with which the other end closes the connection. */
  public void error(String text) {
    log.error(text);
    failing("closed by the other end with an error");
  }

  /** Notes why the connection is about to be closed; the first reason counts. */
  public void failing(String why) {
    if (reason == null) {
      reason = why;
    }
  }

  private void lost(String why) {
    channel = null;
    boolean wasUp = stable != null;
    if (stable != null) {
      stable.cancel(false);
      stable = null;
    }
    if (stopped || loop.isShuttingDown()) {
      return;
    }
    if (wasUp) {
      log.lost(why, Duration.ofNanos(System.nanoTime() - upSince));
    } else {
      log.failed(why);
    }
    long delay = delayMillis / 2 + ThreadLocalRandom.current().nextLong(delayMillis / 2 + 1);
    delayMillis = Math.min(LAST_DELAY_MILLIS, delayMillis * 2);
    loop.schedule(this::start, delay, TimeUnit.MILLISECONDS);
  }

  /** Ends the connection, after what was written, and makes no other. */
  public void stop() {
    if (!stopped) {
      stopped = true;
      network.giveBack(name);
    }
    if (channel != null) {
      channel.close();
    }
  }

  /**
   * Returns what went wrong, in words for an operator: without the name and the number that Netty
   * puts before the words of the system.
   */
  public static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : SYSTEM_CALL.matcher(message).replaceFirst("");
  }
}
