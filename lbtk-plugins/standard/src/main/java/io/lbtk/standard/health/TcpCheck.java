package io.lbtk.standard.health;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import io.lbtk.core.net.SocketConnector;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Connects to the target and passes if it accepts. The connection is closed at once. */
public final class TcpCheck implements HealthCheck {

  private final OptionalInt port;
  private final SocketConnector.SocketFactory sockets;
  private final CheckThreads threads;

  /**
   * Creates a check.
   *
   * @param name the name of the part, used for its threads
   * @param port the port on the target's host; empty for the target's own port
   */
  public TcpCheck(String name, OptionalInt port) {
    // Unlike a plain socket, the socket of a channel can be interrupted.
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

  /** Creates a {@link TcpCheck}: {@code type = tcp}. */
  @AutoService(HealthCheckProvider.class)
  public static final class Provider implements HealthCheckProvider {

    static final Option<Integer> PORT =
        Option.integer("port", 1, 65535).doc("Port to check, if it is not the target's own.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "tcp";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(PORT);
    }

    @Override
    public String doc() {
      return "Passes if the target accepts a connection.";
    }

    @Override
    public HealthCheck create(Settings settings, Context context) {
      return new TcpCheck(
          context.name(), settings.find(PORT).map(OptionalInt::of).orElseGet(OptionalInt::empty));
    }
  }
}
