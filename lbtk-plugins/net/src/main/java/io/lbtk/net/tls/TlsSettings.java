package io.lbtk.net.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * TLS settings of a proxy: which connections use TLS, with which PEM files. Immutable; the files
 * are read when the proxy is built, and again when they change.
 *
 * <pre>{@code
 * TlsSettings tls = TlsSettings.builder().certificate(Path.of("chain.pem"), Path.of("key.pem")).build();
 * TcpProxy proxy = TcpProxy.nio().listen("*:8443").tokens(generator).tls(tls).build();
 * }</pre>
 *
 * <p>Supports TLS 1.2 and 1.3. Private keys are PKCS #8 without a passphrase.
 */
public final class TlsSettings {

  private static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  private final @Nullable PemFile certificate;
  private final @Nullable PemFile key;
  private final @Nullable PemFile clientCa;
  private final boolean targets;
  private final @Nullable PemFile targetCa;
  private final @Nullable String targetName;
  private final @Nullable PemFile targetCertificate;
  private final @Nullable PemFile targetKey;
  private final Duration handshakeTimeout;
  private final @Nullable ScheduledExecutorService scheduler;

  private TlsSettings(Builder builder) {
    this.certificate = file("tls.certificate", builder.certificate);
    this.key = file("tls.key", builder.key);
    this.clientCa = file("tls.client-ca", builder.clientCa);
    this.targets = builder.targets;
    this.targetCa = file("tls.target-ca", builder.targetCa);
    this.targetName = builder.targetName;
    this.targetCertificate = file("tls.target-certificate", builder.targetCertificate);
    this.targetKey = file("tls.target-key", builder.targetKey);
    this.handshakeTimeout = builder.handshakeTimeout;
    this.scheduler = builder.scheduler;
  }

  private static @Nullable PemFile file(String option, @Nullable Path path) {
    return path == null ? null : new PemFile(option, path);
  }

  /** Returns a builder whose settings use no TLS by default. */
  public static Builder builder() {
    return new Builder();
  }

  @Nullable PemFile certificate() {
    return certificate;
  }

  @Nullable PemFile key() {
    return key;
  }

  @Nullable PemFile clientCa() {
    return clientCa;
  }

  boolean targets() {
    return targets;
  }

  @Nullable PemFile targetCa() {
    return targetCa;
  }

  @Nullable String targetName() {
    return targetName;
  }

  @Nullable PemFile targetCertificate() {
    return targetCertificate;
  }

  @Nullable PemFile targetKey() {
    return targetKey;
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  @Nullable ScheduledExecutorService scheduler() {
    return scheduler;
  }

  /** Returns contradictions between the settings, in a list that the caller may extend. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    requirePair(problems, "tls.certificate", certificate, "tls.key", key);
    requirePair(problems, "tls.target-certificate", targetCertificate, "tls.target-key", targetKey);
    if (certificate == null && key == null) {
      require(problems, clientCa, "tls.certificate and tls.key");
    }
    if (!targets) {
      require(problems, targetCa, "tls.targets = on");
      require(problems, targetCertificate, "tls.targets = on");
      if (targetName != null) {
        require(problems, "tls.target-name = " + targetName, "tls.targets = on");
      }
    }
    return problems;
  }

  private static void requirePair(
      List<String> problems,
      String first,
      @Nullable Object firstFile,
      String second,
      @Nullable Object secondFile) {
    if (secondFile == null) {
      require(problems, firstFile, second);
    } else if (firstFile == null) {
      require(problems, secondFile, first);
    }
  }

  private static void require(List<String> problems, @Nullable Object given, String missing) {
    if (given != null) {
      problems.add("%s: stands alone (expected: %s, too)".formatted(given, missing));
    }
  }

  /** Builds settings. Each method returns the builder; it is not thread-safe. */
  public static final class Builder {

    private @Nullable Path certificate;
    private @Nullable Path key;
    private @Nullable Path clientCa;
    private boolean targets;
    private @Nullable Path targetCa;
    private @Nullable String targetName;
    private @Nullable Path targetCertificate;
    private @Nullable Path targetKey;
    private Duration handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT;
    private @Nullable ScheduledExecutorService scheduler;

    private Builder() {}

    /** Sets the certificate chain for clients, which makes them use TLS. */
    public Builder certificate(Path chain) {
      this.certificate = Objects.requireNonNull(chain, "chain");
      return this;
    }

    /** Sets the private key of the certificate for clients. */
    public Builder key(Path key) {
      this.key = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * Sets the authorities that must have signed the certificates of clients. By default clients
     * need no certificate.
     */
    public Builder clientCa(Path authorities) {
      this.clientCa = Objects.requireNonNull(authorities, "authorities");
      return this;
    }

    /**
     * Sets whether connections to targets use TLS. The certificate of a target must name its host,
     * or {@link #targetName}.
     */
    public Builder targets(boolean on) {
      this.targets = on;
      return this;
    }

    /**
     * Sets the authorities that must have signed the certificates of targets. The default is the
     * trust store of the JDK.
     */
    public Builder targetCa(Path authorities) {
      this.targetCa = Objects.requireNonNull(authorities, "authorities");
      return this;
    }

    /**
     * Sets the name that the certificate of every target must contain. The default is the host of
     * the target.
     */
    public Builder targetName(String name) {
      this.targetName = Objects.requireNonNull(name, "name");
      return this;
    }

    /** Sets the certificate chain for targets that request one. The default is none. */
    public Builder targetCertificate(Path chain) {
      this.targetCertificate = Objects.requireNonNull(chain, "chain");
      return this;
    }

    /** Sets the private key of the certificate for targets. */
    public Builder targetKey(Path key) {
      this.targetKey = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * Sets the handshake timeout for clients. The default is 5 seconds. A handshake with a target
     * counts as part of the connection attempt.
     *
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Builder handshakeTimeout(Duration timeout) {
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException(
            "tls.handshake-timeout %s (expected: more than 0)".formatted(timeout));
      }
      this.handshakeTimeout = timeout;
      return this;
    }

    /**
     * Sets the executor that checks the files for changes. Its tasks run one at a time and may
     * block. It is not closed. The default is a daemon thread for as long as the proxy runs.
     */
    public Builder scheduler(ScheduledExecutorService scheduler) {
      this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
      return this;
    }

    /** Returns the settings. */
    public TlsSettings build() {
      return new TlsSettings(this);
    }
  }
}
