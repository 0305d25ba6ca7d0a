package io.lbtk.testkit;

import java.io.IOException;
import java.net.Socket;

/**
 * A backend that echoes the bytes that it receives, and ends its side of a connection when the
 * other side has ended.
 */
public final class EchoBackend extends Backend {

  /** Creates an echo on a free port of 127.0.0.1. */
  public EchoBackend() {
    super(EchoBackend::echo);
  }

  private static void echo(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.getInputStream().transferTo(socket.getOutputStream());
    socket.shutdownOutput();
  }
}
