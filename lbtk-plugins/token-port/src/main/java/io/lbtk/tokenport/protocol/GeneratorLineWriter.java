package io.lbtk.tokenport.protocol;

import io.lbtk.api.Shortage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Locale;

/** Writes what a generator says to a lease peer. */
public final class GeneratorLineWriter {

  static final String ROLE_STANDBY = "role=standby";

  private static final int MAX_ERROR = 400;

  private final LineBatch batch;

  /** Writes into this batch. */
  public GeneratorLineWriter(LineBatch batch) {
    this.batch = batch;
  }

  /** {@code HELLO 1 <epoch> [role=standby]}. */
  public void hello(String epoch, boolean standby) {
    ascii("HELLO 1 " + epoch + (standby ? " " + ROLE_STANDBY : ""));
  }

  /** {@code ROLE leader|standby}; only for peers that said that they know it. */
  public void role(boolean standby) {
    ascii(standby ? "ROLE standby" : "ROLE leader");
  }

  /**
   * {@code TOKEN <wid> <id> <host:port>}.
   *
   * @param hostPort the bytes of the {@code host:port}
   */
  public void token(Word wid, TokenIds ids, long number, byte[] hostPort) {
    ByteBuf out = batch.line(6 + wid.length() + 1 + TokenIds.MAX_LENGTH + 1 + hostPort.length);
    ByteBufUtil.writeAscii(out, "TOKEN ");
    wid.writeTo(out);
    out.writeByte(' ');
    ids.write(out, number);
    out.writeByte(' ').writeBytes(hostPort);
  }

  /** {@code NONE <wid> empty|busy|excluded|expired}. */
  public void none(Word wid, Shortage shortage) {
    ascii("NONE " + wid + " " + shortage.name().toLowerCase(Locale.ROOT));
  }

  /** {@code GONE <host:port>}. */
  public void gone(String hostPort) {
    ascii("GONE " + hostPort);
  }

  /** {@code ERROR <text>}; the caller closes the connection. */
  public void error(String text) {
    String line = text.replaceAll("[^ -~]", "?");
    ascii("ERROR " + line.substring(0, Math.min(MAX_ERROR, line.length())));
  }

  /** {@code ALIVE}. */
  public void alive() {
    ascii("ALIVE");
  }

  private void ascii(String line) {
    ByteBufUtil.writeAscii(batch.line(line.length()), line);
  }
}
