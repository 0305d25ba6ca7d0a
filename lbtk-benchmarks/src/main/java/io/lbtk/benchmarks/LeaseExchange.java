package io.lbtk.benchmarks;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.core.source.WindowTokenSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Lease peers of a token port: each takes a token and releases it. */
final class LeaseExchange implements TokenExchange {

  private final PortUnderLoad port;
  private final int window;
  private final List<TokenSource> peers = new ArrayList<>();
  private final AtomicLong taken = new AtomicLong();
  private volatile boolean running;

  /**
   * Peers that are connected.
   *
   * @param window tokens that each has in store; 0 for none
   */
  LeaseExchange(int peerCount, int targetCount, int window) throws InterruptedException {
    this.window = window;
    port = new PortUnderLoad(targetCount);
    for (RemoteTokenSource peer : port.connect(peerCount)) {
      peers.add(window == 0 ? peer : windowed(peer));
    }
  }

  private TokenSource windowed(RemoteTokenSource peer) {
    return new WindowTokenSource(
        peer, window, WindowTokenSource.DEFAULT_MAX_AGE, port.loop(), Ticker.system());
  }

  @Override
  public String name() {
    return "lbtk, window " + window;
  }

  @Override
  public void start() {
    running = true;
    peers.forEach(peer -> port.loop().execute(() -> take(peer)));
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public long answers() {
    return taken.get();
  }

  /** Takes one token after the other, on the event loop. */
  private void take(TokenSource peer) {
    CompletableFuture<Token> future = peer.take(Demand.any());
    while (future.isDone() && !future.isCompletedExceptionally() && running) {
      use(future.join());
      future = peer.take(Demand.any());
    }
    var unused = future.thenAccept(token -> taken(peer, token));
  }

  private void taken(TokenSource peer, Token token) {
    use(token);
    if (running) {
      take(peer);
    }
  }

  private void use(Token token) {
    taken.lazySet(taken.get() + 1);
    token.release(Outcome.closed());
  }

  @Override
  public void close() {
    running = false;
    port.close();
  }
}
