package io.lbtk.net.tls;

import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS context of new connections. It is rebuilt once its files have changed and are stable. If
 * the new files are invalid, the previous context stays in use.
 */
final class ReloadingContext {

  private static final Logger log = LoggerFactory.getLogger(ReloadingContext.class);

  private final String who;
  private final TlsFiles files;
  private volatile SslContext current;

  /** Contents of the last attempt to build a context. */
  private List<PemContent> tried;

  /** Contents at the last check. */
  private List<PemContent> seen;

  private ReloadingContext(
      String who, TlsFiles files, List<PemContent> contents, TlsFiles.Built built) {
    this.who = who;
    this.files = files;
    this.tried = contents;
    this.seen = contents;
    this.current = built.context();
  }

  /**
   * Reads the files and builds the first context; blocks.
   *
   * @param who the owner for the log, such as {@code proxy.front}
   * @param files the files
   * @throws TlsException if no context can be built from them
   */
  static ReloadingContext load(String who, TlsFiles files) throws TlsException {
    List<PemContent> contents = files.read();
    TlsFiles.Built built = files.build(contents);
    warnOfDates(who, files, built);
    return new ReloadingContext(who, files, contents, built);
  }

  /** Returns the context for new connections. Thread-safe. */
  SslContext current() {
    return current;
  }

  /** Reloads the files if they have changed; blocks. Called by one thread at a time. */
  void check() {
    List<PemContent> found = files.read();
    boolean stable = found.equals(seen);
    seen = found;
    if (!stable || found.equals(tried)) {
      return;
    }
    tried = found;
    try {
      TlsFiles.Built built = files.build(found);
      warnOfDates(who, files, built);
      current = built.context();
      log.info("{}: reloaded {} for new connections", who, found);
    } catch (TlsException e) {
      log.warn("{}: {}; keeping the previous certificates", who, e.getMessage());
    }
  }

  private static void warnOfDates(String who, TlsFiles files, TlsFiles.Built built) {
    Identity identity = built.identity();
    if (identity == null) {
      return;
    }
    Instant now = Instant.now();
    Instant from = identity.certificate().getNotBefore().toInstant();
    Instant until = identity.certificate().getNotAfter().toInstant();
    if (now.isAfter(until)) {
      log.warn("{}: {}: the certificate has expired at {}", who, files.certificate(), until);
    } else if (now.isBefore(from)) {
      log.warn("{}: {}: the certificate is not valid before {}", who, files.certificate(), from);
    }
  }
}
