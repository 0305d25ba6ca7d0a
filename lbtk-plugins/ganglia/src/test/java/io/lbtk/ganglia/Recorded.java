package io.lbtk.ganglia;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** What a gmond and a gmetad 3.7.2 have answered, and answers of gmond's form. */
final class Recorded {

  /** The answer of a gmond, to the byte: two hosts. */
  static final String ANSWER = read("gmond.xml");

  /**
   * The answer of a gmetad, to the byte: two clusters of gmonds, and between them a grid, which is
   * what another gmetad knows.
   */
  static final String GMETAD_ANSWER = read("gmetad.xml");

  /** How an answer begins: with the document type, and the root. */
  private static final String BEGIN = ANSWER.substring(0, ANSWER.indexOf("<CLUSTER"));

  private Recorded() {}

  private static String read(String name) {
    try (InputStream in = Recorded.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An answer with other elements in its root. */
  static String answer(String elements) {
    return BEGIN + elements + "</GANGLIA_XML>\n";
  }

  static String cluster(String name, String hosts) {
    return """
        <CLUSTER NAME="%s" LOCALTIME="1795622699" OWNER="lbtk" LATLONG="unspecified" URL="unspecified">
        %s</CLUSTER>
        """
        .formatted(name, hosts);
  }

  /** A host that was heard of so many seconds ago. */
  static String host(String name, String address, int age, String metrics) {
    return """
        <HOST NAME="%s" IP="%s" TAGS="" REPORTED="1795622697" TN="%d" TMAX="20" DMAX="86400" LOCATION="unspecified" GMOND_STARTED="0">
        %s</HOST>
        """
        .formatted(name, address, age, metrics);
  }

  /** A metric that came so many seconds ago; one more comes within 60. */
  static String metric(String name, String value, int age) {
    return """
        <METRIC NAME="%s" VAL="%s" TYPE="float" UNITS=" " TN="%d" TMAX="60" DMAX="0" SLOPE="both">
        <EXTRA_DATA>
        <EXTRA_ELEMENT NAME="GROUP" VAL="load"/>
        </EXTRA_DATA>
        </METRIC>
        """
        .formatted(name, value, age);
  }
}
