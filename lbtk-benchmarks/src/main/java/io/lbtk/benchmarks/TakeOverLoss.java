package io.lbtk.benchmarks;

import io.lbtk.core.Generator;
import io.lbtk.proxy.TcpProxy;
import io.lbtk.proxy.echo.EchoServer;
import io.lbtk.standard.policy.RoundRobin;
import io.lbtk.standard.refresh.StaticRefresher;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts the connections that fail while one proxy replaces another on the same port under load:
 * with the listener handed over, and with SO_REUSEPORT alone. Runs on Linux.
 *
 * <p>{@code java -cp lbtk-benchmarks.jar io.lbtk.benchmarks.TakeOverLoss [changes]}
 */
public final class TakeOverLoss {

  private static final int CLIENTS = 32;
  private static final int LOOPS = 2;
  private static final int PAUSE_MILLIS = 200;
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final int changes;
  private final LongAdder exchanged = new LongAdder();
  private final LongAdder failed = new LongAdder();

  private TakeOverLoss(int changes) {
    this.changes = changes;
  }

  /**
   * Prints a line for each way.
   *
   * @param args how often the proxy is replaced; 50 times if not given
   */
  public static void main(String[] args) throws Exception {
    int changes = args.length == 0 ? 50 : Integer.parseInt(args[0]);
    Path folder = Files.createTempDirectory("lbtk");
    Path meetingPlace = folder.resolve("front.sock");
    new TakeOverLoss(changes).measure("hand-over", builder -> builder.handOver(meetingPlace));
    new TakeOverLoss(changes).measure("reuse-port", builder -> builder.reusePort(true));
    Files.deleteIfExists(meetingPlace);
    Files.delete(folder);
  }

  private void measure(String way, Consumer<TcpProxy.Builder> set) throws Exception {
    try (EchoServer echo = EchoServer.builder().listen("127.0.0.1:0").build()) {
      echo.start();
      String target = "127.0.0.1:" + echo.addresses().get(0).getPort();
      try (Generator generator =
          Generator.builder()
              .refresher(StaticRefresher.of(target))
              .policy(RoundRobin.create())
              .build()) {
        replaceUnderLoad(generator, set);
      }
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "%s: %d changes, %,d connections by %d clients, %d failed",
            way,
            changes,
            exchanged.sum(),
            CLIENTS,
            failed.sum()));
  }

  private void replaceUnderLoad(Generator generator, Consumer<TcpProxy.Builder> set)
      throws InterruptedException {
    TcpProxy current = proxy("127.0.0.1:0", generator, set);
    InetSocketAddress address = current.address();
    AtomicBoolean enough = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Thread client = new Thread(() -> connectUntil(enough, address));
      client.start();
      clients.add(client);
    }
    for (int i = 0; i < changes; i++) {
      Thread.sleep(PAUSE_MILLIS);
      TcpProxy next = proxy("127.0.0.1:" + address.getPort(), generator, set);
      next.takeOver();
      current.drain(DRAIN).join();
      current.close();
      current = next;
    }
    enough.set(true);
    for (Thread client : clients) {
      client.join();
    }
    current.close();
  }

  private static TcpProxy proxy(
      String listen, Generator generator, Consumer<TcpProxy.Builder> set) {
    TcpProxy.Builder builder = TcpProxy.splice().listen(listen).loops(LOOPS).tokens(generator);
    set.accept(builder);
    TcpProxy proxy = builder.build();
    proxy.start();
    return proxy;
  }

  private void connectUntil(AtomicBoolean enough, InetSocketAddress address) {
    while (!enough.get()) {
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        client.getOutputStream().write(1);
        if (client.getInputStream().read() == 1) {
          exchanged.increment();
        } else {
          failed.increment();
        }
      } catch (IOException e) {
        failed.increment();
      }
    }
  }
}
