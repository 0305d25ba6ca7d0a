package io.lbtk.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {

  private final Problems problems = new Problems();

  private List<Entry> parse(String text) {
    return SettingsFile.parse("a.properties", text, problems);
  }

  @Test
  void everyEntryKnowsTheLineThatItBeginsIn() {
    List<Entry> entries =
        parse(
            """
            # a comment
            a.b.c = 1

              ! another, \\
            a.b.d: two \\
                words \\
              # and no comment
            a.b.e three
            """);

    assertThat(entries)
        .containsExactly(
            new Entry("a.properties", 2, "a.b.c", "1"),
            new Entry("a.properties", 5, "a.b.d", "two words # and no comment"),
            new Entry("a.properties", 8, "a.b.e", "three"));
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void lineEndsOfEverySystemCount() {
    assertThat(parse("a=1\r\nb=2\rc=3\nd=4"))
        .extracting(entry -> entry.line() + entry.key() + entry.text())
        .containsExactly("1a1", "2b2", "3c3", "4d4");
  }

  @Test
  void escapesAreThoseOfPropertiesFiles() {
    assertThat(parse("a\\=b = \\u00e4\\\\ é \\\\"))
        .containsExactly(new Entry("a.properties", 1, "a=b", "ä\\ é \\"));
  }

  @Test
  void aKeyThatStandsTwiceIsAProblemThatNamesBothLines() {
    assertThat(parse("a.b.c = 1\na.b.c = secret\n")).hasSize(1);

    assertThat(problems.list())
        .containsExactly(
            "a.properties:2: a.b.c: stands in line 1 already (expected: each key once)");
  }

  @Test
  void aBrokenEscapeIsAProblemAndTheRestIsRead() {
    assertThat(parse("a = \\u12\nb = 2")).extracting(Entry::key).containsExactly("b");

    assertThat(problems.list())
        .containsExactly("a.properties:1: a broken escape (expected: \\u and four digits)");
  }

  @Test
  void aFileInUtf8IsReadWithOrWithoutItsMark(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("x.properties"), "\ufeffname = žluť\n");

    assertThat(SettingsFile.read(file, problems))
        .containsExactly(new Entry(file.toString(), 1, "name", "žluť"));
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path folder) throws IOException {
    Path latin =
        Files.write(folder.resolve("latin.properties"), new byte[] {'a', '=', (byte) 0xe4});

    assertThatThrownBy(() -> SettingsFile.read(folder.resolve("none"), problems))
        .isInstanceOf(SettingsException.class)
        .hasMessage(folder.resolve("none") + ": no such file (expected: a properties file)");
    assertThatThrownBy(() -> SettingsFile.read(folder, problems))
        .isInstanceOf(SettingsException.class)
        .hasMessage(folder + ": is a directory (expected: a properties file)");
    assertThatThrownBy(() -> SettingsFile.read(latin, problems))
        .isInstanceOf(SettingsException.class)
        .hasMessage(latin + ": is not UTF-8 (expected: a properties file in UTF-8)");
  }
}
