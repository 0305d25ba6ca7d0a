package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.servers.InstalledProgram;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Services and generators that put themselves into a directory, where others find them. */
class RegistrationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path shared;
  private static ServerProcess etcd;

  @TempDir private Path folder;

  /** Of this test alone: what another one has killed stands there for some time. */
  private String place;

  @BeforeEach
  void choosePlace(TestInfo test) {
    place = "/" + test.getTestMethod().orElseThrow().getName();
  }

  @BeforeAll
  static void startEtcd() {
    String program = InstalledProgram.required("etcd").toString();
    etcd =
        new ServerProcess(
            shared.resolve("log"), port -> command(program, port), ServerProcess::accepts);
  }

  private static List<String> command(String program, int port) {
    String clients = "http://127.0.0.1:" + port;
    String peers = "http://127.0.0.1:" + (port + 1);
    return List.of(
        program,
        "--data-dir",
        shared.resolve("data-" + port).toString(),
        "--listen-client-urls",
        clients,
        "--advertise-client-urls",
        clients,
        "--listen-peer-urls",
        peers,
        "--initial-advertise-peer-urls",
        peers,
        "--initial-cluster",
        "default=" + peers);
  }

  @AfterAll
  static void stopEtcd() {
    etcd.close();
  }

  private static String endpoint() {
    return "http://127.0.0.1:" + etcd.address().getPort();
  }

  private LbtkProcess run(String name, String settings) throws IOException {
    Path file = folder.resolve(name + ".properties");
    return LbtkProcess.start(
        Files.writeString(file, settings.replace("ETCD", endpoint()).replace("PLACE", place))
            .toString());
  }

  /** A generator of the services, which registers its port beside them. */
  private LbtkProcess generator() throws IOException {
    return run(
        "generator",
        """
        refresher.web.type      = etcd
        refresher.web.endpoints = ETCD
        refresher.web.prefix    = PLACE/web
        generator.main.refreshers = web
        generator.main.listen     = tcp://127.0.0.1:0
        register.port.type      = etcd
        register.port.endpoints = ETCD
        register.port.prefix    = PLACE/ports
        register.port.target    = generator:main priority=3
        """);
  }

  private LbtkProcess proxy() throws IOException {
    return run(
        "proxy",
        """
        refresher.ports.type      = etcd
        refresher.ports.endpoints = ETCD
        refresher.ports.prefix    = PLACE/ports
        proxy.front.listen = 127.0.0.1:0
        proxy.front.tokens = refresher:ports
        """);
  }

  private LbtkProcess register(String... targetAndMore) throws IOException {
    String[] words = new String[4 + targetAndMore.length];
    System.arraycopy(new String[] {"register", "etcd", endpoint(), place + "/web"}, 0, words, 0, 4);
    System.arraycopy(targetAndMore, 0, words, 4, targetAndMore.length);
    return LbtkProcess.start(words);
  }

  private static void awaitHears(int proxy, String name) {
    await().atMost(PATIENCE).until(() -> name.equals(Client.hear(proxy)));
  }

  /** Waits until no connection of many goes to this one. */
  private static void awaitNeverHears(int proxy, String name) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (int i = 0; i < 10; i++) {
                assertThat(Client.hear(proxy)).isNotEqualTo(name);
              }
            });
  }

  @Test
  void clientsReachWhatHasRegisteredItselfAndNoMachineIsNamed() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess generator = generator();
        LbtkProcess proxy = proxy();
        LbtkProcess first = register(a.target(), "--check", "tcp");
        LbtkProcess second = register(b.target() + " weight=2", "--option", "ttl=2s")) {
      int port = proxy.awaitPort("proxy.front");
      awaitHears(port, "a");
      awaitHears(port, "b");
      first.awaitErr("registered " + a.target() + " in ");

      second.terminate();

      assertThat(second.exitCode()).isZero();
      awaitNeverHears(port, "b");
      assertThat(generator.isAlive()).isTrue();
    }
  }

  @Test
  void whatIsKilledGoesAfterItsTimeToLive() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess generator = generator();
        LbtkProcess proxy = proxy();
        LbtkProcess first = register(a.target())) {
      int port = proxy.awaitPort("proxy.front");
      try (LbtkProcess killed = register(b.target(), "--option", "ttl=2s")) {
        awaitHears(port, "b");
        killed.kill();
      }

      awaitNeverHears(port, "b");
      assertThat(first.isAlive()).isTrue();
      assertThat(generator.isAlive()).isTrue();
    }
  }

  @Test
  void whatFailsItsCheckIsWithdrawnAndComesBack() throws Exception {
    Path works = Files.createFile(folder.resolve("works"));
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess generator = generator();
        LbtkProcess proxy = proxy();
        LbtkProcess stays = register(a.target());
        LbtkProcess checked =
            register(
                b.target(),
                "--check",
                "exec",
                "--check-option",
                "command=test -e " + works,
                "--check-option",
                "interval=100ms")) {
      int port = proxy.awaitPort("proxy.front");
      awaitHears(port, "b");

      Files.delete(works);
      awaitNeverHears(port, "b");
      checked.awaitErr("does not work: ");
      Files.createFile(works);

      awaitHears(port, "b");
      assertThat(stays.isAlive()).isTrue();
      assertThat(generator.isAlive()).isTrue();
    }
  }

  @Test
  void aGeneratorIsRegisteredWhenItHasReadItsSource() throws Exception {
    Path targets = folder.resolve("targets");
    try (LbtkProcess generator =
        run(
            "unread",
            """
            refresher.web.type     = file
            refresher.web.path     = %s
            generator.main.refreshers = web
            generator.main.listen     = tcp://127.0.0.1:0
            register.port.type      = etcd
            register.port.endpoints = ETCD
            register.port.prefix    = PLACE/ports
            register.port.target    = generator:main
            register.other.type      = etcd
            register.other.endpoints = ETCD
            register.other.prefix    = PLACE/ports
            register.other.target    = 127.0.0.1:9
            """
                .formatted(targets))) {
      generator.awaitErr("register.port: waiting for the first targets of the generator");
      generator.awaitErr("register.other: registered ");
      assertThat(generator.err()).noneMatch(line -> line.contains("register.port: registered"));

      Path written = Files.writeString(folder.resolve("written"), "10.0.0.1:80\n");
      Files.move(written, targets);

      generator.awaitErr("register.port: registered ");
    }
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    try (LbtkProcess check =
        run(
            "wrong",
            """
            register.a.type      = etcd
            register.a.endpoints = ETCD
            register.a.prefix    = PLACE/web
            register.a.target    = generator:man
            generator.main.listen = tcp://127.0.0.1:0
            register.b.type      = etcd
            register.b.endpoints = ETCD
            register.b.prefix    = PLACE/web
            register.b.target    = 127.0.0.1:1
            register.b.check     = tpc
            register.c.type      = etdc
            register.d.type      = etcd
            register.d.endpoints = ETCD
            register.d.prefix    = PLACE/web
            register.d.target    = echo:every
            echo.every.listen    = *:0, 127.0.0.1:0
            """)) {
      assertThat(check.exitCode()).isOne();
      assertThat(String.join("\n", check.err()))
          .contains("register.a.target")
          .contains("generator:man")
          .contains("or a part that listens: generator:main")
          .contains("register.b.check")
          .contains("did you mean \"tcp\"")
          .contains("register.d.target = echo:every: it listens on every address")
          .contains("register.c.type")
          .contains("did you mean \"etcd\"");
    }
  }
}
