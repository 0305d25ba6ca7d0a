package io.lbtk.etcd;

import io.lbtk.api.SettingsException;
import io.lbtk.core.register.RenewingRegistrar;
import io.lbtk.core.tls.Authorities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Registers a target in etcd for {@link EtcdRefresher}. The key is the prefix followed by {@code
 * host:port}, the value is the target as text; {@code etcdctl get --prefix} shows it.
 *
 * <pre>{@code
 * Registrar registrar =
 *     EtcdRegistrar.builder(List.of("http://127.0.0.1:2379"), "/services/web/").build();
 * registrar.register(Target.of("10.0.0.1", 80));
 * }</pre>
 *
 * <p>The key is bound to a lease with the time to live. It is written again as soon as the lease is
 * lost or the key is removed.
 */
public final class EtcdRegistrar {

  private EtcdRegistrar() {}

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

  /** Builds a registrar for one prefix. */
  public static final class Builder extends RenewingRegistrar.Builder<Builder> {

    private final EtcdServersBuilder servers;
    private final EtcdPrefix prefix;

    Builder(EtcdServersBuilder servers, EtcdPrefix prefix) {
      super("etcd");
      this.servers = servers;
      this.prefix = prefix;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the user, who needs to read and write the keys of the prefix; none by default. */
    public Builder user(String name, String password) {
      return user(name, () -> password);
    }

    /**
     * Sets the user, by a password that may change.
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
     * Sets the time for each answer of a server; 5 seconds by default.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      servers.timeout(positive("timeout", timeout));
      return this;
    }

    @Override
    protected RenewingRegistrar.Entry entry() {
      return new EtcdEntry(servers.build(), prefix, ttl(), ticker());
    }
  }
}
