package io.lbtk.tokenport.protocol;

import io.lbtk.api.Shortage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.util.Locale;

/**
 * Receives the lines that a generator sends, one call for each line; {@link Reader} decodes and
 * {@link Writer} encodes them.
 *
 * <p>A {@link Word} is valid for the duration of the call. Any method may throw a {@link
 * LeaseException}, which skips the rest of the message.
 */
public interface GeneratorLines {

  /**
   * Called for {@code HELLO 1 <epoch> [role=standby]}.
   *
   * @param epoch the epoch of the generator
   * @param standby whether the generator gives no tokens for now
   */
  void hello(String epoch, boolean standby);

  /** Called for {@code ROLE leader|standby}. */
  void role(boolean standby);

  /** Called for {@code TOKEN <wid> <id> <host:port>}; the host:port has not been validated. */
  void token(Word wid, Word id, Word hostPort);

  /** Called for {@code NONE <wid> empty|busy|excluded|expired}. */
  void none(Word wid, Shortage shortage);

  /** Called for {@code GONE <host:port>}; the host:port has not been validated. */
  void gone(Word hostPort);

  /** Called for {@code ERROR <text>}: the connection is about to be closed. */
  void error(String text);

  /** Called for {@code ALIVE}. */
  void alive();

  /** Decodes messages of a generator. */
  final class Reader {

    private final GeneratorLines lines;

    /** Creates a reader that passes the lines to the given receiver. */
    public Reader(GeneratorLines lines) {
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
      if (verb.is("TOKEN")) {
        Word wid = line.word("wid").from(0);
        Word id = line.word("an id").from(0);
        Word hostPort = line.word("host:port").from(0);
        line.skipOptions();
        lines.token(wid, id, hostPort);
      } else if (verb.is("NONE")) {
        Word wid = line.word("wid").from(0);
        Shortage shortage = shortage(line.word("empty, busy, excluded or expired"));
        line.skipOptions();
        lines.none(wid, shortage);
      } else if (verb.is("GONE")) {
        Word hostPort = line.word("host:port").from(0);
        line.skipOptions();
        lines.gone(hostPort);
      } else if (verb.is("HELLO")) {
        if (!line.word("the version").is("1")) {
          throw new LeaseException("another version of the lease protocol (expected: 1)");
        }
        String epoch = line.text("the epoch");
        boolean standby = false;
        while (line.more()) {
          standby |= line.option().is(Writer.ROLE_STANDBY);
        }
        lines.hello(epoch, standby);
      } else if (verb.is("ROLE")) {
        boolean standby = isStandby(line.word("leader or standby"));
        line.skipOptions();
        lines.role(standby);
      } else if (verb.is("ERROR")) {
        lines.error(line.remainder());
      } else if (verb.is("ALIVE")) {
        line.skipOptions();
        lines.alive();
      } else {
        throw new LeaseException(
            "unknown verb (expected: HELLO, ROLE, TOKEN, NONE, GONE, ERROR or ALIVE)");
      }
    }

    private static boolean isStandby(Word role) {
      if (role.is("standby")) {
        return true;
      } else if (role.is("leader")) {
        return false;
      }
      throw new LeaseException("unknown role (expected: leader or standby)");
    }

    private static Shortage shortage(Word word) {
      if (word.is("empty")) {
        return Shortage.EMPTY;
      } else if (word.is("busy")) {
        return Shortage.BUSY;
      } else if (word.is("excluded")) {
        return Shortage.EXCLUDED;
      } else if (word.is("expired")) {
        return Shortage.EXPIRED;
      }
      throw new LeaseException("unknown state (expected: empty, busy, excluded or expired)");
    }
  }

  /** Encodes the lines of a generator. */
  final class Writer {

    private static final String ROLE_STANDBY = "role=standby";

    private static final int MAX_ERROR = 400;

    private final LineBatch batch;

    /** Creates a writer that appends to a batch. */
    public Writer(LineBatch batch) {
      this.batch = batch;
    }

    /** Writes {@code HELLO 1 <epoch> [role=standby]}. */
    public void hello(String epoch, boolean standby) {
      ascii("HELLO 1 " + epoch + (standby ? " " + ROLE_STANDBY : ""));
    }

    /** Writes {@code ROLE leader|standby}; only for peers that support it. */
    public void role(boolean standby) {
      ascii(standby ? "ROLE standby" : "ROLE leader");
    }

    /**
     * Writes {@code TOKEN <wid> <id> <host:port>}.
     *
     * @param wid the wid of the WANT that is answered
     * @param ids the ids of this epoch
     * @param number the number of the token
     * @param hostPort the {@code host:port} in ASCII
     */
    public void token(Word wid, TokenIds ids, long number, byte[] hostPort) {
      ByteBuf out = batch.line(6 + wid.length() + 1 + TokenIds.MAX_LENGTH + 1 + hostPort.length);
      ByteBufUtil.writeAscii(out, "TOKEN ");
      wid.writeTo(out);
      out.writeByte(' ');
      ids.write(out, number);
      out.writeByte(' ').writeBytes(hostPort);
    }

    /** Writes {@code NONE <wid> empty|busy|excluded|expired}. */
    public void none(Word wid, Shortage shortage) {
      ascii("NONE " + wid + " " + shortage.name().toLowerCase(Locale.ROOT));
    }

    /** Writes {@code GONE <host:port>}. */
    public void gone(String hostPort) {
      ascii("GONE " + hostPort);
    }

    /** Writes {@code ERROR <text>}; the caller closes the connection. */
    public void error(String text) {
      String line = text.replaceAll("[^ -~]", "?");
      ascii("ERROR " + line.substring(0, Math.min(MAX_ERROR, line.length())));
    }

    /** Writes {@code ALIVE}. */
    public void alive() {
      ascii("ALIVE");
    }

    private void ascii(String line) {
      ByteBufUtil.writeAscii(batch.line(line.length()), line);
    }
  }
}
