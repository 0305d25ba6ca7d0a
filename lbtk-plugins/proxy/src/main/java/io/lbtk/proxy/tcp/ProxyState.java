package io.lbtk.proxy.tcp;

import io.lbtk.net.ThrottledWarning;
import io.lbtk.proxy.limits.AcceptLimits;
import io.lbtk.proxy.limits.AcceptRate;
import io.lbtk.proxy.limits.Admission;
import io.lbtk.proxy.limits.OpenTunnels;
import io.lbtk.proxy.limits.RetryBudget;
import io.lbtk.proxy.limits.RetryRate;
import io.lbtk.proxy.token.FailingTargets;
import io.lbtk.proxy.token.OwnAddress;
import io.lbtk.proxy.token.TargetTroubles;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that the loops of one proxy share: settings, limits, access lists and throttled
 * warnings. Thread-safe.
 */
public final class ProxyState {

  private static final Logger log = LoggerFactory.getLogger(ProxyState.class);

  private final String name;
  private final TunnelSettings settings;
  private final RetryBudget budget;
  private final Bandwidth bandwidth;
  private final @Nullable DnsServerAddressStreamProvider nameServers;
  private final OpenTunnels open;
  private final AcceptRate rate;
  private final ThrottledWarning full;
  private final Admission admission;
  private final ThrottledWarning notServed;
  private final TargetTroubles targets;
  private final TargetTroubles targetResets;
  private final ThrottledWarning clientResets;
  private final FailingTargets failing = new FailingTargets();
  private final RetryRate retries;
  private final ThrottledWarning noToken;
  private final ThrottledWarning noRetry;
  private final ThrottledWarning noSocket;
  private final ThrottledWarning noHeader;
  private final ThrottledWarning noHandshake;
  private volatile @Nullable OwnAddress own;

  /** Creates the state of a proxy that has no connection yet. */
  public ProxyState(
      String name,
      TunnelSettings settings,
      AcceptLimits limits,
      Admission admission,
      RetryRate retries,
      @Nullable DnsServerAddressStreamProvider nameServers) {
    this.name = name;
    this.settings = settings;
    this.open = new OpenTunnels(limits.maxConnections());
    this.admission = admission;
    this.notServed = new ThrottledWarning(log, name, "all clients are accepted again");
    this.rate = new AcceptRate(limits.maxConnectionRate(), System.nanoTime());
    this.full = new ThrottledWarning(log, name, "connections are accepted again");
    this.budget = new RetryBudget(retries, System.nanoTime());
    this.bandwidth = new Bandwidth(settings.bandwidth());
    this.nameServers = nameServers;
    this.retries = retries;
    this.targets = new TargetTroubles(log, name, "reachable again");
    this.targetResets = new TargetTroubles(log, name, "connections end normally again");
    this.clientResets = new ThrottledWarning(log, name, "clients end connections normally again");
    this.noToken = new ThrottledWarning(log, name, "tokens are available again");
    this.noRetry = new ThrottledWarning(log, name, "retries are available again");
    this.noSocket = new ThrottledWarning(log, name, "sockets are available again");
    this.noHeader =
        new ThrottledWarning(log, name, "peers in accept-proxy-from send PROXY headers again");
    this.noHandshake = new ThrottledWarning(log, name, "TLS handshakes with clients succeed again");
  }

  /** Returns the name of the proxy. */
  public String name() {
    return name;
  }

  /** Returns the settings of the tunnels. */
  public TunnelSettings settings() {
    return settings;
  }

  RetryBudget budget() {
    return budget;
  }

  Bandwidth bandwidth() {
    return bandwidth;
  }

  /** Returns the name servers for the names of targets; null for those of the system. */
  @Nullable DnsServerAddressStreamProvider nameServers() {
    return nameServers;
  }

  /** Returns the count of open connections. */
  public OpenTunnels open() {
    return open;
  }

  AcceptRate rate() {
    return rate;
  }

  Admission admission() {
    return admission;
  }

  ThrottledWarning notServed() {
    return notServed;
  }

  ThrottledWarning full() {
    return full;
  }

  TargetTroubles targets() {
    return targets;
  }

  /** Returns the targets that have reset established connections. */
  TargetTroubles targetResets() {
    return targetResets;
  }

  ThrottledWarning clientResets() {
    return clientResets;
  }

  FailingTargets failing() {
    return failing;
  }

  RetryRate retries() {
    return retries;
  }

  /** Sets the address that this proxy listens on. */
  public void listensOn(InetSocketAddress address) {
    own = new OwnAddress(address);
  }

  /** Returns whether an address leads back to this proxy. */
  boolean isOwn(InetSocketAddress address, long now) {
    OwnAddress listening = own;
    return listening != null && listening.contains(address, now);
  }

  ThrottledWarning noToken() {
    return noToken;
  }

  ThrottledWarning noRetry() {
    return noRetry;
  }

  ThrottledWarning noSocket() {
    return noSocket;
  }

  ThrottledWarning noHeader() {
    return noHeader;
  }

  ThrottledWarning noHandshake() {
    return noHandshake;
  }
}
