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
 * What the loops of one proxy have in common. Limits and access lists of the whole proxy belong
 * here.
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
    this.notServed = new ThrottledWarning(log, name, "all clients are served again");
    this.rate = new AcceptRate(limits.maxConnectionRate(), System.nanoTime());
    this.full = new ThrottledWarning(log, name, "there is room for connections again");
    this.budget = new RetryBudget(retries, System.nanoTime());
    this.bandwidth = new Bandwidth(settings.bandwidth());
    this.nameServers = nameServers;
    this.retries = retries;
    this.targets = new TargetTroubles(log, name, "can be reached again");
    this.targetResets = new TargetTroubles(log, name, "resets no connections any more");
    this.clientResets = new ThrottledWarning(log, name, "clients reset no connections any more");
    this.noToken = new ThrottledWarning(log, name, "connections get tokens again");
    this.noRetry = new ThrottledWarning(log, name, "connections are tried again");
    this.noSocket = new ThrottledWarning(log, name, "there are sockets to connect by again");
    this.noHeader =
        new ThrottledWarning(log, name, "the peers of accept-proxy-from send headers again");
    this.noHandshake = new ThrottledWarning(log, name, "clients speak TLS again");
  }

  public String name() {
    return name;
  }

  public TunnelSettings settings() {
    return settings;
  }

  RetryBudget budget() {
    return budget;
  }

  Bandwidth bandwidth() {
    return bandwidth;
  }

  /** Whom to ask for the names of targets; null for the servers of the system. */
  @Nullable DnsServerAddressStreamProvider nameServers() {
    return nameServers;
  }

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

  /** Returns the targets that reset connections after bytes went through them. */
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

  /** Notes where this proxy listens. */
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
