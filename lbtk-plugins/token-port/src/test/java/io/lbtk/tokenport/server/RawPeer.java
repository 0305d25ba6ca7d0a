package io.lbtk.tokenport.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A ZMTP peer on a plain socket, made without the code under test. A thread of its own reads. */
final class RawPeer implements AutoCloseable {

  /** So many lines are kept; then nothing is read until the test takes some. */
  private static final int MARK = 5000;

  private static final String END = "\0end";
  private static final byte[] GREETING = new byte[64];

  static {
    GREETING[0] = (byte) 0xff;
    GREETING[9] = 0x7f;
    GREETING[10] = 3;
    System.arraycopy("NULL".getBytes(US_ASCII), 0, GREETING, 12, 4);
  }

  private final Socket socket;
  private final OutputStream out;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(MARK);
  private final BlockingQueue<byte[]> heldPongs = new LinkedBlockingQueue<>();
  private volatile boolean answersPings = true;
  private volatile boolean reads = true;
  private Thread reader = new Thread();
  private String ready = "";

  private RawPeer(URI port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port.getPort());
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
  }

  /** A peer of this socket type, whose handshake is done. */
  static RawPeer connect(URI port, String type) {
    return connect(port, type, true);
  }

  /** The same, and not one PING is answered, from the first on. */
  static RawPeer connectWithoutPongs(URI port, String type) {
    return connect(port, type, false);
  }

  private static RawPeer connect(URI port, String type, boolean answersPings) {
    try {
      RawPeer peer = new RawPeer(port);
      peer.answersPings = answersPings;
      peer.raw(GREETING);
      String properties = "\u000bSocket-Type\0\0\0" + (char) type.length() + type;
      peer.command("READY", properties.getBytes(US_ASCII));
      DataInputStream in = new DataInputStream(peer.socket.getInputStream());
      in.readFully(new byte[64]);
      peer.ready = new String(in.readNBytes(in.skipBytes(1) * in.readUnsignedByte()), US_ASCII);
      peer.reader = new Thread(() -> peer.read(in), "raw-peer");
      peer.reader.setDaemon(true);
      peer.reader.start();
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body of the READY of the other end. */
  String ready() {
    return ready;
  }

  /** A lease peer that has said its name. */
  static RawPeer lease(URI port, String name) {
    RawPeer peer = connect(port, "DEALER");
    String hello = peer.line();
    if (!hello.startsWith("HELLO 1 ")) {
      throw new AssertionError("no HELLO but " + hello);
    }
    return peer.say("HELLO 1 " + name);
  }

  /** From now on PINGs get no answer. */
  RawPeer withoutPongs() {
    answersPings = false;
    return this;
  }

  /** Answers the PINGs that were not, the oldest first. */
  int answerHeldPings() {
    List<byte[]> contexts = new ArrayList<>();
    heldPongs.drainTo(contexts);
    contexts.forEach(context -> command("PONG", context));
    return contexts.size();
  }

  /** From the next frame on nothing is read. */
  RawPeer withoutReading() {
    reads = false;
    return this;
  }

  private void read(DataInputStream in) {
    try {
      while (reads) {
        frame(in);
      }
    } catch (IOException | UncheckedIOException e) {
      try {
        lines.put(END);
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void frame(DataInputStream in) throws IOException {
    int flags = in.readUnsignedByte();
    long length = (flags & 2) != 0 ? in.readLong() : in.readUnsignedByte();
    byte[] body = in.readNBytes((int) length);
    if (body.length < length) {
      throw new EOFException();
    }
    if ((flags & 4) == 0) {
      for (String line : new String(body, US_ASCII).split("\n", -1)) {
        keep(line);
      }
    } else if (new String(body, US_ASCII).startsWith("\4PING")) {
      byte[] context = java.util.Arrays.copyOfRange(body, 7, body.length);
      if (answersPings) {
        command("PONG", context);
      } else {
        heldPongs.add(context);
      }
    }
  }

  private void keep(String line) throws IOException {
    try {
      lines.put(line);
    } catch (InterruptedException e) {
      throw new IOException("closed meanwhile", e);
    }
  }

  private void command(String name, byte[] rest) {
    byte[] frame = new byte[3 + name.length() + rest.length];
    frame[0] = 4;
    frame[1] = (byte) (frame.length - 2);
    frame[2] = (byte) name.length();
    System.arraycopy(name.getBytes(US_ASCII), 0, frame, 3, name.length());
    System.arraycopy(rest, 0, frame, 3 + name.length(), rest.length);
    raw(frame);
  }

  /** Sends bytes as they are. */
  synchronized void raw(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says lines, in one message. */
  RawPeer say(String... words) {
    byte[] body = String.join("\n", words).getBytes(US_ASCII);
    byte[] frame = new byte[9 + body.length];
    frame[0] = 2;
    for (int i = 0; i < 8; i++) {
      frame[1 + i] = (byte) ((long) body.length >>> (56 - 8 * i));
    }
    System.arraycopy(body, 0, frame, 9, body.length);
    raw(frame);
    return this;
  }

  /** The next line or message; waits for it. */
  String line() {
    try {
      String line = lines.poll(20, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("nothing came within 20 s");
      }
      if (line.equals(END)) {
        throw new AssertionError("the connection has ended");
      }
      return line;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The next lines; waits for them. */
  List<String> lines(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(line());
    }
    return all;
  }

  /** Returns the number of unsolicited lines. */
  int unread() {
    return lines.size();
  }

  /** Wants one token, and waits for it. */
  String[] token(int wid) {
    say("WANT " + wid + " 1");
    String[] words = line().split(" ");
    if (!words[0].equals("TOKEN") || !words[1].equals(Integer.toString(wid))) {
      throw new AssertionError("no TOKEN but " + String.join(" ", words));
    }
    return words;
  }

  /** Waits until the other end has closed the connection; returns the lines before that. */
  List<String> awaitEnd() {
    List<String> all = new ArrayList<>();
    try {
      for (String line = lines.poll(20, TimeUnit.SECONDS);
          line != null;
          line = lines.poll(20, TimeUnit.SECONDS)) {
        if (line.equals(END)) {
          return all;
        }
        all.add(line);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    throw new AssertionError("the connection has not ended within 20 s");
  }

  /** Ends the connection without a word. */
  @Override
  public void close() {
    reader.interrupt();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
