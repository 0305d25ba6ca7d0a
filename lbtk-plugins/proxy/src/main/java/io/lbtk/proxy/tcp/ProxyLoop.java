package io.lbtk.proxy.tcp;

import io.lbtk.api.Target;
import io.lbtk.net.FailureText;
import io.lbtk.net.LoopGroup;
import io.lbtk.net.OnLoop;
import io.lbtk.proxy.limits.Admission;
import io.lbtk.proxy.token.FailingTargets;
import io.lbtk.proxy.token.LoopTokens;
import io.lbtk.proxy.token.NoTokenReason;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One event loop of a proxy, with its tunnels and its token source. */
public final class ProxyLoop implements LoopGroup.Member {

  private final ProxyState state;
  private final EventLoop executor;
  private final TunnelEngine.Connector connector;
  private final LoopTokens tokens;
  private final LoopTimers timers;
  private final Bandwidth.OfLoop bandwidth;
  private boolean closed;

  /**
   * Creates a loop without tunnels.
   *
   * @param connector the connector, which is closed with this loop
   */
  public ProxyLoop(
      ProxyState state,
      EventLoop executor,
      TunnelEngine.Connector connector,
      LoopTokens.Origin tokens) {
    this.state = state;
    this.executor = executor;
    this.connector = connector;
    this.timers = new LoopTimers(executor, System.nanoTime());
    this.bandwidth = state.bandwidth().on(executor);
    this.tokens =
        new LoopTokens(
            state.name(),
            executor,
            tokens,
            Duration.ofNanos(state.settings().connectNanos()),
            state.nameServers());
  }

  @Override
  public EventLoop executor() {
    return executor;
  }

  /** Returns the connector of this loop. */
  public TunnelEngine.Connector connector() {
    return connector;
  }

  TunnelSettings settings() {
    return state.settings();
  }

  /** Returns the name of the proxy. */
  public String name() {
    return state.name();
  }

  /**
   * Reserves a slot for one more connection before it is accepted. May be called on any loop.
   * Returns false if the limit is reached; {@link #whenRoom} then waits for a free slot.
   */
  public boolean reserve() {
    boolean reserved = state.open().tryIncrement();
    if (!reserved) {
      isFull();
    }
    return reserved;
  }

  /** Counts a connection that has already been accepted. Returns whether another one is allowed. */
  public boolean count() {
    boolean more = state.open().increment();
    if (!more) {
      isFull();
    }
    return more;
  }

  private void isFull() {
    state
        .full()
        .failed(
            "limit of %d connections reached (max-connections); further ones wait"
                .formatted(state.open().limit()),
            System.nanoTime());
  }

  /** Releases a slot for which no tunnel was created. */
  public void giveBack() {
    state.open().decrement();
  }

  /**
   * Notes that a connection was accepted. Returns the time in nanoseconds during which no other may
   * be accepted; 0 for none.
   */
  public long accepted(long now) {
    state.full().recovered(now);
    return state.rate().accepted(now);
  }

  /** Runs a task on this loop once, as soon as a slot may be free. */
  public void whenRoom(Runnable resume) {
    state.open().whenRoom(() -> OnLoop.post(executor, resume, () -> {}));
  }

  /** Starts to connect a tunnel to its target, as {@link TunnelEngine.Connector#connect}. */
  TunnelEnd connect(Tunnel tunnel, InetSocketAddress address, Attempt attempt) {
    return connector.connect(tunnel, address, attempt);
  }

  /** Returns the timers of this loop. Every open tunnel has a deadline. */
  public LoopTimers timers() {
    return timers;
  }

  /** Returns the bandwidth limits of this loop. */
  Bandwidth.OfLoop bandwidth() {
    return bandwidth;
  }

  /** Counts a new tunnel for the retry budget. */
  void opened(long now) {
    state.budget().connection(now);
  }

  /** Removes a closed tunnel. */
  void ended(Tunnel tunnel) {
    timers.cancel(tunnel);
    state.open().decrement();
  }

  /** Returns the token source of this loop, which is closed with it. */
  LoopTokens tokens() {
    return tokens;
  }

  void tokenTaken(long now) {
    state.noToken().recovered(now);
  }

  /**
   * Logs that a connection is closed for want of a token. The error is null if the demand timed
   * out.
   */
  void noToken(@Nullable Throwable error, long now) {
    if (closed) {
      return;
    }
    String why = NoTokenReason.of(error, settings().tokenTimeout());
    state.noToken().failed("no token, connection closed: " + why, now);
  }

  /** Returns whether the retry budget grants another attempt. */
  boolean mayRetry(long now) {
    boolean may = state.budget().retry(now);
    if (may) {
      state.noRetry().recovered(now);
    } else {
      state
          .noRetry()
          .failed(
              "retry budget exhausted (%s), connection closed without a retry"
                  .formatted(state.retries()),
              now);
    }
    return may;
  }

  /** Notes that a connection to the target is established. */
  void connected(Target target, long now) {
    state.noSocket().recovered(now);
    state.noRetry().recovered(now);
    state.targets().connected(target, now);
  }

  /** Notes that a connection to the target failed. */
  void failed(Target target, String why, long now) {
    state.targets().failed(target.hostPort(), why, now);
    state.failing().add(target.hostPort(), now);
  }

  /** Returns the targets that could not be reached recently. */
  FailingTargets failing() {
    return state.failing();
  }

  /** Returns whether an address leads back to this proxy. */
  boolean isOwn(InetSocketAddress address) {
    return state.isOwn(address, System.nanoTime());
  }

  /** Notes that an established connection was reset by one of its sides. */
  void reset(Target target, boolean byTarget, long now) {
    if (byTarget) {
      state.targetResets().failed(target.hostPort(), "connection reset by the target", now);
    } else {
      state.clientResets().failed("connection reset by a client", now);
    }
  }

  /** Notes that a connection ended without a reset. */
  void endedInOrder(Target target, long now) {
    state.targetResets().connected(target, now);
    state.clientResets().recovered(now);
  }

  /** Notes that no socket for a connection to a target was available. */
  void outOfSockets(Throwable cause) {
    state
        .noSocket()
        .failed(
            "no socket for a connection to a target: " + FailureText.of(cause), System.nanoTime());
  }

  /** Returns the rules for the clients that are served. */
  Admission admission() {
    return state.admission();
  }

  /** Notes that a client was rejected. */
  void refused(InetAddress client, String why, long now) {
    state
        .notServed()
        .failed("client %s rejected: %s".formatted(NetUtil.toAddressString(client), why), now);
  }

  /** Notes that a client has sent the required header. */
  void headerRead() {
    state.noHeader().recovered(System.nanoTime());
  }

  /** Notes that a peer did not send the required header. */
  void noHeader(String peer, String why) {
    state
        .noHeader()
        .failed(
            "%s is in accept-proxy-from but sent no valid PROXY header: %s; connection closed"
                .formatted(peer, why),
            System.nanoTime());
  }

  /** Notes that a client has completed its handshake. */
  void handshakeDone(long now) {
    state.noHandshake().recovered(now);
  }

  /** Notes that the TLS handshake of a client has failed. */
  void handshakeFailed(String why) {
    state
        .noHandshake()
        .failed("TLS handshake with a client failed, connection closed: " + why, System.nanoTime());
  }

  /** Returns whether this loop accepts no further tunnels. */
  boolean isClosed() {
    return closed;
  }

  /** Closes every tunnel; called on the loop. */
  void closeTunnels() {
    timers.abort(timers.size());
  }

  /** Closes every tunnel, then the resources of this loop; called on the loop. */
  @Override
  public void close() {
    closed = true;
    closeTunnels();
    bandwidth.close();
    connector.close();
    tokens.close();
  }
}
