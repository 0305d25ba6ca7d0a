package io.lbtk.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import io.lbtk.testkit.LogLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsBinderTest {

  private static final Option<String> TYPE = Option.string("type").required().doc("What it is.");
  private static final Option<Duration> INTERVAL =
      Option.duration("interval").orElse(Duration.ofSeconds(5));
  private static final Option<String> PASSWORD = Option.string("password").secret();
  private static final Option<Integer> PIN = Option.integer("pin", 0, 9999).secret();
  private static final Option<List<Target>> TARGETS = Option.target("targets").list();
  private static final Option<Map<String, String>> HEADER = Option.map("header");
  private static final List<Option<?>> ALL =
      List.of(TYPE, INTERVAL, PASSWORD, PIN, TARGETS, HEADER);

  private final Problems problems = new Problems();

  private SettingsBinder binder(String text) {
    return new SettingsBinder(
        SettingsFile.parse("f", text, problems), Map.of("SECRET", "hush")::get, problems);
  }

  private Section section(String text) {
    return binder(text).sections("part").get(0);
  }

  @Test
  void valuesAreTypedByTheirOptions() {
    Settings settings =
        section(
                """
                part.a.type = x
                part.a.interval = 500ms
                part.a.targets = h:1, h:2 weight=3
                part.a.header.X-One = 1
                part.a.header.two = ${env:SECRET}
                """)
            .bind(ALL);

    assertThat(settings.get(TYPE)).isEqualTo("x");
    assertThat(settings.get(INTERVAL)).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.get(TARGETS))
        .containsExactly(Target.of("h", 1), Target.of("h", 2).withWeight(3));
    assertThat(settings.get(HEADER)).isEqualTo(Map.of("X-One", "1", "two", "hush"));
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void defaultsCountWhereNothingIsGiven() {
    Settings settings = section("part.a.type = x").bind(ALL);

    assertThat(settings.get(INTERVAL)).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.isSet(INTERVAL)).isFalse();
    assertThat(settings.isSet(TYPE)).isTrue();
    assertThat(settings.find(PASSWORD)).isEmpty();
    assertThat(settings.get(HEADER)).isEmpty();
  }

  @Test
  void anOptionThatWasNotDeclaredCannotBeRead() {
    Settings settings = section("part.a.type = x").bind(List.of(TYPE));

    assertThatThrownBy(() -> settings.get(INTERVAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("part.a: option interval is not declared by the provider");
    assertThatThrownBy(() -> settings.get(Option.string("type")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sectionsComeInTheOrderOfTheSettings() {
    SettingsBinder binder = binder("part.b.type = x\npart.a.type = x\npart.b.interval = 1s\n");

    assertThat(binder.sections("part")).extracting(Section::name).containsExactly("b", "a");
  }

  @Test
  void everythingThatIsWrongIsReportedAtOnceInTheOrderOfTheLines() {
    SettingsBinder binder =
        binder(
            """
            part.a.interval = soon
            part.a.intervall = 1s
            part.a.pasword = hunter2
            part.a.type = ${env:NONE}
            prat.b.type = x
            part.c
            part.c.type = y
            part.c.targets = h:1, nonsense
            part.c.zzz = 1
            part.d.interval = 1s
            """);
    binder.sections("part").forEach(section -> section.bind(ALL));
    binder.finish();

    assertThat(problems.list())
        .containsExactly(
            "f:1: part.a.interval = soon (expected: a duration such as 500ms, 5s, 10m, 1h)",
            "f:2: part.a.intervall: unknown option \"intervall\"; did you mean \"interval\"?",
            "f:3: part.a.pasword: unknown option \"pasword\"; did you mean \"password\"?",
            "f:4: part.a.type: ${env:NONE} is not set (expected: an environment variable of that name)",
            "f:5: prat.b.type: unknown kind \"prat\"; did you mean \"part\"?",
            "f:6: part.c: is no key (expected: part.NAME.OPTION, with a name of letters, digits, - and _)",
            "f:8: part.c.targets = h:1, nonsense (expected: host:port, then key=value; \"nonsense\" is no"
                + " address (expected: host:port, or [IPv6]:port); item 2 is none)",
            "f:9: part.c.zzz: unknown option \"zzz\" (expected: one of header, interval, password,"
                + " pin, targets, type)",
            "f:10: part.d: type is missing (expected: text: What it is.)");
    assertThatThrownBy(problems::throwIfAny)
        .isInstanceOfSatisfying(SettingsException.class, e -> assertThat(e.problems()).hasSize(9));
  }

  @Test
  void aSecretIsInNoError() {
    Section section =
        section(
            """
            part.a.type = ${env:SECRET}
            part.a.pin = hush
            part.a.interval = ${env:SECRET}
            part.a.targets = ${env:SECRET}
            """);
    section.bind(ALL);
    section.unknown(TYPE, "type", "hush", List.of("a", "b"));

    assertThat(problems.list()).hasSize(4).noneMatch(problem -> problem.contains("hush"));
    assertThat(problems.list().get(1)).isEqualTo("f:2: part.a.pin = [hidden] (expected: number)");
  }

  @Test
  void effectiveSettingsShowDefaultsAndHideSecrets() {
    SettingsBinder binder =
        binder(
            """
            part.a.type = ${env:SECRET}
            part.a.password = hush
            part.a.targets = h:1
            part.a.header.x = 1
            part.a.header.y = ${env:SECRET}
            """);
    binder.sections("part").get(0).bind(ALL);

    assertThat(binder.effective())
        .containsExactly(
            "part.a.type = [hidden]",
            "#default: part.a.interval = 5s",
            "part.a.password = [hidden]",
            "part.a.targets = h:1",
            "part.a.header.x = 1",
            "part.a.header.y = [hidden]");
  }

  @Test
  void effectiveSettingsGiveTheSameSettingsAgainInVisibleCharacters() {
    String text =
        """
        part.a.type = C:\\\\dir\\u202e\\tx \u00fc \ud83d\ude00 $${env:NONE} $$${x} = # ! :
        part.a.header.a\\=\\:b\\ c = one\\u0000
        """;
    SettingsBinder first = binder(text);
    Map<String, String> header = first.sections("part").get(0).bind(ALL).get(HEADER);
    String type = first.sections("part").get(0).bind(ALL).get(TYPE);
    assertThat(type).contains("C:\\dir\u202e\tx", "${env:NONE}");

    String printed = String.join("\n", first.effective());
    Settings again = section(printed).bind(ALL);

    assertThat(problems.list()).isEmpty();
    assertThat(again.get(TYPE)).isEqualTo(type);
    assertThat(again.get(HEADER)).isEqualTo(header);
    assertThat(printed.replace("\n", "")).matches("[^\\p{Cc}\\p{Cf}]*");
  }

  @Test
  void aKeyThatIsHugeOrHasInvisibleCharactersIsCutAndMadeVisibleInProblems() {
    section("part.a." + "x".repeat(1_000_000) + " = 1\npart.a.y\\u202e = 1\n").bind(ALL);
    SettingsBinder binder = binder("z".repeat(1_000_000) + ".a.b = 1\n");
    binder.finish();

    assertThat(problems.list()).isNotEmpty().allMatch(problem -> problem.length() < 2000);
    assertThat(String.join("", problems.list())).doesNotContain("\u202e");
  }

  @Test
  void effectiveSettingsStandInTheOrderOfTheSettings() {
    SettingsBinder binder = binder("first.b.type = x\nsecond.a.type = y\nfirst.a.type = z\n");
    for (String kind : List.of("third", "second", "first")) {
      binder.sections(kind).forEach(section -> section.bind(List.of(TYPE)));
    }

    assertThat(binder.effective())
        .containsExactly("first.b.type = x", "first.a.type = z", "second.a.type = y");
  }

  @Test
  void whatIsSaidOfAPartGetsThePlaceOfThatPart() {
    SettingsBinder binder = binder("kind.a.type = x\nkind.ab.type = y\n");
    binder.sections("kind");

    assertThat(binder.located("kind.ab: too much")).isEqualTo("f:2: kind.ab: too much");
    assertThat(binder.located("kind.a fails")).isEqualTo("f:1: kind.a fails");
    assertThat(binder.located("something else")).isEqualTo("something else");
    binder.problem("kind.ab: too much");
    binder.problem("kind.a: fails");
    assertThat(problems.list()).containsExactly("f:1: kind.a: fails", "f:2: kind.ab: too much");
  }

  @Test
  void aKindOfOnePartNeedsNoName() {
    SettingsBinder binder = binder("part.type = x\npart.nope = 1\n");
    Settings settings = binder.single("part").bind(List.of(TYPE));
    binder.finish();

    assertThat(settings.get(TYPE)).isEqualTo("x");
    assertThat(problems.list())
        .containsExactly("f:2: part.nope: unknown option \"nope\" (expected: one of type)");
  }

  @Test
  void optionsOfAnUnknownTypeAreNotReported() {
    SettingsBinder binder = binder("part.a.type = xx\npart.a.foo = 1\n");
    Section section = binder.sections("part").get(0);
    section.bind(List.of(TYPE));
    section.unknown(TYPE, "part type", "xx", List.of("xxx", "file"));
    section.ignoreRest();
    binder.finish();

    assertThat(problems.list())
        .containsExactly("f:1: part.a.type = xx: no part type \"xx\"; did you mean \"xxx\"?");
  }

  @Test
  void whatStoodOnTheCommandLineIsNamedAsThere() {
    SettingsBinder binder =
        new SettingsBinder(
            List.of(Entry.argument("--interval", "part.a.interval", "soon")),
            name -> null,
            problems);
    binder.sections("part").get(0).bind(List.of(INTERVAL));

    assertThat(problems.list())
        .containsExactly("--interval = soon (expected: a duration such as 500ms, 5s, 10m, 1h)");
  }

  @Test
  void controlCharactersOfAValueDoNotReachTheLog() {
    section("part.a.interval = a\\u001b[31m\\nb").bind(List.of(INTERVAL));

    assertThat(problems.list().get(0)).startsWith("f:1: part.a.interval = a?[31m?b (expected:");
  }

  @Test
  void relativePathsCountFromTheDirectoryOfTheFile() {
    Option<Path> one = Option.path("one").check(path -> path.startsWith("conf"), "below conf");
    Option<List<Path>> several = Option.path("several").list();
    List<Entry> entries =
        SettingsFile.parse("conf/f", "part.a.one = x\npart.a.several = x, ../y, /z\n", problems);

    Settings settings =
        new SettingsBinder(entries, name -> null, problems)
            .sections("part")
            .get(0)
            .bind(List.of(one, several));

    assertThat(settings.get(one)).isEqualTo(Path.of("conf/x"));
    assertThat(settings.get(several))
        .containsExactly(Path.of("conf/x"), Path.of("conf/../y"), Path.of("/z"));
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void relativePathsOfACommandCountFromTheCurrentDirectory() {
    Option<Path> path = Option.path("path");

    Settings settings =
        new SettingsBinder(
                List.of(Entry.argument("PATH", "part.a.path", "x")), name -> null, problems)
            .sections("part")
            .get(0)
            .bind(List.of(path));

    assertThat(settings.get(path)).isEqualTo(Path.of("x"));
  }

  @Test
  void aValueOfAFileIsReadAgainAndTheLastOneCountsWhileThereIsNone(@TempDir Path folder)
      throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "one\n");
    Path pin = Files.writeString(folder.resolve("pin"), "1");
    Settings settings =
        section(
                """
                part.a.type = x
                part.a.password = ${file:%s}
                part.a.pin = ${file:%s}
                part.a.header.auth = Bearer ${file:%s}
                part.a.header.two = ${env:SECRET}
                """
                    .formatted(secret, pin, secret))
            .bind(ALL);
    Supplier<Optional<String>> password = settings.current(PASSWORD);
    Supplier<Optional<Integer>> number = settings.current(PIN);
    Supplier<Optional<Map<String, String>>> headers = settings.current(HEADER);
    assertThat(password.get()).contains("one");
    assertThat(number.get()).contains(1);
    assertThat(settings.current(TYPE).get()).contains("x");
    assertThat(settings.current(INTERVAL).get()).contains(Duration.ofSeconds(5));

    Files.writeString(secret, "two\n");
    Files.writeString(pin, "2");
    assertThat(password.get()).contains("two");
    assertThat(number.get()).contains(2);
    assertThat(headers.get()).contains(Map.of("auth", "Bearer two", "two", "hush"));
    assertThat(settings.find(PASSWORD)).contains("one");

    try (LogLines log = new LogLines("io.lbtk.core.settings")) {
      Files.delete(secret);
      Files.writeString(pin, "hush");
      for (int i = 0; i < 3; i++) {
        assertThat(password.get()).contains("two");
        assertThat(number.get()).contains(2);
      }
      assertThat(log.lines())
          .containsExactly(
              "WARN part.a.password: ${file:%s}: no such file; its last value stays"
                  .formatted(secret),
              "WARN part.a.pin: the file holds no such value (expected: number); its last value"
                  + " stays");
    }
    Files.writeString(secret, "three");
    assertThat(password.get()).contains("three");
  }
}
