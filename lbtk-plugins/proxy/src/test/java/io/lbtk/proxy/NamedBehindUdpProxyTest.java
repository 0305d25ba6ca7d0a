package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real name servers as the targets, and Netty's resolver as the client. */
class NamedBehindUdpProxyTest {

  @TempDir private Path folder;

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final EventLoopGroup clients =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void end() {
    clients.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void eachQuestionGoesToTheTargetOfItsToken() throws Exception {
    try (Named one = new Named(folder.resolve("one"), "127.0.0.11");
        Named two = new Named(folder.resolve("two"), "127.0.0.12");
        UdpProxy proxy = start();
        DnsNameResolver names = resolver(proxy.address())) {
      tokens.give(one.target(), two.target(), one.target(), two.target());

      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        answers.add(ask(names));
      }

      assertThat(answers).containsExactly("127.0.0.11", "127.0.0.12", "127.0.0.11", "127.0.0.12");
      tokens.awaitReleases(4);
      assertThat(tokens.kinds()).containsOnly(Kind.CLOSED);
    }
  }

  @Test
  void aServerThatIsGoneIsRefusedAndTheNextQuestionGoesElsewhere() throws Exception {
    try (Named one = new Named(folder.resolve("one"), "127.0.0.11");
        UdpProxy proxy = start();
        DnsNameResolver names = resolver(proxy.address())) {
      try (Named two = new Named(folder.resolve("two"), "127.0.0.12")) {
        tokens.give(two.target());
        assertThat(ask(names)).isEqualTo("127.0.0.12");
        tokens.give(two.target()).always(one.target());
      }

      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(() -> ask(names).equals("127.0.0.11"));

      assertThat(tokens.kinds()).startsWith(Kind.CLOSED, Kind.REFUSED);
    }
  }

  private UdpProxy start() {
    UdpProxy proxy =
        UdpProxy.builder().listen("127.0.0.1:0").tokens(tokens).loops(1).responses(1).build();
    proxy.start();
    return proxy;
  }

  private DnsNameResolver resolver(InetSocketAddress server) {
    return new DnsNameResolverBuilder(clients.next())
        .datagramChannelType(NioDatagramChannel.class)
        .nameServerProvider(new SingletonDnsServerAddressStreamProvider(server))
        .resolvedAddressTypes(ResolvedAddressTypes.IPV4_ONLY)
        .recursionDesired(false)
        .resolveCache(NoopDnsCache.INSTANCE)
        .queryTimeoutMillis(1000)
        .build();
  }

  private static String ask(DnsNameResolver names) throws Exception {
    InetAddress answer = names.resolve(Named.NAME + ".").get();
    return answer.getHostAddress();
  }
}
