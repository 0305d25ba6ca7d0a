package io.lbtk.proxy.nio;

import io.lbtk.api.Target;
import io.lbtk.net.FailureText;
import io.lbtk.proxy.tcp.Attempt;
import io.lbtk.proxy.tcp.Handshake;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;

/**
 * The TLS handshake with a target that has accepted a connection; part of the attempt to connect.
 */
final class TargetHandshake implements Handshake {

  private final Attempt attempt;
  private final TlsTunnelEnd end;

  TargetHandshake(Attempt attempt, TlsTunnelEnd end) {
    this.attempt = attempt;
    this.end = end;
  }

  void begin() {
    Target target = attempt.token().target();
    end.startHandshake(target.host(), target.port(), this);
  }

  @Override
  public void done() {
    attempt.connected(end);
  }

  @Override
  public void failed(Throwable cause) {
    String why =
        cause instanceof NotSslRecordException
            ? "the target does not speak TLS"
            : FailureText.of(cause);
    attempt.failed(end, new IOException("TLS handshake failed: " + why, cause));
  }
}
