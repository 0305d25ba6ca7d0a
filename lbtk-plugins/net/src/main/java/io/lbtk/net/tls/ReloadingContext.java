package io.lbtk.net.tls;

import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The context of new connections: made of files, and made anew when those have changed and come to
 * rest. As long as no context can be made of them, the last one stays.
 */
final class ReloadingContext {

  private static final Logger log = LoggerFactory.getLogger(ReloadingContext.class);

  private final String who;
  private final TlsFiles files;
  private volatile SslContext current;

  /** What a context was made of last, or could not be made of. */
  private List<PemContent> tried;

  private List<PemContent> seen;

  private ReloadingContext(
      String who, TlsFiles files, List<PemContent> contents, TlsFiles.Made made) {
    this.who = who;
    this.files = files;
    this.tried = contents;
    this.seen = contents;
    this.current = made.context();
  }

  /**
   * Reads the files; blocks.
   *
   * @param who for the log: {@code proxy.front}
   * @throws TlsException if no context can be made of them
   */
  static ReloadingContext load(String who, TlsFiles files) throws TlsException {
    List<PemContent> contents = files.read();
    TlsFiles.Made made = files.make(contents);
    warnOfDates(who, files, made);
    return new ReloadingContext(who, files, contents, made);
  }

  /** What the next connection gets. Thread-safe. */
  SslContext current() {
    return current;
  }

  /** Looks whether the files have changed; blocks. Called by one thread at a time. */
  void look() {
    List<PemContent> found = files.read();
    boolean atRest = found.equals(seen);
    seen = found;
    if (!atRest || found.equals(tried)) {
      return;
    }
    tried = found;
    try {
      TlsFiles.Made made = files.make(found);
      warnOfDates(who, files, made);
      current = made.context();
      log.info("{}: new connections get what stands in {} now", who, found);
    } catch (TlsException e) {
      log.warn("{}: {}; TLS goes on with what stood there before", who, e.getMessage());
    }
  }

  private static void warnOfDates(String who, TlsFiles files, TlsFiles.Made made) {
    Identity identity = made.identity();
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
