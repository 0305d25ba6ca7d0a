package io.lbtk.consul;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent that lets nobody in without a token. */
class ConsulAclTest {

  private static final String TOKEN = "5b3e1bd1-5e4a-4a0e-9d2a-2f1de2d7f3aa";
  private static final Target A = Target.parse("10.0.0.1:80");

  private static ConsulAgent agent;

  private final RecordingListener listener = new RecordingListener();

  @BeforeAll
  static void startAgent(@TempDir Path folder) {
    agent =
        new ConsulAgent(
            folder,
            "acl { enabled = true default_policy = \"deny\" tokens { master = \"%s\" agent = \"%s\" } }"
                .formatted(TOKEN, TOKEN),
            TOKEN);
  }

  @AfterAll
  static void endAgent() {
    if (agent != null) {
      agent.close();
    }
  }

  @Test
  void theRightTokenLetsRegisterAndRead() throws Exception {
    try (Registrar registrar = ConsulRegistrar.builder(agent.url(), "web").token(TOKEN).build();
        Refresher refresher = ConsulRefresher.builder(agent.url(), "web").token(TOKEN).build()) {
      refresher.start(listener);
      registrar.register(A).get();

      listener.awaitTargets(List.of(A));
    }
  }

  @Test
  void anUnknownTokenIsAFailureThatDoesNotShowIt() {
    try (Refresher refresher =
        ConsulRefresher.builder(agent.url(), "web").token("hunter2").build()) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }

    assertThat(listener.sets()).isZero();
    assertThat(listener.failures().get(0).message())
        .startsWith(agent.url() + "/v1/health/service/web: it answered 403, \"ACL not found\"")
        .doesNotContain("hunter2");
  }

  @Test
  void nothingIsRegisteredWithoutAToken() {
    try (ConsulEntry entry =
        new ConsulEntry(
            agent.url(),
            HttpCalls.builder().build(),
            Duration.ofSeconds(5),
            new ServiceDefinition("web", List.of(), Duration.ofSeconds(5)))) {
      assertThatThrownBy(() -> entry.keep(A))
          .hasMessageStartingWith(
              agent.url() + "/v1/agent/service/register: it answered 403, \"Permission denied");
    }
  }

  @Test
  void aTokenThatChangesIsUsedWithTheNextRequest() throws Exception {
    Map<String, String> values =
        new ConcurrentHashMap<>(
            Map.of("url", agent.url().toString(), "service", "rotated", "token", "wrong"));
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    ScheduledExecutorService other = Executors.newSingleThreadScheduledExecutor();
    try (Refresher refresher =
            new ConsulRefresherProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("refresher.x", thread, Ticker.system()));
        Registrar registrar =
            new ConsulRegistrarProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("register.x", other, Ticker.system()))) {
      refresher.start(listener);
      CompletableFuture<Void> stands = registrar.register(A);
      listener.awaitFailures(1);
      assertThat(stands).isNotDone();

      values.put("token", TOKEN);

      stands.get(30, SECONDS);
      listener.awaitTargets(List.of(A));
    } finally {
      thread.shutdownNow();
      other.shutdownNow();
    }
  }
}
