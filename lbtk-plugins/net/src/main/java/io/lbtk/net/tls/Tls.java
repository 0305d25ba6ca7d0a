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
 * The TLS of one proxy: makes the handler of each connection, by what stands in the files now.
 *
 * <p>The handlers are without a time limit of their own, and do the work of a handshake on the
 * loop. Thread-safe.
 */
public final class Tls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);
  private static final long LOOK_MILLIS = 1000;

  private final String who;
  private final @Nullable ReloadingContext clients;
  private final @Nullable ReloadingContext targets;
  private final @Nullable String targetName;
  private final long handshakeNanos;
  private final @Nullable ScheduledExecutorService scheduler;
  private @Nullable ScheduledExecutorService own;
  private @Nullable Future<?> looking;

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
   * @param who whose TLS it is, for the log and for errors: {@code proxy.front}
   * @throws SettingsException if no TLS can be spoken by them; each problem begins with {@code who}
   *     and names the option and the file
   */
  public static Tls load(String who, TlsSettings settings) {
    List<String> problems = TlsProblems.of(settings);
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

  /** Whether clients speak TLS. */
  public boolean isWithClients() {
    return clients != null;
  }

  /** Whether targets speak TLS. */
  public boolean isWithTargets() {
    return targets != null;
  }

  /** How long the handshake of a client may take. */
  public long handshakeNanos() {
    return handshakeNanos;
  }

  /**
   * A handler for the connection of a client.
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
   * A handler for the connection to a target.
   *
   * @param host of the target, as it is written: a name, or an address
   * @throws IllegalStateException if there is no TLS with targets
   */
  public SslHandler forTarget(ByteBufAllocator buffers, String host, int port) {
    if (targets == null) {
      throw new IllegalStateException(who + " has no TLS with targets");
    }
    String name = withoutLastDot(targetName == null ? host : targetName);
    SslHandler handler = targets.current().newHandler(buffers, name, port);
    askFor(name, handler.engine());
    return prepared(handler);
  }

  private static String withoutLastDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** The JDK by itself leaves out names without a dot. */
  private static void askFor(String name, SSLEngine engine) {
    if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
      return;
    }
    SNIHostName asked;
    try {
      asked = new SNIHostName(name);
    } catch (IllegalArgumentException e) {
      log.debug("a target whose name cannot be sent to it: {}", name, e);
      return;
    }
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(asked));
    engine.setSSLParameters(parameters);
  }

  private static SslHandler prepared(SslHandler handler) {
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  /** Begins to look whether the files change. A second call, or one after close, does nothing. */
  public synchronized void start() {
    if (looking != null) {
      return;
    }
    ScheduledExecutorService executor = scheduler;
    if (executor == null) {
      executor = SerialExecutors.named(who + " tls");
      own = executor;
    }
    try {
      looking =
          executor.scheduleWithFixedDelay(
              this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("{}: the executor has ended", who, e);
    }
  }

  private void look() {
    for (ReloadingContext context : contexts()) {
      try {
        context.look();
      } catch (RuntimeException e) {
        log.warn("{}: the files of TLS could not be looked at", who, e);
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

  /** Looks at no file any more. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (looking != null) {
      looking.cancel(false);
    }
    if (own != null) {
      own.shutdown();
    }
  }
}
