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
 * One server of etcd, over one connection, as one user. All but {@link #close} is for one thread at
 * a time.
 */
final class EtcdServer implements AutoCloseable {

  /**
   * What is asked of a server.
   *
   * @param <T> the answer
   */
  interface Call<T> {

    /**
     * Asks it.
     *
     * @throws StatusRuntimeException if it does not answer, or not as it should
     */
    T on(EtcdServer server);
  }

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  /** A server that has lost the others says so, rather than wait for them. */
  private static final Metadata.Key<String> REQUIRE_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final EtcdEndpoint endpoint;
  private final @Nullable Supplier<EtcdUser> user;
  private final Duration timeout;
  private final Function<EtcdEndpoint, ManagedChannel> connector;
  private @Nullable String token;

  /** Guarded by this, as is {@link #closed}. */
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
   * Asks it, as the user, whose token may have to be had first.
   *
   * @throws EtcdException if it does not answer as it should
   */
  <T> T call(Call<T> call) throws EtcdException {
    try {
      return callAsUser(call);
    } catch (StatusRuntimeException e) {
      throw new EtcdException(endpoint + ": " + EtcdProblem.words(e.getStatus(), timeout), e);
    }
  }

  private <T> T callAsUser(Call<T> call) {
    authenticate();
    try {
      return call.on(this);
    } catch (StatusRuntimeException e) {
      if (token == null || !EtcdProblem.isOfToken(e.getStatus())) {
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
      // A cluster without users may get some later.
      if (!EtcdProblem.isOfNeedlessUser(e.getStatus())) {
        throw e;
      }
    }
  }

  /** Keys and values; each call has its time. */
  KVGrpc.KVBlockingStub keys() {
    return KVGrpc.newBlockingStub(channel())
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Leases; each call has its time. */
  LeaseGrpc.LeaseBlockingStub leases() {
    return LeaseGrpc.newBlockingStub(channel())
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Leases, for what is a stream, which ends with its time. */
  LeaseGrpc.LeaseStub leaseStreams() {
    return LeaseGrpc.newStub(channel()).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Watches, which last. */
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

  /** Ends the connection. The next call makes another, at once, however often one has failed. */
  synchronized void disconnect() {
    token = null;
    ManagedChannel open = channel;
    channel = null;
    if (open != null) {
      open.shutdownNow();
    }
  }

  /** Ends what is under way; there can be no call afterwards. */
  @Override
  public synchronized void close() {
    closed = true;
    ManagedChannel open = channel;
    if (open != null) {
      open.shutdownNow();
    }
  }
}
