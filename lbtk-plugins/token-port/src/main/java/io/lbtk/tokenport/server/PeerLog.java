package io.lbtk.tokenport.server;

import io.lbtk.api.Ticker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs lease peers that connect and disconnect, by their hosts: those of {@link #GATHER} in one
 * line, since each loop of a proxy is a peer, and no more than {@link #MAX_LINES} lines in a {@link
 * #PERIOD}, so that peers that come and go all the time do not fill the log. Thread-safe.
 */
final class PeerLog {

  static final Duration GATHER = Duration.ofSeconds(1);
  static final Duration PERIOD = Duration.ofMinutes(1);
  static final int MAX_LINES = 4;

  /** More hosts than this in one line are counted together. */
  static final int MAX_HOSTS = 8;

  private static final String OTHERS = "other hosts";
  private static final Logger log = LoggerFactory.getLogger(PeerLog.class);

  private final String port;
  private final Ticker ticker;
  private final SortedMap<String, Integer> connected = new TreeMap<>();
  private final SortedMap<String, Integer> disconnected = new TreeMap<>();
  private int present;
  private boolean lineIsComing;
  private long periodStart;
  private int lines;
  private boolean closed;

  /**
   * Creates a log for one token port.
   *
   * @param port whose peers they are: {@code generator.main}
   */
  PeerLog(String port, Ticker ticker) {
    this.port = port;
    this.ticker = ticker;
    this.periodStart = ticker.nanoTime();
  }

  /**
   * Notes a peer that has connected and said its name.
   *
   * @param timer logs the line, later
   */
  synchronized void connected(SocketAddress address, ScheduledExecutorService timer) {
    present++;
    add(connected, address, timer);
  }

  /**
   * Notes that such a peer has disconnected.
   *
   * @param timer logs the line, later
   */
  synchronized void disconnected(SocketAddress address, ScheduledExecutorService timer) {
    present--;
    add(disconnected, address, timer);
  }

  private void add(
      SortedMap<String, Integer> hosts, SocketAddress address, ScheduledExecutorService timer) {
    if (closed) {
      return;
    }
    String host = host(address);
    hosts.merge(
        hosts.containsKey(host) || hosts.size() < MAX_HOSTS ? host : OTHERS, 1, Integer::sum);
    if (!lineIsComing) {
      try {
        var unused = timer.schedule(this::write, untilNextLine(), TimeUnit.NANOSECONDS);
        lineIsComing = true;
      } catch (RejectedExecutionException e) {
        log.trace("{}: the port is closed", port, e);
      }
    }
  }

  private static String host(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : String.valueOf(address);
  }

  private long untilNextLine() {
    long left = periodStart + PERIOD.toNanos() - ticker.nanoTime();
    if (left <= 0) {
      periodStart = ticker.nanoTime();
      lines = 0;
    }
    return lines < MAX_LINES ? GATHER.toNanos() : Math.max(left, GATHER.toNanos());
  }

  private synchronized void write() {
    lineIsComing = false;
    if (closed) {
      return;
    }
    lines++;
    List<String> parts = new ArrayList<>();
    addPart("connected from", connected, parts);
    addPart("disconnected from", disconnected, parts);
    log.info("{}: {}; {} now", port, String.join("; ", parts), peers(present));
    connected.clear();
    disconnected.clear();
  }

  private static void addPart(String verb, Map<String, Integer> hosts, List<String> parts) {
    List<String> words =
        hosts.entrySet().stream()
            .map(host -> "%s %s %s".formatted(peers(host.getValue()), verb, host.getKey()))
            .toList();
    parts.addAll(words);
  }

  private static String peers(int count) {
    return count == 1 ? "1 peer" : count + " peers";
  }

  /** Writes nothing more: the end of the port is the end of all its peers. */
  synchronized void close() {
    closed = true;
  }
}
