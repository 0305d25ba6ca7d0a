package io.lbtk.tokenport.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The other end of a ZMTP connection on plain sockets, scripted by the test. */
public final class ScriptedPort implements AutoCloseable {

  private static final String END = "\0end";
  private static final byte[] GREETING = new byte[64];

  static {
    GREETING[0] = (byte) 0xff;
    GREETING[9] = 0x7f;
    GREETING[10] = 3;
    System.arraycopy("NULL".getBytes(US_ASCII), 0, GREETING, 12, 4);
  }

  private final ServerSocket server;

  private ScriptedPort(ServerSocket server) {
    this.server = server;
  }

  /** A port that accepts when {@link #accept} is called. */
  public static ScriptedPort open() {
    return open(0);
  }

  /** A port at the number of an earlier one. */
  public static ScriptedPort open(int number) {
    try {
      ServerSocket server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
      server.setSoTimeout(20_000);
      return new ScriptedPort(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its number. */
  public int number() {
    return server.getLocalPort();
  }

  /** Its address. */
  public URI address(String scheme) {
    return URI.create(scheme + "://127.0.0.1:" + number());
  }

  /** The next connection, before any handshake. */
  public Socket acceptRaw() {
    try {
      return server.accept();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next connection, after the handshake, in which this end is of the socket type given. */
  public Connection accept(String type) {
    return acceptWith(type, "");
  }

  /** The same, where this end is a standby, and says so in its READY. */
  public Connection acceptAsStandby(String type) {
    return acceptWith(type, "\6X-Role\0\0\0\7standby");
  }

  private Connection acceptWith(String type, String moreProperties) {
    try {
      return new Connection(acceptRaw(), type, moreProperties);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One connection. */
  public static final class Connection implements AutoCloseable {

    private final Socket socket;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final List<String> lines = new ArrayList<>();
    private volatile boolean answersPings = true;

    private Connection(Socket socket, String type, String moreProperties) throws IOException {
      this.socket = socket;
      socket.getOutputStream().write(GREETING);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readFully(new byte[64]);
      frame(in);
      String properties = "\u000bSocket-Type\0\0\0" + (char) type.length() + type + moreProperties;
      command("READY", properties.getBytes(US_ASCII));
      Thread reader = new Thread(() -> read(in), "scripted-port");
      reader.setDaemon(true);
      reader.start();
    }

    private void read(DataInputStream in) {
      try {
        while (true) {
          frame(in);
        }
      } catch (IOException e) {
        messages.add(END);
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
        messages.add(new String(body, US_ASCII));
      } else if (new String(body, US_ASCII).startsWith("\4PING") && answersPings) {
        command("PONG", Arrays.copyOfRange(body, 7, body.length));
      }
    }

    /** From now on PINGs get no answer. */
    public void withoutPongs() {
      answersPings = false;
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
    public synchronized void raw(byte[] bytes) {
      try {
        socket.getOutputStream().write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Says lines, in one message. */
    public Connection say(String... words) {
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

    /** The next message as a whole; waits for it. */
    public String message() {
      try {
        String message = messages.poll(20, TimeUnit.SECONDS);
        if (message == null) {
          throw new AssertionError("nothing came within 20 s");
        }
        if (message.equals(END)) {
          messages.add(END);
          throw new AssertionError("the connection has ended");
        }
        return message;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** The next line; waits for it. */
    public String line() {
      if (lines.isEmpty()) {
        lines.addAll(List.of(message().split("\n", -1)));
      }
      return lines.remove(0);
    }

    /** The next lines; waits for them. */
    public List<String> lines(int count) {
      List<String> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(line());
      }
      return all;
    }

    /** Waits until the other end has closed the connection. */
    public void awaitEnd() {
      try {
        String message;
        do {
          message = messages.poll(20, TimeUnit.SECONDS);
        } while (message != null && !message.equals(END));
        if (message == null) {
          throw new AssertionError("the connection has not ended within 20 s");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
