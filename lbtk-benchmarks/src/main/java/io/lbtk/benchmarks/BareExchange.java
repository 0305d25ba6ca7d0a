package io.lbtk.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The least that such an exchange can cost with Netty: messages of the size of a token go to and
 * fro between connections of two event loops, and nobody looks at them.
 */
final class BareExchange implements TokenExchange {

  private static final int MESSAGE_BYTES = 36;

  private final EventLoopGroup server =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoopGroup client =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<Channel> peers = new ArrayList<>();
  private final AtomicLong answers = new AtomicLong();
  private volatile boolean running;

  /** Peers that are connected. */
  BareExchange(int peerCount) {
    Channel listener =
        new ServerBootstrap()
            .group(server)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Back())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(client)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new Again());
    for (int i = 0; i < peerCount; i++) {
      peers.add(bootstrap.connect(listener.localAddress()).syncUninterruptibly().channel());
    }
  }

  @Override
  public String name() {
    return "two messages and no more";
  }

  @Override
  public void start() {
    running = true;
    for (Channel peer : peers) {
      peer.writeAndFlush(peer.alloc().ioBuffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES));
    }
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public long answers() {
    return answers.get();
  }

  @Override
  public void close() {
    running = false;
    client.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    server.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Sharable
  private static final class Back extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message, ctx.voidPromise());
    }
  }

  @Sharable
  private final class Again extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      answers.lazySet(answers.get() + 1);
      if (running) {
        ctx.writeAndFlush(message, ctx.voidPromise());
      } else {
        ((ByteBuf) message).release();
      }
    }
  }
}
