package io.lbtk.proxy.splice;

import io.lbtk.api.StartException;
import io.lbtk.net.FailureText;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the listening sockets of this process over to its successor, which asks for them on a Unix
 * socket. This process sends their number in one byte, sends the sockets on request, and stops
 * accepting when told to. Until then both processes accept from the sockets; as no socket is closed
 * meanwhile, no connection is refused or reset. Requests are accepted only from processes of the
 * same user or of root.
 */
public final class HandOver {

  /** Sent by the next process when it is ready to receive the sockets. */
  static final byte GIVE = 1;

  /** Sent by the next process when it serves. */
  static final byte REPLACED = 2;

  private static final int MOST = 255;

  private static final Logger log = LoggerFactory.getLogger(HandOver.class);

  private final String who;
  private final List<ListeningSocket> sockets;
  private final CompletableFuture<@Nullable Void> replaced = new CompletableFuture<>();
  private final ChannelGroup nextProcesses;
  private final Channel channel;
  private boolean refusing;

  private HandOver(String who, Path path, List<ListeningSocket> sockets, EventLoop loop) {
    this.who = who;
    this.sockets = sockets.stream().distinct().limit(MOST).toList();
    this.nextProcesses = new DefaultChannelGroup(loop);
    this.channel = open(path, loop);
  }

  /**
   * Starts to wait for the next process.
   *
   * @param who the component that hands over, for errors and the log
   * @param path the path of the Unix socket to create; a socket left there is replaced
   * @param sockets the sockets to hand over, which must not be closed before this
   * @param loop the epoll loop for the connections
   * @throws StartException if the Unix socket cannot be created
   */
  public static HandOver at(String who, Path path, List<ListeningSocket> sockets, EventLoop loop) {
    return new HandOver(who, path, sockets, loop);
  }

  private Channel open(Path path, EventLoop loop) {
    try {
      removeSocket(path);
      ChannelFuture bound =
          new ServerBootstrap()
              .group(loop)
              .channel(EpollServerDomainSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel next) throws IOException {
                      welcome(next);
                    }
                  })
              .bind(new DomainSocketAddress(path.toFile()))
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        throw new IOException(FailureText.of(bound.cause()), bound.cause());
      }
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return bound.channel();
    } catch (IOException e) {
      throw new StartException(
          "%s: hand-over = %s: cannot listen there: %s".formatted(who, path, e.getMessage()), e);
    }
  }

  /** Removes the socket that a killed process has left; removes nothing else. */
  private static void removeSocket(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther()) {
        throw new IOException("not a socket (expected: a path that does not exist)");
      }
      Files.delete(path);
    }
  }

  private void welcome(EpollDomainSocketChannel next) throws IOException {
    int user = next.peerCredentials().uid();
    Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (user != 0 && !own.equals(user)) {
      log.warn("{}: refused to hand its listener over to user {}", who, user);
      next.close();
      return;
    }
    nextProcesses.add(next);
    next.pipeline()
        .addLast(
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              public void channelActive(ChannelHandlerContext ctx) {
                ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) sockets.size()}));
              }

              @Override
              protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
                while (message.isReadable()) {
                  switch (message.readByte()) {
                    case GIVE -> give(ctx);
                    case REPLACED -> replacedBy(ctx);
                    default -> ctx.close();
                  }
                }
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                log.warn("{}: hand-over to the next process failed: {}", who, cause.toString());
                ctx.close();
              }
            });
  }

  /**
   * Sends the sockets, unless they may be closed already: their numbers could then be those of
   * other files.
   */
  private synchronized void give(ChannelHandlerContext next) {
    if (refusing) {
      return;
    }
    for (ListeningSocket socket : sockets) {
      next.write(new FileDescriptor(socket.socket().intValue()));
    }
    next.flush();
  }

  /** Removes the path before answering, as the next process then uses it. */
  private void replacedBy(ChannelHandlerContext next) {
    log.info("{}: another process serves its clients from now on", who);
    refuse();
    channel
        .close()
        .addListener(
            closed -> {
              replaced.complete(null);
              next.close();
            });
  }

  /** Returns a future that completes on a loop when the next process serves. */
  public CompletableFuture<@Nullable Void> replaced() {
    return replaced;
  }

  /**
   * Hands the sockets over to no process from now on; when this returns, they may be closed. A
   * process that asks later waits until {@link #end}.
   */
  public synchronized void refuse() {
    refusing = true;
  }

  /**
   * Removes the path, and closes the connections of processes that have asked. A process that got
   * no sockets then binds the address itself, so the address must be free before this is called. A
   * second call does nothing.
   *
   * @return a future that completes when the path is free
   */
  public CompletableFuture<@Nullable Void> end() {
    CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    channel
        .close()
        .addListener(
            closed -> {
              nextProcesses.close();
              ended.complete(null);
            });
    return ended;
  }
}
