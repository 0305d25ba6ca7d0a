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
 * An event loop of a UDP proxy, with its socket for clients, their sessions, and the source of
 * their tokens. All methods are called on the loop, except for the constructor.
 */
public final class UdpLoop implements LoopGroup.Member, SpreadClose.Connections {

  private static final Logger log = LoggerFactory.getLogger(UdpLoop.class);

  /** The number of datagrams after which other tasks of the loop run. */
  public static final int BATCH = 64;

  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(5);

  private static final long MOST_HELD_BYTES = 4L * 1024 * 1024;
  private static final long MOST_UNANSWERED_BYTES = 1024 * 1024;

  /** The time for which new clients are not received after the system had no socket left. */
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

  /** The sessions by client, in the order of access: the longest idle one is the first. */
  private final Map<InetSocketAddress, UdpSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

  private @Nullable Future<?> idleTimer;
  private long restUntil = System.nanoTime();
  private boolean closed;

  /**
   * Creates a loop without sessions.
   *
   * @param own the address that the proxy listens on
   * @param listener the socket for clients, which is closed with this
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

  /** Returns the name of the proxy. */
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

  /** Returns a new session for a client; null if it can have none. */
  private @Nullable UdpSession admit(InetSocketAddress from) {
    long now = System.nanoTime();
    // An answer cannot be sent to port 0.
    if (isDraining() || closed || from.getPort() == 0 || restUntil - now > 0 || !state.admit(now)) {
      return null;
    }
    // A copy, since the address of the socket retains more.
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

  /** Ends a session after an unexpected failure. */
  void failed(UdpSession session, Throwable cause) {
    log.error("{}: unexpected failure, ending session", name(), cause);
    try {
      session.abort();
    } catch (Throwable e) {
      log.error("{}: failed to end session", name(), e);
    }
  }

  private void armIdle(long nanos) {
    idleTimer = executor.schedule(this::endIdle, Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** Ends the idle sessions, in batches. */
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

  /** Notes traffic of a session, which moves it to the end of the order. */
  void touched(UdpSession session) {
    sessions.get(session.client());
  }

  /** Removes a session that has ended. */
  void ended(UdpSession session) {
    if (sessions.remove(session.client(), session)) {
      state.open().decrement();
    }
  }

  /** Returns a buffer whose content is valid only within one call. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Returns the source of tokens, which is closed with this. */
  LoopTokens tokens() {
    return tokens;
  }

  /** Returns the targets that the sessions of this loop use. */
  LiveTargets targets() {
    return targets;
  }

  /**
   * Returns a socket for a session, as {@link UdpEngine#connect} does.
   *
   * @throws IOException also if the address is that of the proxy itself
   */
  UdpSocket connect(InetSocketAddress address) throws IOException {
    if (own.contains(address, System.nanoTime())) {
      throw new ConnectException("it is the address of this proxy itself");
    }
    return engine.connect(address);
  }

  /** Sends an answer to a client. */
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

  /** Notes that a client got no token. */
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

  /** Notes that there was no room to hold a datagram. */
  void notHeld() {
    state
        .crowded()
        .failed("too many datagrams wait for tokens: some are dropped", System.nanoTime());
  }

  /** Notes that a datagram is held. */
  void held(long now) {
    state.crowded().recovered(now);
  }

  /** Notes that a socket to a target was created. */
  void socketMade(long now) {
    state.noSocket().recovered(now);
  }

  /** Notes that no socket to a target could be created; new clients have to wait. */
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

  /** Notes that a target has answered. */
  void answered(Target target, long now) {
    state.targets().connected(target, now);
  }

  /** Notes that a target cannot be reached. */
  void unreachable(Target target, String why, long now) {
    state.targets().failed(target.hostPort(), why, now);
  }

  /** Ends the sessions that wait for nothing. There are no new sessions any more. */
  public void endResting() {
    List.copyOf(sessions.values()).stream()
        .filter(UdpSession::isResting)
        .forEach(UdpSession::abort);
  }

  boolean isDraining() {
    return state.isDraining();
  }

  /** Returns the number of sessions. */
  @Override
  public int size() {
    return sessions.size();
  }

  /** Ends the given number of sessions, the longest idle ones first. */
  @Override
  public void abort(int count) {
    sessions.values().stream().limit(count).toList().forEach(UdpSession::abort);
  }

  /** Stops receiving from clients. */
  public void closeListener() {
    listener.close();
  }

  /** Ends all sessions, then closes the resources of this loop. */
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
