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
 * One connection of a client, from accepted to closed: comes to a target by {@link Attempts}, then
 * relays until both directions have ended.
 *
 * <p>All of it happens on one loop. One time serves all that are kept: when it comes the tunnel
 * looks what is due, so that a byte that goes through sets no timer. There may be very many of
 * these, most of them idle, so what only a connection in the making needs is not kept here.
 */
public final class Tunnel extends Timed {

  private static final Logger log = LoggerFactory.getLogger(Tunnel.class);

  /** For how long bytes are discarded that can no longer be delivered, before a reset says so. */
  private static final long LINGER_NANOS = 5_000_000_000L;

  private final ProxyLoop loop;
  private final TunnelEnd client;

  /** What this connection begins with, if it comes from one who says whom it is for. */
  private @Nullable ClientHeader header;

  /** Whom it counts for, where connections of a client are counted. */
  private @Nullable InetAddress admitted;

  private @Nullable Phase phase;

  /** Finds another target if this one resets the connection before a byte went through it. */
  private @Nullable Attempts retry;

  private @Nullable TunnelEnd target;
  private @Nullable Token token;
  private long connectNanos;
  private long connectedAt;
  private long lastActivity;
  private long endsAt;

  /** When a direction broke while its sender had not ended, if {@link #broken}. */
  private long brokenAt;

  private boolean broken;
  private boolean lingering;
  private boolean closed;

  /**
   * A tunnel that does nothing yet.
   *
   * @param client makes the side of the client, who is connected already
   */
  public Tunnel(ProxyLoop loop, Function<Tunnel, TunnelEnd> client) {
    this.loop = loop;
    this.client = client.apply(this);
  }

  /** The side of the client. */
  public TunnelEnd client() {
    return client;
  }

  public boolean isClosed() {
    return closed;
  }

  /** Begins it; called once, on the loop. */
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
      // The client has gone already.
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

  /** Goes on if the client is one that is served: it is known now who that is. */
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

  /** Goes on, now that the client may speak: it is time to take a token. */
  void attempt(long now) {
    Attempts begun = new Attempts(this, loop);
    phase = begun;
    begun.start(now);
  }

  /** Where the client is; null if that is not known any more. */
  @Nullable InetSocketAddress clientAddress() {
    return header == null ? client.remoteAddress() : header.client();
  }

  /** What a target is told of the client, before all that the client says; null for nothing. */
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

  /** The target has accepted the connection: from now on this tunnel relays. */
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
   * Tries another target after this side has reset the connection, if it is the target and nothing
   * is lost by that: no byte has reached the client, and none of the client has gone to the target.
   *
   * @return whether another one is tried; then this side is closed, and of no tunnel any more
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
   * No target could be connected to.
   *
   * @param reset whether the last one has reset the connection, which the client gets to know
   */
  void noTarget(boolean reset) {
    close(reset ? Outcome.Kind.RESET : Outcome.Kind.UNUSED);
  }

  /** A side has ended before the tunnel stood: only the client's can. */
  void gone(TunnelEnd end) {
    if (end == client) {
      if (header != null) {
        header.gone();
      }
      close(Outcome.Kind.UNUSED);
    }
  }

  /** Bytes went through. */
  public void touch() {
    lastActivity = System.nanoTime();
  }

  /** A direction has ended, one way or the other: looks whether the tunnel has, too. */
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
   * A side takes no more of what its peer sends. The peer is reset for that, but not at once: the
   * reset could overtake what it is still to get.
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
   * Returns whether bytes that cannot be delivered are still read. It is so for a moment, since
   * many read the answer only when they have written all; later they have to wait.
   */
  boolean mayDiscard() {
    return System.nanoTime() - brokenAt < lingerNanos();
  }

  /**
   * One side is gone and the other has got all of it, but still sends. To close now would make the
   * kernel throw away what that side has not read yet; so its bytes go nowhere for a moment.
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

  /** Closes it, whatever it does. */
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
   * Ends the connection after an unexpected failure, such as an Error of a policy. Throws nothing,
   * so that the loop and the other connections on it go on.
   */
  public void fail(Throwable cause) {
    log.error("{}: a connection ends because of an unexpected failure", loop.name(), cause);
    try {
      abort();
    } catch (Throwable e) {
      log.error("{}: the end of a connection has failed", loop.name(), e);
    }
  }

  /** Gives the token of the connection back, with what became of it. */
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
      // Nothing is tried again from now on.
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
      // Not later than the FIN timeout, which may begin to count at any moment.
      loop.timers().set(this, now + Math.min(left, fin), now);
    }
  }

  /**
   * Whether a side has ended and nothing is on its way any more. As long as something is, a slow
   * reader has the time of any other tunnel: the FIN timeout would cost it what was sent before.
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
