package io.lbtk.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One server of etcd, with one connection and one user. Not thread-safe, except for {@link #close}.
 */
final class EtcdServer implements AutoCloseable {

  /**
   * A call of a server.
   *
   * @param <T> the type of the answer
   */
  interface Call<T> {

    /**
     * Calls the server.
     *
     * @throws StatusRuntimeException if the call fails
     */
    T on(EtcdServer server);
  }

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  /** Lets a server without a leader fail at once instead of waiting. */
  private static final Metadata.Key<String> REQUIRE_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final EtcdEndpoint endpoint;
  private final @Nullable Supplier<EtcdUser> user;
  private final Duration timeout;
  private final Function<EtcdEndpoint, ManagedChannel> connector;
  private @Nullable String token;

  /** Guarded by {@code this}, as is {@link #closed}. */
  private @Nullable ManagedChannel channel;

  private boolean closed;

  EtcdServer(
      EtcdEndpoint endpoint,
      @Nullable Supplier<EtcdUser> user,
      Duration timeout,
      Function<EtcdEndpoint, ManagedChannel> connector) {
    this.endpoint = endpoint;
    this.user = user;
    this.timeout = timeout;
    this.connector = connector;
  }

  /**
   * Calls the server as the user, after a login if there is no valid token.
   *
   * @throws EtcdException if the call fails
   */
  <T> T call(Call<T> call) throws EtcdException {
    try {
      return callAsUser(call);
    } catch (StatusRuntimeException e) {
      throw new EtcdException(endpoint + ": " + EtcdProblem.describe(e.getStatus(), timeout), e);
    }
  }

  private <T> T callAsUser(Call<T> call) {
    authenticate();
    try {
      return call.on(this);
    } catch (StatusRuntimeException e) {
      if (token == null || !EtcdProblem.isInvalidToken(e.getStatus())) {
        throw e;
      }
      token = null;
      authenticate();
      return call.on(this);
    }
  }

  private void authenticate() {
    if (user == null || token != null) {
      return;
    }
    EtcdUser now = user.get();
    try {
      token =
          AuthGrpc.newBlockingStub(channel())
              .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
              .authenticate(
                  AuthenticateRequest.newBuilder()
                      .setName(now.name())
                      .setPassword(now.password())
                      .build())
              .getToken();
    } catch (StatusRuntimeException e) {
      // Authentication may be enabled later.
      if (!EtcdProblem.isAuthDisabled(e.getStatus())) {
        throw e;
      }
    }
  }

  /** Returns the stub for keys and values, with the timeout as deadline. */
  KVGrpc.KVBlockingStub keys() {
    return KVGrpc.newBlockingStub(channel())
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Returns the stub for leases, with the timeout as deadline. */
  LeaseGrpc.LeaseBlockingStub leases() {
    return LeaseGrpc.newBlockingStub(channel())
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Returns the stub for streams of leases, with the timeout as deadline. */
  LeaseGrpc.LeaseStub leaseStreams() {
    return LeaseGrpc.newStub(channel()).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Returns the stub for watches, without a deadline. */
  WatchGrpc.WatchStub watches() {
    return WatchGrpc.newStub(channel());
  }

  private Channel channel() {
    Metadata headers = new Metadata();
    headers.put(REQUIRE_LEADER, "true");
    if (token != null) {
      headers.put(TOKEN, token);
    }
    return ClientInterceptors.intercept(
        connected(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private synchronized ManagedChannel connected() {
    if (closed) {
      throw Status.CANCELLED.withDescription("closed").asRuntimeException();
    }
    ManagedChannel open = channel;
    if (open == null) {
      open = connector.apply(endpoint);
      channel = open;
    }
    return open;
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }

  /** Closes the connection. The next call opens a new one at once, without backoff. */
  synchronized void disconnect() {
    token = null;
    ManagedChannel open = channel;
    channel = null;
    if (open != null) {
      open.shutdownNow();
    }
  }

  /** Cancels pending calls; further calls fail. */
  @Override
  public synchronized void close() {
    closed = true;
    ManagedChannel open = channel;
    if (open != null) {
      open.shutdownNow();
    }
  }
}
