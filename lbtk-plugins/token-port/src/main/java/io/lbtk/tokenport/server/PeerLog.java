package io.lbtk.tokenport.server;

import io.lbtk.api.Ticker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the lease peers of a port, and limits the lines so that no peer can fill the log.
 * Thread-safe.
 *
 * <p>Connects and disconnects are logged by host: those within {@link #GATHER} in one line, since
 * each event loop of a proxy is a peer, and at most {@link #MAX_LINES} lines in a {@link #PERIOD}.
 * Within a {@link #PERIOD}, each problem is logged once, and at most {@link #MAX_PROBLEMS}
 * problems; further ones are counted, and logged at level debug.
 */
final class PeerLog {

  static final Duration GATHER = Duration.ofSeconds(1);
  static final Duration PERIOD = Duration.ofMinutes(1);
  static final int MAX_LINES = 4;
  static final int MAX_PROBLEMS = 10;

  /** Maximum number of hosts in one line; further hosts are counted together. */
  static final int MAX_HOSTS = 8;

  private static final String OTHERS = "other hosts";
  private static final Logger log = LoggerFactory.getLogger(PeerLog.class);

  private final String port;
  private final Ticker ticker;
  private final SortedMap<String, Integer> connected = new TreeMap<>();
  private final SortedMap<String, Integer> disconnected = new TreeMap<>();
  private int present;
  private boolean lineScheduled;
  private long periodStart;
  private int lines;
  private boolean closed;

  /** Problems that were logged in the current period. */
  private final Set<String> problems = new HashSet<>();

  private long problemPeriodStart;
  private long suppressedProblems;

  /**
   * Creates a log for one token port.
   *
   * @param port the owner of the port, such as {@code generator.main}
   * @param ticker the source of time
   */
  PeerLog(String port, Ticker ticker) {
    this.port = port;
    this.ticker = ticker;
    this.periodStart = ticker.nanoTime();
    this.problemPeriodStart = ticker.nanoTime();
  }

  /**
   * Records that a peer has connected and sent its name.
   *
   * @param address the address of the peer
   * @param timer the executor that logs the line later
   */
  synchronized void connected(SocketAddress address, ScheduledExecutorService timer) {
    present++;
    add(connected, address, timer);
  }

  /**
   * Records that such a peer has disconnected.
   *
   * @param address the address of the peer
   * @param timer the executor that logs the line later
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
    if (!lineScheduled) {
      try {
        var unused = timer.schedule(this::write, untilNextLine(), TimeUnit.NANOSECONDS);
        lineScheduled = true;
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
    lineScheduled = false;
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

  /**
   * Logs a problem of a peer, unless there were too many.
   *
   * @param peer the name and address of the peer
   * @param problem the problem and its consequence; equal texts are the same problem, also of
   *     different peers
   */
  synchronized void problem(String peer, String problem) {
    long now = ticker.nanoTime();
    if (now - problemPeriodStart >= PERIOD.toNanos()) {
      problemPeriodStart = now;
      problems.clear();
    }
    if (problems.size() >= MAX_PROBLEMS || !problems.add(problem)) {
      suppressedProblems++;
      log.debug("lease peer {}: {}", peer, problem);
    } else if (suppressedProblems > 0) {
      log.warn(
          "lease peer {}: {} ({} similar lines suppressed)", peer, problem, suppressedProblems);
      suppressedProblems = 0;
    } else {
      log.warn("lease peer {}: {}", peer, problem);
    }
  }

  /** Stops logging connects and disconnects, since closing the port disconnects all peers. */
  synchronized void close() {
    closed = true;
  }
}
