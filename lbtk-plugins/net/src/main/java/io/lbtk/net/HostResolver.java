package io.lbtk.net;

import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Resolves host names on one event loop without blocking it.
 *
 * <p>A name is looked up in the hosts file and, if it is not listed there, at the name servers, for
 * IPv4 and IPv6 addresses in parallel. Addresses are reported as they arrive, so that neither
 * family waits for the other (in the spirit of RFC 8305). A query times out after a tenth of the
 * lookup timeout, but at most a second; it is then sent to the next name server, in turn. Truncated
 * answers are fetched again over TCP. Answers are cached for their time to live. {@code localhost}
 * resolves to both loopback addresses (RFC 6761).
 *
 * <p>Confined to the event loop, except for the constructor.
 */
public final class HostResolver implements AutoCloseable {

  /**
   * Receives the addresses of one host. Called on the event loop, possibly before {@code resolve}
   * returns.
   */
  public interface Listener {

    /**
     * Called with the addresses of one family, at most once for each family.
     *
     * @param addresses the addresses, at least one
     */
    void found(List<InetSocketAddress> addresses);

    /**
     * Called once, after all addresses were reported.
     *
     * @param failure the reason why no address was found, or null if one was found; a {@link
     *     ChannelException} if no socket could be opened for the query
     */
    void ended(@Nullable Throwable failure);
  }

  /** Time for which an unknown name is cached. */
  private static final int UNKNOWN_SECONDS = 1;

  /**
   * Time for which a family without addresses, or without an answer, is not queried again while the
   * other family has addresses.
   */
  private static final long ABSENT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final int MAX_ABSENT = 10_000;

  /** Maximum rounds of queries for one family once the other has answered: one may be lost. */
  private static final int ROUNDS_BESIDE_FOUND = 2;

  private static final int QUERIES_PER_LOOKUP = 10;
  private static final long LONGEST_QUERY_MILLIS = 1000;
  private static final long SHORTEST_QUERY_MILLIS = 50;

  private final EventLoop loop;
  private final long timeoutNanos;
  private final @Nullable DnsServerAddressStreamProvider servers;
  private final List<Family> families;

  /**
   * Creates a resolver. It opens a socket with the first query.
   *
   * @param loop the event loop to resolve on
   * @param timeout the maximum time of a lookup
   * @param servers the name servers to query; null for those of the system
   */
  public HostResolver(
      EventLoop loop, Duration timeout, @Nullable DnsServerAddressStreamProvider servers) {
    this.loop = loop;
    this.timeoutNanos = timeout.toNanos();
    this.servers = servers;
    Family four = new Family(ResolvedAddressTypes.IPV4_ONLY);
    Family six = new Family(ResolvedAddressTypes.IPV6_ONLY);
    if (NetUtil.isIpV4StackPreferred()) {
      families = List.of(four);
    } else {
      families = NetUtil.isIpV6AddressesPreferred() ? List.of(six, four) : List.of(four, six);
    }
  }

  /** Returns the address if the host is an address literal, or null if it is a name. */
  public static @Nullable InetSocketAddress literal(String host, int port) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null) {
      return null;
    }
    try {
      boolean scoped = host.indexOf('%') >= 0;
      return new InetSocketAddress(
          scoped ? InetAddress.getByName(host) : InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      // There is no interface for this scope.
      return null;
    }
  }

  /**
   * Resolves a name.
   *
   * @param host the name
   * @param port the port of the reported addresses
   * @param listener the receiver of the addresses; may be called before this method returns
   * @return the lookup, which can be cancelled
   */
  public Lookup resolve(String host, int port, Listener listener) {
    Lookup lookup = new Lookup(host, port, listener);
    List<InetSocketAddress> local = local(host, port);
    if (local.isEmpty()) {
      lookup.begin();
    } else {
      listener.found(local);
      listener.ended(null);
    }
    return lookup;
  }

  private static List<InetSocketAddress> local(String host, int port) {
    Set<InetAddress> found = new LinkedHashSet<>();
    if (HostsFileEntriesResolver.DEFAULT instanceof DefaultHostsFileEntriesResolver file) {
      List<InetAddress> listed =
          file.addresses(
              host,
              NetUtil.isIpV6AddressesPreferred()
                  ? ResolvedAddressTypes.IPV6_PREFERRED
                  : ResolvedAddressTypes.IPV4_PREFERRED);
      if (listed != null) {
        found.addAll(listed);
      }
    }
    if (isLocalhost(host)) {
      found.add(NetUtil.LOCALHOST4);
      found.add(NetUtil.LOCALHOST6);
    }
    return found.stream()
        .filter(address -> address instanceof Inet4Address || !NetUtil.isIpV4StackPreferred())
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  /** Returns whether the name is a localhost name by RFC 6761, section 6.3. */
  private static boolean isLocalhost(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  /**
   * Aborts pending queries; their listeners may not be called any more. A second call does nothing.
   */
  @Override
  public void close() {
    families.forEach(Family::close);
  }

  /** A lookup of one name. */
  public final class Lookup {

    private final String host;
    private final int port;
    private final Listener listener;
    private final long deadline = System.nanoTime() + timeoutNanos;
    private final Set<Family> skipped = new LinkedHashSet<>(2);
    private final Set<Family> missing = new LinkedHashSet<>(2);
    private int pending;
    private boolean found;
    private boolean cancelled;
    private @Nullable Throwable failure;

    private Lookup(String host, int port, Listener listener) {
      this.host = host;
      this.port = port;
      this.listener = listener;
    }

    private void begin() {
      for (Family family : families) {
        if (family.isAbsent(host)) {
          skipped.add(family);
        }
      }
      if (skipped.size() == families.size()) {
        skipped.clear();
      }
      List<Family> queried = families.stream().filter(family -> !skipped.contains(family)).toList();
      pending = queried.size();
      queried.forEach(family -> query(family, 1));
    }

    private void query(Family family, int round) {
      DnsAddressResolverGroup names = family.names();
      try {
        names
            .getResolver(loop)
            .resolveAll(InetSocketAddress.createUnresolved(host, port))
            .addListener(future -> answered(family, round, names, future));
      } catch (RuntimeException e) {
        missed(family, e);
      }
    }

    private void answered(
        Family family,
        int round,
        DnsAddressResolverGroup names,
        Future<? super List<InetSocketAddress>> future) {
      Throwable cause = future.cause();
      if (cause == null) {
        @SuppressWarnings("unchecked")
        List<InetSocketAddress> addresses = (List<InetSocketAddress>) future.getNow();
        found(addresses);
      } else if (cause.getCause() instanceof ChannelException noSocket) {
        family.forget(names);
        ended(noSocket);
      } else if (DnsNameResolver.isTimeoutError(cause) && mayRetry(round)) {
        query(family, round + 1);
      } else {
        missed(family, cause);
      }
    }

    /**
     * Returns whether to query all servers once more. If the other family has addresses already, a
     * family without answer is given up soon, since those addresses may be failing meanwhile.
     */
    private boolean mayRetry(int round) {
      return !cancelled
          && deadline - System.nanoTime() > 0
          && (!found || round < ROUNDS_BESIDE_FOUND);
    }

    private void found(List<InetSocketAddress> addresses) {
      found = true;
      missing.forEach(family -> family.setAbsent(host));
      if (!cancelled) {
        listener.found(addresses);
      }
      ended(null);
    }

    private void missed(Family family, Throwable cause) {
      missing.add(family);
      if (found) {
        family.setAbsent(host);
      } else if (!cancelled && !skipped.isEmpty()) {
        List<Family> others = List.copyOf(skipped);
        skipped.clear();
        pending += others.size();
        others.forEach(other -> query(other, 1));
      }
      ended(cause);
    }

    private void ended(@Nullable Throwable cause) {
      if (failure == null || cause instanceof ChannelException) {
        failure = cause;
      }
      pending--;
      if (pending == 0 && !cancelled) {
        listener.ended(found ? null : failure);
      }
    }

    /** Stops queries and reports. A second call does nothing. */
    public void cancel() {
      cancelled = true;
    }
  }

  /** The queries for one address family. */
  private final class Family implements AutoCloseable {

    private final ResolvedAddressTypes type;

    /** End of the time without queries, by name; the eldest entries are evicted. */
    private final Map<String, Long> absent =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_ABSENT;
          }
        };

    private @Nullable DnsAddressResolverGroup names;

    Family(ResolvedAddressTypes type) {
      this.type = type;
    }

    boolean isAbsent(String host) {
      Long until = absent.get(host);
      if (until == null) {
        return false;
      }
      boolean still = until - System.nanoTime() > 0;
      if (!still) {
        absent.remove(host);
      }
      return still;
    }

    void setAbsent(String host) {
      absent.put(host, System.nanoTime() + ABSENT_NANOS);
    }

    DnsAddressResolverGroup names() {
      if (names == null) {
        LoopChannels channels = LoopChannels.ofLoop(loop);
        ReflectiveChannelFactory<SocketChannel> sockets =
            new ReflectiveChannelFactory<>(channels.socket());
        DnsNameResolverBuilder builder =
            new DnsNameResolverBuilder()
                .datagramChannelType(channels.datagram())
                .socketChannelFactory(() -> guarded(sockets.newChannel()))
                .resolvedAddressTypes(type)
                .queryTimeoutMillis(queryMillis())
                .negativeTtl(UNKNOWN_SECONDS);
        names =
            new DnsAddressResolverGroup(
                servers == null ? builder : builder.nameServerProvider(servers));
      }
      return names;
    }

    private static SocketChannel guarded(SocketChannel channel) {
      channel.pipeline().addLast(new NoSelfConnection());
      return channel;
    }

    private long queryMillis() {
      long share = TimeUnit.NANOSECONDS.toMillis(timeoutNanos / QUERIES_PER_LOOKUP);
      return Math.max(SHORTEST_QUERY_MILLIS, Math.min(LONGEST_QUERY_MILLIS, share));
    }

    /** Drops a resolver that failed to open its socket: it never opens one later. */
    void forget(DnsAddressResolverGroup broken) {
      if (names == broken) {
        names = null;
        broken.close();
      }
    }

    @Override
    public void close() {
      DnsAddressResolverGroup made = names;
      names = null;
      if (made != null) {
        made.close();
      }
    }
  }
}
