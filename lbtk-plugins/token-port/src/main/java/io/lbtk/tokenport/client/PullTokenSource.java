package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.tokenport.zmtp.SocketType;
import io.lbtk.tokenport.zmtp.ZmtpHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PULL socket that takes targets from any PUSH socket. It prefetches a few targets, and drops
 * them after a short time so that the tokens are fresh.
 */
public final class PullTokenSource extends PortTokenSource {

  /** Number of prefetched targets at which reading stops. */
  static final int PREFETCH = 16;

  /** Time after which a prefetched target is dropped. */
  static final Duration MAX_AGE = Duration.ofSeconds(1);

  /** Small, since the age of targets in the kernel's buffer is unknown. */
  private static final int RECEIVE_BUFFER = 1024;

  private static final int READ_AT_ONCE = 512;

  private static final Logger log = LoggerFactory.getLogger(PullTokenSource.class);

  private final Deque<Prefetched> prefetched = new ArrayDeque<>();
  private final Set<PendingTake> waiting = new LinkedHashSet<>();
  private @Nullable Session session;
  private boolean sweepScheduled;
  private boolean garbageLogged;

  /**
   * Creates a socket that is not started.
   *
   * @param address the URI of the PUSH socket
   * @param loop the event loop of the connection, and the executor of the taker
   * @param network the resources shared by the connections of the transport
   * @param whenClosed called once, when the socket is closed
   */
  public PullTokenSource(
      URI address, ClientLoop loop, ClientNetwork network, Consumer<RemoteTokenSource> whenClosed) {
    super(
        address,
        loop,
        network,
        SocketType.PULL,
        SocketType.PUSH,
        PullTokenSource::limitBuffers,
        whenClosed);
  }

  @Override
  ChannelHandler newSession() {
    return new Session();
  }

  private static void limitBuffers(Bootstrap bootstrap) {
    bootstrap.option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER);
    bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_AT_ONCE));
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    PendingTake take = new PendingTake(demand, this::withdraw);
    if (!loop.run(() -> serve(take))) {
      take.completeExceptionally(failure(demand, Shortage.CLOSED));
    }
    return take;
  }

  private void serve(PendingTake take) {
    if (take.isDone()) {
      return;
    }
    Target target = firstPrefetched(take.demand);
    if (closed) {
      end(take, Shortage.CLOSED);
    } else if (target != null) {
      deliver(take, target);
    } else if (take.demand.timeout().isZero()) {
      end(take, Shortage.EXPIRED);
    } else {
      await(take);
    }
    read();
  }

  private void await(PendingTake take) {
    waiting.add(take);
    long timeout = take.demand.timeout().toNanos();
    take.expiry = loop.eventLoop().schedule(() -> expire(take), timeout, TimeUnit.NANOSECONDS);
    loop.runForTaker(() -> take.demand.reportShortage(Shortage.EMPTY));
  }

  private @Nullable Target firstPrefetched(Demand demand) {
    dropOld();
    for (Iterator<Prefetched> all = prefetched.iterator(); all.hasNext(); ) {
      Target target = all.next().target();
      if (!demand.excludes(target)) {
        all.remove();
        return target;
      }
    }
    return null;
  }

  /** Completes a take with the target, or offers the target to the next if it is done already. */
  private void deliver(PendingTake take, Target target) {
    take.stopExpiry();
    loop.runForTaker(
        () -> {
          if (!take.complete(new PullToken(target))) {
            loop.run(() -> offer(target));
          }
        });
  }

  private void offer(Target target) {
    if (closed) {
      return;
    }
    PendingTake taker = firstTaker(target);
    if (taker != null) {
      deliver(taker, target);
    } else {
      keep(target);
    }
    read();
  }

  private void expire(PendingTake take) {
    if (waiting.remove(take)) {
      end(take, Shortage.EXPIRED);
      read();
    }
  }

  private void end(PendingTake take, Shortage shortage) {
    take.stopExpiry();
    fail(take, take.demand, shortage);
  }

  private void withdraw(PendingTake take) {
    loop.run(
        () -> {
          take.stopExpiry();
          waiting.remove(take);
          read();
        });
  }

  /** Reads more, unless enough targets are prefetched. */
  private void read() {
    if (session != null) {
      session.setAutoRead(!waiting.isEmpty() || prefetched.size() < PREFETCH);
    }
  }

  private void message(String text) {
    Target target;
    try {
      target = Target.parse(text);
    } catch (IllegalArgumentException e) {
      if (!garbageLogged) {
        garbageLogged = true;
        log.warn("{}: ignoring a message that is not a target: {}", address, e.getMessage());
      }
      return;
    }
    if (standby) {
      // PUSH has no means to declare a new role, but a standby pushes nothing.
      setRole(false);
    }
    offer(target);
  }

  private @Nullable PendingTake firstTaker(Target target) {
    for (PendingTake take : waiting) {
      if (!take.demand.excludes(target)) {
        waiting.remove(take);
        return take;
      }
    }
    return null;
  }

  private void keep(Target target) {
    // The waiting takes exclude all prefetched targets: make room for targets that they accept.
    if (!waiting.isEmpty() && prefetched.size() >= PREFETCH) {
      prefetched.remove();
    }
    prefetched.add(new Prefetched(target, System.nanoTime()));
    scheduleSweep();
  }

  private void dropOld() {
    if (!prefetched.isEmpty()) {
      long now = System.nanoTime();
      prefetched.removeIf(entry -> now - entry.since() >= MAX_AGE.toNanos());
    }
  }

  private void scheduleSweep() {
    Prefetched oldest = prefetched.peek();
    if (oldest != null && !sweepScheduled) {
      sweepScheduled = true;
      long delay = oldest.since() + MAX_AGE.toNanos() - System.nanoTime();
      loop.eventLoop().schedule(this::sweep, delay, TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    sweepScheduled = false;
    dropOld();
    scheduleSweep();
    read();
  }

  private void connected(Session by, boolean asStandby) {
    if (!closed) {
      session = by;
      garbageLogged = false;
      connector.established();
      setRole(asStandby);
      read();
    }
  }

  private void disconnected(Session by) {
    if (session == by) {
      session = null;
      standby = false;
      setConnected(false);
    }
  }

  /** {@inheritDoc} Does nothing, since the other end does not count connections. */
  @Override
  public void leave() {}

  @Override
  void endAll() {
    prefetched.clear();
    List<PendingTake> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(take -> end(take, Shortage.CLOSED));
  }

  private record Prefetched(Target target, long since) {}

  /** The future of one take. */
  private static final class PendingTake extends CompletableFuture<Token> {

    final Demand demand;
    private final Consumer<PendingTake> withdraw;

    /** The timer of the timeout. Confined to the event loop. */
    private @Nullable Future<?> expiry;

    PendingTake(Demand demand, Consumer<PendingTake> withdraw) {
      this.demand = demand;
      this.withdraw = withdraw;
    }

    private void stopExpiry() {
      if (expiry != null) {
        expiry.cancel(false);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        withdraw.accept(this);
      }
      return cancelled;
    }
  }

  /** Handles one connection to the PUSH socket. */
  private final class Session extends ChannelInboundHandlerAdapter {

    private @Nullable ChannelHandlerContext ctx;

    /** Resumes or stops reading. Messages that were read before are still delivered. */
    void setAutoRead(boolean on) {
      if (ctx != null && ctx.channel().config().isAutoRead() != on) {
        ctx.channel().config().setAutoRead(on);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ZmtpHandler.Ready ready) {
        this.ctx = ctx;
        connected(this, ready.standby());
      }
      ReferenceCountUtil.release(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf body = (ByteBuf) message;
      String text = body.toString(StandardCharsets.UTF_8);
      body.release();
      message(text);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      disconnected(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failing(ZmtpConnector.message(cause));
      ctx.close();
    }
  }

  /** A token whose release has no effect. A class rather than a record, to have identity. */
  private static final class PullToken implements Token {

    private final Target target;

    PullToken(Target target) {
      this.target = target;
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public void release(Outcome outcome) {}
  }
}
