package io.lbtk.tokenport.server;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.net.OnLoop;
import io.lbtk.tokenport.protocol.GeneratorLines;
import io.lbtk.tokenport.protocol.LeaseException;
import io.lbtk.tokenport.protocol.LineBatch;
import io.lbtk.tokenport.protocol.PeerLines;
import io.lbtk.tokenport.protocol.Word;
import io.lbtk.tokenport.zmtp.ZmtpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a lease peer: handles its lines and sends the answers. After a disconnect, its
 * tokens are kept for a grace period. Confined to its event loop.
 */
final class LeasePeer implements Peer, PeerLines, PeerWants.Answers {

  /** Maximum number of tokens of a peer. */
  static final int MAX_LEASES = 1_000_000;

  /** Number of connections that a peer may declare in addition with each beat. */
  private static final long HOLDS_PER_BEAT = MAX_LEASES / 10;

  /** Time within which a peer must send HELLO. */
  private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(60);

  private static final long LINGER_MILLIS = 500;
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 128 * 1024);

  private final LeasePeers port;
  private final ChannelHandlerContext ctx;
  private final LineBatch batch;
  private final GeneratorLines.Writer writer;
  private final PeerLines.Reader reader = new PeerLines.Reader(this);
  private final Pulse pulse = new Pulse();
  private final PeerWants wants;
  private final PeerLeases leases = new PeerLeases();

  private @Nullable String name;
  private @Nullable Future<?> grace;
  private @Nullable Future<?> inheritance;
  private boolean knowsRoles;
  private boolean sentStandby;
  private boolean wanted;
  private boolean failed;
  private boolean ended;
  private boolean flushScheduled;
  private long holdsLeft = MAX_LEASES;
  private long since;

  LeasePeer(LeasePeers port, ChannelHandlerContext ctx) {
    this.port = port;
    this.ctx = ctx;
    this.batch = new LineBatch(ctx);
    this.writer = new GeneratorLines.Writer(batch);
    this.wants = new PeerWants(port.source, ctx.executor(), port.ticker, this);
  }

  // The connection.

  @Override
  public void start() {
    ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
    port.counters.leasePeers.increment();
    since = port.ticker.nanoTime();
    port.add(this);
    // After the peer was added: either the closing port closes it, or it is closed here.
    if (port.isClosed()) {
      ctx.close();
      return;
    }
    pulse.start();
    // After the peer was added: a change of the role is either seen here or reported later.
    sentStandby = port.isStandby();
    writer.hello(port.epoch, sentStandby);
    batch.flush();
  }

  private void onBeat() {
    holdsLeft = Math.min(MAX_LEASES, holdsLeft + HOLDS_PER_BEAT);
    if (name == null && !failed && port.ticker.nanoTime() - since >= HELLO_TIMEOUT.toNanos()) {
      refuse(
          "no HELLO within %d s (expected: HELLO 1 <name>)".formatted(HELLO_TIMEOUT.toSeconds()));
    }
  }

  /** Logs a problem, sends it to the peer, and closes the connection. */
  private void refuse(String problem) {
    port.logProblem(toString(), problem + "; closed");
    hangUp(problem);
  }

  @Override
  public void message(ByteBuf body) {
    if (failed || ended) {
      return;
    }
    try {
      reader.read(ctx, body);
    } catch (LeaseException e) {
      refuse(String.valueOf(e.getMessage()));
    }
  }

  /** Sends an error, and closes the connection once the peer had time to read it. */
  private void hangUp(String problem) {
    failed = true;
    wants.cancelAll();
    writer.error(problem);
    batch.flush();
    // Closing with unread data resets the connection, and the line might be lost.
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> ((DuplexChannel) ctx.channel()).shutdownOutput());
    ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void pong(long sequence) {
    // Reading anything resets the pulse.
  }

  @Override
  public void readComplete() {
    if (hasRoom()) {
      pulse.reset();
    }
    batch.flush();
  }

  @Override
  public void writabilityChanged() {
    boolean writable = ctx.channel().isWritable();
    // Backpressure: do not read from a peer that does not read.
    ctx.channel().config().setAutoRead(writable);
    if (writable) {
      pulse.reset();
      wants.resume();
      answered();
    }
  }

  @Override
  public void failed(String problem) {
    port.logProblem(toString(), problem + "; closed");
    ctx.close();
  }

  @Override
  public void ended() {
    ended = true;
    pulse.stop();
    wants.cancelAll();
    batch.discard();
    port.counters.leasePeers.decrement();
    if (name != null) {
      port.peerLog.disconnected(ctx.channel().remoteAddress(), ctx.executor());
    }
    Duration leaseGrace = port.options.leaseGrace();
    if (leases.isEmpty() || leaseGrace.isZero() || name == null || port.isClosed()) {
      retire();
    } else {
      grace = ctx.executor().schedule(this::retire, leaseGrace.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Releases all tokens, and removes this peer from the port. */
  private void retire() {
    leases.releaseAll();
    port.remove(name, this);
  }

  /** Closes the connection and releases all tokens without grace. Any thread. */
  void close() {
    onLoop(
        () -> {
          stopGrace();
          wants.cancelAll();
          retire();
          ctx.close();
        },
        () -> {});
  }

  private void stopGrace() {
    if (grace != null) {
      grace.cancel(false);
      grace = null;
    }
  }

  // Takeover by another connection of the same peer.

  /** Closes this connection and passes its tokens to another of the same peer. Any thread. */
  void handOver(LeasePeer successor) {
    onLoop(
        () -> {
          stopGrace();
          wants.cancelAll();
          List<Token> tokens = leases.surrender();
          port.remove(name, this);
          if (!failed && !ended) {
            hangUp("another peer has connected with the same name, from " + successor.address());
          }
          successor.onLoop(
              () -> successor.inherit(tokens), () -> tokens.forEach(PeerLeases::releaseAsOver));
        },
        () -> {});
  }

  private void inherit(List<Token> tokens) {
    leases.inherit(tokens);
    if (ended || wanted) {
      releaseInherited();
    } else if (inheritance == null && !tokens.isEmpty()) {
      // A single timer, even if the peer sends HELLO repeatedly.
      inheritance =
          ctx.executor()
              .schedule(
                  this::releaseInherited,
                  port.options.leaseGrace().toNanos(),
                  TimeUnit.NANOSECONDS);
    }
  }

  private void releaseInherited() {
    if (inheritance != null) {
      inheritance.cancel(false);
      inheritance = null;
    }
    leases.releaseInherited();
  }

  private void onLoop(Runnable task, Runnable ifEnded) {
    OnLoop.run(ctx.executor(), task, ifEnded);
  }

  /** Returns the event loop of the connection. */
  EventExecutor loop() {
    return ctx.executor();
  }

  /** Returns whether the connection is open. Any thread. */
  boolean isConnected() {
    return ctx.channel().isActive();
  }

  /** Returns the address of the peer, for the log. Any thread. */
  String address() {
    return String.valueOf(ctx.channel().remoteAddress());
  }

  // Lines of the peer.

  @Override
  public boolean ignores(Word verb) {
    if (name == null && !verb.is("HELLO")) {
      port.counters.ignoredLines.increment();
      return true;
    }
    return false;
  }

  @Override
  public void hello(String name, boolean knowsRoles) {
    this.knowsRoles = knowsRoles;
    sendRole();
    if (this.name == null) {
      this.name = name;
      port.peerLog.connected(ctx.channel().remoteAddress(), ctx.executor());
      port.named(name, this);
    } else if (this.name.equals(name)) {
      wants.cancelAll();
      wanted = false;
      inherit(leases.surrender());
    } else {
      throw new LeaseException("another name than before (expected: one name per peer)");
    }
  }

  @Override
  public void hold(String hostPort, int count) {
    int more = Math.abs(count - leases.held(hostPort));
    holdsLeft -= more;
    if (holdsLeft < 0 || leases.size() + more > MAX_LEASES) {
      throw new LeaseException(
          "more than %d connections declared (expected: fewer)".formatted(MAX_LEASES));
    }
    try {
      leases.hold(Target.parse(hostPort), count, port.held);
    } catch (IllegalArgumentException e) {
      throw new LeaseException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void want(Word wid, int count, Demand demand) {
    if (!wanted) {
      wanted = true;
      releaseInherited();
    }
    if (leases.size() + wants.outstanding() + count > MAX_LEASES) {
      throw new LeaseException(
          "more than %d tokens not done with (expected: fewer)".formatted(MAX_LEASES));
    }
    wants.add(wid, count, demand);
  }

  @Override
  public void cancel(Word wid) {
    count(wants.cancel(wid));
  }

  @Override
  public void done(Word id, Outcome outcome) {
    long number = port.ids.numberOf(id);
    count(number >= 0 && leases.release(number, outcome));
  }

  @Override
  public void doneHeld(String hostPort, Outcome outcome) {
    count(leases.releaseHeld(hostPort, outcome));
  }

  private void count(boolean known) {
    if (!known) {
      port.counters.ignoredLines.increment();
    }
  }

  @Override
  public void bye() {
    wants.cancelAll();
    leases.releaseAll();
  }

  @Override
  public void alive() {
    // Reading anything resets the pulse.
  }

  // Answers.

  @Override
  public boolean hasRoom() {
    return ctx.channel().isWritable();
  }

  @Override
  public void token(Word wid, Token token) {
    TargetEncoder.HostPort target = port.encoder.of(token.target());
    long number = port.nextNumber();
    leases.lease(number, token, target.text());
    writer.token(wid, port.ids, number, target.bytes());
    port.counters.tokensSent.increment();
  }

  @Override
  public void none(Word wid, Shortage shortage) {
    writer.none(wid, shortage);
  }

  @Override
  public void sourceClosed() {
    ctx.close();
  }

  /** Handles a change of the role of the port. Any thread. */
  void roleChanged() {
    onLoop(
        () -> {
          if (!failed && !ended) {
            sendRole();
            answered();
          }
        },
        () -> {});
  }

  /** Sends a changed role. Peers that do not support ROLE just wait for their tokens. */
  private void sendRole() {
    boolean standby = port.isStandby();
    if (knowsRoles && sentStandby != standby) {
      sentStandby = standby;
      writer.role(standby);
    }
  }

  /** Reports those of the given targets, which may not be picked any more, that the peer uses. */
  void gone(Set<String> hostPorts) {
    List<String> known = ended || failed ? List.of() : leases.among(hostPorts);
    if (!known.isEmpty()) {
      known.forEach(writer::gone);
      answered();
    }
  }

  @Override
  public void answered() {
    if (!flushScheduled) {
      flushScheduled = true;
      ctx.executor()
          .execute(
              () -> {
                flushScheduled = false;
                if (!ended) {
                  batch.flush();
                }
              });
    }
  }

  /** Returns the name and address of the peer, for the log. */
  @Override
  public String toString() {
    return (name == null ? "(unnamed)" : name) + " at " + address();
  }

  /**
   * Checks the liveness of the peer: sends a PING every 500 ms, and gives the peer up after 1.5 s
   * of silence. Counts beats rather than time, so that a pause of this process is not taken for
   * silence of the peer.
   */
  private final class Pulse {

    private static final int BEAT_MILLIS = 250;
    private static final int BEATS_PER_PING = 2;
    private static final int MAX_SILENT_BEATS = 6;
    private static final int PING_LENGTH = 32;

    private @Nullable Future<?> timer;
    private int beats;
    private int silentBeats;

    void start() {
      timer =
          ctx.executor()
              .scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop() {
      if (timer != null) {
        timer.cancel(false);
      }
    }

    /** Resets the silence: the peer was heard, or has not been listened to. */
    void reset() {
      silentBeats = 0;
    }

    private void beat() {
      if (silentBeats++ >= MAX_SILENT_BEATS) {
        stop();
        failed("silent for 1.5 s");
        return;
      }
      onBeat();
      if (beats++ % BEATS_PER_PING == 0) {
        ByteBuf ping = ctx.alloc().ioBuffer(PING_LENGTH);
        ZmtpFrame.writePing(ping, MAX_SILENT_BEATS * BEAT_MILLIS / 100, beats);
        ctx.writeAndFlush(ping, ctx.voidPromise());
      }
    }
  }
}
