package io.lbtk.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.lbtk.discovery.WatchBackoff;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A watch of keys from a revision on. It buffers events until they are taken, and breaks at the
 * first sign of a lost event; the keys then have to be listed and watched anew. Thread-safe.
 */
final class KeyWatch implements AutoCloseable {

  /** Largest size of the buffered events, in bytes. */
  private static final long MAX_BYTES = 64 << 20;

  private final EtcdServer server;
  private final Runnable changed;
  private List<Event> events = new ArrayList<>();
  private long bytes;
  private long revision;
  private boolean begun;
  private boolean reported;
  private boolean closed;
  private @Nullable Status broken;
  private @Nullable ClientCallStreamObserver<WatchRequest> call;

  private KeyWatch(EtcdServer server, long revision, Runnable changed) {
    this.server = server;
    this.revision = revision;
    this.changed = changed;
  }

  /**
   * Opens a watch; does not block.
   *
   * @param request the keys to watch
   * @param revision the revision after which changes are reported
   * @param changed run on any thread when there are events to take, and when the watch has broken
   */
  static KeyWatch open(
      EtcdServer server, WatchCreateRequest.Builder request, long revision, Runnable changed) {
    KeyWatch watch = new KeyWatch(server, revision, changed);
    StreamObserver<WatchRequest> requests = server.watches().watch(watch.new Answers());
    requests.onNext(
        WatchRequest.newBuilder().setCreateRequest(request.setStartRevision(revision + 1)).build());
    return watch;
  }

  /** Returns the events since the last call, in order. */
  synchronized List<Event> take() {
    List<Event> taken = events;
    events = new ArrayList<>();
    bytes = 0;
    return taken;
  }

  /** Returns the reason for which the watch has broken; null while it is intact. */
  synchronized @Nullable Status broken() {
    return broken;
  }

  /** Returns whether the server has confirmed the watch. */
  synchronized boolean hasBegun() {
    return begun;
  }

  /**
   * Returns whether the watch has reported a change, or has begun and lasted: another one like it
   * may be opened at once.
   */
  synchronized boolean isUseful(WatchBackoff backoff) {
    return reported || (begun && backoff.isLasting());
  }

  /** Returns the watched server. */
  EtcdServer server() {
    return server;
  }

  /** Ends the watch; nothing is reported afterwards. */
  @Override
  public void close() {
    ClientCallStreamObserver<WatchRequest> open;
    synchronized (this) {
      closed = true;
      open = call;
    }
    if (open != null) {
      open.cancel("closed", null);
    }
  }

  private synchronized boolean take(WatchResponse response) {
    if (closed || broken != null) {
      return false;
    }
    if (response.getCanceled() || response.getCompactRevision() != 0) {
      broken = Status.ABORTED.withDescription(reason(response));
    } else if (response.getHeader().getRevision() < revision) {
      broken = Status.ABORTED.withDescription("its revision went back: it holds an older state");
    } else {
      begun = true;
      revision = response.getHeader().getRevision();
      keep(response);
    }
    return broken != null || !events.isEmpty();
  }

  private void keep(WatchResponse response) {
    reported |= response.getEventsCount() > 0;
    bytes += response.getEventsCount() == 0 ? 0 : response.getSerializedSize();
    if (bytes > MAX_BYTES) {
      broken = Status.ABORTED.withDescription("more changes at once than are kept");
      events.clear();
    } else {
      events.addAll(response.getEventsList());
    }
  }

  private static String reason(WatchResponse response) {
    if (response.getCompactRevision() != 0) {
      return "changes up to revision %d are compacted".formatted(response.getCompactRevision());
    }
    String reason = response.getCancelReason();
    return reason.isEmpty() ? "the watch was ended" : reason;
  }

  private synchronized boolean end(Status status) {
    if (closed || broken != null) {
      return false;
    }
    broken = status;
    return true;
  }

  private final class Answers implements ClientResponseObserver<WatchRequest, WatchResponse> {

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> requestStream) {
      synchronized (KeyWatch.this) {
        call = requestStream;
      }
    }

    @Override
    public void onNext(WatchResponse response) {
      if (take(response)) {
        changed.run();
      }
    }

    @Override
    public void onError(Throwable cause) {
      if (end(Status.fromThrowable(cause))) {
        changed.run();
      }
    }

    @Override
    public void onCompleted() {
      if (end(Status.ABORTED.withDescription("the watch was ended"))) {
        changed.run();
      }
    }
  }
}
