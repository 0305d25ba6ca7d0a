package io.lbtk.proxy.tcp;

import io.lbtk.api.Outcome;
import io.lbtk.api.Token;
import io.lbtk.proxy.header.HeaderSettings;
import io.lbtk.proxy.header.ProxyHeader;
import io.lbtk.proxy.header.ProxyProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection, from accept to close. It finds a target by {@link Attempts}, then relays
 * until both directions have ended.
 *
 * <p>A tunnel is confined to one loop. It has a single timer for all its timeouts; when the timer
 * fires the tunnel checks which of them is due, so that relaying a byte sets no timer. There may be
 * very many idle tunnels, so state that only a new connection needs is not kept here.
 */
public final class Tunnel extends Timed {

  private static final Logger log = LoggerFactory.getLogger(Tunnel.class);

  /** Time for which undeliverable bytes are discarded before the connection is reset. */
  private static final long LINGER_NANOS = 5_000_000_000L;

  private final ProxyLoop loop;
  private final TunnelEnd client;

  /** The PROXY header at the start of this connection; null if none is expected. */
  private @Nullable ClientHeader header;

  /**
   * The client address that this connection was counted for by {@link
   * io.lbtk.proxy.limits.Admission}.
   */
  private @Nullable InetAddress admitted;

  private @Nullable Phase phase;

  /** Finds another target if this one resets the connection before any byte was relayed. */
  private @Nullable Attempts retry;

  private @Nullable TunnelEnd target;
  private @Nullable Token token;
  private long connectNanos;
  private long connectedAt;
  private long lastActivity;
  private long endsAt;

  /** Time at which a direction broke before its sender had ended, if {@link #broken}. */
  private long brokenAt;

  private boolean broken;
  private boolean lingering;
  private boolean closed;

  /**
   * Creates a tunnel, which {@link #begin} starts.
   *
   * @param client creates the end of the accepted client connection
   */
  public Tunnel(ProxyLoop loop, Function<Tunnel, TunnelEnd> client) {
    this.loop = loop;
    this.client = client.apply(this);
  }

  /** Returns the end of the client. */
  public TunnelEnd client() {
    return client;
  }

  /** Returns whether this tunnel has been closed. */
  public boolean isClosed() {
    return closed;
  }

  /** Starts this tunnel; called once, on the loop. */
  public void begin() {
    try {
      beginNow();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void beginNow() {
    if (loop.isClosed()) {
      abort();
      return;
    }
    long now = System.nanoTime();
    loop.opened(now);
    client.pace(loop.bandwidth().up(client, now));
    HeaderSettings headers = loop.settings().headers();
    if (!headers.areExpected()) {
      admit(now);
      return;
    }
    InetSocketAddress peer = client.remoteAddress();
    if (peer == null) {
      // The client has disconnected already.
      abort();
    } else if (headers.isExpectedFrom(peer.getAddress())) {
      ClientHeader expected = new ClientHeader(this, loop, peer);
      header = expected;
      phase = expected;
      expected.await(now);
    } else {
      admit(now);
    }
  }

  /** Checks the access rules, now that the address of the client is known, and proceeds. */
  void admit(long now) {
    if (loop.admission().hasRules()) {
      InetSocketAddress address = clientAddress();
      if (address == null) {
        abort();
        return;
      }
      String refusal = loop.admission().enter(address.getAddress());
      if (refusal != null) {
        loop.refused(address.getAddress(), refusal, now);
        abort();
        return;
      }
      admitted = address.getAddress();
    }
    if (client.handshakeNanos() == 0) {
      attempt(now);
      return;
    }
    ClientHandshake begun = new ClientHandshake(this, loop);
    phase = begun;
    begun.await(now);
  }

  /** Takes a token and connects, after the header and the handshake of the client. */
  void attempt(long now) {
    Attempts begun = new Attempts(this, loop);
    phase = begun;
    begun.start(now);
  }

  /** Returns the address of the client; null if it is no longer known. */
  @Nullable InetSocketAddress clientAddress() {
    return header == null ? client.remoteAddress() : header.client();
  }

  /** Returns the PROXY header to send to a target before all input of the client; null for none. */
  public byte @Nullable [] headerForTarget() {
    ProxyProtocol version = loop.settings().headers().send();
    if (version == ProxyProtocol.OFF) {
      return null;
    }
    ProxyHeader told = header == null ? ProxyHeader.UNKNOWN : header.header();
    if (told.source() == null) {
      told = ProxyHeader.of(client.remoteAddress(), client.localAddress());
    }
    return told.encode(version);
  }

  /** Starts to relay: the target has accepted the connection. */
  void connected(Attempts attempts, Attempt succeeded, TunnelEnd end) {
    long now = System.nanoTime();
    loop.connected(succeeded.token().target(), now);
    phase = null;
    retry = attempts;
    token = succeeded.token();
    connectNanos = now - succeeded.began();
    connectedAt = now;
    lastActivity = now;
    setLifetime(now);
    target = end;
    client.pairWith(end);
    end.pairWith(client);
    byte[] told = end.headerSent() ? null : headerForTarget();
    if (told != null) {
      client.relayFirst(told);
    }
    client.relay();
    if (!closed && target == end) {
      end.relay();
    }
  }

  /**
   * Tries another target if this end is the target's and it has reset the connection, provided that
   * no byte has been relayed in either direction.
   *
   * @return whether another target is tried; if so, the end is closed and no longer part of this
   *     tunnel
   */
  boolean triesAnother(TunnelEnd broken) {
    Attempts again = retry;
    long now = System.nanoTime();
    if (again == null
        || closed
        || broken != target
        || broken.inputDone()
        || broken.relayed() > 0
        || client.inputDone()
        || !client.holdsAllInput()
        || !again.mayFailYet(now)) {
      return false;
    }
    retry = null;
    target = null;
    token = null;
    client.part();
    broken.part();
    broken.stopPacing();
    broken.close(true);
    phase = again;
    again.reset(
        Outcome.reset()
            .withConnectTime(Duration.ofNanos(connectNanos))
            .withSessionTime(Duration.ofNanos(now - connectedAt)));
    return true;
  }

  private void setLifetime(long now) {
    long lifetime = loop.settings().lifetimeNanos();
    if (lifetime > 0) {
      endsAt = now + lifetime - ThreadLocalRandom.current().nextLong(lifetime / 10 + 1);
      loop.timers().set(this, endsAt, now);
    }
  }

  /**
   * Closes this tunnel: no target could be connected to.
   *
   * @param reset whether the last target has reset the connection, which is passed on to the client
   */
  void noTarget(boolean reset) {
    close(reset ? Outcome.Kind.RESET : Outcome.Kind.UNUSED);
  }

  /**
   * Handles the end of a side before the tunnel is connected; only the client's can end so early.
   */
  void gone(TunnelEnd end) {
    if (end == client) {
      if (header != null) {
        header.gone();
      }
      close(Outcome.Kind.UNUSED);
    }
  }

  /** Notes traffic, which restarts the idle timeout. */
  public void touch() {
    lastActivity = System.nanoTime();
  }

  /** Closes this tunnel if both directions have ended. */
  void advance() {
    TunnelEnd server = target;
    if (closed || server == null) {
      return;
    }
    boolean upDone = client.inputDone() && server.outputDone();
    boolean downDone = server.inputDone() && client.outputDone();
    boolean reset = (upDone && client.wasReset()) || (downDone && server.wasReset());
    if (reset) {
      if (token != null) {
        loop.reset(token.target(), server.wasReset(), System.nanoTime());
      }
      close(Outcome.Kind.RESET);
    } else if (upDone && downDone) {
      if (token != null) {
        loop.endedInOrder(token.target(), System.nanoTime());
      }
      close(Outcome.Kind.CLOSED);
    } else if ((upDone && client.isGone()) || (downDone && server.isGone())) {
      linger();
    }
  }

  /**
   * Notes that one side no longer accepts what its peer sends. The peer is reset for that, but
   * after a delay: an immediate reset could overtake data on its way to the peer.
   */
  void undeliverable() {
    if (!broken && target != null) {
      broken = true;
      brokenAt = System.nanoTime();
      lastActivity = brokenAt;
      loop.timers().set(this, brokenAt + lingerNanos(), brokenAt);
    }
  }

  /**
   * Returns whether undeliverable bytes are still read. They are for a short time, as many peers
   * read the response only after writing their whole request.
   */
  boolean mayDiscard() {
    return System.nanoTime() - brokenAt < lingerNanos();
  }

  /**
   * Discards input for a short time: one side is gone, and the other has received everything but
   * still sends. Closing now would make the kernel drop data that the other side has not read yet.
   */
  private void linger() {
    if (!lingering) {
      lingering = true;
      long now = System.nanoTime();
      lastActivity = now;
      loop.timers().set(this, now + lingerNanos(), now);
    }
  }

  private long lingerNanos() {
    return Math.min(LINGER_NANOS, loop.settings().finNanos());
  }

  /** Closes this tunnel in any state. */
  @Override
  public void abort() {
    close(target == null ? Outcome.Kind.UNUSED : Outcome.Kind.CLOSED);
  }

  private void close(Outcome.Kind kind) {
    if (closed) {
      return;
    }
    closed = true;
    boolean hard = kind == Outcome.Kind.RESET;
    if (target != null) {
      target.stopPacing();
      target.close(hard);
    }
    client.stopPacing();
    client.close(hard);
    if (admitted != null) {
      loop.admission().leave(admitted);
      admitted = null;
    }
    try {
      if (phase != null) {
        phase.cancel();
        phase = null;
      }
      release(hard ? Outcome.reset() : Outcome.closed());
    } finally {
      loop.ended(this);
    }
  }

  /**
   * Closes the connection after an unexpected failure, such as an Error of a policy. Throws
   * nothing, so that the loop and its other connections continue.
   */
  public void fail(Throwable cause) {
    log.error("{}: unexpected failure, closing connection", loop.name(), cause);
    try {
      abort();
    } catch (Throwable e) {
      log.error("{}: failed to close connection", loop.name(), e);
    }
  }

  /** Releases the token of the connection with its outcome. */
  private void release(Outcome outcome) {
    Token released = token;
    TunnelEnd server = target;
    if (released != null && server != null) {
      token = null;
      released.release(
          outcome
              .withConnectTime(Duration.ofNanos(connectNanos))
              .withSessionTime(Duration.ofNanos(System.nanoTime() - connectedAt))
              .withBytes(client.relayed(), server.relayed()));
    }
  }

  @Override
  void due(long now) {
    try {
      if (phase != null) {
        phase.due(now);
      } else if (target != null) {
        checkTimes(target, now);
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void checkTimes(TunnelEnd server, long now) {
    if (client.relayed() > 0 || server.relayed() > 0 || retry == null || !retry.mayFailYet(now)) {
      // No retry from now on.
      retry = null;
      header = null;
    }
    long fin = loop.settings().finNanos();
    long limit = loop.settings().idleNanos();
    if (lingering) {
      limit = lingerNanos();
    } else if (broken || isEnding(server)) {
      limit = fin;
    }
    long left = limit > 0 ? lastActivity + limit - now : Long.MAX_VALUE;
    if (loop.settings().lifetimeNanos() > 0) {
      left = Math.min(left, endsAt - now);
    }
    if (left <= 0) {
      close(broken ? Outcome.Kind.RESET : Outcome.Kind.CLOSED);
    } else {
      // No later than the FIN timeout, which may start at any moment.
      loop.timers().set(this, now + Math.min(left, fin), now);
    }
  }

  /**
   * Returns whether a side has ended and no data is in flight. While data is in flight, the idle
   * timeout applies: the FIN timeout would cost a slow reader what was sent before the FIN.
   */
  private boolean isEnding(TunnelEnd server) {
    if (client.wasReset() || server.wasReset()) {
      return true;
    }
    return (client.inputDone() || server.inputDone()) && !client.isBehind() && !server.isBehind();
  }

  @Override
  public String toString() {
    return loop.name();
  }
}
