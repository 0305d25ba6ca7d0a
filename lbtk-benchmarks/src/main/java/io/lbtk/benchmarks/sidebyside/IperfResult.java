package io.lbtk.benchmarks.sidebyside;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What an iperf3 client reports with {@code -J}.
 *
 * @param bytes that the receiver got
 * @param seconds that it took
 */
record IperfResult(double bytes, double seconds) {

  private static final String RECEIVED = "/end/sum_received/";

  /** Throws if the report is of a failure. */
  static IperfResult parse(String json) throws IOException {
    double bytes = 0;
    double seconds = 0;
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (!token.isScalarValue()) {
          continue;
        }
        String path = parser.getParsingContext().pathAsPointer().toString();
        if (path.equals("/error")) {
          throw new IOException("iperf3: " + parser.getText());
        } else if (path.equals(RECEIVED + "bytes")) {
          bytes = parser.getDoubleValue();
        } else if (path.equals(RECEIVED + "seconds")) {
          seconds = parser.getDoubleValue();
        }
      }
    }
    if (bytes <= 0 || seconds <= 0) {
      throw new IOException(
          "iperf3: %.0f bytes in %.3f s (expected: more than 0 in %s)"
              .formatted(bytes, seconds, RECEIVED));
    }
    return new IperfResult(bytes, seconds);
  }
}
