package io.lbtk.proxy.nio;

import io.lbtk.api.Target;
import io.lbtk.net.FailureText;
import io.lbtk.proxy.tcp.Attempt;
import io.lbtk.proxy.tcp.Handshake;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;

/** The handshake with a target that accepted a connection: a part of the attempt to connect. */
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
            ? "what it answers is no TLS"
            : FailureText.of(cause);
    attempt.failed(end, new IOException("no TLS with it: " + why, cause));
  }
}
