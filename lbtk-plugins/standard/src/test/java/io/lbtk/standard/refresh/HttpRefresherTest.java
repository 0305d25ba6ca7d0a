package io.lbtk.standard.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import io.lbtk.core.settings.SettingsFile;
import io.lbtk.core.tls.Authorities;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

  @Test
  void authoritiesThatAreReplacedAreTrustedFromTheNextHandshakeOn(@TempDir Path folder)
      throws Exception {
    X509Bundle old = authority("old");
    X509Bundle renewed = authority("renewed");
    ListServer before = open(new ListServer(showing(old, "127.0.0.1")));
    ListServer after = open(new ListServer(showing(renewed, "127.0.0.1")));
    ListServer later = open(new ListServer(showing(renewed, "127.0.0.1")));
    // As Kubernetes mounts files: what is replaced is a link to their folder.
    Path pem = folder.resolve("ca.pem");
    Path data = folder.resolve("..data");
    Files.createSymbolicLink(data, folderWith(folder.resolve("..1"), old.getCertificatePEM()));
    Files.createSymbolicLink(pem, Path.of("..data", "ca.pem"));
    try (HttpCalls calls = HttpCalls.builder().authorities(Authorities.of(pem)).build()) {
      assertThat(status(calls, before)).isEqualTo(200);
      assertThatThrownBy(() -> status(calls, after)).hasMessageContaining("no TLS with it");

      Path next = folder.resolve("..data_tmp");
      Files.createSymbolicLink(
          next, folderWith(folder.resolve("..2"), renewed.getCertificatePEM()));
      Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
      assertThat(status(calls, after)).isEqualTo(200);

      try (LogLines log = new LogLines("io.lbtk.core.tls")) {
        Files.writeString(folder.resolve("..2").resolve("ca.pem"), "garbage");
        assertThat(status(calls, later)).isEqualTo(200);
        assertThat(log.lines())
            .singleElement()
            .asString()
            .startsWith("WARN " + pem + " ")
            .endsWith("; those that it held last are trusted");
      }
    }
  }

  private static X509Bundle authority(String name) throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + name)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static Path folderWith(Path folder, String pem) throws IOException {
    Files.createDirectory(folder);
    Files.writeString(folder.resolve("ca.pem"), pem);
    return folder;
  }

  private static int status(HttpCalls calls, ListServer server) throws IOException {
    return calls.call(HttpRequest.newBuilder(server.url()), Duration.ofSeconds(10)).statusCode();
  }

  @Test
  void aHeaderOfAFileIsReadForEachRequest(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "one\n");
    server.answer("10.0.0.1:80\n");
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    try (Refresher refresher =
        new HttpRefresher.Provider()
            .create(
                settings(
                    "refresher.x.url = " + server.url(),
                    "refresher.x.interval = 50ms",
                    "refresher.x.header.authorization = Bearer ${file:" + token + "}"),
                new TestContext("refresher.x", thread, Ticker.system()))) {
      refresher.start(listener);
      await().until(() -> authorizations().contains("Bearer one"));

      Files.writeString(token, "two\n");
      await().until(() -> authorizations().contains("Bearer two"));
      // What cannot be a header is a failure that does not show it.
      Files.writeString(token, "thr\nee");
      await().until(() -> !listener.failures().isEmpty());

      assertThat(failure()).contains("header authorization").doesNotContain("thr", "ee\"");
    } finally {
      thread.shutdownNow();
    }
  }

  private static Settings settings(String... lines) throws IOException {
    Problems problems = new Problems();
    Path file = Files.createTempFile("lbtk", ".properties");
    try {
      Files.write(file, List.of(lines));
      SettingsBinder binder =
          new SettingsBinder(SettingsFile.read(file, problems), name -> null, problems);
      Settings settings =
          binder.sections("refresher").get(0).bind(new HttpRefresher.Provider().options());
      problems.throwIfAny();
      return settings;
    } finally {
      Files.delete(file);
    }
  }

  private List<String> authorizations() {
    return server.requests().stream()
        .map(headers -> String.join(",", headers.getOrDefault("Authorization", List.of())))
        .toList();
  }
}
