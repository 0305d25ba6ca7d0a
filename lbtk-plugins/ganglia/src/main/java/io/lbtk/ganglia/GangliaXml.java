package io.lbtk.ganglia;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lbtk.api.PrintableText;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the hosts from an answer of gmond or gmetad: {@code GANGLIA_XML} contains {@code CLUSTER},
 * optionally within {@code GRID}, which contains {@code HOST} and {@code METRIC}. The encoding is
 * always ISO 8859-1.
 */
final class GangliaXml {

  /** Largest depth. An answer of gmetad has a depth of 6, plus 1 for each nested grid. */
  private static final int MAX_DEPTH = 64;

  private static final int MAX_HOSTS = 1_000_000;
  private static final int MAX_NAMED = 20;
  private static final int MAX_SHOWN = 200;

  private static final Set<String> METRICS = Set.of("cpu_idle", "cpu_num", "load_one", "lbtk_port");

  private final XMLStreamReader xml;
  private final @Nullable String wantedCluster;
  private final List<Host> hosts = new ArrayList<>();
  private final List<String> otherClusters = new ArrayList<>();
  private boolean isFound;
  private int depth;
  private boolean isWanted;
  private Map<String, Host.Metric> metrics = new HashMap<>();
  private Host host = new Host("", "", new Age(0, 0), metrics);

  private GangliaXml(XMLStreamReader xml, @Nullable String wantedCluster) {
    this.xml = xml;
    this.wantedCluster = wantedCluster;
    this.isWanted = wantedCluster == null;
    this.isFound = isWanted;
  }

  /**
   * Reads a whole answer.
   *
   * @param cluster the cluster whose hosts are returned; null for all
   * @throws AnswerException if the answer is malformed or lacks the cluster
   * @throws IOException if the stream fails
   */
  static List<Host> read(InputStream answer, @Nullable String cluster) throws IOException {
    try {
      InputStream root = Prolog.skip(new BufferedInputStream(answer));
      XMLStreamReader xml = factory().createXMLStreamReader(root, ISO_8859_1.name());
      return new GangliaXml(xml, cluster).read();
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof IOException cause) {
        throw cause;
      }
      throw new AnswerException(describe(e));
    }
  }

  /** Returns a factory that ignores document types and external entities. */
  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  /**
   * Describes an error of the parser, whose message has one line for the place and one for the
   * reason.
   */
  private static String describe(XMLStreamException e) {
    String message = String.valueOf(e.getMessage());
    String reason = message.substring(message.indexOf('\n') + 1).replaceFirst("^Message: ", "");
    return "the answer is malformed in line %d from <GANGLIA_XML> on, column %d: %s"
        .formatted(
            e.getLocation() == null ? 0 : e.getLocation().getLineNumber(),
            e.getLocation() == null ? 0 : e.getLocation().getColumnNumber(),
            PrintableText.of(reason, MAX_SHOWN));
  }

  private List<Host> read() throws XMLStreamException, AnswerException {
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> begin(xml.getLocalName());
        case XMLStreamConstants.END_ELEMENT -> end(xml.getLocalName());
        default -> {}
      }
    }
    if (!isFound) {
      throw new AnswerException(
          "there is no cluster \"%s\" (expected: %s)"
              .formatted(
                  wantedCluster,
                  otherClusters.isEmpty()
                      ? "at least one; a gmetad has none until it has reached a gmond"
                      : "one of " + PrintableText.of(String.join(", ", otherClusters), MAX_SHOWN)));
    }
    return hosts;
  }

  private void begin(String element) throws AnswerException {
    depth++;
    if (depth > MAX_DEPTH) {
      throw new AnswerException("the answer is nested deeper than " + MAX_DEPTH);
    }
    switch (element) {
      case "CLUSTER" -> beginCluster(attribute("NAME"));
      case "HOST" -> {
        metrics = new HashMap<>();
        host = new Host(attribute("NAME"), attribute("IP"), age(), metrics);
      }
      case "METRIC" -> {
        if (METRICS.contains(attribute("NAME"))) {
          metrics.put(attribute("NAME"), new Host.Metric(attribute("VAL"), age()));
        }
      }
      default -> {}
    }
  }

  private void beginCluster(String name) {
    isWanted = wantedCluster == null || name.equals(wantedCluster);
    isFound |= isWanted;
    if (!isWanted && otherClusters.size() < MAX_NAMED) {
      otherClusters.add(name);
    }
  }

  private void end(String element) throws AnswerException {
    depth--;
    if (element.equals("HOST") && isWanted) {
      if (hosts.size() == MAX_HOSTS) {
        throw new AnswerException("the answer has more than %d hosts".formatted(MAX_HOSTS));
      }
      hosts.add(host);
    } else if (element.equals("CLUSTER")) {
      isWanted = wantedCluster == null;
    }
  }

  private Age age() {
    return Age.of(attribute("TN"), attribute("TMAX"));
  }

  private String attribute(String name) {
    return Optional.ofNullable(xml.getAttributeValue(null, name)).orElse("");
  }

  /**
   * Skips the document type before the root of an answer, 2.6 KB. It is kept from the parser, so
   * that no entities are declared or resolved, and because the parser of the JDK prints a truncated
   * document type to standard error.
   */
  private static final class Prolog {

    private static final String ROOT = "<GANGLIA_XML";
    private static final int MAX_SIZE = 64 << 10;
    private static final int MAX_SHOWN = 80;

    private Prolog() {}

    /**
     * Reads up to the root element.
     *
     * @return the answer from the root element on
     * @throws AnswerException if there is no root element
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
                  .formatted(PrintableText.of(passed.strip(), MAX_SHOWN), ROOT, MAX_SIZE)
              + " have it)");
    }
  }
}
