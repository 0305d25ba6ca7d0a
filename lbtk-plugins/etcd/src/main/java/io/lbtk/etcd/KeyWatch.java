package io.lbtk.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A watch of keys from a revision on. It keeps what it is told until that is taken, and breaks at
 * the first thing that could mean that it was not told of a change: then the keys are to be read,
 * and watched anew. Thread-safe.
 */
final class KeyWatch implements AutoCloseable {

  /** More than that in changes that nobody has taken is not kept. */
  private static final long MAX_BYTES = 64 << 20;

  private final EtcdServer server;
  private final Runnable changed;
  private List<Event> events = new ArrayList<>();
  private long bytes;
  private long revision;
  private boolean begun;
  private boolean told;
  private boolean closed;
  private @Nullable Status broken;
  private @Nullable ClientCallStreamObserver<WatchRequest> call;

  private KeyWatch(EtcdServer server, long revision, Runnable changed) {
    this.server = server;
    this.revision = revision;
    this.changed = changed;
  }

  /**
   * Begins to watch, which takes no time.
   *
   * @param request the keys
   * @param revision after which changes are told
   * @param changed is run when there is something to be taken, and when the watch has broken, by
   *     whatever thread
   */
  static KeyWatch open(
      EtcdServer server, WatchCreateRequest.Builder request, long revision, Runnable changed) {
    KeyWatch watch = new KeyWatch(server, revision, changed);
    StreamObserver<WatchRequest> requests = server.watches().watch(watch.new Answers());
    requests.onNext(
        WatchRequest.newBuilder().setCreateRequest(request.setStartRevision(revision + 1)).build());
    return watch;
  }

  /** What has changed since this was called last, in order. */
  synchronized List<Event> take() {
    List<Event> taken = events;
    events = new ArrayList<>();
    bytes = 0;
    return taken;
  }

  /** Why no more changes are told; null as long as they are. */
  synchronized @Nullable Status broken() {
    return broken;
  }

  /** Whether the server has agreed to tell changes, at first. */
  synchronized boolean hasBegun() {
    return begun;
  }

  /** Whether it has told a change, ever. */
  synchronized boolean hasTold() {
    return told;
  }

  /** The server that is to tell the changes. */
  EtcdServer server() {
    return server;
  }

  /** Ends it; nothing is told afterwards. */
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
    told |= response.getEventsCount() > 0;
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
