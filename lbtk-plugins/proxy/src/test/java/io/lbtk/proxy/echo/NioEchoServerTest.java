package io.lbtk.proxy.echo;

class NioEchoServerTest extends EchoServerTest {

  NioEchoServerTest() {
    super(EchoType.NIO);
  }
}
