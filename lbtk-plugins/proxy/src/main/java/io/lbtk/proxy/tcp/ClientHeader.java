package io.lbtk.proxy.tcp;

import io.lbtk.proxy.header.ProxyHeader;
import io.lbtk.proxy.header.ProxyHeaderException;
import io.lbtk.proxy.header.ProxyHeaderReader;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The PROXY header that the connection of one client begins with: the wait for it, and what it
 * said. The client's end gives it all that it reads until it has enough.
 */
public final class ClientHeader implements Phase {

  private final Tunnel tunnel;
  private final ProxyLoop loop;
  private final InetSocketAddress peer;
  private @Nullable ProxyHeaderReader reader = new ProxyHeaderReader();
  private long deadline;
  private ProxyHeader header = ProxyHeader.UNKNOWN;
  private @Nullable String wrong;

  /**
   * A header that is not there yet.
   *
   * @param peer the other end of the connection
   */
  ClientHeader(Tunnel tunnel, ProxyLoop loop, InetSocketAddress peer) {
    this.tunnel = tunnel;
    this.loop = loop;
    this.peer = peer;
  }

  /** Begins to wait; called once, on the loop. */
  void await(long now) {
    deadline = now + loop.settings().headers().waitNanos();
    loop.timers().set(tunnel, deadline, now);
    tunnel.client().readFirst(this);
  }

  /**
   * Takes what the client has sent, and leaves what comes after the header.
   *
   * @return whether more is needed; if not, {@link #end} is to be called
   */
  public boolean read(ByteBuffer bytes) {
    ProxyHeaderReader reading = reader;
    if (reading == null) {
      return false;
    }
    try {
      ProxyHeader complete = reading.read(bytes);
      if (complete == null) {
        return true;
      }
      header = complete;
    } catch (ProxyHeaderException e) {
      wrong = e.getMessage();
    }
    reader = null;
    return false;
  }

  /** Lets the tunnel go on, or end: what follows the header is kept by now. */
  public void end() {
    if (wrong != null) {
      fail(wrong);
    } else {
      loop.headerRead();
      tunnel.admit(System.nanoTime());
    }
  }

  /** The client has ended before its header has: that is one line, unless it sent nothing. */
  void gone() {
    ProxyHeaderReader reading = reader;
    if (reading != null && reading.length() > 0) {
      fail("it has ended after %d bytes of one".formatted(reading.length()));
    }
  }

  @Override
  public void due(long now) {
    ProxyHeaderReader reading = reader;
    if (deadline - now > 0) {
      loop.timers().set(tunnel, deadline, now);
    } else if (reading != null) {
      long millis = TimeUnit.NANOSECONDS.toMillis(loop.settings().headers().waitNanos());
      fail("%d bytes of one came within %d ms".formatted(reading.length(), millis));
    }
  }

  @Override
  public void cancel() {}

  private void fail(String why) {
    loop.noHeader(NetUtil.toAddressString(peer.getAddress()), why);
    tunnel.abort();
  }

  /** Where the client is, as far as that is known. */
  InetSocketAddress client() {
    InetSocketAddress source = header.source();
    return source == null ? peer : source;
  }

  /** What the client said; {@link ProxyHeader#UNKNOWN} if the connection stands for itself. */
  ProxyHeader header() {
    return header;
  }
}
