package io.lbtk.ganglia;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A metric as its host tells gmond of it: what it is in one packet, its value in another, both in
 * XDR (RFC 4506), as {@code lib/gm_protocol.x} of Ganglia 3.1 and later has them. It is what {@code
 * gmetric --spoof} sends, which takes a process for each.
 *
 * @param host its address, which is its name too
 * @param name of the metric
 * @param value as it is written
 */
record MetricMessage(String host, String name, String value) {

  private static final int METADATA = 128;
  private static final int STRING = 133;
  private static final int SLOPE_BOTH = 3;

  /** In seconds, as gmetric has it: one value comes at least so often. */
  private static final int TMAX = 60;

  /** How the body of a packet is written. */
  @FunctionalInterface
  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  /** What the metric is; without it gmond shows no value. */
  byte[] metadata() {
    return packet(
        METADATA,
        out -> {
          writeString(out, "uint16");
          writeString(out, name);
          writeString(out, "");
          out.writeInt(SLOPE_BOTH);
          out.writeInt(TMAX);
          out.writeInt(0);
          out.writeInt(0);
        });
  }

  /** The value; gmetric writes numbers as text too. */
  byte[] sample() {
    return packet(
        STRING,
        out -> {
          writeString(out, "%s");
          writeString(out, value);
        });
  }

  /** A packet that speaks for a host other than its sender. */
  private byte[] packet(int format, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(format);
      writeString(out, host + ":" + host);
      writeString(out, name);
      out.writeInt(1);
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeString(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(ISO_8859_1);
    out.writeInt(bytes.length);
    out.write(bytes);
    out.write(new byte[-bytes.length & 3]);
  }
}
