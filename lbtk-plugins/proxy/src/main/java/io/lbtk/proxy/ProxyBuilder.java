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
 * What every proxy is made by. Each method returns the builder; it is not thread-safe.
 *
 * @param <B> the builder itself
 */
abstract class ProxyBuilder<B extends ProxyBuilder<B>> {

  private String name = "proxy";
  private @Nullable ListenAddress listen;
  private LoopTokens.@Nullable Origin tokens;
  private int loops = Runtime.getRuntime().availableProcessors();
  private Duration tokenTimeout = Duration.ofSeconds(5);
  private DemandKey key = DemandKey.NONE;
  private @Nullable DnsServerAddressStreamProvider nameServers;

  /** This builder. */
  abstract B self();

  /** The name for logs, errors and threads; {@code proxy} by default. */
  public B name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * Where to listen: {@code host:port}, an IPv6 address in brackets, {@code *} for every address,
   * port 0 for any free one. Required.
   *
   * @throws StartException if the text is no address
   */
  public B listen(String address) {
    return listen(ListenAddress.parse(name, address));
  }

  /** Where to listen. Required. */
  public B listen(ListenAddress address) {
    this.listen = Objects.requireNonNull(address, "address");
    return self();
  }

  /** One source for all loops. It stays the caller's, who closes it after the proxy. */
  public B tokens(TokenSource source) {
    Objects.requireNonNull(source, "source");
    this.tokens = new LoopTokens.Origin(loop -> source, false);
    return self();
  }

  /**
   * A source for each loop, made when the proxy starts. The proxy closes them.
   *
   * @param perLoop is given the loop, as a serial executor; the source is used by its tasks alone
   */
  public B tokens(Function<Executor, TokenSource> perLoop) {
    this.tokens = new LoopTokens.Origin(Objects.requireNonNull(perLoop, "perLoop"), true);
    return self();
  }

  /**
   * How many threads; one for each core by default. A proxy for UDP has one in any case where there
   * is no epoll.
   */
  public B loops(int loops) {
    this.loops = atLeastOne("loops", loops);
    return self();
  }

  /** How long a client waits for a token before it is given up; 5 seconds by default. */
  public B tokenTimeout(Duration timeout) {
    this.tokenTimeout = positive("token-timeout", timeout);
    return self();
  }

  /** What is the key of each demand; none by default. */
  public B key(DemandKey key) {
    this.key = Objects.requireNonNull(key, "key");
    return self();
  }

  /** Whom to ask for the names of targets, in place of the servers of the system. */
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

  /** What each client asks for, its key aside. */
  Demand demand() {
    return Demand.any().timeout(tokenTimeout);
  }

  DemandKey key() {
    return key;
  }

  /**
   * Where to listen.
   *
   * @throws IllegalStateException if that was not said
   */
  ListenAddress listen() {
    return required(listen, "address to listen on");
  }

  /**
   * Where the tokens come from.
   *
   * @throws IllegalStateException if that was not said
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
