package io.lbtk.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.core.part.SerialExecutors;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is registered at an agent of Consul, and until when it stands there. */
class ConsulRegistrarTest {

  private static ConsulAgent agent;
  private static int number;

  private final String service = "web-" + number++;
  private final RecordingListener listener = new RecordingListener();
  private Refresher refresher;

  @BeforeAll
  static void startAgent(@TempDir Path folder) {
    agent = new ConsulAgent(folder);
  }

  @AfterAll
  static void endAgent() {
    if (agent != null) {
      agent.close();
    }
  }

  @BeforeEach
  void makeRefresher() {
    refresher = ConsulRefresher.builder(agent.url(), service).build();
  }

  @AfterEach
  void closeRefresher() {
    refresher.close();
  }

  /** Long enough that no check becomes critical on a busy machine. */
  private static final Duration LONG = Duration.ofSeconds(6);

  private ConsulRegistrar.Builder builder() {
    return ConsulRegistrar.builder(agent.url(), service).ttl(Duration.ofSeconds(1));
  }

  private ConsulEntry entry(URI url) {
    return new ConsulEntry(
        url,
        HttpCalls.builder().build(),
        Duration.ofSeconds(5),
        new ServiceDefinition(service, List.of(), Duration.ofSeconds(5)));
  }

  @Test
  void whatIsRegisteredIsWhatARefresherReads() throws Exception {
    List<Target> targets =
        List.of(
            Target.parse("10.0.0.1:80"),
            Target.parse("10.0.0.1:81 weight=65535 priority=2 zone=b max-connections=9"),
            Target.parse("[2001:db8::1]:80 weight=0"),
            Target.parse("web.example.org:80 weight=3"));
    refresher.start(listener);
    try (Registrar a = builder().build();
        Registrar b = builder().build();
        Registrar c = builder().build();
        Registrar d = builder().build()) {
      a.register(targets.get(0)).get();
      b.register(targets.get(1)).get();
      c.register(targets.get(2)).get();
      d.register(targets.get(3)).get();

      listener.awaitTargets(targets);
    }
    listener.awaitTargets();
  }

  @Test
  void theInstanceIsReadableByAll() throws Exception {
    try (Registrar registrar = builder().tags(List.of("blue", "v2")).build()) {
      registrar.register(Target.parse("10.0.0.1:80 weight=3 zone=b")).get();

      assertThat(agent.get("/v1/agent/services"))
          .contains(
              "\"ID\":\"%s-10.0.0.1-80\"".formatted(service),
              "\"Passing\":3",
              "\"zone\":\"b\"",
              "\"blue\"",
              "\"v2\"");
    }
  }

  @Test
  void aWithdrawnEntryIsGoneAndCanComeBack() throws Exception {
    Target target = Target.parse("10.0.0.1:80");
    refresher.start(listener);
    try (Registrar registrar = builder().build()) {
      registrar.register(target).get();
      listener.awaitTargets(List.of(target));

      registrar.withdraw().get();
      listener.awaitTargets();
      registrar.register(target).get();

      listener.awaitTargets(List.of(target));
    }
  }

  @Test
  void whatASuccessorKeepsByNowStaysWhenTheFormerOneIsWithdrawn() throws Exception {
    Target target = Target.parse("10.0.0.1:80");
    try (Registrar former = builder().build();
        Registrar successor = builder().build()) {
      former.register(target).get();
      successor.register(target).get();

      former.withdraw().get();

      assertThat(agent.get("/v1/agent/services")).contains(service + "-10.0.0.1-80");
      successor.withdraw().get();
      assertThat(agent.get("/v1/agent/services")).doesNotContain(service + "-10.0.0.1-80");
    }
  }

  @Test
  void anEarlierOwnerNoticesTheLaterOneAtItsBeatAndWhatIsKeptStaysWhenItStops() throws Exception {
    Target target = Target.parse("10.0.0.1:80");
    try (LogLines log = new LogLines("io.lbtk.core.register");
        Registrar former = builder().ttl(LONG).name("register.former").build();
        Registrar later = builder().ttl(LONG).name("register.later").build()) {
      former.register(target).get();
      later.register(target).get();
      refresher.start(listener);
      listener.awaitTargets(List.of(target));

      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  log.lines().stream()
                      .anyMatch(
                          line ->
                              line.contains("WARN register.former")
                                  && line.contains("kept by another")));
      former.withdraw().get();

      assertThat(agent.get("/v1/agent/services")).contains(service + "-10.0.0.1-80");
      assertThat(listener.reports()).doesNotContain(Refresh.snapshot(List.of()));
      assertThat(log.lines()).noneMatch(line -> line.contains("WARN register.later"));
    }
    assertThat(agent.get("/v1/agent/services")).doesNotContain(service + "-10.0.0.1-80");
  }

  @Test
  void anEarlierOwnerDoesNotBeatAfterTheLaterOne() throws Exception {
    Target target = Target.parse("10.0.0.1:80");
    try (ConsulEntry former = entry(agent.url());
        ConsulEntry later = entry(agent.url())) {
      former.keep(target);
      later.keep(target);
      assertThatThrownBy(() -> former.keep(target))
          .hasMessageContaining("kept by another registrar");
      later.keep(target);

      former.remove();
      assertThat(agent.get("/v1/agent/services")).contains(service + "-10.0.0.1-80");
      former.keep(target);
      assertThatThrownBy(() -> later.keep(target))
          .hasMessageContaining("kept by another registrar");
      former.remove();
      assertThat(agent.get("/v1/agent/services")).doesNotContain(service + "-10.0.0.1-80");
      later.keep(target);
      assertThat(agent.get("/v1/agent/services")).contains(service + "-10.0.0.1-80");
      later.remove();
    }
  }

  @Test
  void whatALaterOwnerDoesNotKeepAnyMoreIsKeptByTheFormer() throws Exception {
    ScheduledExecutorService thread = SerialExecutors.named("dies");
    Target target = Target.parse("10.0.0.1:80");
    try (Registrar former = builder().build();
        Registrar later = builder().scheduler(thread).build()) {
      former.register(target).get();
      String keeper = keeperOf(target);
      later.register(target).get();
      assertThat(keeperOf(target)).isNotEqualTo(keeper);

      thread.shutdownNow();

      await().atMost(Duration.ofSeconds(30)).until(() -> keeperOf(target).equals(keeper));
      refresher.start(listener);
      listener.awaitTargets(List.of(target));
    }
  }

  /** Returns the name by which the check of a target says who passed it last. */
  private String keeperOf(Target target) {
    String check = "service:%s-%s-%d".formatted(service, target.host(), target.port());
    Matcher note =
        Pattern.compile(Pattern.quote(check) + "\".*?by registrar ([0-9a-f-]{36})", Pattern.DOTALL)
            .matcher(agent.get("/v1/agent/checks"));
    assertThat(note.find()).as("a note of %s", check).isTrue();
    return note.group(1);
  }

  @Test
  void anotherTargetTakesThePlaceOfTheFirst() throws Exception {
    refresher.start(listener);
    try (Registrar registrar = builder().build()) {
      registrar.register(Target.parse("10.0.0.1:80")).get();
      listener.awaitTargets("10.0.0.1:80");

      registrar.register(Target.parse("10.0.0.1:80 weight=5")).get();
      listener.awaitTargets("10.0.0.1:80 weight=5");
      registrar.register(Target.parse("10.0.0.1:81 weight=5")).get();

      listener.awaitTargets("10.0.0.1:81 weight=5");
    }
  }

  @Test
  void whoDiesIsOutAfterItsTimeToLive() throws Exception {
    ScheduledExecutorService thread = SerialExecutors.named("dies");
    refresher.start(listener);
    try (Registrar registrar = builder().scheduler(thread).build()) {
      registrar.register(Target.parse("10.0.0.1:80")).get();
      listener.awaitTargets("10.0.0.1:80");

      thread.shutdownNow();
      listener.awaitTargets();

      assertThat(agent.get("/v1/agent/checks")).contains("service:" + service + "-10.0.0.1-80");
    }
  }

  @Test
  void anEntryThatTheAgentHasLostComesBack() throws Exception {
    refresher.start(listener);
    try (Registrar registrar = builder().build()) {
      registrar.register(Target.parse("10.0.0.1:80")).get();
      listener.awaitTargets("10.0.0.1:80");

      agent.put("/v1/agent/service/deregister/%s-10.0.0.1-80".formatted(service), "");
      listener.awaitTargets();

      listener.awaitTargets("10.0.0.1:80");
    }
  }

  @Test
  void anEntryStandsAfterTheAgentWasAway() throws Exception {
    refresher.start(listener);
    try (Registrar registrar = builder().build()) {
      registrar.register(Target.parse("10.0.0.1:80")).get();
      listener.awaitTargets("10.0.0.1:80");

      agent.kill();
      listener.awaitFailures(1);
      agent.start();
      registrar.register(Target.parse("10.0.0.1:80 weight=2")).get();

      listener.awaitTargets("10.0.0.1:80 weight=2");
    }
  }

  @Test
  void whatConsulDoesNotTakeIsSaidInItsWords() {
    try (ConsulEntry entry = entry(agent.url())) {
      assertThatThrownBy(() -> entry.keep(Target.parse("10.0.0.1:80 a.b=c")))
          .hasMessageStartingWith(
              agent.url() + "/v1/agent/service/register: it answered 400, \"Invalid Service Meta")
          .hasMessageContaining("Key contains invalid characters");
    }
  }

  @Test
  void anAgentThatIsNotThereIsNamed() throws Exception {
    try (ClosedPort port = new ClosedPort();
        ConsulEntry entry = entry(URI.create("http://127.0.0.1:" + port.target().port()))) {
      assertThatThrownBy(() -> entry.keep(Target.parse("10.0.0.1:80")))
          .hasMessage(
              "http://127.0.0.1:%d/v1/agent/service/register: it cannot be connected to"
                  .formatted(port.target().port()));
    }
  }

  @Test
  void whatDoesNotStandNeedNotBeRemoved() throws Exception {
    try (ConsulEntry entry = entry(agent.url())) {
      entry.remove();
      entry.keep(Target.parse("10.0.0.1:80"));
      agent.put("/v1/agent/service/deregister/%s-10.0.0.1-80".formatted(service), "");

      entry.remove();

      assertThat(agent.get("/v1/agent/services")).doesNotContain(service + "-");
    }
  }
}
