package io.lbtk.standard.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that a server answers with. */
class HttpRefresherTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("10.0.0.2", 81);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ListServer server = open(new ListServer());
  private final RecordingListener listener = new RecordingListener();

  private <T extends AutoCloseable> T open(T one) {
    open.push(one);
    return one;
  }

  @AfterEach
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    assertThat(listener.violations()).isEmpty();
  }

  private HttpRefresher.Builder builder() {
    return HttpRefresher.builder(server.url()).interval(Duration.ofMillis(20));
  }

  private void start(HttpRefresher.Builder builder) {
    Refresher refresher = open(builder.build());
    refresher.start(listener);
  }

  private List<Target> targets() {
    await().until(() -> listener.sets() > 0);
    return listener.targets();
  }

  private String failure() {
    await().until(() -> !listener.failures().isEmpty());
    return listener.failures().get(0).message();
  }

  @Test
  void aListIsReadAsInAFile() {
    server.answer("[{\"targets\":[\"10.0.0.1:80\"],\"labels\":{\"zone\":\"a\"}}]");

    start(builder());

    assertThat(targets()).singleElement().hasToString("10.0.0.1:80 zone=a");
  }

  @Test
  void whatHasNotChangedIsNotSentAgain() {
    server.answer("10.0.0.1:80\n");
    start(builder());
    await().until(() -> server.answers().size() > 3);
    assertThat(server.answers().subList(0, 3)).containsExactly(200, 304, 304);

    server.answer("10.0.0.2:81\n");

    await().until(() -> listener.targets().equals(List.of(B)));
  }

  @Test
  void anAnswerThatIsNoListIsAskedForAgain() {
    server.answer("no list");
    start(builder());
    await().until(() -> server.answers().size() > 2);

    assertThat(server.answers()).doesNotContain(304);
    assertThat(failure()).contains("/list: no target in it").contains("no list");
  }

  @Test
  void headersGoWithEveryRequest() {
    server.answer("10.0.0.1:80\n");
    start(builder().header("X-Token", "secret"));
    await().until(() -> server.requests().size() > 1);

    assertThat(server.requests())
        .allSatisfy(headers -> assertThat(headers.get("X-token")).containsExactly("secret"));
  }

  @Test
  void anotherStatusIsAFailureAndTheTargetsStay() {
    server.answer("10.0.0.1:80\n");
    start(builder());
    assertThat(targets()).containsExactly(A);

    server.fail(503);

    assertThat(failure()).isEqualTo(server.url() + ": it answered 503 (expected: 200)");
    assertThat(listener.targets()).containsExactly(A);
  }

  @Test
  void headersAreNotTakenToWhereARedirectionLeads() {
    ListServer elsewhere = open(new ListServer());
    server.redirect(elsewhere.url().toString());
    start(builder().header("Authorization", "secret"));

    assertThat(failure())
        .isEqualTo(
            "%s: it answered 302, go to %s (expected: 200)"
                .formatted(server.url(), elsewhere.url()));
    assertThat(elsewhere.requests()).isEmpty();
  }

  @Test
  void anAnswerMayHaveAsManyBytesAsItMayAndNoMore() {
    server.answer("10.0.0.1:80\n");
    start(builder().maxSize(12));
    assertThat(targets()).containsExactly(A);

    server.answer("10.0.0.10:80\n");

    assertThat(failure())
        .isEqualTo(server.url() + ": the answer is longer than 12 bytes (max-size)");
  }

  @Test
  void anAnswerThatDoesNotEndInTimeIsAFailure() {
    server.stall();

    start(builder().timeout(Duration.ofMillis(200)));

    assertThat(failure()).isEqualTo(server.url() + ": no whole answer within 200 ms (timeout)");
  }

  @Test
  void closeDoesNotWaitForAnAnswer() {
    server.stall();
    Refresher refresher = builder().timeout(Duration.ofMinutes(5)).build();
    refresher.start(listener);
    await().until(() -> server.requests().size() == 1);

    refresher.close();

    assertThat(listener.reports()).isEmpty();
  }

  @Test
  void aServerThatIsNotThereIsNamedWithoutWhatIsSecret() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      URI url = URI.create("http://" + port.target().hostPort() + "/a?token=secret");
      start(HttpRefresher.builder(url));

      assertThat(failure())
          .isEqualTo("http://" + port.target().hostPort() + "/a: it cannot be connected to");
    }
  }

  private void startWith(JsonPaths paths) {
    start(builder().paths(paths));
  }

  @Test
  void targetsStandWherePointersLeadTo() {
    server.answer(
        """
        {"data": {"nodes": [
          {"net": {"ip": "10.0.0.1"}, "ports": [80, 8080], "load": {"w": 2.6}},
          {"net": {"ip": "10.0.0.2"}, "ports": ["81"], "load": {"w": "0.1"}},
          {"net": {"ip": "10.0.0.3"}, "ports": [82]},
          {"net": {"ip": "10.0.0.4"}, "ports": [83], "load": {"w": 0}}
        ]}, "other": null}
        """);

    startWith(new JsonPaths("/data/nodes", "/net/ip", "/ports/0", null, "/load/w"));

    assertThat(targets().stream().map(Target::toString))
        .containsExactly(
            "10.0.0.1:80 weight=3", "10.0.0.2:81", "10.0.0.3:82", "10.0.0.4:83 weight=0");
  }

  @Test
  void aPortCanBeTheSameForAll() {
    server.answer("[{\"ip\":\"10.0.0.1\"},{\"ip\":\"::1\"}]");

    startWith(new JsonPaths("", "/ip", "80", null, null));

    assertThat(targets().stream().map(Target::hostPort)).containsExactly("10.0.0.1:80", "[::1]:80");
  }

  @Test
  void anObjectOfTargetsIsAsGoodAsAnArray() {
    server.answer("{\"a\":{\"at\":\"10.0.0.1:80\"},\"b\":{\"at\":\"10.0.0.2:81\"}}");

    startWith(new JsonPaths("", "/host", "/port", "/at", null));

    assertThat(targets()).containsExactly(A, B);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"host\":\"10.0.0.2\"}",
        "{\"host\":\"10.0.0.2\",\"port\":65536}",
        "{\"host\":\"10.0.0.2\",\"port\":-1}",
        "{\"host\":{},\"port\":80}",
        "{\"host\":null,\"port\":80}",
        "{\"host\":\"\",\"port\":80}",
        "{\"host\":\"10.0.0.2\",\"port\":80,\"weight\":-1}",
        "{\"host\":\"10.0.0.2\",\"port\":80,\"weight\":\"heavy\"}",
        "{\"host\":\"10.0.0.2\",\"port\":80,\"weight\":\"NaN\"}",
        "17",
        "null",
        "[]"
      })
  void anEntryThatIsNoTargetIsSkippedAndNamed(String entry) {
    server.answer("[" + entry + ",{\"host\":\"10.0.0.1\",\"port\":80}]");
    try (LogLines log = new LogLines("io.lbtk")) {
      startWith(new JsonPaths("", "/host", "/port", null, "/weight"));

      assertThat(targets()).containsExactly(A);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN http: " + server.url() + ", entry 1: ")
          .contains("is skipped: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"nodes\":17}", "17", "null", "", "{", "[[[", "{\"nodes\":[}", "[] []"})
  void aDocumentWithoutTheArrayIsAFailure(String document) {
    server.answer(document);

    startWith(new JsonPaths("/nodes", "/host", "/port", null, null));

    assertThat(failure()).startsWith(server.url() + ": ").contains("expected");
    assertThat(listener.sets()).isZero();
  }

  @Test
  void deepNestingIsAFailure() {
    server.answer("[".repeat(100_000));

    startWith(new JsonPaths("", "/host", "/port", null, null));

    assertThat(failure()).contains("malformed JSON").contains("nesting depth");
  }

  @Test
  void aCertificateOfAnAuthorityThatIsNamedIsTrustedForItsHostAlone(@TempDir Path folder)
      throws Exception {
    X509Bundle authority =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=authority")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path pem = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
    ListServer right = open(new ListServer(showing(authority, "127.0.0.1")));
    ListServer wrong = open(new ListServer(showing(authority, "10.1.2.3")));
    right.answer("10.0.0.1:80\n");
    wrong.answer("10.0.0.1:80\n");

    assertThat(first(right, pem)).isEqualTo(Refresh.snapshot(List.of(A)));
    assertThat(first(wrong, pem)).asString().contains("No subject alternative names matching");
    assertThat(first(right, null)).asString().contains("unable to find valid certification path");
  }

  private static SSLContext showing(X509Bundle authority, String address) throws Exception {
    X509Bundle bundle =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=server")
            .addSanIpAddress(address)
            .buildIssuedBy(authority);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
    return context;
  }

  private static Refresh first(ListServer server, @Nullable Path authorities) {
    HttpRefresher.Builder builder = HttpRefresher.builder(server.url());
    if (authorities != null) {
      builder.authorities(authorities);
    }
    RecordingListener heard = new RecordingListener();
    try (Refresher refresher = builder.build()) {
      refresher.start(heard);
      await().until(() -> !heard.reports().isEmpty());
      return heard.reports().get(0);
    }
  }

  @Test
  void authoritiesThatCannotBeReadAreNamed(@TempDir Path folder) throws Exception {
    Path garbage = Files.writeString(folder.resolve("garbage"), "garbage");
    Path empty = Files.createFile(folder.resolve("empty"));
    for (Path pem : List.of(garbage, empty, folder.resolve("none"), folder)) {
      assertThatThrownBy(() -> builder().authorities(pem))
          .isInstanceOf(SettingsException.class)
          .hasMessageStartingWith(pem + " ");
    }
  }
}
