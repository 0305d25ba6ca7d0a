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
 * A request for a token. Immutable: each method that sets something returns a copy, so that a
 * demand can be kept and used many times.
 *
 * <pre>{@code
 * Demand.any().timeout(Duration.ofSeconds(1)).excluding(Set.of("10.0.0.1:80"))
 * }</pre>
 */
public final class Demand {

  /** The timeout of a demand that does not set one. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  /** The largest number of targets that can be excluded. */
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

  /** Returns a demand for any target, with the {@link #DEFAULT_TIMEOUT}. */
  public static Demand any() {
    return ANY;
  }

  /**
   * Returns a copy of this demand with the given key. Policies that hash send the same key to the
   * same target as long as they can.
   */
  public Demand withKey(String key) {
    return new Demand(Objects.requireNonNull(key, "key"), excluded, timeout, observer);
  }

  /**
   * Returns a copy of this demand that excludes the given targets, in place of those excluded
   * before.
   *
   * @param hostPorts the {@link Target#hostPort() host:port} of each, at most {@link #MAX_EXCLUDED}
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
   * Returns a copy of this demand with the given timeout.
   *
   * @param timeout the longest time to wait for a token, counted from {@link TokenSource#take};
   *     zero for a token that is available at once, or none
   * @throws IllegalArgumentException if it is negative
   */
  public Demand timeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout %s (expected: not negative)".formatted(timeout));
    }
    return new Demand(key, excluded, timeout, observer);
  }

  /**
   * Returns a copy of this demand with an observer of the reason why it waits. The observer is
   * called each time the reason changes, by any thread; it must return at once and not throw.
   */
  public Demand whileWaiting(Consumer<Shortage> observer) {
    return new Demand(key, excluded, timeout, Objects.requireNonNull(observer, "observer"));
  }

  /** Returns the key, for policies that hash. */
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }

  /** Returns the {@link Target#hostPort() host:port} of each excluded target. */
  public Set<String> excluded() {
    return excluded;
  }

  /** Returns whether this demand excludes the target. */
  public boolean excludes(Target target) {
    return !excluded.isEmpty() && excluded.contains(target.hostPort());
  }

  /** Returns the longest time to wait, counted from {@link TokenSource#take}. */
  public Duration timeout() {
    return timeout;
  }

  /** Tells the observer why the demand waits. Called by the token source that cannot serve it. */
  public void reportShortage(Shortage shortage) {
    observer.accept(shortage);
  }

  @Override
  public String toString() {
    return "Demand[key=" + key + ", excluded=" + excluded + ", timeout=" + timeout + "]";
  }
}
