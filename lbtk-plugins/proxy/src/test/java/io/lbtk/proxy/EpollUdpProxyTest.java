package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.net.UdpClient;
import io.lbtk.proxy.udp.UdpEngine;
import io.lbtk.testkit.FakeTokenSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class EpollUdpProxyTest extends UdpProxyTest {

  @Override
  UdpProxy.Builder newBuilder() {
    return UdpProxy.builder(UdpEngine.epoll());
  }

  @Test
  void everyLoopHasItsClientsAndASourceOfItsOwn() throws Exception {
    Map<Executor, AtomicInteger> taken = new ConcurrentHashMap<>();
    try (UdpBackend echo = UdpBackend.echo();
        FakeTokenSource tokens = new FakeTokenSource().always(echo.target());
        UdpProxy proxy =
            newBuilder()
                .listen("127.0.0.1:0")
                .loops(2)
                .tokens(
                    loop ->
                        counting(tokens, taken.computeIfAbsent(loop, key -> new AtomicInteger())))
                .build()) {
      proxy.start();
      // All at once: a client at the port of an earlier one would be in the session of that.
      List<UdpClient> clients = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        UdpClient client = new UdpClient(proxy.address());
        clients.add(client);
        assertThat(client.exchange("a")).isEqualTo("a");
        assertThat(client.exchange("b")).isEqualTo("b");
      }
      clients.forEach(UdpClient::close);
    }

    assertThat(taken).hasSize(2);
    assertThat(taken.values()).allMatch(count -> count.get() > 0);
    assertThat(taken.values().stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(64);
  }

  private static TokenSource counting(TokenSource source, AtomicInteger taken) {
    return new TokenSource() {
      @Override
      public CompletableFuture<Token> take(Demand demand) {
        taken.incrementAndGet();
        return source.take(demand);
      }

      @Override
      public void close() {}
    };
  }
}
