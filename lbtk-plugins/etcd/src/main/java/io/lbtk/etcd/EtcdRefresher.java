package io.lbtk.etcd;

import io.lbtk.api.SettingsException;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.core.tls.Authorities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Discovers targets in the keys of a prefix in etcd, version 3.
 *
 * <pre>{@code
 * Refresher refresher =
 *     EtcdRefresher.builder(List.of("http://127.0.0.1:2379"), "/services/web/").build();
 * }</pre>
 *
 * <p>The keys are listed and then watched: changes are reported at once, without another list. When
 * the watch breaks, for whatever reason, and after the interval, the keys are listed again. A value
 * that is not a target is logged and skipped; a key that ends with a slash is ignored. A prefix
 * without keys yields an empty set.
 *
 * <p>The protocol is gRPC, with the stubs of jetcd.
 */
public final class EtcdRefresher {

  private EtcdRefresher() {}

  /**
   * Returns a builder.
   *
   * @param endpoints the servers, as URLs of http or https, or as host:port; one is used until it
   *     fails, then the next
   * @param prefix the common prefix of the keys; a slash is appended if it ends in a letter or a
   *     digit
   * @throws IllegalArgumentException if there is no endpoint, one is malformed, or the prefix is
   *     blank
   */
  public static Builder builder(List<String> endpoints, String prefix) {
    return new Builder(
        new EtcdServersBuilder(endpoints.stream().map(EtcdEndpoint::parse).toList()),
        new EtcdPrefix(prefix));
  }

  /** Builds a refresher for one prefix. */
  public static final class Builder extends PolledRefresher.Builder<Builder> {

    private final EtcdServersBuilder servers;
    private final EtcdPrefix prefix;
    private EtcdFormat format = EtcdRefresherProvider.FORMAT.defaultValue().orElseThrow();

    Builder(EtcdServersBuilder servers, EtcdPrefix prefix) {
      super("etcd");
      this.servers = servers;
      this.prefix = prefix;
      interval(EtcdRefresherProvider.INTERVAL.defaultValue().orElseThrow());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the format of the values; by default it is detected for each value. */
    public Builder format(EtcdFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /** Sets the user to log in with; none by default. */
    public Builder user(String name, String password) {
      return user(name, () -> password);
    }

    /**
     * Sets the user to log in with, by a password that may change.
     *
     * @param password called for each login
     */
    public Builder user(String name, Supplier<String> password) {
      servers.user(() -> new EtcdUser(name, password.get()));
      return this;
    }

    /**
     * Sets the trusted authorities, instead of those of the JDK.
     *
     * @param pem the file of certificates, read now and again for each handshake
     * @throws SettingsException if the file cannot be read or holds no certificate; the message
     *     names it
     */
    public Builder authorities(Path pem) {
      servers.authorities(Authorities.of(pem));
      return this;
    }

    /**
     * Sets the time for each answer of a server; 5 seconds by default. A large list takes several
     * answers. A watch that is silent for this time, at least for a second, is probed.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      servers.timeout(positive("timeout", timeout));
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      return new EtcdSource(servers.build(), prefix, format, name(), servers.timeout(), ticker());
    }
  }
}
