package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of connections when the process is told to stop. */
class StopTest {

  private static final String POLICY_THAT_HANGS =
      """
      package com.acme;

      import io.lbtk.api.*;
      import java.util.List;

      public class Hanging implements PolicyProvider {
        public String name() { return "hanging"; }

        public List<Option<?>> options() { return List.of(); }

        public Policy create(Settings settings, Context context) {
          return new Policy() {
            public Policy newInstance() { return this; }

            public void added(Candidate candidate) {}

            public void changed(Candidate candidate, Target before) {}

            public void removed(Candidate candidate) {}

            public void suspended(Candidate candidate) {}

            public void resumed(Candidate candidate) {}

            public Candidate pick(Demand demand) {
              System.err.println("the policy hangs");
              while (true) {
                java.util.concurrent.locks.LockSupport.park();
              }
            }
          };
        }
      }
      """;

  @TempDir private Path folder;

  private LbtkProcess start(NamedBackend backend) throws IOException {
    return start(backend, "");
  }

  private LbtkProcess start(NamedBackend backend, String more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            refresher.r.type     = static
            refresher.r.targets  = %s
            generator.g.refreshers = r
            proxy.p.listen       = 127.0.0.1:0
            proxy.p.tokens       = g
            %s
            """
                .formatted(backend.target(), more));
    return LbtkProcess.start("run", file.toString());
  }

  @Test
  void sigtermLetsConnectionsEndAndTakesNoNewOne() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk = start(backend)) {
      int port = lbtk.awaitPort("proxy.p");
      try (Client client = new Client(port)) {
        assertThat(client.hear()).isEqualTo("a");
        lbtk.terminate();
        lbtk.awaitErr("stopping: ");
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> assertThatThrownBy(() -> Client.hear(port)).isInstanceOf(IOException.class));
        assertThat(lbtk.isAlive()).isTrue();
      }
      assertThat(lbtk.exitCode()).isZero();
    }
  }

  @Test
  void aSecondSigtermStopsNow() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk = start(backend);
        Client client = new Client(lbtk.awaitPort("proxy.p"))) {
      assertThat(client.hear()).isEqualTo("a");
      lbtk.terminate();
      lbtk.awaitErr("stopping: ");
      lbtk.terminate();

      assertThat(lbtk.exitCode()).isEqualTo(1);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void sighupIsSaidAndIgnored() throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start("echo", "127.0.0.1:0")) {
      int port = lbtk.awaitPort("echo.main");
      lbtk.signal("HUP");
      if (!lbtk.hasHangUpIgnored()) {
        lbtk.awaitErr("WARN .*SIGHUP is ignored");
      }

      try (Client client = new Client(port)) {
        assertThat(client.say("hello").hear()).isEqualTo("hello");
      }
      lbtk.terminate();
      assertThat(lbtk.exitCode()).isZero();
    }
  }

  @Test
  void aSecondSigtermEndsAProcessWhosePolicyHangs() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk = startWithPolicyThatHangs(backend, "30s")) {
      lbtk.terminate();
      lbtk.awaitErr("stopping: ");
      lbtk.terminate();

      assertThat(lbtk.exitCode(Duration.ofSeconds(20))).isEqualTo(1);
    }
  }

  @Test
  void aDrainHasAHardEnd() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        LbtkProcess lbtk = startWithPolicyThatHangs(backend, "0s")) {
      lbtk.terminate();

      assertThat(lbtk.exitCode(Duration.ofSeconds(45))).isEqualTo(1);
      assertThat(lbtk.err()).anyMatch(line -> line.contains("shutdown takes too long"));
    }
  }

  /** Starts a proxy, one loop of which hangs in a policy, with the lock of the generator held. */
  private LbtkProcess startWithPolicyThatHangs(NamedBackend backend, String drainTimeout)
      throws IOException {
    PluginJar.compile(folder, "Hanging", POLICY_THAT_HANGS, "io.lbtk.api.PolicyProvider");
    LbtkProcess lbtk =
        start(
            backend,
            """
            plugins.dir          = %s
            generator.g.policy   = hanging
            proxy.p.drain-timeout = %s
            """
                .formatted(folder.resolve("plugins"), drainTimeout));
    Client client = new Client(lbtk.awaitPort("proxy.p"));
    lbtk.awaitErr("the policy hangs");
    client.close();
    return lbtk;
  }

  @Test
  void whoHasNoConnectionEndsAtOnce() throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start("echo", "127.0.0.1:0")) {
      lbtk.awaitErr("^ready$");
      lbtk.terminate();

      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.err()).noneMatch(line -> line.contains("Exception"));
    }
  }

  @Test
  void whatIsRegisteredIsWithdrawnWhileItStillAccepts() throws Exception {
    try (NamedBackend backend = new NamedBackend("a");
        AskingDirectory directory = new AskingDirectory();
        LbtkProcess lbtk =
            start(
                backend,
                """
                register.d.type   = consul
                register.d.url    = %s
                register.d.service = web
                register.d.target = proxy:p
                """
                    .formatted(directory.url()))) {
      int port = lbtk.awaitPort("proxy.p");
      directory.awaitRegistered();
      directory.onWithdrawal(() -> Client.hear(port));

      lbtk.terminate();

      assertThat(lbtk.exitCode()).isZero();
      assertThat(directory.atWithdrawal()).isEqualTo("a");
    }
  }

  /** An agent of Consul as far as a registrar asks it. */
  private static final class AskingDirectory implements AutoCloseable {

    private final HttpServer server;
    private final CountDownLatch registered = new CountDownLatch(1);
    private final CompletableFuture<String> atWithdrawal = new CompletableFuture<>();
    private volatile Callable<String> onWithdrawal = () -> "";

    AskingDirectory() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/v1/agent/service/deregister/")) {
        try {
          atWithdrawal.complete(onWithdrawal.call());
        } catch (Exception e) {
          atWithdrawal.completeExceptionally(e);
        }
      } else if (path.startsWith("/v1/agent/check/pass/")) {
        registered.countDown();
      }
      byte[] nothing = "{}".getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, nothing.length);
      exchange.getResponseBody().write(nothing);
      exchange.close();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void awaitRegistered() throws InterruptedException {
      assertThat(registered.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Is asked before a withdrawal is answered. */
    void onWithdrawal(Callable<String> question) {
      onWithdrawal = question;
    }

    String atWithdrawal() throws Exception {
      return atWithdrawal.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
