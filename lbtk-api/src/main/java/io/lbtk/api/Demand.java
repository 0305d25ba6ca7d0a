package io.lbtk.api;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants a token for. Immutable: each method that sets a thing returns another demand,
 * so that one can be kept and used many times.
 *
 * <pre>{@code
 * Demand.any().timeout(Duration.ofSeconds(1)).excluding(Set.of("10.0.0.1:80"))
 * }</pre>
 */
public final class Demand {

  /** How long a demand waits if it does not say. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  /** At most so many targets can be excluded. */
  public static final int MAX_EXCLUDED = 16;

  private static final Demand ANY = new Demand(null, Set.of(), DEFAULT_TIMEOUT, shortage -> {});

  private final @Nullable String key;
  private final Set<String> excluded;
  private final Duration timeout;
  private final Consumer<Shortage> observer;

  private Demand(
      @Nullable String key, Set<String> excluded, Duration timeout, Consumer<Shortage> observer) {
    this.key = key;
    this.excluded = excluded;
    this.timeout = timeout;
    this.observer = observer;
  }

  /** Any target, timeout {@link #DEFAULT_TIMEOUT}. */
  public static Demand any() {
    return ANY;
  }

  /**
   * This demand with a key: policies that hash send the same key to the same target while they can.
   */
  public Demand withKey(String key) {
    return new Demand(Objects.requireNonNull(key, "key"), excluded, timeout, observer);
  }

  /**
   * This demand without some targets, in place of those excluded before.
   *
   * @param hostPorts {@link Target#hostPort() host:port} of each, at most {@link #MAX_EXCLUDED}
   * @throws IllegalArgumentException if there are more
   */
  public Demand excluding(Set<String> hostPorts) {
    if (hostPorts.size() > MAX_EXCLUDED) {
      throw new IllegalArgumentException(
          "%d targets excluded (expected: at most %d)".formatted(hostPorts.size(), MAX_EXCLUDED));
    }
    return new Demand(
        key, Collections.unmodifiableSet(new LinkedHashSet<>(hostPorts)), timeout, observer);
  }

  /**
   * This demand with another patience.
   *
   * @param timeout how long to wait for a token, counted from {@link TokenSource#take}; zero to
   *     have one at once or not at all
   * @throws IllegalArgumentException if it is negative
   */
  public Demand timeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout %s (expected: not negative)".formatted(timeout));
    }
    return new Demand(key, excluded, timeout, observer);
  }

  /**
   * This demand with somebody who is told why it waits, each time the reason changes, from any
   * thread. The observer returns at once and throws nothing.
   */
  public Demand whileWaiting(Consumer<Shortage> observer) {
    return new Demand(key, excluded, timeout, Objects.requireNonNull(observer, "observer"));
  }

  /** The key, for policies that hash. */
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }

  /** The {@link Target#hostPort() host:port} of each target that is not wanted. */
  public Set<String> excluded() {
    return excluded;
  }

  /** Whether this demand does not want the target. */
  public boolean excludes(Target target) {
    return !excluded.isEmpty() && excluded.contains(target.hostPort());
  }

  /** How long to wait, counted from {@link TokenSource#take}. */
  public Duration timeout() {
    return timeout;
  }

  /** Called by a token source while it cannot serve this demand: tells the observer why. */
  public void reportShortage(Shortage shortage) {
    observer.accept(shortage);
  }

  @Override
  public String toString() {
    return "Demand[key=" + key + ", excluded=" + excluded + ", timeout=" + timeout + "]";
  }
}
