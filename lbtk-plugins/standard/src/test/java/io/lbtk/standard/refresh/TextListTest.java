package io.lbtk.standard.refresh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.testkit.LogLines;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TextListTest {

  private final LogLines log = new LogLines("io.lbtk");
  private final ListReader reader = new ListReader("refresher.x", "targets", ListFormat.AUTO);

  @AfterEach
  void close() {
    log.close();
  }

  private Refresh read(String document) {
    return reader.read(document.getBytes(UTF_8));
  }

  private static Refresh snapshot(String... targets) {
    return Refresh.snapshot(Arrays.stream(targets).map(Target::parse).toList());
  }

  @Test
  void aTargetStandsOnEachLine() {
    assertThat(
            read(
                """
                # the front ones
                10.0.0.1:80

                  10.0.0.2:80   weight=2 zone=b # a new one
                \t
                [2001:db8::1]:80 priority=1
                """))
        .isEqualTo(
            snapshot("10.0.0.1:80", "10.0.0.2:80 weight=2 zone=b", "[2001:db8::1]:80 priority=1"));
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void anAddressInBracketsAtTheStartIsNotTakenForJson() {
    assertThat(read("[::1]:80\n")).isEqualTo(snapshot("[::1]:80"));
    assertThat(read("[fe80::1]:80\n")).isEqualTo(snapshot("[fe80::1]:80"));
  }

  @Test
  void linesMayEndAsOnWindowsAndTheFileMayBeginWithAByteOrderMark() {
    assertThat(read("\uFEFF10.0.0.1:80\r\n\r\n10.0.0.2:80\r\n"))
        .isEqualTo(snapshot("10.0.0.1:80", "10.0.0.2:80"));
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void nothingButCommentsIsAnEmptyList() {
    assertThat(read("")).isEqualTo(snapshot());
    assertThat(read("# nothing for now\n\n")).isEqualTo(snapshot());
  }

  @Test
  void garbageAmongTargetsIsNamedAndSkipped() {
    assertThat(read("10.0.0.1:80\nnonsense\n10.0.0.2:99999\n10.0.0.3:80\n"))
        .isEqualTo(snapshot("10.0.0.1:80", "10.0.0.3:80"));

    assertThat(log.lines()).hasSize(2);
    assertThat(log.lines().get(0))
        .startsWith("WARN refresher.x: targets, line 2: \"nonsense\" is skipped: ")
        .contains("expected: host:port");
    assertThat(log.lines().get(1)).contains("line 3").contains("99999");
  }

  @Test
  void garbageIsNamedOnceWhileItStandsThere() {
    read("10.0.0.1:80\nnonsense\n");
    read("10.0.0.1:80\n10.0.0.2:80\nnonsense\n");
    assertThat(log.lines()).hasSize(1);

    read("10.0.0.1:80\n");
    read("10.0.0.1:80\nnonsense\n");

    assertThat(log.lines()).hasSize(2);
  }

  @Test
  void muchGarbageDoesNotFloodTheLog() {
    String garbage =
        IntStream.range(0, 100_000).mapToObj(i -> "junk" + i).collect(Collectors.joining("\n"));

    assertThat(read("10.0.0.1:80\n" + garbage)).isEqualTo(snapshot("10.0.0.1:80"));

    assertThat(log.lines()).hasSize(21);
    assertThat(log.lines().get(20)).contains("99980 more entries are skipped");
  }

  @Test
  void noTargetAmongLinesIsAFailureAndNotAnEmptyList() {
    assertThat(read("<html>\n<body>404</body>\n</html>\n"))
        .isInstanceOfSatisfying(
            Refresh.Failure.class,
            failure ->
                assertThat(failure.message())
                    .startsWith(
                        "targets: no target in it, but 3 that are none; line 1, \"<html>\""));
  }

  @Test
  void controlCharactersDoNotComeIntoTheLog() {
    read("10.0.0.1:80\n\u001b[31mred\u0000\u202e\n");

    assertThat(log.lines()).hasSize(1);
    assertThat(log.lines().get(0))
        .contains("?[31mred??")
        .doesNotContain("\u001b", "\u0000", "\u202e");
  }

  @Test
  void aLineThatIsNotUtf8IsSkipped() {
    byte[] document = "10.0.0.1:80\ncaf\u00e9:80\n10.0.0.2:80\n".getBytes(ISO_8859_1);

    assertThat(reader.read(document)).isEqualTo(snapshot("10.0.0.1:80", "10.0.0.2:80"));

    assertThat(log.lines()).hasSize(1);
    assertThat(log.lines().get(0)).contains("line 2").contains("it is not UTF-8");
  }

  @Test
  void aLineOfAMegabyteIsSkippedAndCut() {
    assertThat(read("10.0.0.1:80\n" + "x".repeat(1 << 20) + "\n10.0.0.2:80\n"))
        .isEqualTo(snapshot("10.0.0.1:80", "10.0.0.2:80"));

    assertThat(log.lines()).hasSize(1);
    assertThat(log.lines().get(0)).contains("longer than 8192 bytes").hasSizeLessThan(300);
  }

  @Test
  void aTargetAtTheLimitOfALineIsStillOne() {
    String zone = "10.0.0.1:80 zone=" + "z".repeat(Lines.MAX_LENGTH - 17);

    assertThat(read(zone + "\n")).isEqualTo(snapshot(zone));
  }
}
