package io.lbtk.tokenport.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads what a lease peer says. */
public final class PeerLineReader {

  static final byte[] FOR = "for=".getBytes(US_ASCII);
  static final byte[] KEY = "key=".getBytes(US_ASCII);
  static final byte[] NOT = "not=".getBytes(US_ASCII);
  static final byte[] CONNECT = "connect=".getBytes(US_ASCII);
  static final byte[] UP = "up=".getBytes(US_ASCII);
  static final byte[] DOWN = "down=".getBytes(US_ASCII);

  private static final int MAX_WORD = 32;
  private static final int MAX_NAME = 128;
  private static final long MAX_MILLIS = PeerLines.MAX_WITHIN.toMillis();
  private static final long MAX_BYTES = 999_999_999_999_999_999L;

  private final PeerLines lines;

  /** Reads for this taker of lines. */
  public PeerLineReader(PeerLines lines) {
    this.lines = lines;
  }

  /**
   * Reads all lines of a message, which stays the caller's.
   *
   * @throws LeaseException at the first line that is not understood; those before it were told
   */
  public void read(ChannelHandlerContext ctx, ByteBuf message) {
    LeaseMessage.read(ctx, message, this::line);
  }

  private void line(Line line) {
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
      int count = line.number("how many connections", 0, PeerLines.MAX_HOLD);
      line.rest();
      lines.hold(hostPort, count);
    } else if (verb.is("CANCEL")) {
      Word wid = wid(line).copy();
      line.rest();
      lines.cancel(wid);
    } else if (verb.is("BYE")) {
      line.rest();
      lines.bye();
    } else if (verb.is("ALIVE")) {
      line.rest();
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
      knowsRoles |= line.option().is(PeerLineWriter.ROLES);
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
    int count = line.number("how many tokens", 1, PeerLines.MAX_WANT);
    Demand demand = Demand.any();
    while (line.more()) {
      Word option = line.option();
      if (option.startsWith(FOR)) {
        demand = demand.timeout(Duration.ofMillis(Line.value(option, FOR, MAX_MILLIS)));
      } else if (option.startsWith(KEY)) {
        demand = demand.withKey(PercentCode.decode(option.from(KEY.length).toString()));
      } else if (option.startsWith(NOT)) {
        demand = demand.excluding(excluded(option.from(NOT.length).toString()));
      }
    }
    lines.want(wid, count, demand);
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
      // The id is a view: what follows it must not be read with the same one.
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
    return up == Outcome.UNKNOWN && down == Outcome.UNKNOWN ? outcome : outcome.withBytes(up, down);
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
    throw new LeaseException("unknown kind (expected: closed, refused, timeout, reset or unused)");
  }
}
