package io.lbtk.netty.echo;

class NioEchoServerTest extends EchoServerTest {

  NioEchoServerTest() {
    super(EchoType.NIO);
  }
}
