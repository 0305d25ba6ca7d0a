package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands as a user types them: what they print, and how they end. */
class CommandLineTest {

  @TempDir private Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("lbtk.properties"), text);
  }

  @ParameterizedTest(name = "lbtk {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "gen --policy rundom tcp://127.0.0.1:0 | 2 | --policy = rundom: no policy \"rundom\"; did you mean \"random\"?",
        "gen | 2 | Missing required parameter: 'URI' (see: lbtk gen --help)",
        "gen udp://127.0.0.1:1 | 2 | no token transport for udp://127.0.0.1:1",
        "proxy 127.0.0.1:x tcp://127.0.0.1:1 | 2 | LISTEN = 127.0.0.1:x (expected: a port from 0 to 65535",
        "proxy 127.0.0.1:0 127.0.0.1:1 | 2 | URI = 127.0.0.1:1 (expected: a URI such as tcp://127.0.0.1:1024)",
        "proxy 127.0.0.1:0 tcp://127.0.0.1:0 | 1 | tcp://127.0.0.1:0",
        "proxy --loops 0 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | --loops = 0 (expected: a whole number from 1",
        "refresh static 127.0.0.1:0 | 2 | targets = 127.0.0.1:0 (expected: host:port, then key=value; port 0",
        "refresh sttic 127.0.0.1:1 | 2 | TYPE = sttic: no refresher of this type; did you mean \"static\"?",
        "refresh merge | 2 | refresher.main: of is missing",
        "prxy 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | prxy: no command; did you mean \"proxy\"?",
        "proxy -d 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | -d: lbtk stays in the foreground",
        "echo -f 127.0.0.1:0 | 2 | -f: lbtk uses all cores in one process",
        "check no-such-file | 1 | no-such-file: no such file (expected: a properties file)",
        "no-such-file | 1 | no-such-file: no such file (expected: a properties file)",
        "tokens --count 0 tcp://127.0.0.1:1 | 2 | --count 0 (expected: 1 or more)",
      })
  void wrongUseIsOneLineAndACode(String words, int code, String line) throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start(words.split(" "))) {
      assertThat(lbtk.exitCode()).isEqualTo(code);
      assertThat(lbtk.err()).hasSize(1);
      assertThat(lbtk.err().get(0)).contains(line);
      assertThat(lbtk.out()).isEmpty();
    }
  }

  @ParameterizedTest(name = "lbtk {0}")
  @CsvSource({
    "--help, COMMAND",
    "run --help, FILE",
    "check --help, FILE",
    "gen --help, --policy=P",
    "proxy --help, --loops=N",
    "echo --help, LISTEN",
    "refresh --help, --once",
    "tokens --help, --lease",
    "plugins --help, NAME",
    "--version, lbtk"
  })
  void everyCommandExplainsItself(String words, String text) throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start(words.split(" "))) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(String.join("\n", lbtk.out())).contains(text);
      assertThat(lbtk.err()).isEmpty();
    }
  }

  @Test
  void checkNamesEveryMistakeOfAFileAtOnce() throws Exception {
    Path file =
        file(
            """
            refresher.a.type        = sttic
            refresher.b.type        = static
            refresher.b.targets     = 127.0.0.1:0
            refresher.b.debonce     = 1s
            refresher.c.path        = x
            generator.main.refreshers = bb
            generator.main.policy   = rundom
            generator.main.listen   = xyz://127.0.0.1:1024
            proxy.front.listen      = 127.0.0.1:8080
            proxy.front.tokens      = man
            proxy.front.idle-timeout = soon
            prxy.back.listen        = 127.0.0.1:8081
            echo.e.listen           = ${env:LBTK_TEST_NOT_SET}
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.out()).isEmpty();
      List<String> err = lbtk.err();
      assertThat(err).allMatch(line -> line.startsWith(file + ":"));
      assertThat(err).noneMatch(line -> line.contains("Exception"));
      assertThat(err.stream().map(line -> line.substring(file.toString().length() + 1)))
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .startsWith("1: refresher.a.type = sttic: no refresher")
                      .contains("did you mean \"static\"?"),
              line ->
                  assertThat(line)
                      .startsWith("3: refresher.b.targets = 127.0.0.1:0 (expected: host:port"),
              line ->
                  assertThat(line)
                      .startsWith("4: refresher.b.debonce: unknown option")
                      .contains("did you mean \"debounce\"?"),
              line -> assertThat(line).startsWith("5: refresher.c: type is missing"),
              line ->
                  assertThat(line)
                      .startsWith(
                          "6: generator.main.refreshers = bb: no refresher \"bb\"; did you mean \"b\"?"),
              line ->
                  assertThat(line)
                      .startsWith(
                          "7: generator.main.policy = rundom: no policy \"rundom\"; did you mean \"random\"?"),
              line ->
                  assertThat(line)
                      .startsWith(
                          "8: generator.main.listen = xyz://127.0.0.1:1024: no token transport"),
              line ->
                  assertThat(line)
                      .startsWith(
                          "10: proxy.front.tokens = man: no generator \"man\"; did you mean \"main\"?"),
              line ->
                  assertThat(line)
                      .startsWith("11: proxy.front.idle-timeout = soon (expected: a duration"),
              line ->
                  assertThat(line)
                      .startsWith(
                          "12: prxy.back.listen: unknown kind \"prxy\"; did you mean \"proxy\"?"),
              line ->
                  assertThat(line)
                      .startsWith("13: echo.e.listen: ${env:LBTK_TEST_NOT_SET} is not set"));
    }
  }

  @Test
  void checkPrintsTheEffectiveSettingsAndNoSecret() throws Exception {
    Path file =
        file(
            """
            refresher.b.type          = static
            refresher.b.targets       = ${env:LBTK_TEST_TARGETS}
            generator.main.refreshers = b
            """);

    try (LbtkProcess lbtk =
        LbtkProcess.startWith(
            Map.of("LBTK_TEST_TARGETS", "127.0.0.1:4711"), "check", file.toString())) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.err()).isEmpty();
      assertThat(lbtk.out())
          .contains(
              "refresher.b.type = static",
              "refresher.b.targets = [hidden]",
              "#default: refresher.b.debounce = 100ms",
              "#default: generator.main.policy = round-robin")
          .noneMatch(line -> line.contains("4711"));
    }
  }

  @Test
  void refreshersMadeOfThemselvesAreAMistake() throws Exception {
    Path file =
        file(
            """
            refresher.a.type          = merge
            refresher.a.of            = b
            refresher.b.type          = merge
            refresher.b.of            = a
            generator.main.refreshers = a
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).isNotEmpty().allMatch(line -> line.contains("is made of itself"));
    }
  }

  @Test
  void aFileWithNothingToRunIsAMistake() throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.start("run", file("# nothing\n").toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).hasSize(1);
      assertThat(lbtk.err().get(0)).contains("nothing to run (expected: a generator, a proxy");
    }
  }

  @Test
  void aPortInUseIsNamedAndNothingRuns() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LbtkProcess lbtk =
            LbtkProcess.start("echo", "127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).hasSize(1);
      assertThat(lbtk.err().get(0))
          .startsWith(
              "echo.main cannot listen on 127.0.0.1:%d: the port is in use"
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void refreshStaticPrintsOneSortedListAndEnds() throws Exception {
    try (LbtkProcess lbtk =
        LbtkProcess.start("refresh", "static", "127.0.0.1:8001", "127.0.0.1:8000")) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.out()).containsExactly("127.0.0.1:8000", "127.0.0.1:8001", "");
      assertThat(lbtk.err()).isEmpty();
    }
  }

  @Test
  void refreshEndsWellWhenNobodyReadsAnyMore() throws Exception {
    Path targets = Files.writeString(folder.resolve("targets.txt"), "127.0.0.1:8000 weight=2\n");

    try (LbtkProcess lbtk =
        LbtkProcess.startUnread(
            "refresh", "file", targets.toString(), "--option", "interval=100ms")) {
      assertThat(lbtk.reader().readLine()).isEqualTo("127.0.0.1:8000 weight=2");
      lbtk.closeOut();
      Files.writeString(targets, "127.0.0.1:8001\n");

      assertThat(lbtk.exitCode()).isZero();
    }
  }

  @Test
  void pluginsAreListedWithTheirOptions() throws Exception {
    try (LbtkProcess all = LbtkProcess.start("plugins");
        LbtkProcess one = LbtkProcess.start("plugins", "tcp-nio")) {
      assertThat(all.exitCode()).isZero();
      assertThat(all.out()).contains("refresher", "policy", "proxy", "token transport");
      assertThat(one.exitCode()).isZero();
      assertThat(one.out()).contains("  idle-timeout (duration, default 10m)");
    }
  }
}
