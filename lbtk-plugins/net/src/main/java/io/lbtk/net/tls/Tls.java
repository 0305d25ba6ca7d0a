package io.lbtk.net.tls;

import io.lbtk.api.SettingsException;
import io.lbtk.core.part.SerialExecutors;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the TLS handlers of one proxy, from the current content of the files.
 *
 * <p>The handlers have no handshake timeout of their own, and run the handshake on the event loop.
 * Thread-safe.
 */
public final class Tls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);
  private static final long CHECK_MILLIS = 1000;

  private final String who;
  private final @Nullable ReloadingContext clients;
  private final @Nullable ReloadingContext targets;
  private final @Nullable String targetName;
  private final long handshakeNanos;
  private final @Nullable ScheduledExecutorService scheduler;
  private @Nullable ScheduledExecutorService own;
  private @Nullable Future<?> watch;

  private Tls(
      String who,
      TlsSettings settings,
      @Nullable ReloadingContext clients,
      @Nullable ReloadingContext targets) {
    this.who = who;
    this.clients = clients;
    this.targets = targets;
    this.targetName = settings.targetName();
    this.handshakeNanos = settings.handshakeTimeout().toNanos();
    this.scheduler = settings.scheduler();
  }

  /**
   * Reads the files; blocks.
   *
   * @param who the owner for the log and for errors, such as {@code proxy.front}
   * @param settings the settings
   * @throws SettingsException if the settings or the files are invalid; each problem begins with
   *     {@code who} and names the option and the file
   */
  public static Tls load(String who, TlsSettings settings) {
    List<String> problems = settings.problems();
    ReloadingContext clients = null;
    ReloadingContext targets = null;
    if (settings.certificate() != null && settings.key() != null) {
      clients =
          load(
              who,
              new TlsFiles(
                  TlsFiles.Side.SERVER,
                  settings.certificate(),
                  settings.key(),
                  settings.clientCa()),
              problems);
    }
    if (settings.targets()) {
      targets =
          load(
              who,
              new TlsFiles(
                  TlsFiles.Side.CLIENT,
                  settings.targetCertificate(),
                  settings.targetKey(),
                  settings.targetCa()),
              problems);
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems.stream().map(text -> who + ": " + text).toList());
    }
    return new Tls(who, settings, clients, targets);
  }

  private static @Nullable ReloadingContext load(
      String who, TlsFiles files, List<String> problems) {
    try {
      return ReloadingContext.load(who, files);
    } catch (TlsException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  /** Returns whether connections of clients use TLS. */
  public boolean isWithClients() {
    return clients != null;
  }

  /** Returns whether connections to targets use TLS. */
  public boolean isWithTargets() {
    return targets != null;
  }

  /** Returns the handshake timeout for clients, in nanoseconds. */
  public long handshakeNanos() {
    return handshakeNanos;
  }

  /**
   * Creates a handler for the connection of a client.
   *
   * @throws IllegalStateException if there is no TLS with clients
   */
  public SslHandler forClient(ByteBufAllocator buffers) {
    if (clients == null) {
      throw new IllegalStateException(who + " has no TLS with clients");
    }
    return prepared(clients.current().newHandler(buffers));
  }

  /**
   * Creates a handler for the connection to a target.
   *
   * @param host the host of the target, a name or an address
   * @throws IllegalStateException if there is no TLS with targets
   */
  public SslHandler forTarget(ByteBufAllocator buffers, String host, int port) {
    if (targets == null) {
      throw new IllegalStateException(who + " has no TLS with targets");
    }
    String name = withoutLastDot(targetName == null ? host : targetName);
    SslHandler handler = targets.current().newHandler(buffers, name, port);
    setServerName(name, handler.engine());
    return prepared(handler);
  }

  private static String withoutLastDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** Sets the SNI name explicitly, since the JDK leaves out names without a dot. */
  private static void setServerName(String name, SSLEngine engine) {
    if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
      return;
    }
    SNIHostName serverName;
    try {
      serverName = new SNIHostName(name);
    } catch (IllegalArgumentException e) {
      log.debug("cannot send SNI for target name: {}", name, e);
      return;
    }
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(serverName));
    engine.setSSLParameters(parameters);
  }

  private static SslHandler prepared(SslHandler handler) {
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  /** Starts watching the files for changes. A second call, or one after close, does nothing. */
  public synchronized void start() {
    if (watch != null) {
      return;
    }
    ScheduledExecutorService executor = scheduler;
    if (executor == null) {
      executor = SerialExecutors.named(who + " tls");
      own = executor;
    }
    try {
      watch =
          executor.scheduleWithFixedDelay(
              this::checkFiles, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("{}: the executor is shut down", who, e);
    }
  }

  private void checkFiles() {
    for (ReloadingContext context : contexts()) {
      try {
        context.check();
      } catch (RuntimeException e) {
        log.warn("{}: failed to check the TLS files", who, e);
      }
    }
  }

  private List<ReloadingContext> contexts() {
    List<ReloadingContext> all = new ArrayList<>();
    if (clients != null) {
      all.add(clients);
    }
    if (targets != null) {
      all.add(targets);
    }
    return all;
  }

  /** Stops watching the files. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (watch != null) {
      watch.cancel(false);
    }
    if (own != null) {
      own.shutdown();
    }
  }
}
