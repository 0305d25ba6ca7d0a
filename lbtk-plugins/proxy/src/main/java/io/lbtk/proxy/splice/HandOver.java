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
 * Hands the listening sockets of this process to the next one, which asks for them at a path: says
 * in a byte how many there are, gives them when it is told to, and ends when it is told that. Both
 * accept from them until the next says that it serves alone; as nothing is ever closed meanwhile,
 * no connection is refused or reset. Only a process of the same user, or of root, is answered.
 */
public final class HandOver {

  /** What the next process says when it is ready to get them. */
  static final byte GIVE = 1;

  /** What the next process says when it serves. */
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
   * Waits for the next process.
   *
   * @param who hands over, for errors and the log
   * @param path a socket that is made here; one that is left from before is replaced
   * @param sockets are read when the next asks; they must not be closed before this
   * @param loop of epoll
   * @throws StartException if nobody could be waited for there
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
          "%s: hand-over = %s: cannot be waited for there: %s".formatted(who, path, e.getMessage()),
          e);
    }
  }

  /** What a process left that was killed; nothing else is removed. */
  private static void removeSocket(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther()) {
        throw new IOException("it is no socket (expected: a path that nothing else is at)");
      }
      Files.delete(path);
    }
  }

  private void welcome(EpollDomainSocketChannel next) throws IOException {
    int user = next.peerCredentials().uid();
    Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (user != 0 && !own.equals(user)) {
      log.warn("{}: user {} asks for its listener and does not get it", who, user);
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
                log.warn("{}: the next process could not take over: {}", who, cause.toString());
                ctx.close();
              }
            });
  }

  /** Gives the sockets, unless they may be closed: their numbers may then be those of others. */
  private synchronized void give(ChannelHandlerContext next) {
    if (refusing) {
      return;
    }
    for (ListeningSocket socket : sockets) {
      next.write(new FileDescriptor(socket.socket().intValue()));
    }
    next.flush();
  }

  /** The path is free before the next process hears of it, and uses it in turn. */
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

  /** Completes when the next process serves alone. On a loop. */
  public CompletableFuture<@Nullable Void> replaced() {
    return replaced;
  }

  /**
   * Gives the sockets to no process from now on: when this returns, they may be closed. One that
   * asks waits until {@link #end}.
   */
  public synchronized void refuse() {
    refusing = true;
  }

  /**
   * Removes the path, and ends the connections of the processes that have asked. Those that have
   * got no sockets bind the address themselves then, so it must be free before. A second call does
   * nothing.
   *
   * @return completes when the path is free
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
