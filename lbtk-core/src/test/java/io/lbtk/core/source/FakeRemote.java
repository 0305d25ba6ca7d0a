package io.lbtk.core.source;

import io.lbtk.api.Demand;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A remote source whose connection is under the test's control. */
class FakeRemote implements RemoteTokenSource {

  final FakeTokenSource tokens;
  private final String name;
  private final List<Consumer<Boolean>> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean connected;
  private volatile int left;

  FakeRemote(String name, ManualClock clock) {
    this.name = name;
    this.tokens = new FakeTokenSource(clock);
  }

  FakeRemote connect() {
    return connection(true);
  }

  FakeRemote disconnect() {
    return connection(false);
  }

  private FakeRemote connection(boolean up) {
    connected = up;
    listeners.forEach(listener -> listener.accept(up));
    return this;
  }

  /** How often it was left. */
  int left() {
    return left;
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    return tokens.take(demand);
  }

  @Override
  public Token hold(Target target) {
    return tokens.hold(target);
  }

  @Override
  public Subscription onGone(Consumer<String> listener) {
    return tokens.onGone(listener);
  }

  @Override
  public boolean connected() {
    return connected;
  }

  @Override
  public Subscription onConnection(Consumer<Boolean> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public synchronized void leave() {
    left++;
  }

  @Override
  public void close() {
    tokens.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
