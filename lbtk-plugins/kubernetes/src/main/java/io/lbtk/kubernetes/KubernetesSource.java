package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.PrintableText;
import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.WatchBackoff;
import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the EndpointSlices of a service once, and then watches them. They are listed again when a
 * watch is lost, for example because its version is too old (410).
 */
final class KubernetesSource implements PolledRefresher.Source {

  private static final Logger log = LoggerFactory.getLogger(KubernetesSource.class);

  private static final int OK = 200;
  private static final int MAX_SHOWN = 200;

  private final SliceQuery query;
  private final HttpCalls calls;
  private final Duration timeout;
  private final SliceReader reader;
  private final WatchBackoff backoff = new WatchBackoff(WatchBackoff.MIN_LIMIT, Ticker.system());
  private Runnable hint = () -> {};
  private @Nullable SliceTable table;
  private @Nullable WatchStream stream;
  private boolean refusalLogged;

  KubernetesSource(SliceQuery query, HttpCalls calls, Duration timeout, SliceReader reader) {
    this.query = query;
    this.calls = calls;
    this.timeout = timeout;
    this.reader = reader;
  }

  @Override
  public Refresher.Mode mode() {
    return Refresher.Mode.PUSHED;
  }

  @Override
  public void watch(Runnable changed) {
    hint = changed;
  }

  @Override
  public Refresh read() {
    try {
      SliceTable current = stream == null || isLost(stream) || table == null ? list() : table;
      table = current;
      ensureWatch(current);
      return reader.read(current.slices());
    } catch (IOException e) {
      forgetStream();
      return Refresh.failure("%s: %s".formatted(query, e.getMessage()), e);
    }
  }

  private static boolean isLost(WatchStream stream) {
    return stream.state() == WatchStream.State.LOST;
  }

  private SliceTable list() throws IOException {
    forgetStream();
    HttpResponse<byte[]> answer = calls.call(query.list(), timeout);
    if (answer.statusCode() != OK) {
      String words = new String(answer.body(), UTF_8).replaceAll("\\s+", " ").strip();
      throw new IOException(
          "it answered %d, \"%s\" (expected: 200)"
              .formatted(answer.statusCode(), PrintableText.of(words, MAX_SHOWN)));
    }
    return SliceTable.ofList(answer.body());
  }

  private void ensureWatch(SliceTable current) throws IOException {
    if (stream != null && stream.state() == WatchStream.State.UNDER_WAY) {
      return;
    }
    forgetStream();
    if (backoff.delay().compareTo(Duration.ZERO) <= 0) {
      backoff.opened();
      stream = new WatchStream(query, calls, timeout, current, hint);
    }
  }

  private void forgetStream() {
    WatchStream old = stream;
    stream = null;
    if (old == null) {
      return;
    }
    old.cancel();
    if (old.wasShortLived()) {
      backoff.useless();
    } else {
      backoff.useful();
    }
    if (old.refusal().isPresent() && !refusalLogged) {
      refusalLogged = true;
      log.warn(
          "{}: a watch is answered {} (expected: 200): changes are seen by lists alone",
          query,
          old.refusal().getAsInt());
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}
