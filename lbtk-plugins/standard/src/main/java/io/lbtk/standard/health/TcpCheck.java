package io.lbtk.standard.health;

import io.lbtk.api.HealthCheck;
import io.lbtk.api.Target;
import io.lbtk.core.net.SocketConnector;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Whether a target accepts a connection, which is ended at once. */
public final class TcpCheck implements HealthCheck {

  private final OptionalInt port;
  private final SocketConnector.SocketFactory sockets;
  private final CheckThreads threads;

  /**
   * A check of the target's own port, or of another.
   *
   * @param name of the part, for its threads
   * @param port of the target's host; empty for that of the target
   */
  public TcpCheck(String name, OptionalInt port) {
    // The socket of a channel can be interrupted, where a plain one cannot.
    this(name, port, () -> SocketChannel.open().socket());
  }

  TcpCheck(String name, OptionalInt port, SocketConnector.SocketFactory sockets) {
    this.port = port;
    this.sockets = sockets;
    this.threads = new CheckThreads(name);
  }

  @Override
  public CompletableFuture<Result> check(Target target, Duration timeout) {
    return threads.run(() -> connect(target.host(), port.orElse(target.port()), timeout));
  }

  private Result connect(String host, int port, Duration timeout) {
    String what = Target.of(host, port).hostPort();
    try {
      SocketConnector.connect(host, port, timeout, sockets).close();
      return Result.pass();
    } catch (UnknownHostException e) {
      return Result.fail("%s: its host is unknown".formatted(what));
    } catch (SocketTimeoutException e) {
      return Result.fail("%s: no connection within %d ms".formatted(what, timeout.toMillis()));
    } catch (ClosedByInterruptException e) {
      return Result.fail("%s: the check was ended".formatted(what));
    } catch (IOException e) {
      return Result.fail("%s: %s".formatted(what, e.getMessage()));
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
