package io.lbtk.ganglia;

import static io.lbtk.ganglia.Recorded.answer;
import static io.lbtk.ganglia.Recorded.cluster;
import static io.lbtk.ganglia.Recorded.host;
import static io.lbtk.ganglia.Recorded.metric;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GangliaXmlTest {

  @TempDir private Path folder;

  private static List<Host> read(String document) throws IOException {
    return read(document, null);
  }

  private static List<Host> read(String document, @Nullable String cluster) throws IOException {
    return GangliaXml.read(new ByteArrayInputStream(document.getBytes(ISO_8859_1)), cluster);
  }

  private static List<String> names(List<Host> hosts) {
    return hosts.stream().map(Host::name).toList();
  }

  private static void assertRefused(String document, String reason) {
    assertThatThrownBy(() -> read(document))
        .isInstanceOf(AnswerException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void hostsAndTheirMetricsAreReadAsGmondWritesThem() throws IOException {
    List<Host> hosts = read(Recorded.ANSWER);

    assertThat(hosts)
        .extracting(Host::toString)
        .containsExactly("web2.lbtk.test (10.0.0.2)", "web1.lbtk.test (127.0.0.1)");
    assertThat(hosts.get(0).text("lbtk_port")).contains("8080");
    assertThat(hosts.get(1).metrics()).containsOnlyKeys("load_one", "cpu_idle", "cpu_num");
    assertThat(hosts.get(1).metric("load_one")).hasValue(9.75);
    assertThat(hosts.get(1).metrics())
        .containsEntry("cpu_num", new Host.Metric("2", new Age(9, 1200)));
    assertThat(hosts.get(1).age()).isEqualTo(new Age(1, 20));
  }

  @Test
  void hostsOfAllClustersAreReadAsGmetadWritesThem() throws IOException {
    List<Host> hosts = read(Recorded.GMETAD_ANSWER);

    assertThat(hosts)
        .extracting(Host::toString)
        .containsExactly(
            "web2.lbtk.test (10.0.0.2)", "localhost (127.0.0.1)", "db1.lbtk.test (10.0.2.1)");
    assertThat(hosts.get(0).text("lbtk_port")).contains("8080");
    assertThat(hosts.get(1).metrics())
        .containsEntry("cpu_num", new Host.Metric("2", new Age(1, 1200)));
    assertThat(hosts.get(2).age()).isEqualTo(new Age(10, 20));
    assertThat(hosts.get(2).metric("load_one")).hasValue(0.25);
  }

  @Test
  void theHostsOfOneClusterAreReadAsGmetadWritesThem() throws IOException {
    assertThat(names(read(Recorded.GMETAD_ANSWER, "lbtk")))
        .containsExactly("web2.lbtk.test", "localhost");
    assertThat(names(read(Recorded.GMETAD_ANSWER, "db"))).containsExactly("db1.lbtk.test");
  }

  @Test
  void aGridIsNoCluster() {
    assertThatThrownBy(() -> read(Recorded.GMETAD_ANSWER, "grid-far"))
        .hasMessage("there is no cluster \"grid-far\" (expected: one of lbtk, db)");
  }

  @Test
  void aGridWithoutAClusterIsThatOfAGmetadThatHasReachedNobody() throws IOException {
    String document = answer("<GRID NAME=\"all\" AUTHORITY=\"\" LOCALTIME=\"1\">\n</GRID>");

    assertThat(read(document)).isEmpty();
    assertThatThrownBy(() -> read(document, "lbtk"))
        .isInstanceOf(AnswerException.class)
        .hasMessageContaining("a gmetad has none until it has reached a gmond");
  }

  @Test
  void hostsOutsideAnyClusterAreOfNone() throws IOException {
    String document = answer(host("a", "10.0.0.1", 1, "") + cluster("one", ""));

    assertThat(names(read(document))).containsExactly("a");
    assertThat(read(document, "one")).isEmpty();
  }

  @Test
  void aClusterThatIsNotThereIsRefusedAndTheOthersAreNamed() {
    assertThatThrownBy(() -> read(answer(cluster("one", "") + cluster("two", "")), "three"))
        .isInstanceOf(AnswerException.class)
        .hasMessage("there is no cluster \"three\" (expected: one of one, two)");
  }

  @Test
  void everyByteIsACharacterWhateverTheDocumentSays() throws IOException {
    String latin = answer(cluster("one", host("h\u00f4te", "10.0.0.1", 1, "")));

    for (String encoding : List.of("ISO-8859-1", "UTF-8", "x-none")) {
      assertThat(names(read(latin.replace("ISO-8859-1", encoding)))).containsExactly("h\u00f4te");
    }
  }

  @Test
  void aCharacterThatXmlDoesNotHaveIsRefused() {
    assertRefused(answer(cluster("one", host("a\0b", "10.0.0.1", 1, ""))), "Unicode: 0x0");
  }

  @Test
  void anEntityOfTheDocumentIsNotExpanded() {
    StringBuilder bomb = new StringBuilder("<!DOCTYPE GANGLIA_XML [<!ENTITY e0 \"lol\">");
    for (int i = 1; i < 10; i++) {
      String ten = ("&e" + (i - 1) + ";").repeat(10);
      bomb.append("<!ENTITY e%d \"%s\">".formatted(i, ten));
    }
    bomb.append("]>");

    assertRefused(bomb + "<GANGLIA_XML><HOST NAME=\"&e9;\"/></GANGLIA_XML>", "e9");
    assertRefused(bomb + "<GANGLIA_XML>&e9;</GANGLIA_XML>", "e9");
  }

  @Test
  void nothingIsReadFromOutside() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "10.6.6.6");
    String entity = "<!DOCTYPE GANGLIA_XML [<!ENTITY x SYSTEM \"%s\">]>".formatted(secret.toUri());
    Path type = Files.writeString(folder.resolve("type.dtd"), "<!ENTITY x \"10.6.6.6\">");
    String external = "<!DOCTYPE GANGLIA_XML SYSTEM \"%s\">".formatted(type.toUri());
    String parameter =
        "<!DOCTYPE GANGLIA_XML [<!ENTITY %% p SYSTEM \"%s\"> %%p;]>".formatted(type.toUri());

    for (String begin : List.of(entity, external, parameter)) {
      assertRefused(begin + "<GANGLIA_XML>&x;</GANGLIA_XML>", "\"x\"");
      assertRefused(begin + "<GANGLIA_XML><HOST IP=\"&x;\"/></GANGLIA_XML>", "\"x\"");
    }
  }

  @Test
  void deepNestingIsRefused() {
    assertRefused(answer("<GRID>".repeat(1_000_000)), "nested deeper than 64");
  }

  @Test
  void moreHostsThanAMillionAreRefused() throws IOException {
    assertThat(read(answer("<HOST/>".repeat(1_000_000)))).hasSize(1_000_000);
    assertRefused(answer("<HOST/>".repeat(1_000_001)), "more than 1000000 hosts");
  }

  @ParameterizedTest
  @ValueSource(ints = {2700, 3000, 3500, 4100})
  void anAnswerThatIsCutOffIsRefused(int length) {
    assertRefused(Recorded.ANSWER.substring(0, length), "malformed in line");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 2000})
  void anAnswerThatIsCutOffBeforeItsRootIsRefused(int length) {
    assertRefused(Recorded.ANSWER.substring(0, length), "expected: an element <GANGLIA_XML>");
  }

  @Test
  void anotherDocumentIsRefused() {
    assertRefused("<html><body>404</body></html>", "the answer begins with \"<html><body>404");
    assertRefused("HTTP/1.1 400 Bad Request\r\n\r\n", "begins with \"HTTP/1.1 400 Bad Request\"");
    assertRefused("x".repeat(10 << 20), "within 65536 bytes");
    assertRefused(Recorded.ANSWER + Recorded.ANSWER, "malformed in line");
  }

  @Test
  void whatLooksLikeTheRootBeforeItIsPassedOver() throws IOException {
    assertThat(names(read("<GANGLIA_X<<GANGLIA_XML><HOST NAME=\"a\"/></GANGLIA_XML>")))
        .containsExactly("a");
  }

  @Test
  void aLimitThatIsMissingLimitsNothingAndOneThatIsNoNumberIsNotKnown() throws IOException {
    List<Host> hosts =
        read(
            answer(
                "<HOST NAME=\"a\" TN=\"9\" TMAX=\"\"/><HOST NAME=\"b\"/>"
                    + "<HOST NAME=\"c\" TN=\"soon\" TMAX=\"20\"/>"
                    + "<HOST TN=\"-5\" TMAX=\"20\"/>"));

    assertThat(names(hosts)).containsExactly("a", "b", "c", "");
    assertThat(hosts.stream().map(host -> host.age().isKnown()))
        .containsExactly(true, true, false, false);
    assertThat(hosts.stream().map(host -> host.age().isFresh()))
        .containsExactly(true, true, false, false);
  }

  @Test
  void aMetricOfAnotherNameIsPassedOver() throws IOException {
    assertThat(read(answer(host("a", "", 1, metric("disk_free", "1", 1)))).get(0).metrics())
        .isEmpty();
  }

  @Test
  void aMetricOutsideAHostIsOfNone() throws IOException {
    String stray = metric("load_one", "1", 1);

    assertThat(read(answer(stray + host("a", "", 1, "") + stray)))
        .singleElement()
        .extracting(Host::name)
        .isEqualTo("a");
  }

  @Test
  void whatTheStreamThrowsIsThrown() {
    InputStream closed = InputStream.nullInputStream();

    assertThatThrownBy(
            () -> {
              closed.close();
              GangliaXml.read(closed, null);
            })
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("Stream closed");
  }
}
