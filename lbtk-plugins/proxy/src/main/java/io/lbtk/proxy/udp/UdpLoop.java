package io.lbtk.proxy.udp;

import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.net.FailureText;
import io.lbtk.net.LoopGroup;
import io.lbtk.proxy.limits.SpreadClose;
import io.lbtk.proxy.token.LiveTargets;
import io.lbtk.proxy.token.LoopTokens;
import io.lbtk.proxy.token.NoTokenReason;
import io.lbtk.proxy.token.OwnAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loop of a proxy for UDP, with a socket that clients send to, the sessions of those who do,
 * and the source of their tokens. But for the constructor, all is called on the loop.
 */
public final class UdpLoop implements LoopGroup.Member, SpreadClose.Connections {

  private static final Logger log = LoggerFactory.getLogger(UdpLoop.class);

  /** Then the others on the loop have their turn. */
  public static final int BATCH = 64;

  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(5);

  private static final long MOST_HELD_BYTES = 4L * 1024 * 1024;
  private static final long MOST_UNANSWERED_BYTES = 1024 * 1024;

  /** While the system has no socket left, new clients are not listened to for so long. */
  private static final long REST_NANOS = 100_000_000;

  private final UdpState state;
  private final UdpEngine engine;
  private final OwnAddress own;
  private final IoEventLoop executor;
  private final UdpSocket listener;
  private final LoopTokens tokens;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(UdpEngine.LONGEST_DATAGRAM);
  private final HeldDatagrams.Budget budget = new HeldDatagrams.Budget(MOST_HELD_BYTES);
  private final HeldDatagrams.Budget unanswered = new HeldDatagrams.Budget(MOST_UNANSWERED_BYTES);
  private final LiveTargets targets = new LiveTargets();
  private final Subscription gone;

  /** By client, the one that was idle for longest first: {@code get} puts one last. */
  private final Map<InetSocketAddress, UdpSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

  private @Nullable Future<?> idleTimer;
  private long restUntil = System.nanoTime();
  private boolean closed;

  /**
   * A loop without sessions.
   *
   * @param own where the proxy listens
   * @param listener is closed with this
   */
  public UdpLoop(
      UdpState state,
      UdpEngine engine,
      OwnAddress own,
      IoEventLoop executor,
      UdpSocket listener,
      LoopTokens.Origin tokens) {
    this.state = state;
    this.engine = engine;
    this.own = own;
    this.executor = executor;
    this.listener = listener;
    this.tokens =
        new LoopTokens(state.name(), executor, tokens, LOOKUP_TIMEOUT, state.nameServers());
    this.gone = this.tokens.onGone(targets::gone);
  }

  @Override
  public IoEventLoop executor() {
    return executor;
  }

  UdpSettings settings() {
    return state.settings();
  }

  /** The name of the proxy. */
  String name() {
    return state.name();
  }

  /** Begins to receive from clients. */
  public void start() {
    listener.register(executor, this::receive);
  }

  private void receive() {
    for (int i = 0; i < BATCH && !closed; i++) {
      InetSocketAddress client;
      try {
        client = listener.receiveFrom(buffer);
      } catch (IOException e) {
        log.debug("{}: {}", name(), e.toString());
        return;
      }
      if (client == null) {
        return;
      }
      received(client);
    }
  }

  private void received(InetSocketAddress client) {
    UdpSession session = sessions.get(client);
    if (session == null) {
      session = admit(client);
    }
    if (session != null) {
      try {
        session.received(buffer);
      } catch (Throwable e) {
        failed(session, e);
      }
    }
  }

  /** A session for a client; null if it can have none. */
  private @Nullable UdpSession admit(InetSocketAddress from) {
    long now = System.nanoTime();
    // Nobody can be answered at port 0.
    if (isDraining() || closed || from.getPort() == 0 || restUntil - now > 0 || !state.admit(now)) {
      return null;
    }
    // A copy, since what the socket gives has more in it.
    InetSocketAddress client = new InetSocketAddress(from.getAddress(), from.getPort());
    UdpSession session =
        new UdpSession(this, client, new HeldDatagrams(budget), new HeldDatagrams(unanswered), now);
    sessions.put(client, session);
    limitLifetime(session);
    if (idleTimer == null) {
      armIdle(settings().idleNanos());
    }
    return session;
  }

  private void limitLifetime(UdpSession session) {
    long lifetime = settings().lifetimeNanos();
    if (lifetime > 0) {
      long less = ThreadLocalRandom.current().nextLong(lifetime / 10 + 1);
      session.endBy(executor.schedule(session::abort, lifetime - less, TimeUnit.NANOSECONDS));
    }
  }

  /** A session goes wrong in a way that nobody has foreseen. */
  void failed(UdpSession session, Throwable cause) {
    log.error("{}: a session ends because of an unexpected failure", name(), cause);
    try {
      session.abort();
    } catch (Throwable e) {
      log.error("{}: the end of a session has failed", name(), e);
    }
  }

  private void armIdle(long nanos) {
    idleTimer = executor.schedule(this::endIdle, Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** Ends what is due, a batch at a time, and comes back for the next. */
  private void endIdle() {
    idleTimer = null;
    long now = System.nanoTime();
    for (int i = 0; i <= BATCH; i++) {
      Iterator<UdpSession> oldest = sessions.values().iterator();
      if (!oldest.hasNext()) {
        return;
      }
      UdpSession session = oldest.next();
      long left = session.lastActivity() + settings().idleNanos() - now;
      if (left > 0 || i == BATCH) {
        armIdle(left);
        return;
      }
      session.idle();
    }
  }

  /** A datagram went through a session: it is the last to be idle. */
  void touched(UdpSession session) {
    sessions.get(session.client());
  }

  /** A session has ended. */
  void ended(UdpSession session) {
    if (sessions.remove(session.client(), session)) {
      state.open().decrement();
    }
  }

  /** Bytes are in it only within one call. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Where tokens come from; is closed with this. */
  LoopTokens tokens() {
    return tokens;
  }

  /** Returns the targets that the sessions of this loop use. */
  LiveTargets targets() {
    return targets;
  }

  /**
   * A socket of a session, as {@link UdpEngine#connect}.
   *
   * @throws IOException also if the address is that of this proxy itself
   */
  UdpSocket connect(InetSocketAddress address) throws IOException {
    if (own.contains(address, System.nanoTime())) {
      throw new ConnectException("it is the address of this proxy itself");
    }
    return engine.connect(address);
  }

  /** Answers a client. */
  void answer(ByteBuffer datagram, InetSocketAddress client) {
    try {
      listener.sendTo(datagram, client);
    } catch (IOException e) {
      log.debug("{}: an answer for {} is lost: {}", name(), client, e.toString());
    }
  }

  void tokenTaken(long now) {
    state.noToken().recovered(now);
  }

  /** A client had to be given up. */
  void noToken(@Nullable Throwable error, long now) {
    if (!closed) {
      state
          .noToken()
          .failed(
              "no token for a client, whose datagrams are dropped: "
                  + NoTokenReason.of(error, settings().tokenTimeout()),
              now);
    }
  }

  /** A datagram found no room among those that wait. */
  void notHeld() {
    state
        .crowded()
        .failed("too many datagrams wait for tokens: some are dropped", System.nanoTime());
  }

  /** A datagram found room. */
  void held(long now) {
    state.crowded().recovered(now);
  }

  /** A socket to a target was made. */
  void socketMade(long now) {
    state.noSocket().recovered(now);
  }

  /** A socket to a target could not be made: new clients have to wait. */
  void outOfSockets(ChannelException cause) {
    long now = System.nanoTime();
    restUntil = now + REST_NANOS;
    state
        .noSocket()
        .failed(
            "no socket for a session, datagrams of new clients are dropped: " + reason(cause), now);
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return FailureText.of(cause == null ? failure : cause);
  }

  /** A target has answered. */
  void answered(Target target, long now) {
    state.targets().connected(target, now);
  }

  /** A target cannot be reached. */
  void unreachable(Target target, String why, long now) {
    state.targets().failed(target.hostPort(), why, now);
  }

  /** Ends the sessions that have nothing to wait for; there are no new ones. */
  public void endResting() {
    List.copyOf(sessions.values()).stream()
        .filter(UdpSession::isResting)
        .forEach(UdpSession::abort);
  }

  boolean isDraining() {
    return state.isDraining();
  }

  /** How many sessions there are. */
  @Override
  public int size() {
    return sessions.size();
  }

  /** Ends so many sessions, those that are idle for longest first. */
  @Override
  public void abort(int count) {
    sessions.values().stream().limit(count).toList().forEach(UdpSession::abort);
  }

  /** Receives from no client any more. */
  public void closeListener() {
    listener.close();
  }

  /** Ends every session, then what this loop alone uses. */
  @Override
  public void close() {
    closed = true;
    abort(sessions.size());
    closeListener();
    if (idleTimer != null) {
      idleTimer.cancel(false);
      idleTimer = null;
    }
    gone.close();
    tokens.close();
  }
}
