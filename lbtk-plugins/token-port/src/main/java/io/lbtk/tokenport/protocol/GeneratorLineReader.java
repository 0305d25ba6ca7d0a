package io.lbtk.tokenport.protocol;

import io.lbtk.api.Shortage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Reads what a generator says to a lease peer. */
public final class GeneratorLineReader {

  private final GeneratorLines lines;

  /** Reads for this taker of lines. */
  public GeneratorLineReader(GeneratorLines lines) {
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
    if (verb.is("TOKEN")) {
      Word wid = line.word("wid").from(0);
      Word id = line.word("an id").from(0);
      Word hostPort = line.word("host:port").from(0);
      line.rest();
      lines.token(wid, id, hostPort);
    } else if (verb.is("NONE")) {
      Word wid = line.word("wid").from(0);
      Shortage shortage = shortage(line.word("empty, busy, excluded or expired"));
      line.rest();
      lines.none(wid, shortage);
    } else if (verb.is("GONE")) {
      Word hostPort = line.word("host:port").from(0);
      line.rest();
      lines.gone(hostPort);
    } else if (verb.is("HELLO")) {
      if (!line.word("the version").is("1")) {
        throw new LeaseException("another version of the lease protocol (expected: 1)");
      }
      String epoch = line.text("the epoch");
      boolean standby = false;
      while (line.more()) {
        standby |= line.option().is(GeneratorLineWriter.ROLE_STANDBY);
      }
      lines.hello(epoch, standby);
    } else if (verb.is("ROLE")) {
      boolean standby = isStandby(line.word("leader or standby"));
      line.rest();
      lines.role(standby);
    } else if (verb.is("ERROR")) {
      lines.error(line.remainder());
    } else if (verb.is("ALIVE")) {
      line.rest();
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
