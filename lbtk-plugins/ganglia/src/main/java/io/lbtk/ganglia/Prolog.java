package io.lbtk.ganglia;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lbtk.discovery.Printable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/**
 * What stands before the root of an answer: the document type, 2.6 KB each time. The parser does
 * not get to see it, so that no entity is declared, nothing outside is spoken of, and an answer
 * that ends in it is not printed to the standard error, as the parser of the JDK does.
 */
final class Prolog {

  private static final String ROOT = "<GANGLIA_XML";
  private static final int MAX_SIZE = 64 << 10;
  private static final int MAX_SHOWN = 80;

  private Prolog() {}

  /**
   * Reads up to the root.
   *
   * @return the answer from there on
   * @throws AnswerException if there is no root where it should be
   */
  static InputStream skip(InputStream answer) throws IOException {
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < ROOT.length()) {
      int next = answer.read();
      if (next < 0 || passed.size() == MAX_SIZE) {
        throw none(passed.toString(ISO_8859_1));
      }
      passed.write(next);
      if (next == ROOT.charAt(matched)) {
        matched++;
      } else {
        matched = next == ROOT.charAt(0) ? 1 : 0;
      }
    }
    return new SequenceInputStream(new ByteArrayInputStream(ROOT.getBytes(ISO_8859_1)), answer);
  }

  private static AnswerException none(String passed) {
    return new AnswerException(
        "the answer begins with \"%s\" (expected: an element %s> within %d bytes, as gmond and gmetad"
                .formatted(Printable.line(passed.strip(), MAX_SHOWN), ROOT, MAX_SIZE)
            + " have it)");
  }
}
