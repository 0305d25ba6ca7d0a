package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of EndpointSlices, by a replay of the API of Kubernetes. */
class KubernetesReplayTest {

  private static final String HTTP =
      "\"addressType\":\"IPv4\",\"ports\":[{\"name\":\"http\",\"port\":80}],";

  private final ReplayedApi api = new ReplayedApi();
  private final RecordingListener listener = new RecordingListener();

  @AfterEach
  void close() {
    api.close();
  }

  private KubernetesRefresher.Builder builder() {
    return KubernetesRefresher.builder(api.url(), "web").namespace("shop");
  }

  private List<String> read(KubernetesRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitReports(1);
    }
    assertThat(listener.failures()).isEmpty();
    return listener.targets().stream().map(Target::toString).toList();
  }

  private String failure(KubernetesRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  private String where() {
    return api.url() + "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices of service web: ";
  }

  @Test
  void theEndpointsOfAllSlicesAreJoined() {
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    api.put("web-b", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.2\",\"10.0.0.3\"]}]");
    api.put("web-c", HTTP + "\"endpoints\":null");

    assertThat(read(builder())).containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void zoneAndNodeAreAttributes() {
    api.put(
        "web-a",
        HTTP
            + """
            "endpoints":[{"addresses":["10.0.0.1"],"nodeName":"n1","zone":"b","hostname":"h",
              "targetRef":{"kind":"Pod","name":"web-1"}}]
            """);

    assertThat(read(builder())).containsExactly("10.0.0.1:80 node=n1 zone=b");
  }

  @Test
  void whatIsReadyOrDoesNotSayGetsConnectionsAndWhatLeavesKeepsThem() {
    api.put(
        "web-a",
        HTTP
            + """
            "endpoints":[
              {"addresses":["10.0.0.1"],"conditions":{}},
              {"addresses":["10.0.0.2"],"conditions":{"ready":null,"serving":null}},
              {"addresses":["10.0.0.3"],"conditions":{"ready":true,"serving":true}},
              {"addresses":["10.0.0.4"],"conditions":{"ready":false,"serving":true,"terminating":true}},
              {"addresses":["10.0.0.5"],"conditions":{"ready":false,"serving":false,"terminating":true}},
              {"addresses":["10.0.0.6"],"conditions":{"ready":false,"serving":false,"terminating":false}},
              {"addresses":["10.0.0.7"],"conditions":{"ready":true,"serving":true,"terminating":true}}]
            """);

    assertThat(read(builder()))
        .containsExactly(
            "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80 weight=0", "10.0.0.7:80");
  }

  @Test
  void aServiceOfBothFamiliesIsReadByOne() {
    api.put("web-4", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    api.put(
        "web-6",
        HTTP.replace("IPv4", "IPv6") + "\"endpoints\":[{\"addresses\":[\"2001:db8::1\"]}]");

    assertThat(read(builder())).containsExactly("10.0.0.1:80");
    RecordingListener other = new RecordingListener();
    try (Refresher refresher = builder().addressType(AddressType.IPV6).build()) {
      refresher.start(other);
      other.awaitTargets("[2001:db8::1]:80");
    }
  }

  @Test
  void aServiceOfOneFamilyOrOfNamesIsReadByThat() {
    api.put(
        "web-n",
        HTTP.replace("IPv4", "FQDN") + "\"endpoints\":[{\"addresses\":[\"web.example.org\"]}]");

    assertThat(read(builder())).containsExactly("web.example.org:80");
  }

  @Test
  void aPortIsChosenByItsNameOrIsANumber() {
    api.put(
        "web-a",
        """
        "addressType":"IPv4","ports":[{"name":"http","port":80},{"name":"metrics","port":9090}],
        "endpoints":[{"addresses":["10.0.0.1"]}]
        """);

    assertThat(read(builder().port("metrics"))).containsExactly("10.0.0.1:9090");
    RecordingListener other = new RecordingListener();
    try (Refresher refresher = builder().port("7000").build()) {
      refresher.start(other);
      other.awaitTargets("10.0.0.1:7000");
    }
  }

  @Test
  void severalPortsWithoutAChoiceAreAFailure() {
    api.put(
        "web-a",
        """
        "addressType":"IPv4","ports":[{"name":"http","port":80},{"name":"metrics","port":9090}],
        "endpoints":[{"addresses":["10.0.0.1"]}]
        """);

    assertThat(failure(builder()))
        .startsWith(where())
        .contains("it has the ports [http, metrics] (expected: one, or option port says which)");
  }

  @Test
  void aBadEndpointDoesNotHideTheOthers() {
    api.put(
        "web-a",
        HTTP
            + "\"endpoints\":[{\"addresses\":[]},7,{\"addresses\":[\"10.0.0.1\"]},{\"addresses\":[\"a b\"]}]");

    assertThat(read(builder())).containsExactly("10.0.0.1:80");
  }

  @Test
  void eachEndpointWithAValueThatCannotBeIsNamedByItsPlace() {
    List<String> endpoints =
        List.of(
            "{\"addresses\":[\"0.0.0.0\"]}",
            "{\"addresses\":[\"1.2.3.400\"]}",
            "{\"addresses\":[17]}",
            "{\"addresses\":\"10.0.0.2\"}",
            "{\"addresses\":[\"10.0.0.2\"],\"conditions\":{\"ready\":\"false\"}}",
            "{\"addresses\":[\"10.0.0.2\"],\"conditions\":[]}",
            "{\"addresses\":[\"10.0.0.2\"],\"zone\":5}");
    api.put(
        "web-a",
        HTTP
            + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]},"
            + String.join(",", endpoints)
            + "]");
    try (LogLines log = new LogLines("io.lbtk.discovery")) {
      assertThat(read(builder())).containsExactly("10.0.0.1:80");

      assertThat(log.lines()).hasSize(endpoints.size());
      for (int i = 0; i < endpoints.size(); i++) {
        assertThat(log.lines().get(i)).contains(", slice web-a, endpoint %d: ".formatted(i + 2));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "0", "65536", "80.5", "[80]", "null"})
  void aSliceWithAPortThatCannotBeIsNamed(String port) {
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    api.put("web-b", HTTP.replace("80", port) + "\"endpoints\":[{\"addresses\":[\"10.0.0.2\"]}]");
    try (LogLines log = new LogLines("io.lbtk.discovery")) {
      assertThat(read(builder())).containsExactly("10.0.0.1:80");

      assertThat(log.lines()).singleElement().asString().contains(", slice web-b: ");
    }
  }

  @Test
  void eventsChangeTheSetWithoutAnotherList() {
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    try (Refresher refresher = builder().build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      api.put("web-b", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.2\"]}]");
      listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
      api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.3\"]}]");
      listener.awaitTargets("10.0.0.3:80", "10.0.0.2:80");
      api.delete("web-b");
      listener.awaitTargets("10.0.0.3:80");

      assertThat(lists()).isEqualTo(1);
    }
  }

  private long lists() {
    return api.requests().stream().filter(query -> !query.contains("watch")).count();
  }

  @Test
  void aWatchThatEndsIsFollowedByOneFromTheLastBookmark() {
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    try (Refresher refresher = builder().interval(Duration.ofMillis(100)).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");
      await().until(() -> api.watchers() == 1);

      api.bookmark();
      api.put("web-b", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.2\"]}]");
      listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
      api.bookmark();
      // What comes after a bookmark has been told before it is acted on.
      api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.3\"]}]");
      listener.awaitTargets("10.0.0.3:80", "10.0.0.2:80");
      api.endWatches();
      await().until(() -> api.requests().size() == 3);

      assertThat(api.requests().get(2))
          .contains("resourceVersion=123", "allowWatchBookmarks=true", "timeoutSeconds=30");
      assertThat(lists()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aVersionThatIsTooOldIsFollowedByAList(boolean byStatus) {
    if (byStatus) {
      api.refuseOldVersions();
    }
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    try (Refresher refresher = builder().interval(Duration.ofHours(1)).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");
      await().until(() -> api.watchers() == 1);
      api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.9\"]}]");
      listener.awaitTargets("10.0.0.9:80");

      api.changeUntold(
          () -> {
            api.delete("web-a");
            api.put("web-b", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.2\"]}]");
          });
      listener.awaitTargets("10.0.0.2:80");
      await().until(() -> api.watchers() == 1);
      api.put("web-c", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.3\"]}]");

      listener.awaitTargets("10.0.0.2:80", "10.0.0.3:80");
      assertThat(listener.failures()).isEmpty();
      assertThat(api.requests())
          .extracting(query -> query.contains("watch") ? "watch" : "list")
          .containsExactly("list", "watch", "watch", "list", "watch");
    }
  }

  @Test
  void aServerThatWasAwayIsListedAgain() {
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    try (Refresher refresher = builder().build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");
      await().until(() -> api.watchers() == 1);

      api.stop();
      listener.awaitFailures(1);
      api.delete("web-a");
      api.put("web-b", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.2\"]}]");
      api.start();

      listener.awaitTargets("10.0.0.2:80");
    }
  }

  @Test
  void whereWatchesAreRefusedListsAreReadAtIntervals() {
    api.refuseWatches(403);
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    try (Refresher refresher = builder().interval(Duration.ofMillis(100)).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.2\"]}]");

      listener.awaitTargets("10.0.0.2:80");
      assertThat(listener.failures()).isEmpty();
    }
  }

  @Test
  void anEventOfTenMegabytesEndsTheWatchAndTheListIsReadAgain() {
    api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
    try (Refresher refresher = builder().interval(Duration.ofMillis(100)).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");
      await().until(() -> api.watchers() == 1);

      api.put("web-b", "\"endpoints\":[],\"x\":\"%s\"".formatted("x".repeat(10 << 20)));
      listener.awaitFailures(1);
      assertThat(listener.failures().get(0).message()).startsWith(where()).contains("65536");
      assertThat(listener.hostPorts()).containsExactly("10.0.0.1:80");
      api.delete("web-b");
      api.put("web-c", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.3\"]}]");

      listener.awaitTargets("10.0.0.1:80", "10.0.0.3:80");
    }
  }

  @Test
  void aServiceWithoutSlicesHasNoTarget() {
    assertThat(read(builder())).isEmpty();
  }

  @Test
  void whatIsNotFoundIsAFailure() {
    assertThat(failure(builder().namespace("other")))
        .isEqualTo(
            where().replace("shop", "other")
                + "it answered 404, \"{\"kind\":\"Status\",\"message\":\"the server could not find"
                + " it\"}\" (expected: 200)");
  }

  @Test
  void theTokenIsReadForEachRequest(@TempDir Path folder) throws Exception {
    Path token = folder.resolve("token");
    Files.writeString(token, "one\n", UTF_8);
    try (Refresher refresher =
        builder().tokenFile(token).interval(Duration.ofMillis(100)).build()) {
      refresher.start(listener);
      await().until(() -> api.watchers() == 1);

      Files.writeString(token, "two\n", UTF_8);
      api.bookmark();
      api.put("web-a", HTTP + "\"endpoints\":[{\"addresses\":[\"10.0.0.1\"]}]");
      listener.awaitTargets("10.0.0.1:80");
      api.endWatches();
      await().until(() -> api.tokens().size() == 3);
    }

    assertThat(api.tokens()).containsExactly("Bearer one", "Bearer one", "Bearer two");
  }

  @Test
  void aTokenThatIsNotThereIsAFailureThatNamesTheFile(@TempDir Path folder) throws Exception {
    assertThat(failure(builder().tokenFile(folder.resolve("token"))))
        .startsWith(where() + "token-file " + folder.resolve("token") + " cannot be read: ");
  }

  @Test
  void aFileThatHoldsNoTokenIsNotShown(@TempDir Path folder) throws Exception {
    Path token = folder.resolve("token");
    Files.writeString(token, "hunter\n2", UTF_8);

    assertThat(failure(builder().tokenFile(token)))
        .isEqualTo(
            where() + "token-file " + token + " holds no token (expected: one line of ASCII)");
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    URI nobody = api.url();
    api.stop();

    assertThat(failure(KubernetesRefresher.builder(nobody, "web").namespace("shop")))
        .isEqualTo(where() + "it cannot be connected to");
  }
}
