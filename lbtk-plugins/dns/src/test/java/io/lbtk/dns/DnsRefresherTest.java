package io.lbtk.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;

/** What BIND's name server says of a name. */
class DnsRefresherTest {

  @TempDir private Path folder;
  private Zone zone;
  private final RecordingListener listener = new RecordingListener();

  @BeforeEach
  void open() {
    zone = new Zone(folder, false);
  }

  @AfterEach
  void close() {
    zone.close();
  }

  private DnsRefresher.Builder srv(String name) {
    return DnsRefresher.srv(name).servers(List.of(zone.address())).interval(Duration.ofMillis(50));
  }

  private List<String> read(DnsRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      await().until(() -> !listener.reports().isEmpty());
    }
    assertThat(listener.failures()).isEmpty();
    return listener.targets().stream().map(Target::toString).toList();
  }

  private String failure(DnsRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      await().until(() -> !listener.failures().isEmpty());
    }
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  @Test
  void hostsPortsWeightsAndPrioritiesStandInTheRecords() {
    zone.setServices(
        "_http._tcp",
        60,
        List.of(
            Target.parse("127.0.0.11:8080 weight=3 priority=1"),
            Target.parse("127.0.0.12:8081 weight=65535 priority=1"),
            Target.parse("127.0.0.13:8082 weight=1 priority=2")));

    assertThat(read(srv("_http._tcp.lbtk.test.")))
        .containsExactlyInAnyOrder(
            "127.0.0.11:8080 weight=3 priority=1",
            "127.0.0.12:8081 weight=65535 priority=1",
            "127.0.0.13:8082 priority=2");
  }

  @Test
  void weightZeroIsASmallChanceAmongOthersAndEqualAmongItsLike() {
    zone.setServices(
        "_http._tcp",
        60,
        List.of(
            Target.parse("127.0.0.11:80 weight=2"),
            Target.parse("127.0.0.12:80 weight=0"),
            Target.parse("127.0.0.13:80 weight=0 priority=1"),
            Target.parse("127.0.0.14:80 weight=0 priority=1")));

    assertThat(read(srv("_http._tcp.lbtk.test")))
        .containsExactlyInAnyOrder(
            "127.0.0.11:80 weight=200",
            "127.0.0.12:80",
            "127.0.0.13:80 priority=1",
            "127.0.0.14:80 priority=1");
  }

  @Test
  void aHostMayHaveSeveralAddresses() {
    zone.set("both", Type.A, 60, List.of("127.0.0.11", "127.0.0.12"));
    zone.set("both", Type.AAAA, 60, List.of("::1"));
    zone.set("_http._tcp", Type.SRV, 60, List.of("0 0 80 both.lbtk.test."));

    assertThat(read(srv("_http._tcp.lbtk.test")))
        .containsExactlyInAnyOrder("127.0.0.11:80", "127.0.0.12:80", "[::1]:80");
  }

  @ParameterizedTest
  @CsvSource({"1, 60", "100, 1"})
  void theAddressesThatDoNotFitBesideTheAnswerCountToo(int four, int six) {
    zone.set("both", Type.A, 60, numbered("127.0.1.", four));
    zone.set("both", Type.AAAA, 60, numbered("fd00::", six));
    zone.set("_http._tcp", Type.SRV, 60, List.of("0 0 80 both.lbtk.test."));

    assertThat(read(srv("_http._tcp.lbtk.test"))).hasSize(four + six);
  }

  private static List<String> numbered(String prefix, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toList();
  }

  @Test
  void aHostWithoutAnAddressIsPassedOver() {
    zone.set("there", Type.A, 60, List.of("127.0.0.11"));
    zone.set(
        "_http._tcp", Type.SRV, 60, List.of("0 0 80 there.lbtk.test.", "0 0 80 gone.lbtk.test."));

    assertThat(read(srv("_http._tcp.lbtk.test"))).containsExactly("127.0.0.11:80");
  }

  @Test
  void aRecordWithoutAPortOrAHostIsPassedOver() {
    zone.set("there", Type.A, 60, List.of("127.0.0.11"));
    zone.set(
        "_http._tcp",
        Type.SRV,
        60,
        List.of("0 0 80 there.lbtk.test.", "0 9 0 there.lbtk.test.", "0 9 80 ."));

    assertThat(read(srv("_http._tcp.lbtk.test"))).containsExactly("127.0.0.11:80");
  }

  @Test
  void eachRecordThatIsNoTargetIsNamed() {
    zone.set("there", Type.A, 60, List.of("127.0.0.11", "0.0.0.0"));
    zone.set("there", Type.AAAA, 60, List.of("::"));
    zone.set(
        "_http._tcp",
        Type.SRV,
        60,
        List.of("0 1 80 there.lbtk.test.", "0 1 0 there.lbtk.test.", "0 1 80 gone.lbtk.test."));
    try (LogLines log = new LogLines("io.lbtk.discovery")) {
      assertThat(read(srv("_http._tcp.lbtk.test"))).containsExactly("127.0.0.11:80");

      assertThat(log.lines())
          .allMatch(line -> line.startsWith("WARN dns: _http._tcp.lbtk.test., SRV 0 1 "))
          .hasSize(4)
          .anyMatch(line -> line.contains("SRV 0 1 80 there.lbtk.test.: \"0.0.0.0\" is skipped"))
          .anyMatch(line -> line.contains("SRV 0 1 80 there.lbtk.test.: \"0:0:0:0:0:0:0:0\""))
          .anyMatch(line -> line.contains("SRV 0 1 0 there.lbtk.test.: \"\" is skipped: port 0"))
          .anyMatch(line -> line.contains("SRV 0 1 80 gone.lbtk.test.: \"\" is skipped: its host"));
    }
  }

  @Test
  void anAddressThatNothingCanBeSentToIsNoTarget() {
    zone.set("web", Type.A, 60, List.of("0.0.0.0"));

    assertThat(
            failure(DnsRefresher.addresses("web.lbtk.test", 8080).servers(List.of(zone.address()))))
        .startsWith(
            "web.lbtk.test.: no target in it, but 1 that is none; address of web.lbtk.test.");
  }

  @Test
  void aNameMayBeTheAliasOfAnother() {
    zone.setServices("_http._tcp.real", 60, List.of(Target.parse("127.0.0.11:80")));
    zone.set("alias", Type.CNAME, 60, List.of("_http._tcp.real.lbtk.test."));

    assertThat(read(srv("alias.lbtk.test"))).containsExactly("127.0.0.11:80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "ns", "declined"})
  void aNameWithoutSuchARecordListsNothing(String name) {
    zone.set("declined", Type.SRV, 60, List.of("0 0 0 ."));

    assertThat(read(srv(name + ".lbtk.test"))).isEmpty();
  }

  @Test
  void addressesHaveThePortOfAll() {
    zone.set("web", Type.A, 60, List.of("127.0.0.11", "127.0.0.12"));

    assertThat(read(DnsRefresher.addresses("web.lbtk.test", 8080).servers(List.of(zone.address()))))
        .containsExactlyInAnyOrder("127.0.0.11:8080", "127.0.0.12:8080");
  }

  @Test
  void whatDoesNotFitInADatagramIsAskedForOverTcp() {
    List<Target> many = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      many.add(Target.of("10.1.0." + i, 80));
    }
    zone.setServices("_http._tcp", 60, many);

    assertThat(read(srv("_http._tcp.lbtk.test"))).hasSize(200);
  }

  @Test
  void anAnswerThatIsCutOffIsAFailure() {
    zone.set("_http._tcp", Type.SRV, 60, records(0, 700));
    zone.add("_http._tcp", Type.SRV, 60, records(700, 1400));

    assertThat(failure(srv("_http._tcp.lbtk.test")))
        .startsWith("_http._tcp.lbtk.test. SRV: the answer is cut off, over TCP too");
  }

  private static List<String> records(int from, int to) {
    List<String> records = new ArrayList<>();
    for (int i = from; i < to; i++) {
      records.add("0 0 %d a-host-with-a-long-name.lbtk.test.".formatted(i + 1));
    }
    return records;
  }

  @Test
  void aServerThatDoesNotServeTheNameIsAFailure() {
    assertThat(failure(srv("other.test")))
        .isEqualTo("other.test. SRV: the answer is REFUSED (expected: NOERROR or NXDOMAIN)");
  }

  @ParameterizedTest
  @CsvSource({
    "another.test., no answer from 127.0.0.1",
    "_http._tcp.lbtk.test., the answer is about another.test."
  })
  void anAnswerForAnotherNameIsAFailure(String question, String problem) throws Exception {
    try (Forger forger = new Forger(question, "another.test. 60 IN SRV 0 1 80 evil.test.")) {
      DnsRefresher.Builder asking =
          DnsRefresher.srv("_http._tcp.lbtk.test.")
              .servers(List.of(forger.address()))
              .timeout(Duration.ofSeconds(1));

      assertThat(failure(asking)).contains("_http._tcp.lbtk.test.").contains(problem);
    }
  }

  @Test
  void whereNobodyAnswersTheServersAreNamed() throws Exception {
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();

      assertThat(
              failure(
                  DnsRefresher.srv("web.lbtk.test")
                      .servers(List.of(address))
                      .timeout(Duration.ofMillis(200))))
          .startsWith("web.lbtk.test. SRV: no answer ")
          .contains("from 127.0.0.1:" + address.getPort());
    }
  }

  @Test
  void theNextServerIsAskedWhenOneDoesNotAnswer() throws Exception {
    zone.setServices("_http._tcp", 60, List.of(Target.parse("127.0.0.11:80")));
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      InetSocketAddress dead = (InetSocketAddress) silent.getLocalSocketAddress();

      assertThat(read(srv("_http._tcp.lbtk.test").servers(List.of(dead, zone.address()))))
          .containsExactly("127.0.0.11:80");
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    zone.server().kill();

    assertThat(failure(srv("web.lbtk.test")))
        .startsWith("web.lbtk.test. SRV: no answer from ")
        .contains(":" + zone.address().getPort());
  }

  @Test
  void aChangedWeightIsSeen() {
    zone.setServices("_http._tcp", 0, List.of(Target.parse("127.0.0.11:80 weight=2")));
    try (Refresher refresher = srv("_http._tcp.lbtk.test").build()) {
      refresher.start(listener);
      await().until(() -> listener.sets() > 0);

      zone.setServices("_http._tcp", 0, List.of(Target.parse("127.0.0.11:80 weight=3")));

      await()
          .until(() -> listener.targets().equals(List.of(Target.parse("127.0.0.11:80 weight=3"))));
    }
  }
}
