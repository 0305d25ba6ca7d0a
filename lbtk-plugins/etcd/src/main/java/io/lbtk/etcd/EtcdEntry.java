package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.register.RenewingRegistrar;
import io.lbtk.discovery.WatchBackoff;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The key of a target, bound to a lease. While the key is as it was written, renewing it writes
 * nothing, so that watchers get no events. If two registrars keep the same key, the later one wins;
 * they do not overwrite each other in turn.
 */
final class EtcdEntry implements RenewingRegistrar.Entry {

  /** In place of a revision: not written yet. */
  private static final long NEVER = -1;

  /** In place of a revision: another registrar has taken the key over. */
  private static final long TAKEN = -2;

  /**
   * State of the key.
   *
   * @param written the revision at which this entry has written the key last, or {@link #TAKEN}
   * @param seen the revision at which the key was read, from which it is to be watched; the history
   *     since {@code written} may be compacted already
   */
  private record Found(long written, long seen) {}

  private final EtcdServers servers;
  private final EtcdPrefix prefix;
  private final Duration ttl;
  private final WatchBackoff backoff;

  private Runnable lost = () -> {};
  private @Nullable Lease lease;
  private @Nullable Target written;

  /** The revision of the cluster at which the key was written last. */
  private long revision = NEVER;

  /** Reports the removal of the key. */
  private @Nullable KeyWatch watch;

  EtcdEntry(EtcdServers servers, EtcdPrefix prefix, Duration ttl, Ticker ticker) {
    this.servers = servers;
    this.prefix = prefix;
    this.ttl = ttl;
    this.backoff = new WatchBackoff(WatchBackoff.MIN_LIMIT, ticker);
  }

  @Override
  public String place() {
    return "%s at %s".formatted(prefix, servers);
  }

  @Override
  public void watch(Runnable lost) {
    this.lost = lost;
  }

  @Override
  public void keep(Target target) throws EtcdException {
    if (written != null && !written.hostPort().equals(target.hostPort())) {
      remove();
    }
    String key = prefix.key(target).toStringUtf8();
    Found found;
    try {
      found = servers.call(server -> keep(server, target));
    } catch (EtcdException e) {
      throw new EtcdException("%s at %s".formatted(key, e.getMessage()), e);
    }
    if (found.written() == TAKEN) {
      throw new EtcdException(
          key + ": kept by another registrar (expected: one of a target)", null);
    }
    revision = found.written();
    written = target;
  }

  private Found keep(EtcdServer server, Target target) {
    Lease kept = lease;
    boolean isNew = kept == null || !kept.keepAlive(server);
    if (kept == null || isNew) {
      unwatch();
      kept = Lease.grant(server, ttl);
      lease = kept;
    }
    boolean isWritten = !isNew && target.equals(written);
    Found found;
    try {
      found = write(server, target, kept, isWritten ? revision : NEVER);
    } catch (StatusRuntimeException e) {
      if (!EtcdProblem.isUnknownLease(e.getStatus())) {
        throw e;
      }
      // The lease has expired in the meantime.
      lease = Lease.grant(server, ttl);
      found = write(server, target, lease, NEVER);
    }
    watch(server, target, found.seen());
    return found;
  }

  /**
   * Writes the key, unless it is unchanged, or another registrar has written it since.
   *
   * @param own the revision at which this entry has written it
   */
  private Found write(EtcdServer server, Target target, Lease under, long own) {
    ByteString key = prefix.key(target);
    if (own != NEVER) {
      TxnResponse found = findUnlessAt(own, server, key);
      if (found.getSucceeded()) {
        return new Found(own, found.getHeader().getRevision());
      }
      if (found.getResponses(0).getResponseRange().getKvsList().stream()
          .anyMatch(other -> other.getLease() != 0 && other.getLease() != under.id())) {
        return new Found(TAKEN, found.getHeader().getRevision());
      }
    }
    long written =
        server
            .keys()
            .put(
                PutRequest.newBuilder()
                    .setKey(key)
                    .setValue(ByteString.copyFromUtf8(target.toString()))
                    .setLease(under.id())
                    .build())
            .getHeader()
            .getRevision();
    return new Found(written, written);
  }

  /** Compares the revision of the key with the given one, and reads the key if they differ. */
  private static TxnResponse findUnlessAt(long revision, EtcdServer server, ByteString key) {
    return server
        .keys()
        .txn(
            TxnRequest.newBuilder()
                .addCompare(
                    Compare.newBuilder()
                        .setKey(key)
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(revision))
                .addFailure(
                    RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .build());
  }

  /**
   * Watches for the removal of the key, unless such a watch is open. A server that refuses watches
   * gets no further request.
   */
  private void watch(EtcdServer server, Target target, long since) {
    KeyWatch open = watch;
    if (open != null && isUnderWay(open, server)) {
      return;
    }
    unwatch();
    if (!isDelaying()) {
      backoff.opened();
      watch =
          KeyWatch.open(
              server,
              WatchCreateRequest.newBuilder()
                  .setKey(prefix.key(target))
                  .addFilters(WatchCreateRequest.FilterType.NOPUT),
              since,
              lost);
    }
  }

  private boolean isUnderWay(KeyWatch open, EtcdServer server) {
    Status broken = open.broken();
    if (broken == null) {
      if (open.isUseful(backoff)) {
        backoff.useful();
      }
      return true;
    }
    if (EtcdProblem.isRefused(broken) && open.server() == server) {
      return true;
    }
    countEnd(open);
    return false;
  }

  private void countEnd(KeyWatch ended) {
    if (ended.isUseful(backoff)) {
      backoff.useful();
    } else {
      backoff.useless();
    }
  }

  private boolean isDelaying() {
    return watch == null && backoff.delay().compareTo(Duration.ZERO) > 0;
  }

  /** Shortens the interval while the next watch is delayed, since the key is polled until then. */
  @Override
  public Duration next(Duration interval) {
    Duration delay = backoff.delay();
    return isDelaying() && delay.compareTo(interval) < 0 ? delay : interval;
  }

  private void unwatch() {
    KeyWatch open = watch;
    watch = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void remove() throws EtcdException {
    unwatch();
    Lease kept = lease;
    if (kept == null) {
      return;
    }
    try {
      servers.call(
          server -> {
            kept.revoke(server);
            return kept;
          });
    } catch (EtcdException e) {
      throw new EtcdException("%s%s at %s".formatted(prefix, name(), e.getMessage()), e);
    }
    lease = null;
    written = null;
  }

  private String name() {
    return written == null ? "" : written.hostPort();
  }

  @Override
  public void close() {
    unwatch();
    servers.close();
  }

  /**
   * A lease: the keys that are bound to it are removed when it expires.
   *
   * @param id the ID that the cluster has assigned
   */
  private record Lease(long id) {

    /**
     * Requests a new lease. A cluster grants whole seconds, and at least the time of an election of
     * a leader, about 2 seconds.
     */
    static Lease grant(EtcdServer server, Duration ttl) {
      long seconds = Math.max(1, ttl.plusNanos(999_999_999).toSeconds());
      return new Lease(
          server
              .leases()
              .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build())
              .getID());
    }

    /**
     * Renews the lease.
     *
     * @return false if it has expired or is unknown to the cluster
     */
    boolean keepAlive(EtcdServer server) {
      Answer answer = new Answer();
      StreamObserver<LeaseKeepAliveRequest> requests = server.leaseStreams().leaseKeepAlive(answer);
      requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
      requests.onCompleted();
      return answer.await().getTTL() > 0;
    }

    /** Revokes the lease, which removes its keys; does nothing if it has expired. */
    void revoke(EtcdServer server) {
      try {
        server.leases().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
      } catch (StatusRuntimeException e) {
        if (!EtcdProblem.isUnknownLease(e.getStatus())) {
          throw e;
        }
      }
    }

    /** The first answer of a stream; the deadline of the call limits the wait. */
    private static final class Answer implements StreamObserver<LeaseKeepAliveResponse> {

      private final CompletableFuture<LeaseKeepAliveResponse> first = new CompletableFuture<>();

      LeaseKeepAliveResponse await() {
        try {
          return first.join();
        } catch (CompletionException e) {
          throw Status.fromThrowable(e.getCause()).asRuntimeException();
        }
      }

      @Override
      public void onNext(LeaseKeepAliveResponse response) {
        first.complete(response);
      }

      @Override
      public void onError(Throwable cause) {
        first.completeExceptionally(cause);
      }

      @Override
      public void onCompleted() {
        first.completeExceptionally(
            Status.ABORTED.withDescription("no answer to a keep-alive").asException());
      }
    }
  }
}
