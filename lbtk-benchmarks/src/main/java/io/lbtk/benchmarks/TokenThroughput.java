package io.lbtk.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.core.source.WindowTokenSource;
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
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQ.Poller;
import org.zeromq.ZMQ.Socket;

/**
 * Exchanges as fast as they can, in turns: each runs for some seconds in each round while the
 * others rest, so that all meet the same machine.
 */
final class TokenThroughput {

  private static final int SETTLE_MILLIS = 200;

  private final List<TokenExchange> exchanges;

  /** These exchanges stay the caller's, who closes them. The first is what others compare to. */
  TokenThroughput(List<TokenExchange> exchanges) {
    this.exchanges = exchanges;
  }

  /** Runs a round that does not count, then the others, and prints a line for each exchange. */
  void measure(int rounds, int seconds) throws InterruptedException {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double[][] perSecond = new double[exchanges.size()][rounds];
    double[][] micros = new double[exchanges.size()][rounds];
    for (int round = -1; round < rounds; round++) {
      for (int i : order(round)) {
        TokenExchange exchange = exchanges.get(i);
        long answers = exchange.answers();
        long cpu = machine.getProcessCpuTime();
        long start = System.nanoTime();
        exchange.start();
        TimeUnit.SECONDS.sleep(seconds);
        exchange.stop();
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        if (round >= 0) {
          double count = exchange.answers() - answers;
          perSecond[i][round] = count * 1e9 / (System.nanoTime() - start);
          micros[i][round] = (machine.getProcessCpuTime() - cpu) / 1000.0 / count;
        }
      }
    }
    print(perSecond, micros);
  }

  /** Forth and back, so that none always follows the same. */
  private List<Integer> order(int round) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < exchanges.size(); i++) {
      order.add(round % 2 == 0 ? i : exchanges.size() - 1 - i);
    }
    return order;
  }

  private void print(double[][] perSecond, double[][] micros) {
    for (int i = 0; i < exchanges.size(); i++) {
      double[] ratios = new double[perSecond[i].length];
      for (int round = 0; round < ratios.length; round++) {
        ratios[round] = perSecond[i][round] / perSecond[0][round];
      }
      double[] rates = sorted(perSecond[i]);
      System.out.println(
          String.format(
              Locale.ROOT,
              "  %-28s %,d answers/s [%,d, %,d], %.1f us of CPU each, both ends; %.2f of the first",
              exchanges.get(i).name(),
              Math.round(median(rates)),
              Math.round(rates[0]),
              Math.round(rates[rates.length - 1]),
              median(sorted(micros[i])),
              median(sorted(ratios))));
    }
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  /**
   * Pairs of a peer that asks for one thing after the other, as fast as it is answered, and one
   * that answers: over TCP on the loopback. Used by one thread.
   */
  interface TokenExchange extends AutoCloseable {

    /** For the table. */
    String name();

    /** Lets all peers ask. */
    void start();

    /** Lets them ask no more; what was asked is still answered. */
    void stop();

    /** Answers since it was made. */
    long answers();

    @Override
    void close();
  }

  /**
   * Lower bound of such an exchange with Netty: messages of the size of a token go back and forth
   * between connections of two event loops, without being parsed.
   */
  static final class BareExchange implements TokenExchange {

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

  /**
   * Lower bound of a token port built on JeroMQ: a ROUTER that answers each message by one of the
   * size of a token, and DEALERs that share one thread.
   */
  static final class JeromqExchange implements TokenExchange {

    private static final byte[] WANT = "WANT 1234567 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TOKEN =
        "TOKEN 1234567 7654321 10.0.0.1:80\n".getBytes(StandardCharsets.US_ASCII);
    private static final int POLL_MILLIS = 100;

    private final ZContext context = new ZContext();
    private final AtomicLong answers = new AtomicLong();
    private final Thread router;
    private final Thread dealers;
    private volatile boolean running;
    private volatile boolean closed;

    /** Peers that connect. */
    JeromqExchange(int peerCount) {
      Socket server = context.createSocket(SocketType.ROUTER);
      int port = server.bindToRandomPort("tcp://127.0.0.1", 20000, 32000);
      List<Socket> peers = new ArrayList<>();
      for (int i = 0; i < peerCount; i++) {
        Socket peer = context.createSocket(SocketType.DEALER);
        peer.connect("tcp://127.0.0.1:" + port);
        peers.add(peer);
      }
      router = new Thread(() -> answer(server), "router");
      dealers = new Thread(() -> ask(peers), "dealers");
      router.start();
      dealers.start();
    }

    @Override
    public String name() {
      return "JeroMQ, ROUTER and DEALERs";
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
    }

    @Override
    public long answers() {
      return answers.get();
    }

    private void answer(Socket server) {
      server.setReceiveTimeOut(POLL_MILLIS);
      while (!closed) {
        byte[] peer = server.recv();
        if (peer != null) {
          server.recv();
          server.sendMore(peer);
          server.send(TOKEN);
        }
      }
    }

    private void ask(List<Socket> peers) {
      try (Poller poller = context.createPoller(peers.size())) {
        peers.forEach(peer -> poller.register(peer, ZMQ.Poller.POLLIN));
        boolean[] waiting = new boolean[peers.size()];
        while (!closed) {
          for (int i = 0; i < waiting.length; i++) {
            if (running && !waiting[i]) {
              waiting[i] = true;
              peers.get(i).send(WANT);
            }
          }
          poller.poll(POLL_MILLIS);
          for (int i = 0; i < waiting.length; i++) {
            if (poller.pollin(i)) {
              peers.get(i).recv();
              waiting[i] = false;
              answers.lazySet(answers.get() + 1);
            }
          }
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        router.join();
        dealers.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      context.close();
    }
  }

  /** Lease peers of a token port: each takes a token and releases it. */
  static final class LeaseExchange implements TokenExchange {

    private final PortUnderLoad port;
    private final int window;
    private final List<TokenSource> peers = new ArrayList<>();
    private final AtomicLong taken = new AtomicLong();
    private volatile boolean running;

    /**
     * Peers that are connected.
     *
     * @param window tokens that each has in store; 0 for none
     */
    LeaseExchange(int peerCount, int targetCount, int window) throws InterruptedException {
      this.window = window;
      port = new PortUnderLoad(targetCount);
      for (RemoteTokenSource peer : port.connect(peerCount)) {
        peers.add(window == 0 ? peer : windowed(peer));
      }
    }

    private TokenSource windowed(RemoteTokenSource peer) {
      return new WindowTokenSource(
          peer, window, WindowTokenSource.DEFAULT_MAX_AGE, port.loop(), Ticker.system());
    }

    @Override
    public String name() {
      return "lbtk, window " + window;
    }

    @Override
    public void start() {
      running = true;
      peers.forEach(peer -> port.loop().execute(() -> take(peer)));
    }

    @Override
    public void stop() {
      running = false;
    }

    @Override
    public long answers() {
      return taken.get();
    }

    /** Takes one token after the other, on the event loop. */
    private void take(TokenSource peer) {
      CompletableFuture<Token> future = peer.take(Demand.any());
      while (future.isDone() && !future.isCompletedExceptionally() && running) {
        use(future.join());
        future = peer.take(Demand.any());
      }
      var unused = future.thenAccept(token -> taken(peer, token));
    }

    private void taken(TokenSource peer, Token token) {
      use(token);
      if (running) {
        take(peer);
      }
    }

    private void use(Token token) {
      taken.lazySet(taken.get() + 1);
      token.release(Outcome.closed());
    }

    @Override
    public void close() {
      running = false;
      port.close();
    }
  }
}
