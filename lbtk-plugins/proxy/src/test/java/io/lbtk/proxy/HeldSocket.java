package io.lbtk.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;

/** A socket for TLS that ends without a FIN, and whose records can be held to go out at once. */
final class HeldSocket extends Socket {

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean holding;

  HeldSocket(SocketAddress address) throws IOException {
    connect(address);
    setSoTimeout(TlsTest.TIMEOUT_MILLIS);
    setTcpNoDelay(true);
  }

  /** Keeps what is written from now on. */
  void hold() {
    holding = true;
  }

  /** Sends what was kept, by one write. */
  void release() throws IOException {
    holding = false;
    super.getOutputStream().write(held.toByteArray());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream out = super.getOutputStream();
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one});
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        (holding ? held : out).write(bytes, offset, length);
      }
    };
  }

  @Override
  public void shutdownOutput() {}
}
