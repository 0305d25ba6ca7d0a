package io.lbtk.proxy.tcp;

import io.lbtk.net.FailureText;
import io.netty.handler.ssl.NotSslRecordException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshake at the start of a client connection. No token is taken before it is done, so that
 * port scans cost none.
 */
final class ClientHandshake implements Phase, Handshake {

  private static final Logger log = LoggerFactory.getLogger(ClientHandshake.class);

  private final Tunnel tunnel;
  private final ProxyLoop loop;
  private long deadline;

  ClientHandshake(Tunnel tunnel, ProxyLoop loop) {
    this.tunnel = tunnel;
    this.loop = loop;
  }

  /** Starts the handshake and its timeout; called once. */
  void await(long now) {
    deadline = now + tunnel.client().handshakeNanos();
    loop.timers().set(tunnel, deadline, now);
    tunnel.client().startHandshake(this);
  }

  @Override
  public void done() {
    if (!tunnel.isClosed()) {
      long now = System.nanoTime();
      loop.handshakeDone(now);
      tunnel.attempt(now);
    }
  }

  /**
   * Closes the connection without a warning: port scans and clients that do not speak TLS are
   * common on the open Internet.
   */
  @Override
  public void failed(Throwable cause) {
    if (tunnel.isClosed()) {
      return;
    }
    if (cause instanceof SSLException && !(cause instanceof NotSslRecordException)) {
      loop.handshakeFailed(FailureText.of(cause));
    } else {
      log.debug("{}: {} is closed: {}", tunnel, tunnel.clientAddress(), cause.toString());
    }
    tunnel.abort();
  }

  @Override
  public void due(long now) {
    if (deadline - now > 0) {
      loop.timers().set(tunnel, deadline, now);
      return;
    }
    log.debug(
        "{}: closing {}: handshake not completed within {} ms",
        tunnel,
        tunnel.clientAddress(),
        TimeUnit.NANOSECONDS.toMillis(tunnel.client().handshakeNanos()));
    tunnel.abort();
  }

  @Override
  public void cancel() {}
}
