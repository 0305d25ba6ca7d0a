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
 * Finds the addresses of host names for one event loop, which it never blocks.
 *
 * <p>A name is looked up in the hosts file and, if it is not there, at the name servers: its
 * addresses of IPv4 and of IPv6 at the same time. Addresses are reported as they come, so that one
 * family does not wait for the other (in the spirit of RFC 8305). Each query has a tenth of the
 * time of a lookup, and a second at most; then the next name server is asked, and after the last
 * one the first again. An answer that was truncated is asked for again over TCP. Answers are kept
 * for their time to live. {@code localhost} is both loopback addresses (RFC 6761).
 *
 * <p>Belongs to the event loop, on which all but the constructor is called.
 */
public final class HostResolver implements AutoCloseable {

  /** Takes the addresses of one host. Called on the event loop, also before resolve returns. */
  public interface Listener {

    /**
     * Called with addresses that were found, at most once for each family.
     *
     * @param addresses at least one
     */
    void found(List<InetSocketAddress> addresses);

    /**
     * Called once, after everything was reported.
     *
     * @param failure why nothing was found: a {@link ChannelException} if the system had no socket
     *     left to ask by; null if something was found
     */
    void ended(@Nullable Throwable failure);
  }

  /** A name that is unknown is not asked for again for each connection, but after this. */
  private static final int UNKNOWN_SECONDS = 1;

  /**
   * A family that a name has no address of, or that no server answers for, is not asked for again
   * before this as long as there are addresses of the other family.
   */
  private static final long ABSENT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final int MAX_ABSENT = 10_000;

  /** One query may be lost. */
  private static final int ROUNDS_BESIDE_FOUND = 2;

  private static final int QUERIES_PER_LOOKUP = 10;
  private static final long LONGEST_QUERY_MILLIS = 1000;
  private static final long SHORTEST_QUERY_MILLIS = 50;

  private final EventLoop loop;
  private final long timeoutNanos;
  private final @Nullable DnsServerAddressStreamProvider servers;
  private final List<Family> families;

  /**
   * Creates a resolver, which opens a socket when a name is first asked for.
   *
   * @param timeout how long a lookup may take
   * @param servers the name servers to ask; null for those of the system
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

  /** Returns the address where the host is written as one; null if it is a name. */
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
      // There is no interface of that scope.
      return null;
    }
  }

  /**
   * Looks up the addresses of a name.
   *
   * @param port goes into each address
   * @param listener may be called before this returns
   * @return the lookup, to cancel it
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

  /** RFC 6761, section 6.3. */
  private static boolean isLocalhost(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  /** Ends the queries, whose listeners may hear nothing more. A second call does nothing. */
  @Override
  public void close() {
    families.forEach(Family::close);
  }

  /** The lookup of one name. */
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
      List<Family> asked = families.stream().filter(family -> !skipped.contains(family)).toList();
      pending = asked.size();
      asked.forEach(family -> ask(family, 1));
    }

    private void ask(Family family, int round) {
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
      } else if (DnsNameResolver.isTimeoutError(cause) && mayAskAgain(round)) {
        ask(family, round + 1);
      } else {
        missed(family, cause);
      }
    }

    /**
     * Whether to ask all servers once more. A family that is never answered for ends soon where the
     * other has addresses, which may have failed by then.
     */
    private boolean mayAskAgain(int round) {
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
        others.forEach(other -> ask(other, 1));
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

    /** Reports nothing more, and sends no more queries. A second call does nothing. */
    public void cancel() {
      cancelled = true;
    }
  }

  /** The addresses of one family. */
  private final class Family implements AutoCloseable {

    private final ResolvedAddressTypes type;

    /** By name, until when it has no addresses of this family; the oldest are forgotten. */
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

    /** Drops a resolver that was made without a socket, as it never gets one later. */
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
