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
 * One connection of a lease peer: what it says, what it is answered, and what becomes of its tokens
 * when it goes. Belongs to its event loop.
 */
final class LeasePeer implements Peer, PeerLines, PeerWants.Answers {

  /** The most tokens that a peer may have. */
  static final int MAX_LEASES = 1_000_000;

  /** A peer may declare so many connections at once, and so many more with each beat. */
  private static final long HOLDS_PER_BEAT = MAX_LEASES / 10;

  /** A peer that has not said its name by then is closed. */
  private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(60);

  private static final long LINGER_MILLIS = 500;
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 128 * 1024);

  private final LeasePeers desk;
  private final ChannelHandlerContext ctx;
  private final LineBatch batch;
  private final GeneratorLines.Writer writer;
  private final PeerLines.Reader reader = new PeerLines.Reader(this);
  private final PeerPulse pulse;
  private final PeerWants wants;
  private final PeerLeases leases = new PeerLeases();

  private @Nullable String name;
  private @Nullable Future<?> grace;
  private @Nullable Future<?> inheritance;
  private boolean knowsRoles;
  private boolean saidStandby;
  private boolean wanted;
  private boolean failed;
  private boolean over;
  private boolean flushIsComing;
  private long holdsLeft = MAX_LEASES;
  private long since;

  LeasePeer(LeasePeers desk, ChannelHandlerContext ctx) {
    this.desk = desk;
    this.ctx = ctx;
    this.batch = new LineBatch(ctx);
    this.writer = new GeneratorLines.Writer(batch);
    this.pulse = new PeerPulse(ctx, this::beat, () -> failed("silent for 1.5 s"));
    this.wants = new PeerWants(desk.source, ctx.executor(), desk.ticker, this);
  }

  // The connection.

  @Override
  public void start() {
    ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
    desk.counters.leasePeers.increment();
    since = desk.ticker.nanoTime();
    desk.add(this);
    // After this peer was added: either the desk closes it, or it sees here that it has to.
    if (desk.isClosed()) {
      ctx.close();
      return;
    }
    pulse.start();
    // After this peer was added: whichever comes first, a change is seen here or told by the desk.
    saidStandby = desk.isStandby();
    writer.hello(desk.epoch, saidStandby);
    batch.flush();
  }

  private void beat() {
    holdsLeft = Math.min(MAX_LEASES, holdsLeft + HOLDS_PER_BEAT);
    if (name == null && !failed && desk.ticker.nanoTime() - since >= HELLO_TIMEOUT.toNanos()) {
      refuse(
          "no HELLO within %d s (expected: HELLO 1 <name>)".formatted(HELLO_TIMEOUT.toSeconds()));
    }
  }

  /** Logs what is wrong, tells the peer, and closes the connection. */
  private void refuse(String problem) {
    desk.complain(toString(), problem + "; closed");
    hangUp(problem);
  }

  @Override
  public void message(ByteBuf body) {
    if (failed || over) {
      return;
    }
    try {
      reader.read(ctx, body);
    } catch (LeaseException e) {
      refuse(String.valueOf(e.getMessage()));
    }
  }

  /** Says why, and closes when the peer has had the time to read it. */
  private void hangUp(String problem) {
    failed = true;
    wants.cancelAll();
    writer.error(problem);
    batch.flush();
    // To close with something unread would reset the connection, and the line might not arrive.
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> ((DuplexChannel) ctx.channel()).shutdownOutput());
    ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void pong(long sequence) {
    // That something was read is all there is to know.
  }

  @Override
  public void readComplete() {
    if (hasRoom()) {
      pulse.heard();
    }
    batch.flush();
  }

  @Override
  public void writabilityChanged() {
    boolean writable = ctx.channel().isWritable();
    // Whoever does not read is not listened to.
    ctx.channel().config().setAutoRead(writable);
    if (writable) {
      pulse.heard();
      wants.resume();
      answered();
    }
  }

  @Override
  public void failed(String problem) {
    desk.complain(toString(), problem + "; closed");
    ctx.close();
  }

  @Override
  public void ended() {
    over = true;
    pulse.stop();
    wants.cancelAll();
    batch.discard();
    desk.counters.leasePeers.decrement();
    if (name != null) {
      desk.peerLog.disconnected(ctx.channel().remoteAddress(), ctx.executor());
    }
    Duration patience = desk.options.leaseGrace();
    if (leases.isEmpty() || patience.isZero() || name == null || desk.isClosed()) {
      forget();
    } else {
      grace = ctx.executor().schedule(this::forget, patience.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void forget() {
    leases.releaseAll();
    desk.forget(name, this);
  }

  /** Ends the connection and everything that was left of it. Any thread. */
  void close() {
    onLoop(
        () -> {
          stopGrace();
          wants.cancelAll();
          forget();
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

  // The same peer on another connection.

  /** Ends this connection and gives its tokens to another of the same peer. Any thread. */
  void handOver(LeasePeer successor) {
    onLoop(
        () -> {
          stopGrace();
          wants.cancelAll();
          List<Token> tokens = leases.surrender();
          desk.forget(name, this);
          if (!failed && !over) {
            hangUp("another peer has connected with the same name, from " + successor.address());
          }
          successor.onLoop(
              () -> successor.inherit(tokens), () -> tokens.forEach(PeerLeases::releaseAsOver));
        },
        () -> {});
  }

  private void inherit(List<Token> tokens) {
    leases.inherit(tokens);
    if (over || wanted) {
      releaseInherited();
    } else if (inheritance == null && !tokens.isEmpty()) {
      // One timer, however often a peer says HELLO.
      inheritance =
          ctx.executor()
              .schedule(
                  this::releaseInherited,
                  desk.options.leaseGrace().toNanos(),
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

  EventExecutor loop() {
    return ctx.executor();
  }

  /** Whether the connection stands. Any thread. */
  boolean isConnected() {
    return ctx.channel().isActive();
  }

  /** Where the peer connects from, for logs. Any thread. */
  String address() {
    return String.valueOf(ctx.channel().remoteAddress());
  }

  // What it says.

  @Override
  public boolean ignores(Word verb) {
    if (name == null && !verb.is("HELLO")) {
      desk.counters.ignoredLines.increment();
      return true;
    }
    return false;
  }

  @Override
  public void hello(String name, boolean knowsRoles) {
    this.knowsRoles = knowsRoles;
    sayRole();
    if (this.name == null) {
      this.name = name;
      desk.peerLog.connected(ctx.channel().remoteAddress(), ctx.executor());
      desk.named(name, this);
    } else if (this.name.equals(name)) {
      wants.cancelAll();
      wanted = false;
      inherit(leases.surrender());
    } else {
      throw new LeaseException("another name than before (expected: one name for life)");
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
      leases.hold(Target.parse(hostPort), count, desk.held);
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
    long number = desk.ids.numberOf(id);
    count(number >= 0 && leases.release(number, outcome));
  }

  @Override
  public void doneHeld(String hostPort, Outcome outcome) {
    count(leases.releaseHeld(hostPort, outcome));
  }

  private void count(boolean known) {
    if (!known) {
      desk.counters.ignoredLines.increment();
    }
  }

  @Override
  public void bye() {
    wants.cancelAll();
    leases.releaseAll();
  }

  @Override
  public void alive() {
    // That something was read is all there is to know.
  }

  // What it is told.

  @Override
  public boolean hasRoom() {
    return ctx.channel().isWritable();
  }

  @Override
  public void token(Word wid, Token token) {
    TargetEncoder.HostPort target = desk.hostPorts.of(token.target());
    long number = desk.nextNumber();
    leases.lease(number, token, target.text());
    writer.token(wid, desk.ids, number, target.bytes());
    desk.counters.tokensSent.increment();
  }

  @Override
  public void none(Word wid, Shortage shortage) {
    writer.none(wid, shortage);
  }

  @Override
  public void sourceClosed() {
    ctx.close();
  }

  /** Whether the port is a standby has changed. Any thread. */
  void roleChanged() {
    onLoop(
        () -> {
          if (!failed && !over) {
            sayRole();
            answered();
          }
        },
        () -> {});
  }

  /** A peer that does not know the line needs none: what it wants waits, and is served then. */
  private void sayRole() {
    boolean standby = desk.isStandby();
    if (knowsRoles && saidStandby != standby) {
      saidStandby = standby;
      writer.role(standby);
    }
  }

  /** Tells the peer which of these targets, that may not be picked any more, concern it. */
  void gone(Set<String> hostPorts) {
    List<String> known = over || failed ? List.of() : leases.among(hostPorts);
    if (!known.isEmpty()) {
      known.forEach(writer::gone);
      answered();
    }
  }

  @Override
  public void answered() {
    if (!flushIsComing) {
      flushIsComing = true;
      ctx.executor()
          .execute(
              () -> {
                flushIsComing = false;
                if (!over) {
                  batch.flush();
                }
              });
    }
  }

  /** Who it is, for the log. */
  @Override
  public String toString() {
    return (name == null ? "without a name" : name) + " at " + address();
  }
}
