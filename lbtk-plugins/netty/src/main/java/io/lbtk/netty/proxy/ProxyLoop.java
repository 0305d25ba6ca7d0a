package io.lbtk.netty.proxy;

import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What one event loop of a proxy works with: its token source, its connector, its tunnels. Used on
 * that loop alone.
 */
final class ProxyLoop {

  private final EventLoop eventLoop;
  private final TokenSource tokens;
  private final TargetConnector connector;
  private final TunnelSettings settings;
  private final RetryBudget retries;
  private final StateLog log;
  private final Set<Tunnel> tunnels = new HashSet<>();

  ProxyLoop(
      EventLoop eventLoop,
      TokenSource tokens,
      TargetConnector connector,
      TunnelSettings settings,
      RetryBudget retries,
      StateLog log) {
    this.eventLoop = eventLoop;
    this.tokens = tokens;
    this.connector = connector;
    this.settings = settings;
    this.retries = retries;
    this.log = log;
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  TokenSource tokens() {
    return tokens;
  }

  TargetConnector connector() {
    return connector;
  }

  TunnelSettings settings() {
    return settings;
  }

  RetryBudget retries() {
    return retries;
  }

  StateLog log() {
    return log;
  }

  /** A client came. */
  void accept(SocketChannel client) {
    new Dial(this, client).start();
  }

  /** A client has its target. */
  void tunnel(SocketChannel client, SocketChannel target, Token token, Duration connectTime) {
    Tunnel tunnel = new Tunnel(eventLoop, settings, token, connectTime, client, target);
    tunnels.add(tunnel);
    client.closeFuture().addListener(closed -> tunnels.remove(tunnel));
    tunnel.start();
  }

  /** Ends every tunnel. */
  void closeTunnels() {
    Set.copyOf(tunnels).forEach(Tunnel::close);
  }
}
