package io.lbtk.etcd;

import io.lbtk.api.SettingsException;
import io.lbtk.core.register.RenewingRegistrar;
import io.lbtk.core.tls.Authorities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Keeps a target under a key of etcd, where {@link EtcdRefresher} finds it, and {@code etcdctl get
 * --prefix} shows it: the key is the prefix and {@code host:port}, the value the target as text.
 *
 * <pre>{@code
 * Registrar registrar =
 *     EtcdRegistrar.builder(List.of("http://127.0.0.1:2379"), "/services/web/").build();
 * registrar.register(Target.of("10.0.0.1", 80));
 * }</pre>
 *
 * <p>The key stands under a lease of the time to live. It is written again as soon as it is lost:
 * with its lease, or since somebody has removed it.
 */
public final class EtcdRegistrar {

  private EtcdRegistrar() {}

  /**
   * Returns a builder.
   *
   * @param endpoints the servers, as URLs of http or https, or as host:port; one is asked, the next
   *     when it fails
   * @param prefix what the keys start with; one that ends in a letter or a digit stands for the
   *     folder of that name, and gets a slash
   * @throws IllegalArgumentException if there is no endpoint, one is none, or the prefix is blank
   */
  public static Builder builder(List<String> endpoints, String prefix) {
    return new Builder(
        new EtcdServersBuilder(endpoints.stream().map(EtcdEndpoint::parse).toList()),
        new EtcdPrefix(prefix));
  }

  /** Makes a registrar. */
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

    /** Writes as this user; as none by default. It may read and write the keys of the prefix. */
    public Builder user(String name, String password) {
      return user(name, () -> password);
    }

    /**
     * As {@link #user(String, String)}, with a password that may change.
     *
     * @param password asked for whenever the user has to log in
     */
    public Builder user(String name, Supplier<String> password) {
      servers.user(() -> new EtcdUser(name, password.get()));
      return this;
    }

    /**
     * Trusts these authorities, rather than those of the JDK.
     *
     * @param pem a file of certificates, which is read now, and again for each handshake
     * @throws SettingsException if it cannot be read, or holds none; the message names the file
     */
    public Builder authorities(Path pem) {
      servers.authorities(Authorities.of(pem));
      return this;
    }

    /**
     * How long each answer of a server may take; 5 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
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
