package io.lbtk.proxy.splice;

import io.lbtk.api.StartException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The previous process on an address, as its successor sees it. It passes on its listening sockets,
 * and keeps accepting until it is told that the successor serves. {@link HandOver} is the other
 * end.
 */
public final class FormerProcess implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FormerProcess.class);

  private static final long PATIENCE_SECONDS = 5;

  private final String who;
  private final Path path;
  private final EpollDomainSocketChannel channel = new EpollDomainSocketChannel();
  private final CompletableFuture<List<Socket>> given = new CompletableFuture<>();

  private FormerProcess(String who, Path path) {
    this.who = who;
    this.path = path;
  }

  /**
   * Asks the previous process for its sockets. Blocks, so it must not be called on a loop.
   *
   * @param who the component that asks, for errors: {@code proxy.front}
   * @param path the path of the Unix socket of the previous process
   * @param loop the epoll loop for the connection
   * @return the previous process; null if there is none
   * @throws StartException if there is one that does not pass on its sockets
   */
  public static @Nullable FormerProcess ask(String who, Path path, EventLoop loop) {
    if (!Files.exists(path)) {
      return null;
    }
    FormerProcess former = new FormerProcess(who, path);
    ChannelFuture connected = former.connect(loop).awaitUninterruptibly();
    if (!connected.isSuccess()) {
      // Left behind by a killed process.
      former.close();
      return null;
    }
    return former;
  }

  private ChannelFuture connect(EventLoop loop) {
    return new Bootstrap()
        .group(loop)
        .channelFactory(() -> channel)
        .handler(new Handler())
        .connect(new DomainSocketAddress(path.toFile()));
  }

  /**
   * Returns the sockets, which listen on an address.
   *
   * @param count the number of loops that will accept
   * @return as {@link ListeningSockets#open}; empty if the previous process has closed the
   *     connection, as it does when it stops
   * @throws StartException if no sockets arrive, or if they listen on another address
   */
  public List<ListeningSocket> sockets(InetSocketAddress address, int count) {
    List<Socket> sockets;
    try {
      sockets = given.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("interrupted", e);
    } catch (ExecutionException e) {
      log.info("{}: the process at {} has stopped without passing on its listener", who, path);
      log.debug("the reason", e);
      return List.of();
    } catch (TimeoutException e) {
      throw failure("the process there passes on no sockets", e);
    }
    for (Socket socket : sockets) {
      if (!ListeningSockets.isOn(socket, address)) {
        StartException elsewhere =
            failure(
                "the process there listens on %s (expected: %s, as before)"
                    .formatted(socket.localAddress(), address),
                null);
        sockets.forEach(ListeningSockets::close);
        throw elsewhere;
      }
    }
    return ListeningSocket.deal(sockets, count);
  }

  private StartException failure(String why, @Nullable Exception cause) {
    return new StartException("%s: hand-over = %s: %s".formatted(who, path, why), cause);
  }

  /** Tells the previous process to stop accepting, and waits until it has. */
  public void replace() {
    say(HandOver.REPLACED);
    channel.closeFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    close();
  }

  private void say(byte word) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {word}));
  }

  /**
   * Closes the connection; if the previous process was not replaced it continues to serve. A second
   * call does nothing.
   */
  @Override
  public void close() {
    channel.close();
  }

  private final class Handler extends ChannelInboundHandlerAdapter {

    private final List<Socket> sockets = new ArrayList<>();
    private int expected;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof FileDescriptor socket) {
        sockets.add(new Socket(socket.intValue()));
        if (sockets.size() == expected) {
          given.complete(List.copyOf(sockets));
        }
      } else {
        ByteBuf count = (ByteBuf) message;
        expected = count.readUnsignedByte();
        count.release();
        channel.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
        say(HandOver.GIVE);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (given.completeExceptionally(
          new IOException("the process there has closed the connection"))) {
        sockets.forEach(ListeningSockets::close);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
