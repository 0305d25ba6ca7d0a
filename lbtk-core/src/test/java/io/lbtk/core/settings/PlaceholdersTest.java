package io.lbtk.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.core.settings.Placeholders.Resolved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceholdersTest {

  private final Placeholders placeholders =
      new Placeholders(Map.of("USER", "ann", "TRICK", "${env:USER}")::get);

  private Resolved resolve(String text) {
    return placeholders.resolve(text, Path.of(""));
  }

  @Test
  void variablesArePutInAndHidden() {
    assertThat(resolve("x-${env:USER}-${env:USER}")).isEqualTo(new Resolved("x-ann-ann", true));
  }

  @Test
  void textWithoutPlaceholdersStaysAsItIs() {
    assertThat(resolve("a $b {c} $ d$")).isEqualTo(new Resolved("a $b {c} $ d$", false));
  }

  @Test
  void twoDollarsStandForOne() {
    assertThat(resolve("$${env:USER} ${env:USER}"))
        .isEqualTo(new Resolved("${env:USER} ann", true));
  }

  @Test
  void whatWasPutInIsNotReadAgain() {
    assertThat(resolve("${env:TRICK}").text()).isEqualTo("${env:USER}");
  }

  @Test
  void aFileIsPutInWithoutItsLastLineEnd(@TempDir Path folder) throws IOException {
    Path unix = Files.writeString(folder.resolve("unix"), "s3cret\n\n");
    Path windows = Files.writeString(folder.resolve("windows"), "s3cret\r\n");

    assertThat(resolve("${file:" + unix + "}")).isEqualTo(new Resolved("s3cret\n", true));
    assertThat(resolve("${file:" + windows + "}").text()).isEqualTo("s3cret");
  }

  @Test
  void whatCannotBePutInIsSaid(@TempDir Path folder) throws IOException {
    Path big = Files.write(folder.resolve("big"), new byte[70_000]);

    assertError(
        "${env:NONE}", "${env:NONE} is not set (expected: an environment variable of that name)");
    assertError("${file:" + folder + "/none}", "${file:" + folder + "/none}: no such file");
    assertError(
        "${file:" + big + "}",
        "${file:" + big + "} is too long (expected: a file of at most 65536 bytes)");
    assertError(
        "${HOME}/x",
        "${HOME} is unknown (expected: ${env:NAME} or ${file:PATH}; write $${ for ${ itself)");
    assertError(
        "a ${env:USER",
        "${ without its } (expected: ${env:NAME} or ${file:PATH}; write $${ for ${ itself)");
  }

  private void assertError(String text, String message) {
    assertThatThrownBy(() -> resolve(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aRelativeFileCountsFromTheFolder(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("secret"), "s3cret");

    assertThat(placeholders.resolve("${file:secret}", folder).text()).isEqualTo("s3cret");
  }
}
