package io.lbtk.benchmarks.changes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.benchmarks.servers.LocalServers;
import io.lbtk.consul.ConsulRefresher;
import io.lbtk.consul.ConsulRegistrar;
import io.lbtk.dns.DnsRefresher;
import io.lbtk.etcd.EtcdRefresher;
import io.lbtk.etcd.EtcdRegistrar;
import io.lbtk.redis.RedisRefresher;
import io.lbtk.redis.RedisRegistrar;
import io.lbtk.standard.refresh.FileRefresher;
import io.lbtk.standard.refresh.HttpRefresher;
import io.lbtk.testkit.servers.NameServer;
import io.lbtk.testkit.servers.ServerProcess;
import io.lbtk.zookeeper.ZookeeperRefresher;
import io.lbtk.zookeeper.ZookeeperRegistrar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/** The directories: those that tell of their changes, and some that have to be asked. */
enum DirectoryKind {
  /** A file that is replaced. */
  FILE {
    @Override
    Directory open(Path folder) {
      return new FileDirectory(folder);
    }
  },
  /** ZooKeeper. */
  ZOOKEEPER {
    @Override
    Directory open(Path folder) {
      ServerProcess server = LocalServers.zookeeper(folder);
      String connect = "127.0.0.1:" + server.address().getPort();
      return new ServerDirectory(
          server,
          () -> ZookeeperRefresher.builder(connect, "/web").build(),
          () -> ZookeeperRegistrar.builder(connect, "/web").build());
    }
  },
  /** etcd. */
  ETCD {
    @Override
    Directory open(Path folder) {
      ServerProcess server = LocalServers.etcd(folder);
      List<String> endpoints = List.of(LocalServers.url(server.address()));
      return new ServerDirectory(
          server,
          () -> EtcdRefresher.builder(endpoints, "/web").build(),
          () -> EtcdRegistrar.builder(endpoints, "/web").build());
    }
  },
  /** Redis, with notifications. */
  REDIS {
    @Override
    Directory open(Path folder) {
      ServerProcess server = LocalServers.redis(folder);
      URI uri = URI.create("redis://127.0.0.1:" + server.address().getPort());
      return new ServerDirectory(
          server,
          () -> RedisRefresher.builder(uri, "web:").build(),
          () -> RedisRegistrar.builder(uri, "web:").build());
    }
  },
  /** Consul. */
  CONSUL {
    @Override
    Directory open(Path folder) {
      ServerProcess server = LocalServers.consul(folder);
      URI agent = URI.create(LocalServers.url(server.address()));
      return new ServerDirectory(
          server,
          () -> ConsulRefresher.builder(agent, "web").build(),
          () -> ConsulRegistrar.builder(agent, "web").build());
    }
  },
  /** A URL that is asked every second. */
  HTTP {
    @Override
    Directory open(Path folder) {
      return new HttpDirectory(POLL);
    }

    @Override
    Duration settleTime() {
      return POLL.plus(super.settleTime());
    }
  },
  /** A name server, whose records live for a second. */
  DNS {
    @Override
    Directory open(Path folder) {
      return new DnsDirectory(folder);
    }

    @Override
    Duration settleTime() {
      return POLL.plus(super.settleTime());
    }
  };

  private static final Duration POLL = Duration.ofSeconds(1);

  /** Longer than it takes until nothing of a change is under way any more. */
  Duration settleTime() {
    return Duration.ofMillis(300);
  }

  /** Opens one, with a server of its own whose files go to this folder. */
  abstract Directory open(Path folder);

  /** A directory with a server of its own, in which one service is registered. */
  interface Directory extends AutoCloseable {

    /** Watches the service. */
    Refresher refresher();

    /** Keeps one entry of the service. */
    Registrar registrar();

    /** Ends the server. */
    @Override
    void close();
  }

  /**
   * A directory that is served.
   *
   * @param server is closed with it
   * @param refreshers make a refresher of the service
   * @param registrars make a registrar of it
   */
  record ServerDirectory(
      AutoCloseable server, Supplier<Refresher> refreshers, Supplier<Registrar> registrars)
      implements Directory {

    @Override
    public Refresher refresher() {
      return refreshers.get();
    }

    @Override
    public Registrar registrar() {
      return registrars.get();
    }

    @Override
    public void close() {
      try {
        server.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A directory without a registrar of its own: with each change, the whole list is given anew. */
  abstract static class ListDirectory implements Directory {

    private final Set<Target> targets = new LinkedHashSet<>();

    /** Has the refresher find these, and no others, from now on. */
    abstract void publish(List<Target> targets);

    private synchronized void replace(@Nullable Target old, @Nullable Target fresh) {
      if (old != null) {
        targets.remove(old);
      }
      if (fresh != null) {
        targets.add(fresh);
      }
      publish(List.copyOf(targets));
    }

    @Override
    public final Registrar registrar() {
      return new Entry();
    }

    /** One target of the list. */
    private final class Entry implements Registrar {

      private @Nullable Target target;

      @Override
      public CompletableFuture<Void> register(Target fresh) {
        replace(target, fresh);
        target = fresh;
        return CompletableFuture.completedFuture(null);
      }

      @Override
      public CompletableFuture<Void> withdraw() {
        replace(target, null);
        target = null;
        return CompletableFuture.completedFuture(null);
      }

      @Override
      public void close() {
        withdraw().join();
      }
    }
  }

  /** A file, which is replaced by another with each change. */
  static final class FileDirectory extends ListDirectory {

    private final Path file;

    FileDirectory(Path folder) {
      this.file = folder.resolve("targets");
      publish(List.of());
    }

    @Override
    void publish(List<Target> targets) {
      List<String> lines = targets.stream().map(Target::toString).toList();
      try {
        Path next = Files.write(file.resolveSibling("targets.next"), lines);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Refresher refresher() {
      return FileRefresher.builder(file).build();
    }

    @Override
    public void close() {}
  }

  /** A list at a URL, which is asked for again and again. */
  static final class HttpDirectory extends ListDirectory {

    private final Duration interval;
    private final HttpServer server;
    private volatile byte[] list = new byte[0];

    HttpDirectory(Duration interval) {
      this.interval = interval;
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      server.createContext("/", this::answer);
      server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
      byte[] body = list;
      try (exchange) {
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    }

    @Override
    void publish(List<Target> targets) {
      list =
          targets.stream().map(Target::toString).collect(Collectors.joining("\n")).getBytes(UTF_8);
    }

    @Override
    public Refresher refresher() {
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      return HttpRefresher.builder(url).interval(interval).build();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  /** SRV records of a name, which live for a second. */
  static final class DnsDirectory extends ListDirectory {

    private static final String NAME = "_web._tcp.lbtk.test.";
    private static final int TTL_SECONDS = 1;
    private static final String ZONE =
        """
      $TTL 60
      @ IN SOA ns.lbtk.test. root.lbtk.test. 1 60 60 60 1
      @ IN NS ns.lbtk.test.
      ns IN A 127.0.0.1
      """;

    private final ServerProcess server;

    DnsDirectory(Path folder) {
      server = NameServer.start(folder.resolve("named"), "lbtk.test", ZONE, "");
    }

    @Override
    void publish(List<Target> targets) {
      try {
        Name name = Name.fromString(NAME);
        Update update = new Update(Name.fromString("lbtk.test."), DClass.IN);
        update.delete(name, Type.SRV);
        for (Target target : targets) {
          update.add(name, Type.SRV, TTL_SECONDS, "0 1 %d ns.lbtk.test.".formatted(target.port()));
        }
        SimpleResolver resolver = new SimpleResolver(server.address());
        resolver.setTCP(true);
        Message answer = resolver.send(update);
        if (answer.getRcode() != Rcode.NOERROR) {
          throw new IllegalStateException("no update: " + Rcode.string(answer.getRcode()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Refresher refresher() {
      InetSocketAddress address = server.address();
      return DnsRefresher.srv(NAME).servers(List.of(address)).build();
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
