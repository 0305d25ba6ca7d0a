package io.lbtk.netty.proxy;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class TcpSpliceProxyTest extends TcpProxyTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.splice();
  }
}
