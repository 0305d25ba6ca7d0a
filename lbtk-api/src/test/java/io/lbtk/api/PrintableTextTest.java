package io.lbtk.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTextTest {

  @Test
  void charactersThatEndALineOrAreInvisibleAreReplaced() {
    assertThat(PrintableText.of("a\nb\u2028c\u2029d\u001be\u202ef\u200bg\ud800h"))
        .isEqualTo("a?b?c?d?e?f?g?h");
  }

  @Test
  void otherCharactersStay() {
    assertThat(PrintableText.of("täglich 日本 \ud83d\ude00 {\"a\": 1}"))
        .isEqualTo("täglich 日本 \ud83d\ude00 {\"a\": 1}");
  }

  @Test
  void aLongTextIsTruncatedBetweenCharacters() {
    assertThat(PrintableText.of("abcdef", 6)).isEqualTo("abcdef");
    assertThat(PrintableText.of("abcdef", 3)).isEqualTo("abc…");
    assertThat(PrintableText.of("ab\ud83d\ude00c", 3)).isEqualTo("ab…");
  }
}
