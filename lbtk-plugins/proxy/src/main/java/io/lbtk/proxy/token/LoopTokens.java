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

/** Where one loop of a proxy gets its tokens, and the addresses of their targets. Of the loop. */
public final class LoopTokens implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LoopTokens.class);

  /**
   * Where the loops of a proxy get their tokens.
   *
   * @param perLoop is given the loop
   * @param owned whether what it gives is closed with the loop
   */
  public record Origin(Function<Executor, TokenSource> perLoop, boolean owned) {}

  private final String name;
  private final EventLoop loop;
  private final TokenSource source;
  private final boolean ownsSource;
  private final HostResolver resolver;

  /**
   * The tokens of a loop.
   *
   * @param name of the proxy, for the log
   * @param lookupTimeout how long the lookup of a target's name may take
   * @param nameServers whom to ask for the names of targets; null for those of the system
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

  /** A token, as {@link TokenSource#take}; what that throws is how the demand fails. */
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
   * @param listener called on the loop
   */
  public Subscription onGone(Consumer<String> listener) {
    return source.onGone(hostPort -> OnLoop.run(loop, () -> listener.accept(hostPort), () -> {}));
  }

  /** Looks up the addresses of a target whose host is a name, as {@link HostResolver#resolve}. */
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
        log.warn("{}: its token source did not close well", name, e);
      }
    }
  }
}
