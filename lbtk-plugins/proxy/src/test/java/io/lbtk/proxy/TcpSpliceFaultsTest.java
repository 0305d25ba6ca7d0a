package io.lbtk.proxy;

import java.io.IOException;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class TcpSpliceFaultsTest extends TcpFaultsTest {

  TcpSpliceFaultsTest() throws IOException {}

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.splice();
  }
}
