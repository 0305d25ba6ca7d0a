package io.lbtk.netty.proxy;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;

/** Where pipes are small everything is copied. */
@EnabledOnOs(OS.LINUX)
@EnabledForJreRange(max = JRE.JAVA_21)
class TcpSpliceCopyingContractTest extends TcpProxyContractTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.splice();
  }
}
