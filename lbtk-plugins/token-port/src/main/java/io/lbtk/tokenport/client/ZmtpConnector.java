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
 * Maintains one ZMTP connection: it reconnects with a delay that grows from 100 ms to a second,
 * until it is stopped. Confined to its event loop.
 *
 * <p>The handler of a connection calls {@link #established} once the other end has been verified,
 * and {@link #failing} before it closes the channel.
 */
public final class ZmtpConnector {

  /** Prefix of Netty's messages, such as {@code finishConnect(..) failed with error(-111): }. */
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
   * Creates a connector that is not started.
   *
   * @param loop the event loop of the connection
   * @param address the address to connect to
   * @param name the name of the connection for the log
   * @param network the resources to resolve the host and to log with
   * @param own the socket type of this end
   * @param peer the required socket type of the other end
   * @param options sets further options of the socket
   * @param handler creates the handler of each connection, which follows the {@link ZmtpHandler}
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
    this.log = network.acquireLog(name);
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

  /** Starts to connect. */
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
            lost("cannot resolve the host name (" + message(future.cause()) + ")");
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

  /** Records that the connection is established. */
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

  /** Records why the connection is about to be closed; only the first reason is logged. */
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

  /** Closes the connection after pending writes, and does not reconnect. */
  public void stop() {
    if (!stopped) {
      stopped = true;
      network.releaseLog(name);
    }
    if (channel != null) {
      channel.close();
    }
  }

  /**
   * Returns the message of a failure, without the system call and the error number that Netty puts
   * before it.
   */
  public static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : SYSTEM_CALL.matcher(message).replaceFirst("");
  }
}
