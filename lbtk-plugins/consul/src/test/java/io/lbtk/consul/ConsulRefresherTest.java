package io.lbtk.consul;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RecordingListener;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent of Consul says of a service. */
class ConsulRefresherTest {

  private static ConsulAgent agent;
  private static int number;

  private final String service = "web-" + number++;
  private final RecordingListener listener = new RecordingListener();

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

  private ConsulRefresher.Builder builder() {
    return ConsulRefresher.builder(agent.url(), service);
  }

  private List<String> read(ConsulRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitReports(1);
    }
    assertThat(listener.failures()).isEmpty();
    return listener.targets().stream().map(Target::toString).toList();
  }

  private String failure(ConsulRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  /** Registers an instance at the agent itself, with a check that the test decides. */
  private void registerChecked(int port, String state) {
    String id = "%s-%d".formatted(service, port);
    agent.put(
        "/v1/agent/service/register",
        """
        {"ID":"%s","Name":"%s","Address":"10.0.0.1","Port":%d,"Weights":{"Passing":9,"Warning":2},
         "Check":{"CheckID":"check:%s","TTL":"1h"}}
        """
            .formatted(id, service, port, id));
    agent.put("/v1/agent/check/%s/check:%s".formatted(state, id), "");
  }

  private void awaitPassing(int count) {
    await()
        .until(
            () ->
                agent
                        .get("/v1/health/service/" + service + "?passing=1")
                        .split("\"Service\":\\{", -1)
                        .length
                    == count + 1);
  }

  @Test
  void theAddressOfAServiceIsItsOwnOrElseThatOfItsNode() {
    agent.register(
        service, "\"ID\":\"a-%s\",\"Address\":\"10.0.0.1\",\"Port\":80".formatted(service));
    agent.register(service, "\"ID\":\"b-%s\",\"Port\":81".formatted(service));
    agent.register(service, "\"ID\":\"c-%s\",\"Address\":\"::1\",\"Port\":82".formatted(service));

    assertThat(read(builder())).containsExactly("10.0.0.1:80", "10.9.9.9:81", "[::1]:82");
  }

  @Test
  void metaAreAttributesButForOurOwn() {
    agent.register(
        service,
        """
        "ID":"%s","Port":80,"Weights":{"Passing":7,"Warning":1},
        "Meta":{"zone":"b","max-connections":"9","lbtk-weight":"0","lbtk-priority":"3"}
        """
            .formatted(service));

    assertThat(read(builder()))
        .containsExactly("10.9.9.9:80 weight=0 priority=3 max-connections=9 zone=b");
  }

  @Test
  void aWeightThatIsNoneIsABadEntry() {
    agent.register(service, "\"ID\":\"a-%s\",\"Port\":80".formatted(service));
    agent.register(
        service,
        "\"ID\":\"b-%s\",\"Port\":81,\"Meta\":{\"lbtk-weight\":\"much\"}".formatted(service));

    assertThat(read(builder())).containsExactly("10.9.9.9:80");
  }

  @Test
  void whereNoInstanceCanBeATargetTheListIsRefused() {
    agent.register(service, "\"ID\":\"%s\",\"Port\":0".formatted(service));

    assertThat(failure(builder()))
        .isEqualTo(
            "%s/v1/health/service/%s: no target in it, but 1 that is none; "
                    .formatted(agent.url(), service)
                + "instance %s on node elsewhere, \"10.9.9.9:0\": ".formatted(service)
                + "port \"0\" (expected: a whole number from 1 to 65535)");
  }

  @Test
  void onlyThoseWhoseChecksPassAreTargets() {
    registerChecked(80, "pass");
    registerChecked(81, "warn");
    registerChecked(82, "fail");
    awaitPassing(1);

    assertThat(read(builder())).containsExactly("10.0.0.1:80 weight=9");
  }

  @Test
  void thoseWithAWarningHaveTheWeightOfThatIfAskedFor() {
    registerChecked(80, "pass");
    registerChecked(81, "warn");
    registerChecked(82, "fail");
    awaitPassing(1);

    assertThat(read(builder().passing(false)))
        .containsExactly("10.0.0.1:80 weight=9", "10.0.0.1:81 weight=2");
  }

  @Test
  void whatIsInMaintenanceIsNoTarget() {
    registerChecked(80, "pass");
    registerChecked(81, "pass");
    awaitPassing(2);

    agent.put("/v1/agent/service/maintenance/%s-81?enable=true".formatted(service), "");
    awaitPassing(1);

    assertThat(read(builder().passing(false))).containsExactly("10.0.0.1:80 weight=9");
  }

  @Test
  void aTagChoosesAmongTheInstances() {
    agent.register(service, "\"ID\":\"a-%s\",\"Port\":80,\"Tags\":[\"blue\"]".formatted(service));
    agent.register(service, "\"ID\":\"b-%s\",\"Port\":81,\"Tags\":[\"green\"]".formatted(service));

    assertThat(read(builder().tag("green"))).containsExactly("10.9.9.9:81");
  }

  @Test
  void aNameMayHaveAnyCharacters() {
    String odd = "a/b ?&é-" + service;
    agent.register(odd, "\"ID\":\"%s\",\"Port\":80".formatted(service));

    assertThat(read(ConsulRefresher.builder(agent.url(), odd))).containsExactly("10.9.9.9:80");
  }

  @Test
  void aServiceThatNobodyHasRegisteredHasNoTarget() {
    assertThat(read(builder())).isEmpty();
  }

  @Test
  void theNameOfTheAgentsOwnDataCentreMayBeGiven() {
    agent.register(service, "\"ID\":\"%s\",\"Port\":80".formatted(service));

    assertThat(read(builder().datacenter("dc1"))).containsExactly("10.9.9.9:80");
  }

  @Test
  void anUnknownDataCentreIsAFailure() {
    assertThat(failure(builder().datacenter("dc2")))
        .startsWith(
            "%s/v1/health/service/%s: it answered 500, \"No path to datacenter\""
                .formatted(agent.url(), service));
  }

  @Test
  void aUrlThatLeadsElsewhereIsAFailure() {
    URI elsewhere = URI.create(agent.url() + "/elsewhere/");

    assertThat(failure(ConsulRefresher.builder(elsewhere, service)))
        .startsWith(
            "%s/elsewhere/v1/health/service/%s: it answered 404".formatted(agent.url(), service));
  }

  @Test
  void anEntryOfTenMegabytesIsAFailureAndTheSetStays() {
    agent.register(service, "\"ID\":\"a-%s\",\"Port\":80".formatted(service));
    try (Refresher refresher = builder().build()) {
      refresher.start(listener);
      listener.awaitTargets("10.9.9.9:80");

      agent.register(
          service,
          "\"ID\":\"b-%s\",\"Port\":81,\"Tags\":[\"%s\"]".formatted(service, "x".repeat(10 << 20)));
      listener.awaitFailures(1);

      assertThat(listener.failures().get(0).message()).contains("65536");
      assertThat(listener.hostPorts()).containsExactly("10.9.9.9:80");
    }
  }

  @Test
  void bytesThatAreNoTextDoNotHideTheOthers() {
    agent.register(service, "\"ID\":\"a-%s\",\"Port\":80".formatted(service));
    agent.put(
        "/v1/catalog/register",
        """
        {"Node":"elsewhere","Address":"10.9.9.9","Service":{
         "ID":"b-%s","Service":"%s","Port":81,"Meta":{"zone":"\u00ff\u00fe"}}}
        """
            .formatted(service, service)
            .getBytes(ISO_8859_1));

    assertThat(read(builder())).containsExactly("10.9.9.9:80", "10.9.9.9:81 zone=\ufffd\ufffd");
  }

  @Test
  void anAgentThatIsSilentForGoodIsNoticedBesideTheQuestionThatWaits() {
    agent.register(service, "\"ID\":\"%s\",\"Port\":80".formatted(service));
    try (Refresher refresher =
        builder().interval(Duration.ofMillis(200)).timeout(Duration.ofSeconds(1)).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.9.9.9:80");

      agent.suspend();
      try {
        listener.awaitFailures(1);
      } finally {
        agent.resume();
      }
      agent.register(service, "\"ID\":\"%s\",\"Port\":81".formatted(service));

      assertThat(listener.failures().get(0).message())
          .endsWith("no whole answer within 1000 ms (timeout)");
      listener.awaitTargets("10.9.9.9:81");
    }
  }
}
