package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;

/** A server that has one key under any prefix, and loses each watch before it begins. */
final class UnwatchableEtcd implements AutoCloseable {

  private final Server server;

  private UnwatchableEtcd(Server server) {
    this.server = server;
  }

  static UnwatchableEtcd start(String value) throws IOException {
    return new UnwatchableEtcd(
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new OneKey(ByteString.copyFromUtf8(value)))
            .addService(new NoWatches())
            .build()
            .start());
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class OneKey extends KVGrpc.KVImplBase {

    private static final ByteString NAME = ByteString.copyFromUtf8("a");

    private final ByteString value;

    OneKey(ByteString value) {
      this.value = value;
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      answer.onNext(
          RangeResponse.newBuilder()
              .setHeader(ResponseHeader.newBuilder().setRevision(1))
              .addKvs(KeyValue.newBuilder().setKey(request.getKey().concat(NAME)).setValue(value))
              .setCount(1)
              .build());
      answer.onCompleted();
    }
  }

  private static final class NoWatches extends WatchGrpc.WatchImplBase {

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
      answers.onError(Status.UNAVAILABLE.withDescription("no watches here").asRuntimeException());
      return new Ignored();
    }
  }

  /** What is asked of a call that has ended. */
  private static final class Ignored implements StreamObserver<WatchRequest> {

    @Override
    public void onNext(WatchRequest request) {}

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
  }
}
