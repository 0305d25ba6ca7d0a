package io.lbtk.core.plugin;

import io.lbtk.api.HealthCheck;
import io.lbtk.api.Proxy;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the objects that a plugin has created. The calls run with the plugin's class loader as that
 * of the thread. Unexpected failures are reported with the part, the plugin and its jar: a failed
 * {@code close} in the log, so that the other parts are closed all the same, any other as a {@link
 * StartException}.
 *
 * <p>A policy is called as it is: its failures are handled by the generator, and a pick has no time
 * to spare.
 */
final class PluginCalls {

  private static final Logger log = LoggerFactory.getLogger(PluginCalls.class);

  private final Plugin<?> plugin;
  private final String part;

  /**
   * Creates the caller of one object.
   *
   * @param part the part that the object is for: {@code refresher.main}
   */
  PluginCalls(Plugin<?> plugin, String part) {
    this.plugin = plugin;
    this.part = part;
  }

  /** Returns an object that passes each call on to one that the plugin has created. */
  @SuppressWarnings("unchecked") // each wrapper implements the interface that was asked for
  <T> T through(T created) {
    Object calls = created;
    if (created instanceof Refresher refresher) {
      calls = new RefresherCalls(refresher);
    } else if (created instanceof HealthCheck check) {
      calls = new HealthCheckCalls(check);
    } else if (created instanceof Registrar registrar) {
      calls = new RegistrarCalls(registrar);
    } else if (created instanceof Proxy proxy) {
      calls = new ProxyCalls(proxy);
    } else if (created instanceof TokenTransport transport) {
      calls = new TokenTransportCalls(transport);
    }
    return (T) calls;
  }

  /** Returns what a call returns. */
  <T> T call(Supplier<T> call) {
    try {
      return ContextLoader.call(plugin.loader(), call::get);
    } catch (SettingsException e) {
      throw e;
    } catch (StartException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(part) ? e : new StartException(part + ": " + message, e);
    } catch (Throwable e) {
      throw new StartException(failed(e), e);
    }
  }

  private void run(Runnable call) {
    call(
        () -> {
          call.run();
          return true;
        });
  }

  private String failed(Throwable fault) {
    return "%s: %s failed: %s".formatted(part, plugin.described(), PluginFault.ofCall(fault));
  }

  /** The calls of one object that every kind has. */
  private abstract class Calls<O extends AutoCloseable> implements AutoCloseable {

    private final O object;

    Calls(O object) {
      this.object = object;
    }

    O object() {
      return object;
    }

    @Override
    public void close() {
      try {
        ContextLoader.call(
            plugin.loader(),
            () -> {
              object.close();
              return true;
            });
      } catch (Throwable e) {
        log.error("{}: {} failed to close: {}", part, plugin.described(), PluginFault.ofCall(e), e);
      }
    }

    @Override
    public String toString() {
      return object.toString();
    }
  }

  private final class RefresherCalls extends Calls<Refresher> implements Refresher {

    RefresherCalls(Refresher refresher) {
      super(refresher);
    }

    @Override
    public void start(RefreshListener listener) {
      run(() -> object().start(listener));
    }

    @Override
    public Mode mode() {
      return call(object()::mode);
    }
  }

  private final class HealthCheckCalls extends Calls<HealthCheck> implements HealthCheck {

    HealthCheckCalls(HealthCheck check) {
      super(check);
    }

    @Override
    public CompletableFuture<Result> check(Target target, Duration timeout) {
      return call(() -> object().check(target, timeout));
    }
  }

  private final class RegistrarCalls extends Calls<Registrar> implements Registrar {

    RegistrarCalls(Registrar registrar) {
      super(registrar);
    }

    @Override
    public CompletableFuture<Void> register(Target target) {
      return call(() -> object().register(target));
    }

    @Override
    public CompletableFuture<Void> withdraw() {
      return call(object()::withdraw);
    }
  }

  private final class TokenTransportCalls extends Calls<TokenTransport> implements TokenTransport {

    TokenTransportCalls(TokenTransport transport) {
      super(transport);
    }

    @Override
    public Publication publish(URI address, TokenSource source) {
      return ContextLoader.call(plugin.loader(), () -> object().publish(address, source));
    }

    @Override
    public RemoteTokenSource connect(URI address, Executor executor) {
      return ContextLoader.call(plugin.loader(), () -> object().connect(address, executor));
    }
  }

  private final class ProxyCalls extends Calls<Proxy> implements Proxy {

    ProxyCalls(Proxy proxy) {
      super(proxy);
    }

    @Override
    public void start() {
      run(object()::start);
    }

    @Override
    public SocketAddress address() {
      return call(object()::address);
    }

    @Override
    public void takeOver() {
      run(object()::takeOver);
    }

    @Override
    public CompletableFuture<Void> takenOver() {
      return call(object()::takenOver);
    }

    @Override
    public CompletableFuture<Void> awaitSuccessor(Duration limit) {
      return call(() -> object().awaitSuccessor(limit));
    }

    @Override
    public CompletableFuture<Void> drain(Duration timeout) {
      return call(() -> object().drain(timeout));
    }
  }
}
