package io.lbtk.proxy.echo;

import io.lbtk.api.StartException;
import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.splice.Splicing;
import io.lbtk.proxy.udp.UdpEngine;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A test service that sends back the data it receives. On a connection it returns every byte, and
 * ends the stream when the client has ended its own; from a client that does not read, it reads no
 * more than its buffers hold. A datagram is returned to its sender, also an empty one.
 */
public final class EchoServer implements AutoCloseable {

  private final String name;
  private final EchoType type;
  private final List<ListenAddress> listen;
  private final int loops;
  private final Greeting greeting;
  private @Nullable RunningEcho running;
  private boolean closed;

  private EchoServer(Builder builder) {
    this.name = builder.name;
    this.type = builder.type;
    this.listen = List.copyOf(builder.listen);
    this.loops = builder.loops;
    this.greeting = builder.greet ? Greeting.of(builder.name) : Greeting.NONE;
  }

  /** Returns a builder of an echo server, which needs an address to listen on. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Binds all addresses and begins to serve. Blocks until they are bound.
   *
   * @throws StartException if one cannot be bound; the message names it, and none stays bound
   * @throws IllegalStateException if it was started or closed before
   */
  public synchronized void start() {
    if (running != null || closed) {
      throw new IllegalStateException(
          "%s was %s before".formatted(name, closed ? "closed" : "started"));
    }
    running =
        switch (type) {
          case NIO -> NioEcho.start(name, listen, loops, greeting);
          case SPLICE -> SpliceEcho.start(name, listen, loops, greeting);
          case UDP -> UdpEcho.start(name, UdpEngine.best(), listen, loops);
        };
  }

  /**
   * Returns the addresses that it listens on, in the given order, with the ports that were bound;
   * empty before the start and after the close.
   */
  public synchronized List<InetSocketAddress> addresses() {
    return running == null ? List.of() : running.addresses();
  }

  /**
   * Stops listening, closes all connections and ends the event loops. Waits for that, so it must
   * not be called by one of them. A second call does nothing.
   */
  @Override
  public synchronized void close() {
    closed = true;
    if (running != null) {
      running.close();
      running = null;
    }
  }

  /** Builds an {@link EchoServer}. Each method returns the builder. Not thread-safe. */
  public static final class Builder {

    private final List<ListenAddress> listen = new ArrayList<>();
    private String name = "echo";
    private EchoType type = EchoType.NIO;
    private int loops = Runtime.getRuntime().availableProcessors();
    private boolean greet;

    private Builder() {}

    /** Sets the name in errors, logs and threads; {@code echo} by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /** Sets the type of the server; {@link EchoType#NIO} by default. */
    public Builder type(EchoType type) {
      this.type = Objects.requireNonNull(type, "type");
      return this;
    }

    /**
     * Adds an address to listen on: {@code host:port}, port 0 for a port that the kernel chooses.
     *
     * @throws StartException if the text is no address
     */
    public Builder listen(String address) {
      return listen(ListenAddress.parse(name, address));
    }

    /** Adds an address to listen on. */
    public Builder listen(ListenAddress address) {
      listen.add(Objects.requireNonNull(address, "address"));
      return this;
    }

    /** Sets the number of event loops, each with a thread; the number of cores by default. */
    public Builder loops(int loops) {
      if (loops < 1) {
        throw new IllegalArgumentException("loops %d (expected: 1 or more)".formatted(loops));
      }
      this.loops = loops;
      return this;
    }

    /**
     * Sets whether each connection is sent a line first, with the name of this server and the
     * address that the client has reached, which shows the server. Not by default. Not supported by
     * {@link EchoType#UDP}.
     */
    public Builder greet(boolean greet) {
      this.greet = greet;
      return this;
    }

    /**
     * Creates the server, which does not listen yet.
     *
     * @throws IllegalStateException if there is no address
     * @throws StartException if a server of this type cannot run on this system, or cannot greet;
     *     the message says why
     */
    public EchoServer build() {
      if (listen.isEmpty()) {
        throw new IllegalStateException(name + " has no address to listen on");
      }
      if (greet && type == EchoType.UDP) {
        throw new StartException(
            "%s: greet with type udp (expected: nio or splice, whose clients connect)"
                .formatted(name));
      }
      if (type == EchoType.SPLICE) {
        Splicing.ensureAvailable(name + " of type splice", "nio");
      }
      return new EchoServer(this);
    }
  }
}
