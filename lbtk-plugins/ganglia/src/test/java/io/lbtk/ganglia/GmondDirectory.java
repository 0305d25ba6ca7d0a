package io.lbtk.ganglia;

import static java.util.stream.Collectors.toMap;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Target;
import io.lbtk.testkit.servers.DirectoryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;

/**
 * A real gmond, and the hosts that it hears. Each tells its {@code lbtk_port} again and again, as
 * real hosts do, so that a gmond that was started again knows them soon. One that is taken away
 * falls silent, and gmond lists it on: it has gone when four times its {@code TMAX} has passed.
 */
final class GmondDirectory implements DirectoryServer {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Far more packets than the kernel keeps for gmond, until it gets to them, would be lost. */
  private static final int HOSTS_AT_ONCE = 50;

  private static final Map<String, String> GARBAGE =
      Map.of("10.0.0.5", "none", "10.0.0.6", "99999", "a b", "80");

  private final int hostTmax;
  private final Gmond gmond;
  private final DatagramSocket socket;
  private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();

  /** The hosts that are there, and the port that each tells; never changed, but replaced. */
  private Map<String, String> ports = Map.of();

  /**
   * Starts gmond.
   *
   * @param folder for its configuration and its log
   * @param hostTmax how often a host tells its port, in seconds
   */
  GmondDirectory(Path folder, int hostTmax) throws IOException {
    this.hostTmax = hostTmax;
    gmond = new Gmond(folder, hostTmax);
    socket = new DatagramSocket();
    beats.scheduleAtFixedRate(this::beat, hostTmax, hostTmax, TimeUnit.SECONDS);
  }

  /** Has these hosts there, and no other, and waits until that is what gmond says. */
  void write(List<Target> targets) {
    place(targets.stream().collect(toMap(Target::host, t -> Integer.toString(t.port()))));
    awaitHeard();
  }

  /** Has some hosts tell ports that are none; they are heard once. */
  void writeGarbage() {
    awaiting("hosts with bad ports")
        .until(
            () -> {
              tellSome(new HashMap<>(GARBAGE));
              return listed().keySet().containsAll(GARBAGE.keySet());
            });
  }

  /** Starts it anew, so that it has heard of nobody. */
  void forget() {
    place(Map.of());
    gmond.restart();
  }

  private synchronized void place(Map<String, String> hosts) {
    ports = hosts;
  }

  private synchronized Map<String, String> ports() {
    return ports;
  }

  /** Holds the lock, so that no host tells its old port after its new one. */
  private synchronized void beat() {
    ports.forEach((host, port) -> send(message(host, port).sample()));
  }

  private static MetricMessage message(String host, String port) {
    return new MetricMessage(host, "lbtk_port", port);
  }

  private void send(byte[] packet) {
    try {
      socket.send(new DatagramPacket(packet, packet.length, gmond.address()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All tell their ports, some at a time; a packet can be lost, and its host has to tell again. */
  private void awaitHeard() {
    Map<String, String> wanted = ports();
    Map<String, String> untold = new HashMap<>(wanted);
    awaiting("%d hosts of gmond".formatted(wanted.size()))
        .until(
            () -> {
              tellSome(untold);
              if (untold.isEmpty()) {
                Map<String, String> heard = listed();
                heard.keySet().removeAll(GARBAGE.keySet());
                untold.putAll(wanted);
                untold.entrySet().removeAll(heard.entrySet());
                return heard.equals(wanted);
              }
              return false;
            });
  }

  private void tellSome(Map<String, String> untold) {
    Iterator<Map.Entry<String, String>> hosts = untold.entrySet().iterator();
    for (int i = 0; i < HOSTS_AT_ONCE && hosts.hasNext(); i++) {
      Map.Entry<String, String> host = hosts.next();
      MetricMessage message = message(host.getKey(), host.getValue());
      send(message.metadata());
      send(message.sample());
      hosts.remove();
    }
  }

  /** The hosts that are not silent, and their ports. */
  private Map<String, String> listed() throws IOException {
    Map<String, String> listed = new HashMap<>();
    try (Socket client = new Socket(gmond.address().getAddress(), gmond.address().getPort())) {
      for (Host host : GangliaXml.read(client.getInputStream(), null)) {
        if (host.age().seconds() < 4L * hostTmax) {
          listed.put(host.address(), host.text("lbtk_port").orElse(""));
        }
      }
    }
    return listed;
  }

  private static ConditionFactory awaiting(String what) {
    return await(what)
        .atMost(PATIENCE)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5));
  }

  @Override
  public InetSocketAddress address() {
    return gmond.address();
  }

  @Override
  public void stop() {
    gmond.stop();
  }

  @Override
  public void kill() {
    gmond.kill();
  }

  /** Starts it, and waits until it has heard of the hosts that are there. */
  @Override
  public void start() {
    gmond.start();
    awaitHeard();
  }

  @Override
  public void close() {
    beats.shutdownNow();
    socket.close();
    gmond.close();
  }
}
