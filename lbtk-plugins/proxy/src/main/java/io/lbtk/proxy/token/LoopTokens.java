package io.lbtk.proxy.token;

import io.lbtk.api.Demand;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.net.HostResolver;
import io.lbtk.net.OnLoop;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token source and the host resolver of one loop of a proxy. Confined to the loop. */
public final class LoopTokens implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LoopTokens.class);

  /**
   * The origin of the token sources of the loops of a proxy.
   *
   * @param perLoop returns the source for a loop
   * @param owned whether each source is closed with its loop
   */
  public record Origin(Function<Executor, TokenSource> perLoop, boolean owned) {}

  private final String name;
  private final EventLoop loop;
  private final TokenSource source;
  private final boolean ownsSource;
  private final HostResolver resolver;

  /**
   * Creates the token source of a loop.
   *
   * @param name the name of the proxy, for the log
   * @param lookupTimeout the timeout for resolving the host of a target
   * @param nameServers the name servers for the hosts of targets; null for those of the system
   */
  public LoopTokens(
      String name,
      EventLoop loop,
      Origin origin,
      Duration lookupTimeout,
      @Nullable DnsServerAddressStreamProvider nameServers) {
    this.name = name;
    this.loop = loop;
    this.source = origin.perLoop().apply(loop);
    this.ownsSource = origin.owned();
    this.resolver = new HostResolver(loop, lookupTimeout, nameServers);
  }

  EventLoop loop() {
    return loop;
  }

  /**
   * Takes a token, as {@link TokenSource#take}. An exception of that method fails the returned
   * future.
   */
  CompletableFuture<Token> take(Demand demand) {
    try {
      return source.take(demand);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Subscribes to the targets that may not be picked any more, as {@link TokenSource#onGone}.
   *
   * @param listener the listener, called on the loop
   */
  public Subscription onGone(Consumer<String> listener) {
    return source.onGone(hostPort -> OnLoop.run(loop, () -> listener.accept(hostPort), () -> {}));
  }

  /** Resolves the host name of a target, as {@link HostResolver#resolve}. */
  public HostResolver.Lookup resolve(Target target, HostResolver.Listener listener) {
    return resolver.resolve(target.host(), target.port(), listener);
  }

  @Override
  public void close() {
    resolver.close();
    if (ownsSource) {
      try {
        source.close();
      } catch (Throwable e) {
        log.warn("{}: failed to close token source", name, e);
      }
    }
  }
}
