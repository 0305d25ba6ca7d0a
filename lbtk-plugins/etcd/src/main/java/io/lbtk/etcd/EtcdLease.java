package io.lbtk.etcd;

import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A lease: what is written under it goes when it has not been kept alive for its time.
 *
 * @param id given by the cluster
 */
record EtcdLease(long id) {

  /**
   * Has one granted. A cluster grants whole seconds, and no less than it needs to elect a leader,
   * which is some 2 seconds.
   */
  static EtcdLease grant(EtcdServer server, Duration ttl) {
    long seconds = Math.max(1, ttl.plusNanos(999_999_999).toSeconds());
    return new EtcdLease(
        server.leases().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build()).getID());
  }

  /**
   * Begins its time anew.
   *
   * @return false if it has run out, or the cluster does not know it
   */
  boolean keepAlive(EtcdServer server) {
    Answer answer = new Answer();
    StreamObserver<LeaseKeepAliveRequest> requests = server.leaseStreams().leaseKeepAlive(answer);
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    requests.onCompleted();
    return answer.await().getTTL() > 0;
  }

  /** Ends it now, and removes what was written under it; does nothing where it has run out. */
  void revoke(EtcdServer server) {
    try {
      server.leases().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
    } catch (StatusRuntimeException e) {
      if (!EtcdProblem.isOfLostLease(e.getStatus())) {
        throw e;
      }
    }
  }

  /** The first answer of a stream, which comes within the time of its call. */
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
