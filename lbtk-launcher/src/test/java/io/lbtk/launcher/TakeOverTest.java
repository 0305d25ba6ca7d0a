package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One process after the other serves the same address, or one that somebody else has bound. */
@EnabledOnOs(OS.LINUX)
class TakeOverTest {

  /** Binds a port, says which, and becomes the command, as systemd would start it. */
  private static final String ACTIVATE =
      """
      import os, socket, sys
      server = socket.create_server(("127.0.0.1", 0))
      server.setblocking(sys.argv[1] == "blocking")
      if server.fileno() != 3:
          os.dup2(server.fileno(), 3)
      os.set_inheritable(3, True)
      os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
      command = [word.replace("PORT", str(server.getsockname()[1])) for word in sys.argv[2:]]
      os.execv(command[0], command)
      """;

  /** Waits in the start of its generator until the standard input ends. */
  private static final String POLICY_THAT_WAITS =
      """
      package com.acme;

      import io.lbtk.api.*;
      import java.util.List;

      public class Waiting implements PolicyProvider {
        private int created;

        public String name() { return "waiting"; }

        public List<Option<?>> options() { return List.of(); }

        public Policy create(Settings settings, Context context) {
          // The first time it is created to check the settings.
          if (++created > 1) {
            System.err.println("the start waits");
            try {
              System.in.read();
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
          return new Policy() {
            public Policy newInstance() { return this; }

            public void added(Candidate candidate) {}

            public void changed(Candidate candidate, Target before) {}

            public void removed(Candidate candidate) {}

            public void suspended(Candidate candidate) {}

            public void resumed(Candidate candidate) {}

            public Candidate pick(Demand demand) { return null; }
          };
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void aNewProcessTakesTheListenerOverAndTheFormerOneEndsWithItsLastConnection() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess former = run(a, 0)) {
      int port = former.awaitPort("proxy.p");
      try (LbtkProcess next = replace(former, b, port)) {
        assertThat(former.exitCode()).isZero();
        assertThat(Client.hear(port)).isEqualTo("b");
        assertThat(next.isAlive()).isTrue();
      }
    }
  }

  @Test
  void aProcessThatWasTakenOverGoesOnWithItsConnectionsAfterTheFirstSigterm() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess former = run(a, 0)) {
      int port = former.awaitPort("proxy.p");
      try (Client old = new Client(port)) {
        assertThat(old.hear()).isEqualTo("a");
        try (LbtkProcess next = run(b, port)) {
          former.awaitErr("the second signal stops now");
          former.terminate();
          former.awaitErr("received a signal to stop");

          assertThat(Client.hear(port)).isEqualTo("b");
          assertThat(former.isAlive()).isTrue();
          assertThat(next.isAlive()).isTrue();
        }
      }
      assertThat(former.exitCode()).isZero();
    }
  }

  @Test
  void noConnectionIsRefusedIfTheFormerProcessIsToldToStopBeforeTheNextIsUp() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess former = run(a, 0, "proxy.p.hand-over-timeout = 1m")) {
      int port = former.awaitPort("proxy.p");
      former.awaitErr("^ready");
      try (Load load = new Load(port)) {
        load.awaitMore(20);
        try (LbtkProcess next = run(b, port)) {
          former.terminate();
          former.awaitErr("accepting until another process takes over");
          next.awaitErr("^ready");
          assertThat(former.exitCode()).isZero();
          load.awaitMore(20);

          assertThat(load.end()).as("failures").isEmpty();
          assertThat(Client.hear(port)).isEqualTo("b");
        }
      }
    }
  }

  @Test
  void aProcessThatNobodyTakesOverStopsAfterTheTimeout() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        LbtkProcess former = run(a, 0, "proxy.p.hand-over-timeout = 200ms")) {
      former.awaitErr("^ready");

      former.terminate();

      former.awaitErr("accepting until another process takes over");
      assertThat(former.exitCode()).isZero();
    }
  }

  @Test
  void aNextProcessThatIsToldToStopDuringItsStartLeavesTheFormerOneAsItWas() throws Exception {
    try (NamedBackend a = new NamedBackend("a");
        NamedBackend b = new NamedBackend("b");
        LbtkProcess former = run(a, 0)) {
      int port = former.awaitPort("proxy.p");
      PluginJar.compile(folder, "Waiting", POLICY_THAT_WAITS, "io.lbtk.api.PolicyProvider");
      String plugin =
          "plugins.dir = %s%ngenerator.g.policy = waiting".formatted(folder.resolve("plugins"));
      try (LbtkProcess next = run(b, port, plugin)) {
        next.awaitErr("the start waits");
        next.terminate();
        next.awaitErr("received a signal to stop");
        next.endInput();
        assertThat(next.exitCode()).isZero();
      }

      assertThat(Client.hear(port)).isEqualTo("a");
      assertThat(former.err()).noneMatch(line -> line.contains("another process serves"));
    }
  }

  /** Starts the next process while the former one has a connection, which ends then. */
  private LbtkProcess replace(LbtkProcess former, NamedBackend backend, int port)
      throws IOException {
    try (Client old = new Client(port)) {
      assertThat(old.hear()).isEqualTo("a");
      LbtkProcess next = run(backend, port);
      next.awaitErr("^ready");
      former.awaitErr("another process serves its clients from now on");
      assertThat(Client.hear(port)).isEqualTo("b");
      assertThat(former.isAlive()).isTrue();
      return next;
    }
  }

  private LbtkProcess run(NamedBackend backend, int port) throws IOException {
    return run(backend, port, "");
  }

  private LbtkProcess run(NamedBackend backend, int port, String more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lbtk.properties"),
            """
            refresher.r.type       = static
            refresher.r.targets    = %s
            generator.g.refreshers = r
            proxy.p.type           = tcp-splice
            proxy.p.listen         = 127.0.0.1:%d
            proxy.p.tokens         = g
            proxy.p.drain-timeout  = 2m
            proxy.p.hand-over      = %s
            %s
            """
                .formatted(backend.target(), port, folder.resolve("p.sock"), more));
    return LbtkProcess.start("run", file.toString());
  }

  @Test
  void aListenerThatTheProcessWasStartedWithIsUsed() throws Exception {
    try (LbtkProcess lbtk = activate("non-blocking")) {
      int port = lbtk.awaitPort("echo.main");

      try (Client client = new Client(port)) {
        assertThat(client.say("hello").hear()).isEqualTo("hello");
      }
    }
  }

  @Test
  void aListenerThatWouldMakeALoopWaitIsAProblem() throws Exception {
    try (LbtkProcess lbtk = activate("blocking")) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).anyMatch(line -> line.contains("NonBlocking=true"));
    }
  }

  private static LbtkProcess activate(String kind) throws Exception {
    assumeTrue(hasPython() || "true".equals(System.getenv("CI")), "not found here: python3");
    return LbtkProcess.startBy(
        List.of("python3", "-c", ACTIVATE, kind), "echo", "--type", "splice", "127.0.0.1:PORT");
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Clients that connect one after the other, and note each connection that fails. */
  private static final class Load implements AutoCloseable {

    private static final int CLIENTS = 4;

    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger served = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    Load(int port) {
      for (int i = 0; i < CLIENTS; i++) {
        Thread thread = new Thread(() -> connect(port));
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
    }

    private void connect(int port) {
      while (!ended && failures.size() < 100) {
        try {
          if (Client.hear(port) == null) {
            failures.add("closed without an answer");
          }
          served.incrementAndGet();
          // About 500 connections a second from all.
          LockSupport.parkNanos(8_000_000);
        } catch (IOException e) {
          failures.add(e.toString());
        }
      }
    }

    void awaitMore(int connections) {
      int enough = served.get() + connections;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> served.get() >= enough || !failures.isEmpty());
    }

    /** Ends the clients, and returns what failed. */
    List<String> end() throws InterruptedException {
      ended = true;
      for (Thread thread : threads) {
        thread.join();
      }
      return failures;
    }

    @Override
    public void close() {
      ended = true;
    }
  }
}
