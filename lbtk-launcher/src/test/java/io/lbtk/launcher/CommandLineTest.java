package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        "gen tcp://127.0.0.1:99999 | 2 | URI = tcp://127.0.0.1:99999: tcp://127.0.0.1:99999 is no address (expected: a port from 0 to 65535",
        "gen pull+tcp://127.0.0.1:1 | 2 | is no address (expected: tcp://host:port, which serves PULL too",
        "proxy 127.0.0.1:x tcp://127.0.0.1:1 | 2 | LISTEN = 127.0.0.1:x (expected: a port from 0 to 65535",
        "proxy 127.0.0.1:0 127.0.0.1:1 | 2 | URI = 127.0.0.1:1 (expected: a URI such as tcp://127.0.0.1:1024)",
        "proxy 127.0.0.1:0 tcp://127.0.0.1:0 | 2 | URI = tcp://127.0.0.1:0: tcp://127.0.0.1:0 is no address (expected: tcp://host:port, port 1 to 65535)",
        "echo 127.0.0.1:0 127.0.0.1:x | 2 | expected: a port from 0 to 65535 after the colon; item 2 is none",
        "proxy --loops 0 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | --loops = 0 (expected: a whole number from 1",
        "refresh static 127.0.0.1:0 | 2 | targets = 127.0.0.1:0 (expected: host:port, then key=value; port 0",
        "refresh sttic 127.0.0.1:1 | 2 | TYPE = sttic: no refresher of this type; did you mean \"static\"?",
        "refresh merge | 2 | refresher.main: of is missing",
        "prxy 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | prxy: no command; did you mean \"proxy\"?",
        "proxy -d 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | -d: lbtk stays in the foreground",
        "echo --type tcp 127.0.0.1:0 | 2 | --type = tcp (expected: one of nio, splice, udp)",
        "echo --greet --type udp 127.0.0.1:0 | 2 | echo.main: greet with type udp (expected: nio or splice",
        "echo -f 127.0.0.1:0 | 2 | -f: lbtk uses all cores in one process",
        "check no-such-file | 1 | no-such-file: no such file (expected: a properties file)",
        "no-such.properties | 1 | no-such.properties: no such file (expected: a properties file)",
        "plugin | 2 | plugin: no such file, and no command; did you mean \"plugins\"?",
        "hlp | 2 | hlp: no such file, and no command; did you mean \"help\"?",
        "help prxy | 2 | prxy: no command; did you mean \"proxy\"?",
        "proxy --option idle-timeot=5m 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | --option idle-timeot: unknown option \"idle-timeot\"; did you mean \"idle-timeout\"?",
        "proxy --option listen=127.0.0.1:0 127.0.0.1:0 tcp://127.0.0.1:1 | 2 | --option listen: LISTEN says that already",
        "gen --option lease-grace=soon tcp://127.0.0.1:0 | 2 | --option lease-grace = soon (expected: a duration",
        "pom.xml check | 2 | 'check'",
        "tokens tcpp://127.0.0.1:1 | 2 | URI = tcpp://127.0.0.1:1: no token transport \"tcpp\"; did you mean \"tcp\"?",
        "tokens tcp://127.0.0.1 | 2 | URI = tcp://127.0.0.1 (expected: tcp://host:port, port 1 to 65535)",
        "tokens --lease tcp://127.0.0.1:0 | 2 | URI = tcp://127.0.0.1:0 (expected: tcp://host:port",
        "refresh etcd http://127.0.0.1:1 /a /b | 2 | \"/b\" has no place (expected: etcd ENDPOINTS PREFIX; give --option k=v)",
        "refresh file a b | 2 | \"b\" has no place (expected: file PATH; give --option k=v)",
        "refresh stdin a | 2 | \"a\" has no place (expected: stdin takes no words; give --option k=v)",
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
    "help, COMMAND",
    "help proxy, --option",
    "--version, lbtk",
    "version, lbtk"
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

  @ParameterizedTest
  @ValueSource(strings = {"check", "run"})
  void whatOnlyShowsWhenPartsAreMadeIsNamedWithTheRest(String command) throws Exception {
    Path file =
        file(
            """
            refresher.b.type          = static
            refresher.b.targets       = 127.0.0.1:1
            refresher.wrong.type      = file
            refresher.wrong.path      =
            refresher.m.type          = merge
            refresher.m.of            = b, wrong, backends
            generator.g.refreshers    = m
            generator.g.listen        = tcp://127.0.0.1
            generator.h.refreshers    = b, b
            proxy.p.listen            = 127.0.0.1:0
            proxy.p.tokens            = tcp://127.0.0.1:1, tcp://127.0.0.1:0
            proxy.q.listen            = 127.0.0.1:0
            proxy.q.tokens            = ${env:LBTK_TEST_URI}
            """);

    try (LbtkProcess lbtk =
        LbtkProcess.startWith(
            Map.of("LBTK_TEST_URI", "xyz://hush:1, tcp://hush:0, tcp://hush hush:1"),
            command,
            file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.out()).isEmpty();
      assertThat(lbtk.err())
          .containsExactly(
              file + ":4: refresher.wrong.path =  (expected: a path of the file system)",
              file + ":5: refresher.m: no refresher \"backends\" (expected: one of b, m, wrong)",
              file
                  + ":8: generator.g.listen = tcp://127.0.0.1: tcp://127.0.0.1 is no address"
                  + " (expected: host:port, such as 127.0.0.1:8080 or *:8080)",
              file + ":9: generator.h.refreshers = b, b (expected: each refresher once)",
              file
                  + ":11: proxy.p.tokens = tcp://127.0.0.1:1, tcp://127.0.0.1:0:"
                  + " tcp://127.0.0.1:0 is no address (expected: tcp://host:port, port 1 to 65535)",
              file
                  + ":13: proxy.q.tokens = [hidden]: no token transport for [hidden]"
                  + " (expected: one of pull+tcp://, tcp://, followed by host:port)",
              file
                  + ":13: proxy.q.tokens = [hidden]: [hidden] is no address"
                  + " (expected: tcp://host:port, port 1 to 65535)",
              file
                  + ":13: proxy.q.tokens = [hidden]: [hidden] is no URI"
                  + " (expected: such as tcp://127.0.0.1:1024)");
    }
  }

  @Test
  void everyPortInUseIsNamedWithItsPlaceInTheFile() throws Exception {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket three = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path file =
          file(
              """
              echo.e.listen          = 127.0.0.1:%d
              refresher.r.type       = static
              refresher.r.targets    = 127.0.0.1:1
              generator.g.refreshers = r
              generator.g.listen     = tcp://127.0.0.1:%d
              proxy.p.listen         = 127.0.0.1:%d
              proxy.p.tokens         = g
              """
                  .formatted(one.getLocalPort(), two.getLocalPort(), three.getLocalPort()));

      try (LbtkProcess lbtk = LbtkProcess.start(file.toString())) {
        assertThat(lbtk.exitCode()).isEqualTo(1);
        assertThat(lbtk.err().stream().filter(line -> line.contains("the port is in use")))
            .satisfiesExactly(
                line ->
                    assertThat(line)
                        .startsWith(
                            file
                                + ":1: echo.e cannot listen on 127.0.0.1:%d:"
                                    .formatted(one.getLocalPort())),
                line -> assertThat(line).startsWith(file + ":4: generator.g: the token port"),
                line ->
                    assertThat(line)
                        .startsWith(
                            file
                                + ":6: proxy.p cannot listen on 127.0.0.1:%d:"
                                    .formatted(three.getLocalPort())));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "run"})
  void anAddressOfTwoPartsIsAMistakeOfTheLater(String command) throws Exception {
    Path file =
        file(
            """
            refresher.r.type       = static
            refresher.r.targets    = 127.0.0.1:1
            generator.g.refreshers = r
            generator.g.listen     = tcp://127.0.0.1:1024, tcp://127.0.0.1:0
            proxy.p.listen         = 127.0.0.1:1024
            proxy.p.tokens         = g
            proxy.q.listen         = 127.0.0.1:0
            proxy.q.tokens         = g
            echo.e.listen          = 127.0.0.1:0, 127.0.0.1:1025, [::1]:1024, 127.0.0.1:1025
            echo.f.type            = udp
            echo.f.listen          = 127.0.0.1:1024, 127.0.0.1:1025
            proxy.r.type           = udp
            proxy.r.listen         = 127.0.0.1:1024
            proxy.r.tokens         = g
            """);

    try (LbtkProcess lbtk = LbtkProcess.start(command, file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.out()).isEmpty();
      assertThat(lbtk.err())
          .containsExactly(
              file
                  + ":5: proxy.p.listen = 127.0.0.1:1024: 127.0.0.1:1024 is the address of"
                  + " generator.g.listen already (expected: each listens on its own)",
              file
                  + ":9: echo.e.listen = 127.0.0.1:0, 127.0.0.1:1025, [::1]:1024, 127.0.0.1:1025:"
                  + " 127.0.0.1:1025 is the address of echo.e.listen already"
                  + " (expected: each listens on its own)",
              file
                  + ":11: echo.f.listen = 127.0.0.1:1024, 127.0.0.1:1025: 127.0.0.1:1024 is the"
                  + " address of proxy.r.listen already (expected: each listens on its own)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "run"})
  void theStandardInputIsReadByOneOnly(String command) throws Exception {
    Path file =
        file(
            """
            refresher.s.type       = stdin
            refresher.t.type       = stdin
            refresher.m.type       = merge
            refresher.m.of         = s
            generator.f.refreshers = m, s
            generator.g.refreshers = s
            generator.h.refreshers = n
            refresher.n.type       = merge
            refresher.n.of         = t, u
            refresher.u.type       = stdin
            """);

    try (LbtkProcess lbtk = LbtkProcess.start(command, file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.out()).isEmpty();
      assertThat(lbtk.err())
          .containsExactly(
              file
                  + ":5: generator.f: generator.f.refreshers (s) would share the standard input"
                  + " with generator.f.refreshers (m of s) (expected: it is read once)",
              file
                  + ":6: generator.g: generator.g.refreshers (s) would share the standard input"
                  + " with generator.f.refreshers (m of s) (expected: it is read once)",
              file
                  + ":8: refresher.n: generator.h.refreshers (n of t) would share the standard input"
                  + " with generator.f.refreshers (m of s) (expected: it is read once)",
              file
                  + ":8: refresher.n: generator.h.refreshers (n of u) would share the standard input"
                  + " with generator.f.refreshers (m of s) (expected: it is read once)");
    }
  }

  @Test
  void aStandardInputThatIsUsedOnceMayBeNamedTwice() throws Exception {
    Path file =
        file(
            """
            refresher.s.type       = stdin
            refresher.m.type       = merge
            refresher.m.of         = s
            generator.g.refreshers = m
            generator.g.listen     = tcp://127.0.0.1:0
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.err()).isEmpty();
    }
  }

  @EnabledOnOs(OS.LINUX) // elsewhere one cannot tell
  @ParameterizedTest
  @ValueSource(strings = {"gen tcp://127.0.0.1:0", "refresh stdin"})
  void anInputThatIsClosedIsNotReadAsAList(String words) throws Exception {
    try (LbtkProcess lbtk = LbtkProcess.startRedirected("<&-", words.split(" "))) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.out()).isEmpty();
      assertThat(lbtk.err()).hasSize(1);
      assertThat(lbtk.err().get(0))
          .endsWith("the standard input is closed (expected: lists of targets, or < /dev/null)");
    }
  }

  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @ValueSource(strings = {"refresh static 127.0.0.1:1", "check FILE", "plugins"})
  void anOutputThatCannotBeWrittenIsAProblem(String words) throws Exception {
    Path file = file("echo.e.listen = 127.0.0.1:0\n");

    try (LbtkProcess lbtk =
        LbtkProcess.startRedirected(
            "> /dev/full", words.replace("FILE", file.toString()).split(" "))) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).hasSize(1);
      assertThat(lbtk.err().get(0)).startsWith("the standard output cannot be written: ");
    }
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void tokensThatCannotBeWrittenAreAProblem() throws Exception {
    try (LbtkProcess gen = LbtkProcess.start("gen", "tcp://127.0.0.1:0")) {
      gen.type("127.0.0.1:8000", "");
      String uri = "tcp://127.0.0.1:" + gen.awaitPort("generator.main");
      try (LbtkProcess tokens = LbtkProcess.startRedirected("> /dev/full", "tokens", uri)) {
        assertThat(tokens.exitCode()).isEqualTo(1);
        assertThat(tokens.err())
            .filteredOn(line -> !line.contains(" INFO "))
            .singleElement()
            .asString()
            .startsWith("the standard output cannot be written: ");
      }
    }
  }

  @Test
  void aPolicyOfAnUnknownTypeIsOneProblemAmongTheOthers() throws Exception {
    Path file =
        file(
            """
            refresher.b.type        = static
            refresher.b.targets     = 127.0.0.1:1
            policy.q.type           = nonsense
            generator.main.refreshers = b
            generator.main.policy   = q
            generator.main.listen   = tcp://127.0.0.1:0
            proxy.p.listen          = nowhere
            proxy.p.tokens          = main
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err())
          .anyMatch(line -> line.startsWith(file + ":3: policy.q.type"))
          .anyMatch(line -> line.startsWith(file + ":7: proxy.p.listen"))
          .noneMatch(line -> line.contains("NoSuchElement"));
    }
  }

  @Test
  void refreshersThatAreNestedWithoutEndAreOneProblem() throws Exception {
    StringBuilder text =
        new StringBuilder("refresher.m0.type = static\nrefresher.m0.targets = a:1\n");
    for (int i = 1; i <= 3000; i++) {
      text.append("refresher.m%d.type = merge\nrefresher.m%d.of = m%d\n".formatted(i, i, i - 1));
    }
    text.append("generator.main.refreshers = m3000\ngenerator.main.listen = tcp://127.0.0.1:0\n");
    Path file = file(text.toString());

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err())
          .anyMatch(line -> line.contains("more than 64 refreshers are made of each other"))
          .noneMatch(line -> line.contains("StackOverflow"));
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
            generator.main.listen     = tcp://127.0.0.1:0
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
  void checkReportsPartsThatNothingUses() throws Exception {
    Path file =
        file(
            """
            refresher.a.type       = static
            refresher.a.targets    = 127.0.0.1:1
            refresher.b.type       = static
            refresher.b.targets    = 127.0.0.1:1
            refresher.ports.type   = static
            refresher.ports.targets = 127.0.0.1:1
            refresher.lost.type    = merge
            refresher.lost.of      = a
            policy.used.type       = random
            policy.lost.type       = random
            generator.g.refreshers = b
            generator.g.policy     = used
            generator.l.refreshers = b
            generator.l.listen     = tcp://127.0.0.1:0
            generator.lost.refreshers = b
            proxy.p.listen         = 127.0.0.1:0
            proxy.p.tokens         = g
            proxy.q.listen         = 127.0.0.1:0
            proxy.q.tokens         = refresher:ports
            health.used.type       = tcp
            health.lost.type       = tcp
            register.r.type        = redis
            register.r.uri         = redis://127.0.0.1:1
            register.r.key         = x
            register.r.target      = 127.0.0.1:1
            register.r.check       = used
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.out()).contains("refresher.lost.of = a");
      assertThat(lbtk.err())
          .containsExactly(
              file
                  + ":7: refresher.lost: nothing uses it (expected: its name in a generator, proxy"
                  + " or refresher)",
              file + ":10: policy.lost: nothing uses it (expected: generator.NAME.policy = lost)",
              file
                  + ":15: generator.lost: nothing uses it (expected: listen, or proxy.NAME.tokens ="
                  + " lost)",
              file + ":21: health.lost: nothing uses it (expected: register.NAME.check = lost)");
    }
  }

  @Test
  void refreshersMadeOfThemselvesAreOneMistakeForEachCircle() throws Exception {
    Path file =
        file(
            """
            refresher.x.type          = merge
            refresher.x.of            = d
            refresher.c.type          = merge
            refresher.c.of            = d
            refresher.d.type          = merge
            refresher.d.of            = c
            refresher.e.type          = merge
            refresher.e.of            = e
            generator.main.refreshers = x
            """);

    try (LbtkProcess lbtk = LbtkProcess.start("check", file.toString())) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err())
          .containsExactly(
              file + ":3: refresher.c: the refresher is made of itself: c of d of c",
              file + ":7: refresher.e: the refresher is made of itself: e of e");
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "refresh --once file FOLDER/none | refresher.main: .*none.*",
        "refresh --once stdin | refresher.main: stdin has ended, and no list of targets was in it",
        "refresh --once exec false --option interval=1h | refresher.main: .*exit code 1.*",
        "refresh --once file FOLDER/none --option on-error=clear | refresher.main: .*none.*",
        "refresh --once http http://127.0.0.1:1/ | refresher.main: .*127.0.0.1:1.*",
      })
  void refreshOnceFailsWhereTheSourceGivesNoList(String words, String line) throws Exception {
    try (LbtkProcess lbtk =
        LbtkProcess.startRedirected(
            "< /dev/null", words.replace("FOLDER", folder.toString()).split(" "))) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.out()).isEmpty();
      assertThat(lbtk.err()).singleElement().asString().matches(line);
    }
  }

  @Test
  void refreshOncePrintsAnEmptyListAtOnce() throws Exception {
    Path targets = Files.writeString(folder.resolve("targets.txt"), "# none\n");

    try (LbtkProcess lbtk =
        LbtkProcess.start(
            "refresh", "--once", "file", targets.toString(), "--option", "on-empty=keep")) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.out()).containsExactly("");
    }
  }

  @Test
  void refreshOncePrintsATargetThatIsListedTwiceOnce() throws Exception {
    Path targets =
        Files.writeString(
            folder.resolve("targets.txt"), "127.0.0.1:2\n127.0.0.1:1\n127.0.0.1:2 weight=2\n");

    try (LbtkProcess lbtk = LbtkProcess.start("refresh", "--once", "file", targets.toString())) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.out()).containsExactly("127.0.0.1:1", "127.0.0.1:2 weight=2", "");
    }
  }

  @Test
  void relativePathsOfAFileCountFromItsDirectory() throws Exception {
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.createDirectories(conf.resolve("plugins"));
    Files.writeString(conf.resolve("secret"), "127.0.0.1:0");
    try (NamedBackend backend = new NamedBackend("a")) {
      Files.writeString(conf.resolve("targets.txt"), backend.target() + "\n");
      Path file =
          Files.writeString(
              conf.resolve("lbtk.properties"),
              """
              plugins.dir            = plugins
              refresher.r.type       = file
              refresher.r.path       = targets.txt
              generator.g.refreshers = r
              proxy.p.listen         = ${file:secret}
              proxy.p.tokens         = g
              """);

      try (LbtkProcess lbtk = LbtkProcess.start(file.toString())) {
        assertThat(Client.hear(lbtk.awaitPort("proxy.p"))).isEqualTo("a");
      }
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
      assertThat(one.out())
          .contains(
              "  idle-timeout (duration, default 10m)",
              "  window (number, default 0)",
              "  drain-timeout (duration, default 30s)");
    }
  }
}
