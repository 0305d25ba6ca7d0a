package io.lbtk.net.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Where TLS is spoken, and by which PEM files. Immutable; the files are read when a proxy is made
 * of it, and again when they change.
 *
 * <pre>{@code
 * TlsSettings tls = TlsSettings.builder().certificate(Path.of("chain.pem"), Path.of("key.pem")).build();
 * TcpProxy proxy = TcpProxy.nio().listen("*:8443").tokens(generator).tls(tls).build();
 * }</pre>
 *
 * <p>TLS 1.2 and 1.3. A private key is PKCS #8 without a passphrase.
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

  /** Settings for no TLS at all. */
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

  /** Makes settings. Each method returns the builder; it is not thread-safe. */
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

    /** TLS with clients, by this certificate, with those that lead to its authority. */
    public Builder certificate(Path chain) {
      this.certificate = Objects.requireNonNull(chain, "chain");
      return this;
    }

    /** The private key of the certificate for clients. */
    public Builder key(Path key) {
      this.key = Objects.requireNonNull(key, "key");
      return this;
    }

    /** Who must have signed the certificate that a client has to show. By default it shows none. */
    public Builder clientCa(Path authorities) {
      this.clientCa = Objects.requireNonNull(authorities, "authorities");
      return this;
    }

    /** TLS with targets: the certificate of each must name its host, or {@link #targetName}. */
    public Builder targets(boolean on) {
      this.targets = on;
      return this;
    }

    /** Who must have signed the certificates of targets; whom the JDK trusts by default. */
    public Builder targetCa(Path authorities) {
      this.targetCa = Objects.requireNonNull(authorities, "authorities");
      return this;
    }

    /** What the certificate of every target must name; by default the target's own host. */
    public Builder targetName(String name) {
      this.targetName = Objects.requireNonNull(name, "name");
      return this;
    }

    /** What a target is shown that asks for a certificate; none by default. */
    public Builder targetCertificate(Path chain) {
      this.targetCertificate = Objects.requireNonNull(chain, "chain");
      return this;
    }

    /** The private key of the certificate for targets. */
    public Builder targetKey(Path key) {
      this.targetKey = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * How long the handshake of a client may take; 5 seconds by default. That with a target belongs
     * to the attempt to connect to it.
     *
     * @throws IllegalArgumentException if it is not more than 0
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
     * The executor to look at the files on, whose tasks run one at a time and may block. It stays
     * the caller's. By default there is a daemon thread, while the proxy runs.
     */
    public Builder scheduler(ScheduledExecutorService scheduler) {
      this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
      return this;
    }

    /** The settings. */
    public TlsSettings build() {
      return new TlsSettings(this);
    }
  }
}
