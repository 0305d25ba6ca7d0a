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
 * The PROXY header at the start of one client connection: waits for the header and keeps its
 * content. The client's end passes in all its input until the header is complete.
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
   * Creates a header that has not been received yet.
   *
   * @param peer the remote end of the connection
   */
  ClientHeader(Tunnel tunnel, ProxyLoop loop, InetSocketAddress peer) {
    this.tunnel = tunnel;
    this.loop = loop;
    this.peer = peer;
  }

  /** Starts to wait for the header; called once, on the loop. */
  void await(long now) {
    deadline = now + loop.settings().headers().waitNanos();
    loop.timers().set(tunnel, deadline, now);
    tunnel.client().readFirst(this);
  }

  /**
   * Consumes bytes of the header, and leaves those after it in the buffer.
   *
   * @return whether more bytes are needed; if not, the caller calls {@link #end}
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

  /**
   * Lets the tunnel proceed, or closes it if the header was invalid. Called when the bytes after
   * the header are stored.
   */
  public void end() {
    if (wrong != null) {
      fail(wrong);
    } else {
      loop.headerRead();
      tunnel.admit(System.nanoTime());
    }
  }

  /**
   * Handles a client that ended before its header was complete. Logs it unless the client sent
   * nothing.
   */
  void gone() {
    ProxyHeaderReader reading = reader;
    if (reading != null && reading.length() > 0) {
      fail("connection ended after %d bytes of a header".formatted(reading.length()));
    }
  }

  @Override
  public void due(long now) {
    ProxyHeaderReader reading = reader;
    if (deadline - now > 0) {
      loop.timers().set(tunnel, deadline, now);
    } else if (reading != null) {
      long millis = TimeUnit.NANOSECONDS.toMillis(loop.settings().headers().waitNanos());
      fail("received %d bytes of a header within %d ms".formatted(reading.length(), millis));
    }
  }

  @Override
  public void cancel() {}

  private void fail(String why) {
    loop.noHeader(NetUtil.toAddressString(peer.getAddress()), why);
    tunnel.abort();
  }

  /** Returns the address of the client: as the header states it, or that of the peer. */
  InetSocketAddress client() {
    InetSocketAddress source = header.source();
    return source == null ? peer : source;
  }

  /** Returns the header received; {@link ProxyHeader#UNKNOWN} if it names no client. */
  ProxyHeader header() {
    return header;
  }
}
