package io.lbtk.proxy.udp;

import io.lbtk.net.ThrottledWarning;
import io.lbtk.proxy.limits.OpenTunnels;
import io.lbtk.proxy.token.TargetTroubles;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state that the event loops of a UDP proxy share. */
public final class UdpState {

  private static final Logger log = LoggerFactory.getLogger(UdpState.class);

  private final String name;
  private final UdpSettings settings;
  private final @Nullable DnsServerAddressStreamProvider nameServers;
  private final OpenTunnels open;
  private final TargetTroubles targets;
  private final ThrottledWarning noToken;
  private final ThrottledWarning noSocket;
  private final ThrottledWarning full;
  private final ThrottledWarning crowded;
  private volatile boolean draining;

  public UdpState(
      String name, UdpSettings settings, @Nullable DnsServerAddressStreamProvider nameServers) {
    this.name = name;
    this.settings = settings;
    this.nameServers = nameServers;
    this.open = new OpenTunnels(settings.maxSessions());
    this.targets = new TargetTroubles(log, name, "can be reached again");
    this.noToken = new ThrottledWarning(log, name, "sessions get tokens again");
    this.noSocket = new ThrottledWarning(log, name, "there are sockets for sessions again");
    this.full = new ThrottledWarning(log, name, "there is room for new clients again");
    this.crowded = new ThrottledWarning(log, name, "datagrams can be held again");
  }

  public String name() {
    return name;
  }

  UdpSettings settings() {
    return settings;
  }

  /** Returns the name servers for the hosts of targets; null for those of the system. */
  @Nullable DnsServerAddressStreamProvider nameServers() {
    return nameServers;
  }

  /** Returns the sessions of all loops. */
  public OpenTunnels open() {
    return open;
  }

  /** Begins to drain: there are no new sessions from now on. */
  public void drain() {
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }

  /** Counts a new session; returns false if the limit is reached. */
  boolean admit(long now) {
    if (!open.tryIncrement()) {
      full.failed(
          "max-sessions %d are open: datagrams of other clients are dropped"
              .formatted(settings.maxSessions()),
          now);
      return false;
    }
    full.recovered(now);
    return true;
  }

  TargetTroubles targets() {
    return targets;
  }

  ThrottledWarning noToken() {
    return noToken;
  }

  ThrottledWarning noSocket() {
    return noSocket;
  }

  /** Returns the warning that more datagrams wait for tokens than can be held. */
  ThrottledWarning crowded() {
    return crowded;
  }
}
