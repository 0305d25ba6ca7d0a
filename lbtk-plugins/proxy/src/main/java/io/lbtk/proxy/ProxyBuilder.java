package io.lbtk.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.StartException;
import io.lbtk.api.TokenSource;
import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.token.DemandKey;
import io.lbtk.proxy.token.LoopTokens;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The common part of the builders of proxies. Each method returns the builder. Not thread-safe.
 *
 * @param <B> the type of the builder
 */
abstract class ProxyBuilder<B extends ProxyBuilder<B>> {

  private String name = "proxy";
  private @Nullable ListenAddress listen;
  private LoopTokens.@Nullable Origin tokens;
  private int loops = Runtime.getRuntime().availableProcessors();
  private Duration tokenTimeout = Duration.ofSeconds(5);
  private DemandKey key = DemandKey.NONE;
  private @Nullable DnsServerAddressStreamProvider nameServers;

  /** Returns this builder. */
  abstract B self();

  /** Sets the name in logs, errors and threads; {@code proxy} by default. */
  public B name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * Sets the address to listen on: {@code host:port}, an IPv6 address in brackets, {@code *} for
   * all addresses, port 0 for a free port. Required.
   *
   * @throws StartException if the text is no address
   */
  public B listen(String address) {
    return listen(ListenAddress.parse(name, address));
  }

  /** Sets the address to listen on. Required. */
  public B listen(ListenAddress address) {
    this.listen = Objects.requireNonNull(address, "address");
    return self();
  }

  /** Sets one token source for all event loops, which the caller closes after the proxy. */
  public B tokens(TokenSource source) {
    Objects.requireNonNull(source, "source");
    this.tokens = new LoopTokens.Origin(loop -> source, false);
    return self();
  }

  /**
   * Sets a function that creates a token source for each event loop when the proxy starts. The
   * proxy closes them.
   *
   * @param perLoop receives the event loop as a serial executor; only its tasks use the source
   */
  public B tokens(Function<Executor, TokenSource> perLoop) {
    this.tokens = new LoopTokens.Origin(Objects.requireNonNull(perLoop, "perLoop"), true);
    return self();
  }

  /**
   * Sets the number of event loops, each with a thread; the number of cores by default. A UDP proxy
   * without epoll always has one.
   */
  public B loops(int loops) {
    this.loops = atLeastOne("loops", loops);
    return self();
  }

  /** Sets the longest time that a client waits for a token; 5 seconds by default. */
  public B tokenTimeout(Duration timeout) {
    this.tokenTimeout = positive("token-timeout", timeout);
    return self();
  }

  /** Sets the key of demands; none by default. */
  public B key(DemandKey key) {
    this.key = Objects.requireNonNull(key, "key");
    return self();
  }

  /** Sets the name servers for the hosts of targets, in place of those of the system. */
  B nameServers(DnsServerAddressStreamProvider servers) {
    this.nameServers = servers;
    return self();
  }

  String name() {
    return name;
  }

  int loops() {
    return loops;
  }

  @Nullable DnsServerAddressStreamProvider nameServers() {
    return nameServers;
  }

  /** Returns the demand of a client, without its key. */
  Demand demand() {
    return Demand.any().timeout(tokenTimeout);
  }

  DemandKey key() {
    return key;
  }

  /**
   * Returns the address to listen on.
   *
   * @throws IllegalStateException if it was not set
   */
  ListenAddress listen() {
    return required(listen, "address to listen on");
  }

  /**
   * Returns the origin of the tokens.
   *
   * @throws IllegalStateException if it was not set
   */
  LoopTokens.Origin tokens() {
    return required(tokens, "tokens");
  }

  private <T> T required(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException("%s has no %s".formatted(name, what));
    }
    return value;
  }

  static int atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s %d (expected: 1 or more)".formatted(what, value));
    }
    return value;
  }

  static Duration positive(String what, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("%s %s (expected: more than 0)".formatted(what, value));
    }
    return value;
  }
}
