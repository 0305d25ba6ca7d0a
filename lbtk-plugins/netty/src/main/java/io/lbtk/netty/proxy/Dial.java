package io.lbtk.netty.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds one client a target: takes a token, connects, and tries another target if that fails,
 * within the bounds of the settings. No byte of the client is read before. Lives on the client's
 * event loop.
 */
final class Dial {

  private final ProxyLoop loop;
  private final SocketChannel client;
  private final long startNanos = System.nanoTime();
  private final Set<String> tried = new LinkedHashSet<>();
  private @Nullable CompletableFuture<Token> taking;
  private @Nullable Promise<Channel> connecting;
  private boolean over;

  Dial(ProxyLoop loop, SocketChannel client) {
    this.loop = loop;
    this.client = client;
  }

  void start() {
    client.closeFuture().addListener(closed -> cancel());
    loop.retries().connection();
    takeToken();
  }

  private void cancel() {
    over = true;
    if (taking != null) {
      taking.cancel(false);
    }
    if (connecting != null) {
      connecting.cancel(false);
    }
  }

  private void giveUp() {
    over = true;
    client.close();
  }

  private Duration timeLeft() {
    Duration spent = Duration.ofNanos(System.nanoTime() - startNanos);
    Duration left = loop.settings().attemptsTimeout().minus(spent);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void takeToken() {
    CompletableFuture<Token> future = loop.tokens().take(demand());
    taking = future;
    if (future.isDone()) {
      taken(future);
    } else {
      future.whenComplete((token, failure) -> loop.eventLoop().execute(() -> taken(future)));
    }
  }

  private Demand demand() {
    TunnelSettings settings = loop.settings();
    Duration left = timeLeft();
    Demand demand =
        Demand.any()
            .within(settings.tokenTimeout().compareTo(left) < 0 ? settings.tokenTimeout() : left);
    if (!tried.isEmpty()) {
      demand = demand.excluding(tried);
    }
    return settings.keyByClient()
        ? demand.withKey(client.remoteAddress().getAddress().getHostAddress())
        : demand;
  }

  private void taken(CompletableFuture<Token> future) {
    if (future.isCancelled()) {
      return;
    }
    Token token;
    try {
      token = future.join();
    } catch (CompletionException e) {
      noToken(e.getCause() == null ? e : e.getCause());
      return;
    }
    if (over) {
      token.release(Outcome.unused());
      return;
    }
    loop.log().works("tokens");
    connect(token);
  }

  private void noToken(Throwable cause) {
    if (over) {
      return;
    }
    boolean triedAll =
        cause instanceof NoTokenException none && none.shortage() == Shortage.EXCLUDED;
    if (!triedAll) {
      loop.log().fails("tokens", String.valueOf(cause.getMessage()));
    }
    giveUp();
  }

  private void connect(Token token) {
    long connectNanos = System.nanoTime();
    Promise<Channel> promise = loop.connector().connect(token.target());
    connecting = promise;
    var attemptsEnd =
        tried.isEmpty()
            ? null
            : loop.eventLoop()
                .schedule(
                    () -> promise.tryFailure(new ConnectTimeoutException("no time left")),
                    timeLeft().toNanos(),
                    TimeUnit.NANOSECONDS);
    promise.addListener(
        done -> {
          if (attemptsEnd != null) {
            attemptsEnd.cancel(false);
          }
          Duration time = Duration.ofNanos(System.nanoTime() - connectNanos);
          if (promise.isSuccess()) {
            connected(token, (SocketChannel) promise.getNow(), time);
          } else {
            failed(token, promise.cause(), time);
          }
        });
  }

  private void connected(Token token, SocketChannel target, Duration time) {
    if (over) {
      token.release(Outcome.unused().withConnectTime(time));
      target.close();
      return;
    }
    over = true;
    loop.log().works(token.target().hostPort());
    loop.tunnel(client, target, token, time);
  }

  private void failed(Token token, Throwable cause, Duration time) {
    Target target = token.target();
    if (over || cause instanceof ChannelException) {
      // A socket that cannot be made is this machine's fault, not the target's.
      token.release(Outcome.unused());
      if (!over) {
        loop.log().fails("sockets", String.valueOf(cause.getMessage()));
        giveUp();
      }
      return;
    }
    Outcome outcome =
        cause instanceof ConnectTimeoutException ? Outcome.timeout() : Outcome.refused();
    loop.log().fails(target.hostPort(), reason(cause));
    token.release(outcome.withConnectTime(time));
    tried.add(target.hostPort());
    if (tried.size() < loop.settings().attempts()
        && !timeLeft().isZero()
        && loop.retries().tryRetry()) {
      takeToken();
    } else {
      giveUp();
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return "does not accept the connection in time";
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("refused") ? "connection refused" : message;
  }
}
