package io.lbtk.tokenport.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Receives the lines that a lease peer sends, one call for each line; {@link Reader} decodes and
 * {@link Writer} encodes them.
 *
 * <p>A {@link Word} is valid for the duration of the call. Any method may throw a {@link
 * LeaseException}, which skips the rest of the message.
 */
public interface PeerLines {

  /** Maximum number of tokens of one WANT. */
  int MAX_WANT = 1024;

  /** Maximum number of connections of one HOLD. */
  int MAX_HOLD = 1_000_000;

  /** Maximum timeout of a WANT. */
  Duration MAX_TIMEOUT = Duration.ofDays(365);

  /** Returns whether to skip a line with this verb, well-formed or not. */
  default boolean ignores(Word verb) {
    return false;
  }

  /**
   * Called for {@code HELLO 1 <name> [roles=yes]}.
   *
   * @param name the name of the peer
   * @param knowsRoles whether the peer supports the verb ROLE, which peers of earlier versions
   *     treat as an error
   */
  void hello(String name, boolean knowsRoles);

  /**
   * Called for {@code HOLD <host:port> <n>}.
   *
   * @param hostPort the host:port, which has not been validated
   * @param count the number of connections, 0 to {@link #MAX_HOLD}
   */
  void hold(String hostPort, int count);

  /**
   * Called for {@code WANT <wid> <n> …}.
   *
   * @param wid a copy, which stays valid after the call
   * @param count the number of tokens, 1 to {@link #MAX_WANT}
   * @param demand the demand for each of them
   */
  void want(Word wid, int count, Demand demand);

  /** Called for {@code CANCEL <wid>}. */
  void cancel(Word wid);

  /** Called for {@code DONE <id> <kind> …}. */
  void done(Word id, Outcome outcome);

  /** Called for {@code DONE @<host:port> <kind> …}. */
  void doneHeld(String hostPort, Outcome outcome);

  /** Called for {@code BYE}. */
  void bye();

  /** Called for {@code ALIVE}. */
  void alive();

  /** Decodes messages of a lease peer. */
  final class Reader {

    private static final byte[] FOR = "for=".getBytes(US_ASCII);
    private static final byte[] KEY = "key=".getBytes(US_ASCII);
    private static final byte[] NOT = "not=".getBytes(US_ASCII);
    private static final byte[] CONNECT = "connect=".getBytes(US_ASCII);
    private static final byte[] UP = "up=".getBytes(US_ASCII);
    private static final byte[] DOWN = "down=".getBytes(US_ASCII);

    private static final int MAX_WORD = 32;
    private static final int MAX_NAME = 128;
    private static final long MAX_MILLIS = MAX_TIMEOUT.toMillis();
    private static final long MAX_BYTES = 999_999_999_999_999_999L;

    private final PeerLines lines;

    /** Creates a reader that passes the lines to the given receiver. */
    public Reader(PeerLines lines) {
      this.lines = lines;
    }

    /**
     * Reads all lines of a message. Does not release the message.
     *
     * @throws LeaseException at the first malformed line; the lines before it have been passed on
     */
    public void read(ChannelHandlerContext ctx, ByteBuf message) {
      Line.readAll(ctx, message, this::readLine);
    }

    private void readLine(Line line) {
      Word verb = line.word("a verb");
      if (lines.ignores(verb)) {
        return;
      }
      if (verb.is("WANT")) {
        want(line);
      } else if (verb.is("DONE")) {
        done(line);
      } else if (verb.is("HELLO")) {
        hello(line);
      } else if (verb.is("HOLD")) {
        String hostPort = line.text("host:port");
        int count = line.number("the number of connections", 0, MAX_HOLD);
        line.skipOptions();
        lines.hold(hostPort, count);
      } else if (verb.is("CANCEL")) {
        Word wid = wid(line).copy();
        line.skipOptions();
        lines.cancel(wid);
      } else if (verb.is("BYE")) {
        line.skipOptions();
        lines.bye();
      } else if (verb.is("ALIVE")) {
        line.skipOptions();
        lines.alive();
      } else {
        throw new LeaseException(
            "unknown verb (expected: HELLO, HOLD, WANT, CANCEL, DONE, BYE or ALIVE)");
      }
    }

    private void hello(Line line) {
      Word version = line.word("the version");
      if (!version.is("1")) {
        throw new LeaseException("another version of the lease protocol (expected: 1)");
      }
      String name = line.text("the peer's name");
      if (name.length() > MAX_NAME) {
        throw new LeaseException("the name is too long (expected: at most 128 characters)");
      }
      boolean knowsRoles = false;
      while (line.more()) {
        knowsRoles |= line.option().is(Writer.ROLES);
      }
      lines.hello(name, knowsRoles);
    }

    private static Word wid(Line line) {
      Word wid = line.word("wid");
      if (wid.length() > MAX_WORD) {
        throw new LeaseException("the wid is too long (expected: at most 32 characters)");
      }
      return wid;
    }

    private void want(Line line) {
      Word wid = wid(line).copy();
      int count = line.number("the number of tokens", 1, MAX_WANT);
      Demand demand = Demand.any();
      while (line.more()) {
        Word option = line.option();
        if (option.startsWith(FOR)) {
          demand = demand.timeout(Duration.ofMillis(Line.value(option, FOR, MAX_MILLIS)));
        } else if (option.startsWith(KEY)) {
          demand = demand.withKey(percentDecode(option.from(KEY.length).toString()));
        } else if (option.startsWith(NOT)) {
          demand = demand.excluding(excluded(option.from(NOT.length).toString()));
        }
      }
      lines.want(wid, count, demand);
    }

    private static String percentDecode(String word) {
      ByteArrayOutputStream text = new ByteArrayOutputStream(word.length());
      for (int i = 0; i < word.length(); i++) {
        char c = word.charAt(i);
        if (c == '%') {
          int high = i + 2 < word.length() ? Character.digit(word.charAt(i + 1), 16) : -1;
          int low = i + 2 < word.length() ? Character.digit(word.charAt(i + 2), 16) : -1;
          if (high < 0 || low < 0) {
            throw new LeaseException("malformed key (expected: two hex digits after each %)");
          }
          text.write(high << 4 | low);
          i += 2;
        } else {
          text.write(c);
        }
      }
      return text.toString(UTF_8);
    }

    private static Set<String> excluded(String list) {
      Set<String> excluded = new LinkedHashSet<>();
      for (String hostPort : list.split(",", Demand.MAX_EXCLUDED + 1)) {
        excluded.add(hostPort);
      }
      if (excluded.contains("")
          || list.chars().filter(c -> c == ',').count() >= Demand.MAX_EXCLUDED) {
        throw new LeaseException(
            "malformed not= (expected: 1 to 16 times host:port, one comma between two)");
      }
      return excluded;
    }

    private void done(Line line) {
      Word id = line.word("an id, or @host:port");
      boolean held = id.byteAt(0) == '@';
      if (held) {
        String hostPort = id.from(1).toString();
        lines.doneHeld(hostPort, outcome(line));
      } else {
        // The id is a view that reading the next word would move.
        Word kept = id.from(0);
        lines.done(kept, outcome(line));
      }
    }

    private static Outcome outcome(Line line) {
      Outcome outcome = kind(line.word("closed, refused, timeout, reset or unused"));
      long up = Outcome.UNKNOWN;
      long down = Outcome.UNKNOWN;
      while (line.more()) {
        Word option = line.option();
        if (option.startsWith(CONNECT)) {
          long millis = Line.value(option, CONNECT, MAX_MILLIS);
          outcome = outcome.withConnectTime(Duration.ofMillis(millis));
        } else if (option.startsWith(UP)) {
          up = Line.value(option, UP, MAX_BYTES);
        } else if (option.startsWith(DOWN)) {
          down = Line.value(option, DOWN, MAX_BYTES);
        }
      }
      return up == Outcome.UNKNOWN && down == Outcome.UNKNOWN
          ? outcome
          : outcome.withBytes(up, down);
    }

    private static Outcome kind(Word word) {
      if (word.is("closed")) {
        return Outcome.closed();
      } else if (word.is("unused")) {
        return Outcome.unused();
      } else if (word.is("refused")) {
        return Outcome.refused();
      } else if (word.is("timeout")) {
        return Outcome.timeout();
      } else if (word.is("reset")) {
        return Outcome.reset();
      }
      throw new LeaseException(
          "unknown kind (expected: closed, refused, timeout, reset or unused)");
    }
  }

  /** Encodes the lines of a lease peer. */
  final class Writer {

    /** Maximum length of a key in bytes of UTF-8, so that a WANT fits into a message. */
    public static final int MAX_KEY = 16384;

    private static final String ROLES = "roles=yes";

    private static final String UNESCAPED = "-._~:/@";
    private static final String HEX = "0123456789ABCDEF";

    private final LineBatch batch;

    /** Creates a writer that appends to a batch. */
    public Writer(LineBatch batch) {
      this.batch = batch;
    }

    /** Writes {@code HELLO 1 <name> roles=yes}, which declares support of the verb ROLE. */
    public void hello(String name) {
      ascii("HELLO 1 " + name + " " + ROLES);
    }

    /** Writes {@code HOLD <host:port> <n>}. */
    public void hold(String hostPort, int count) {
      ascii("HOLD " + hostPort + " " + count);
    }

    /**
     * Writes {@code WANT <wid> <n> …}.
     *
     * @throws IllegalArgumentException if the key is longer than {@link #MAX_KEY} bytes of UTF-8
     */
    public void want(long wid, int count, Demand demand) {
      StringBuilder line = new StringBuilder(48);
      line.append("WANT ").append(wid).append(' ').append(count);
      if (!demand.timeout().equals(Demand.DEFAULT_TIMEOUT)) {
        line.append(" for=").append(demand.timeout().toMillis());
      }
      if (!demand.excluded().isEmpty()) {
        line.append(" not=").append(String.join(",", demand.excluded()));
      }
      byte[] key = demand.key().map(text -> text.getBytes(UTF_8)).orElse(null);
      if (key == null) {
        ascii(line);
        return;
      }
      if (key.length > MAX_KEY) {
        throw new IllegalArgumentException(
            "a key of %d bytes (expected: at most %d)".formatted(key.length, MAX_KEY));
      }
      line.append(" key=");
      ByteBuf out = batch.line(line.length() + 3 * key.length);
      ByteBufUtil.writeAscii(out, line);
      percentEncode(out, key);
    }

    /** Writes {@code CANCEL <wid>}. */
    public void cancel(long wid) {
      ascii("CANCEL " + wid);
    }

    /** Writes {@code DONE <id> <kind> …}. */
    public void done(Word id, Outcome outcome) {
      StringBuilder rest = outcome(outcome);
      ByteBuf out = batch.line(5 + id.length() + rest.length());
      ByteBufUtil.writeAscii(out, "DONE ");
      id.writeTo(out);
      ByteBufUtil.writeAscii(out, rest);
    }

    /** Writes {@code DONE @<host:port> <kind> …}. */
    public void doneHeld(String hostPort, Outcome outcome) {
      ascii("DONE @" + hostPort + outcome(outcome));
    }

    /** Writes UTF-8 text as one word: all but letters, digits and a few marks as {@code %XX}. */
    private static void percentEncode(ByteBuf out, byte[] text) {
      for (byte b : text) {
        char c = (char) (b & 0xff);
        if (c < 0x80 && (Character.isLetterOrDigit(c) || UNESCAPED.indexOf(c) >= 0)) {
          out.writeByte(c);
        } else {
          out.writeByte('%').writeByte(HEX.charAt(c >> 4)).writeByte(HEX.charAt(c & 15));
        }
      }
    }

    private static StringBuilder outcome(Outcome outcome) {
      StringBuilder words = new StringBuilder(48);
      words.append(' ').append(outcome.kind().name().toLowerCase(Locale.ROOT));
      outcome.connectTime().ifPresent(time -> words.append(" connect=").append(time.toMillis()));
      if (outcome.bytesUp() != Outcome.UNKNOWN) {
        words.append(" up=").append(outcome.bytesUp());
      }
      if (outcome.bytesDown() != Outcome.UNKNOWN) {
        words.append(" down=").append(outcome.bytesDown());
      }
      return words;
    }

    /** Writes {@code BYE}. */
    public void bye() {
      ascii("BYE");
    }

    /** Writes {@code ALIVE}. */
    public void alive() {
      ascii("ALIVE");
    }

    private void ascii(CharSequence line) {
      ByteBufUtil.writeAscii(batch.line(line.length()), line);
    }
  }
}
