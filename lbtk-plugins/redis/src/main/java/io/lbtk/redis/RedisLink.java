package io.lbtk.redis;

import io.lbtk.core.net.SelfConnection;
import io.lettuce.core.ConnectionFuture;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a server, opened on demand, and again after it was lost or dropped. Not
 * thread-safe, except for {@link #close}.
 */
final class RedisLink implements AutoCloseable {

  /** The minimum of Lettuce. The threads are daemons, started on demand. */
  private static final int THREADS = 2;

  /** TCP, TLS and the first commands have one timeout each; this bounds them all together. */
  private static final int CONNECT_STEPS = 4;

  private final RedisServer server;
  private @Nullable RedisClient client;
  private volatile @Nullable StatefulRedisConnection<EntryText, EntryText> connection;
  private volatile Runnable lost = () -> {};
  private boolean closed;

  RedisLink(RedisServer server) {
    this.server = server;
  }

  /**
   * Sets the callback for the loss of a connection that was not dropped.
   *
   * @param lost called on a thread that must not be blocked
   */
  void onLost(Runnable lost) {
    this.lost = lost;
  }

  /**
   * Returns the commands of the connection; blocks while it is being established.
   *
   * @throws io.lettuce.core.RedisException if that fails
   */
  RedisCommands<EntryText, EntryText> commands() {
    return connection().sync();
  }

  /**
   * Returns the connection; blocks while it is being established.
   *
   * @throws io.lettuce.core.RedisException if that fails
   */
  StatefulRedisConnection<EntryText, EntryText> connection() {
    StatefulRedisConnection<EntryText, EntryText> open = connection;
    if (open == null || !open.isOpen()) {
      drop();
      open = await(begin(client -> client.connectAsync(new EntryCodec(), server.redisUri())));
      connection = open;
      open.addListener(new Loss(open));
    }
    return open;
  }

  /**
   * Opens a separate connection for subscriptions, which the caller closes; blocks.
   *
   * @throws io.lettuce.core.RedisException if that fails
   */
  StatefulRedisPubSubConnection<EntryText, EntryText> newSubscriber() {
    return await(begin(client -> client.connectPubSubAsync(new EntryCodec(), server.redisUri())));
  }

  /**
   * Closes the connection, whose state is unknown after an error. A lost one is closed as well,
   * because the client keeps it until then.
   */
  void drop() {
    StatefulRedisConnection<EntryText, EntryText> open = connection;
    connection = null;
    if (open != null) {
      var unused = open.closeAsync();
    }
  }

  private final class Loss implements RedisConnectionStateListener {

    private final StatefulRedisConnection<EntryText, EntryText> watched;

    Loss(StatefulRedisConnection<EntryText, EntryText> watched) {
      this.watched = watched;
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> disconnected) {
      if (connection == watched) {
        lost.run();
      }
    }
  }

  private <T> T await(ConnectionFuture<T> connecting) {
    CompletableFuture<T> future = connecting.toCompletableFuture();
    try {
      return future.get(server.timeout().toMillis() * CONNECT_STEPS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw RedisConnectionException.create(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new RedisConnectionException("no connection in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisConnectionException("interrupted", e);
    }
  }

  /** Starts to connect, unless closed: a client that is shut down would log a warning. */
  private synchronized <T> ConnectionFuture<T> begin(
      Function<RedisClient, ConnectionFuture<T>> connect) {
    return connect.apply(client());
  }

  private synchronized RedisClient client() {
    if (closed) {
      throw new RedisConnectionException("closed");
    }
    RedisClient made = client;
    if (made == null) {
      made = RedisClient.create(resources());
      made.setOptions(server.clientOptions());
      client = made;
    }
    return made;
  }

  /** Returns resources with the name resolution of the JVM. */
  private static ClientResources resources() {
    return ClientResources.builder()
        .ioThreadPoolSize(THREADS)
        .computationThreadPoolSize(THREADS)
        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
        .addressResolverGroup(DefaultAddressResolverGroup.INSTANCE)
        .nettyCustomizer(
            new NettyCustomizer() {
              @Override
              public void afterChannelInitialized(Channel channel) {
                channel.pipeline().addFirst(new SelfConnectionGuard());
              }
            })
        .build();
  }

  /**
   * Resets a connection to itself, which is not a connection to Redis: see {@link SelfConnection}.
   */
  @ChannelHandler.Sharable
  static final class SelfConnectionGuard extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      Channel channel = ctx.channel();
      if (SelfConnection.is(channel.localAddress(), channel.remoteAddress())) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
      } else {
        ctx.fireChannelActive();
      }
    }
  }

  /** Cancels pending commands and stops the threads, without waiting. */
  @Override
  public synchronized void close() {
    closed = true;
    RedisClient made = client;
    client = null;
    if (made != null) {
      ClientResources resources = made.getResources();
      var unused =
          made.shutdownAsync(0, 1, TimeUnit.SECONDS)
              .whenComplete((done, e) -> resources.shutdown(0, 1, TimeUnit.SECONDS));
    }
  }

  /** Encodes and decodes keys and values as {@link EntryText}. */
  private static final class EntryCodec implements RedisCodec<EntryText, EntryText> {

    @Override
    public EntryText decodeKey(ByteBuffer bytes) {
      return EntryText.decode(bytes);
    }

    @Override
    public EntryText decodeValue(ByteBuffer bytes) {
      return EntryText.decode(bytes);
    }

    @Override
    public ByteBuffer encodeKey(EntryText key) {
      return key.encode();
    }

    @Override
    public ByteBuffer encodeValue(EntryText value) {
      return value.encode();
    }
  }
}
