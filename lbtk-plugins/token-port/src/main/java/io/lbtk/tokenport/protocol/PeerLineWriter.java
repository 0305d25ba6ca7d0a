package io.lbtk.tokenport.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Locale;

/** Writes what a lease peer says to a generator. */
public final class PeerLineWriter {

  /** The most bytes that a key may have for a WANT to fit into a message. */
  public static final int MAX_KEY = 16384;

  static final String ROLES = "roles=yes";

  private final LineBatch batch;

  /** Writes into this batch. */
  public PeerLineWriter(LineBatch batch) {
    this.batch = batch;
  }

  /** {@code HELLO 1 <name> roles=yes}: this peer knows the verb ROLE. */
  public void hello(String name) {
    ascii("HELLO 1 " + name + " " + ROLES);
  }

  /** {@code HOLD <host:port> <n>}. */
  public void hold(String hostPort, int count) {
    ascii("HOLD " + hostPort + " " + count);
  }

  /**
   * {@code WANT <wid> <n> …}.
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
    PercentCode.write(out, key);
  }

  /** {@code CANCEL <wid>}. */
  public void cancel(long wid) {
    ascii("CANCEL " + wid);
  }

  /** {@code DONE <id> <kind> …}. */
  public void done(Word id, Outcome outcome) {
    StringBuilder rest = outcome(outcome);
    ByteBuf out = batch.line(5 + id.length() + rest.length());
    ByteBufUtil.writeAscii(out, "DONE ");
    id.writeTo(out);
    ByteBufUtil.writeAscii(out, rest);
  }

  /** {@code DONE @<host:port> <kind> …}. */
  public void doneHeld(String hostPort, Outcome outcome) {
    ascii("DONE @" + hostPort + outcome(outcome));
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

  /** {@code BYE}. */
  public void bye() {
    ascii("BYE");
  }

  /** {@code ALIVE}. */
  public void alive() {
    ascii("ALIVE");
  }

  private void ascii(CharSequence line) {
    ByteBufUtil.writeAscii(batch.line(line.length()), line);
  }
}
