package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A server that has one key under any prefix, at revision 1 for ever, and can be written to, which
 * changes nothing. It loses each watch before it begins, until it is to do otherwise.
 */
final class UnwatchableEtcd implements AutoCloseable {

  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger watches = new AtomicInteger();
  private final Server server;
  private volatile String value;
  private volatile Consumer<StreamObserver<WatchResponse>> answer =
      failing(Status.UNAVAILABLE.withDescription("no watches here"));

  private UnwatchableEtcd(String value) throws IOException {
    this.value = value;
    this.server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new OneKey())
            .addService(new AnyLease())
            .addService(new NoWatches())
            .build()
            .start();
  }

  static UnwatchableEtcd start(String value) throws IOException {
    return new UnwatchableEtcd(value);
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** From now on this is the value. */
  void value(String value) {
    this.value = value;
  }

  /** From now on watches are answered like this. */
  void watches(Consumer<StreamObserver<WatchResponse>> answer) {
    this.answer = answer;
  }

  /** The end of a call. */
  static Consumer<StreamObserver<WatchResponse>> failing(Status status) {
    return answers -> answers.onError(status.asRuntimeException());
  }

  /** A watch that has begun, by a server that is at this revision. */
  static Consumer<StreamObserver<WatchResponse>> beginning(long revision) {
    return answers ->
        answers.onNext(
            WatchResponse.newBuilder().setHeader(header(revision)).setCreated(true).build());
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }

  /** How often keys were read. */
  int reads() {
    return reads.get();
  }

  /** How many watches were asked for. */
  int watches() {
    return watches.get();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static <T> void answer(StreamObserver<T> call, T answer) {
    call.onNext(answer);
    call.onCompleted();
  }

  private final class OneKey extends KVGrpc.KVImplBase {

    private static final ByteString NAME = ByteString.copyFromUtf8("a");

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> call) {
      reads.incrementAndGet();
      answer(
          call,
          RangeResponse.newBuilder()
              .setHeader(header(1))
              .addKvs(
                  KeyValue.newBuilder()
                      .setKey(request.getKey().concat(NAME))
                      .setValue(ByteString.copyFromUtf8(value)))
              .setCount(1)
              .build());
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> call) {
      answer(call, PutResponse.newBuilder().setHeader(header(1)).build());
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> call) {
      reads.incrementAndGet();
      answer(call, TxnResponse.newBuilder().setHeader(header(1)).setSucceeded(true).build());
    }
  }

  private static final class AnyLease extends LeaseGrpc.LeaseImplBase {

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> call) {
      answer(call, LeaseGrantResponse.newBuilder().setID(1).setTTL(request.getTTL()).build());
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
        StreamObserver<LeaseKeepAliveResponse> call) {
      answer(call, LeaseKeepAliveResponse.newBuilder().setID(1).setTTL(1).build());
      return new Ignored<>();
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> call) {
      answer(call, LeaseRevokeResponse.getDefaultInstance());
    }
  }

  private final class NoWatches extends WatchGrpc.WatchImplBase {

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
      watches.incrementAndGet();
      answer.accept(answers);
      return new Ignored<>();
    }
  }

  /** What is asked of a call that is answered in any case. */
  private static final class Ignored<T> implements StreamObserver<T> {

    @Override
    public void onNext(T request) {}

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
  }
}
