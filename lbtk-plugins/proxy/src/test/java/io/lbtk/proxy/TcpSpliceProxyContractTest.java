package io.lbtk.proxy;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class TcpSpliceProxyContractTest extends TcpProxyContractTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.splice();
  }
}
