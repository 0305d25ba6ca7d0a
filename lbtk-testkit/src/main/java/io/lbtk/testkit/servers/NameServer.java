package io.lbtk.testkit.servers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * BIND's name server, which serves one zone and takes updates of it (RFC 2136). Its journal keeps
 * those when it is killed.
 */
public final class NameServer {

  private static final String OPTIONS =
      """
      options {
        directory "%s";
        listen-on port %d { 127.0.0.1; };
        listen-on-v6 { none; };
        pid-file none;
        session-keyfile "%s/session.key";
        recursion no;
        dnssec-validation no;
        %s
        %s
      };
      controls { };
      zone "%s" { type primary; file "zone"; allow-update { 127.0.0.1; }; };
      """;

  private static final String NO_LIMIT = "max-records-per-type 0;";
  private static final String LIMIT_IS_UNKNOWN = "unknown option 'max-records-per-type'";

  private static final int QUESTION_ID = 1;
  private static final int TYPE_SOA = 6;
  private static final int CLASS_IN = 1;
  private static final int PATIENCE_MILLIS = 500;

  private final Path program = InstalledProgram.required("named");
  private final Path folder;
  private final String zone;
  private final String options;

  private NameServer(Path folder, String zone, String options) {
    this.folder = folder;
    this.zone = zone;
    this.options = options;
  }

  /**
   * Starts one, and waits until it serves. If BIND is missing, the test is skipped, or fails if
   * {@code CI} is true.
   *
   * @param folder its own
   * @param zone the name of the zone
   * @param records of the zone, as in a file
   * @param options more of them, each with a semicolon at its end
   */
  public static ServerProcess start(Path folder, String zone, String records, String options) {
    NameServer server = new NameServer(folder, zone, options);
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("zone"), records, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ServerProcess(server.log(), server::command, server::serves);
  }

  private Path log() {
    return folder.resolve("log");
  }

  private List<String> command(int port) throws IOException {
    Path file = folder.resolve("named.conf");
    Files.writeString(file, OPTIONS.formatted(folder, port, folder, options, limit(), zone), UTF_8);
    return List.of(program.toString(), "-f", "-g", "-4", "-n", "1", "-c", file.toString());
  }

  /** Some versions of BIND reject the option of the limit, and exit at once with a message. */
  private String limit() throws IOException {
    boolean unknown = Files.exists(log()) && Files.readString(log()).contains(LIMIT_IS_UNKNOWN);
    return unknown ? "" : NO_LIMIT;
  }

  /** Queries the SOA record of the zone. */
  private boolean serves(InetSocketAddress server) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(server);
      byte[] question = question();
      socket.send(new DatagramPacket(question, question.length));
      DatagramPacket answer = new DatagramPacket(new byte[512], 512);
      socket.receive(answer);
      int errorCode = answer.getData()[3] & 0x0f;
      return errorCode == 0;
    }
  }

  /** RFC 1035, section 4.1. */
  private byte[] question() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(QUESTION_ID);
    out.writeShort(0);
    out.writeShort(1);
    out.write(new byte[6]);
    for (String label : zone.split("\\.")) {
      out.write(label.length());
      out.write(label.getBytes(US_ASCII));
    }
    out.write(0);
    out.writeShort(TYPE_SOA);
    out.writeShort(CLASS_IN);
    return bytes.toByteArray();
  }
}
