package io.lbtk.proxy.tcp;

import io.lbtk.api.Target;
import io.lbtk.net.FailureText;
import io.lbtk.net.LoopGroup;
import io.lbtk.net.OnLoop;
import io.lbtk.proxy.limits.Admission;
import io.lbtk.proxy.limits.OpenTunnels;
import io.lbtk.proxy.token.FailingTargets;
import io.lbtk.proxy.token.LoopTokens;
import io.lbtk.proxy.token.NoTokenReason;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One loop of a proxy, with the tunnels that live on it and the source of their tokens. */
public final class ProxyLoop implements LoopGroup.Member {

  private final ProxyState state;
  private final EventLoop executor;
  private final TunnelEngine.Connector connector;
  private final LoopTokens tokens;
  private final LoopTimers timers;
  private final Bandwidth.OfLoop bandwidth;
  private boolean closed;

  /**
   * A loop without tunnels.
   *
   * @param connector is closed with this
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

  public TunnelEngine.Connector connector() {
    return connector;
  }

  TunnelSettings settings() {
    return state.settings();
  }

  /** The name of the proxy. */
  public String name() {
    return state.name();
  }

  /**
   * Takes the place of one more connection, which is to be accepted; called by any loop. False if
   * all are taken: {@link OpenTunnels#whenRoom} tells when there is one.
   */
  public boolean reserve() {
    boolean reserved = state.open().tryIncrement();
    if (!reserved) {
      isFull();
    }
    return reserved;
  }

  /** Counts a connection that is there already. Returns whether there is room for another. */
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
            "it has the %d connections that it may have (max-connections); further ones wait"
                .formatted(state.open().limit()),
            System.nanoTime());
  }

  /** A place is not needed: there was no connection, or it is gone before its tunnel began. */
  public void giveBack() {
    state.open().decrement();
  }

  /** A connection was accepted. Returns for how many nanoseconds no other may be; 0 for none. */
  public long accepted(long now) {
    state.full().recovered(now);
    return state.rate().accepted(now);
  }

  /** Calls this once on the loop when a place may be free. */
  public void whenRoom(Runnable resume) {
    state.open().whenRoom(() -> OnLoop.post(executor, resume, () -> {}));
  }

  /** Begins to connect a tunnel to its target, as {@link TunnelEngine.Connector#connect}. */
  TunnelEnd connect(Tunnel tunnel, InetSocketAddress address, Attempt attempt) {
    return connector.connect(tunnel, address, attempt);
  }

  /** When the tunnels of this loop want to be looked at: every open one has a time. */
  public LoopTimers timers() {
    return timers;
  }

  /** How fast the tunnels of this loop may read. */
  Bandwidth.OfLoop bandwidth() {
    return bandwidth;
  }

  /** A tunnel begins here. */
  void opened(long now) {
    state.budget().connection(now);
  }

  /** A tunnel has ended. */
  void ended(Tunnel tunnel) {
    timers.cancel(tunnel);
    state.open().decrement();
  }

  /** Where tokens come from; is closed with this. */
  LoopTokens tokens() {
    return tokens;
  }

  void tokenTaken(long now) {
    state.noToken().recovered(now);
  }

  /** A client had to be sent away; null where the time was over. */
  void noToken(@Nullable Throwable error, long now) {
    if (closed) {
      return;
    }
    String why = NoTokenReason.of(error, settings().tokenTimeout());
    state.noToken().failed("no token for a connection, which is closed: " + why, now);
  }

  /** Whether a connection may be tried once more. */
  boolean mayRetry(long now) {
    boolean may = state.budget().retry(now);
    if (may) {
      state.noRetry().recovered(now);
    } else {
      state
          .noRetry()
          .failed(
              "a connection is closed without a retry, as the retry budget (%s) is used up"
                  .formatted(state.retries()),
              now);
    }
    return may;
  }

  /** A tunnel to a target stands. */
  void connected(Target target, long now) {
    state.noSocket().recovered(now);
    state.noRetry().recovered(now);
    state.targets().connected(target, now);
  }

  /** A target could not be connected to. */
  void failed(Target target, String why, long now) {
    state.targets().failed(target.hostPort(), why, now);
    state.failing().add(target.hostPort(), now);
  }

  /** Returns the targets that could not be reached of late. */
  FailingTargets failing() {
    return state.failing();
  }

  /** Returns whether an address leads back to this proxy. */
  boolean isOwn(InetSocketAddress address) {
    return state.isOwn(address, System.nanoTime());
  }

  /** A connection that bytes could go through was reset by one of its sides. */
  void reset(Target target, boolean byTarget, long now) {
    if (byTarget) {
      state.targetResets().failed(target.hostPort(), "it has reset a connection", now);
    } else {
      state.clientResets().failed("a client has reset its connection", now);
    }
  }

  /** A connection has ended without a reset. */
  void endedInOrder(Target target, long now) {
    state.targetResets().connected(target, now);
    state.clientResets().recovered(now);
  }

  /** A socket to a target could not be made. */
  void outOfSockets(Throwable cause) {
    state.noSocket().failed("no socket to connect by: " + FailureText.of(cause), System.nanoTime());
  }

  /** Which clients are served. */
  Admission admission() {
    return state.admission();
  }

  /** A client is not served. */
  void refused(InetAddress client, String why, long now) {
    state
        .notServed()
        .failed("client %s is not served: %s".formatted(NetUtil.toAddressString(client), why), now);
  }

  /** A client has sent the header that it had to. */
  void headerRead() {
    state.noHeader().recovered(System.nanoTime());
  }

  /** A peer has to send headers, and sent none. */
  void noHeader(String peer, String why) {
    state
        .noHeader()
        .failed(
            "%s is in accept-proxy-from and sent no PROXY header: %s; its connection is closed"
                .formatted(peer, why),
            System.nanoTime());
  }

  /** A client has done its handshake. */
  void handshakeDone(long now) {
    state.noHandshake().recovered(now);
  }

  /** A client speaks TLS, and it came to nothing. */
  void handshakeFailed(String why) {
    state.noHandshake().failed("no TLS with a client, which is closed: " + why, System.nanoTime());
  }

  /** Whether no tunnel may begin here any more. */
  boolean isClosed() {
    return closed;
  }

  /** Closes every tunnel; called on the loop. */
  void closeTunnels() {
    timers.abort(timers.size());
  }

  /** Closes every tunnel, then what this loop alone uses; called on the loop. */
  @Override
  public void close() {
    closed = true;
    closeTunnels();
    bandwidth.close();
    connector.close();
    tokens.close();
  }
}
