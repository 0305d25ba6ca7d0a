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
 * Targets that stand under the keys of a prefix in etcd, version 3.
 *
 * <pre>{@code
 * Refresher refresher =
 *     EtcdRefresher.builder(List.of("http://127.0.0.1:2379"), "/services/web/").build();
 * }</pre>
 *
 * <p>It lists the keys, and watches them from then on: a change counts at once, and nothing else is
 * read for it. When the watch breaks, for whatever reason, and after the interval, it lists them
 * again. A value that is no target is named in the log and skipped; a key that ends with a slash is
 * no entry. A prefix without a key lists no target.
 *
 * <p>It speaks gRPC, by the calls that jetcd defines.
 */
public final class EtcdRefresher {

  private EtcdRefresher() {}

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

  /** Makes a refresher of a prefix. */
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

    /** How the targets are written; told by each value itself by default. */
    public Builder format(EtcdFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /** Asks as this user; as none by default. */
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
     * How long each answer of a server may take; 5 seconds by default. A large list has several.
     * After so long without a change, and a second at least, the server is asked whether it still
     * answers.
     *
     * @throws IllegalArgumentException if it is not more than 0
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
