package io.lbtk.proxy;

import java.io.IOException;

class TcpNioFaultsTest extends TcpFaultsTest {

  TcpNioFaultsTest() throws IOException {}

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio();
  }
}
