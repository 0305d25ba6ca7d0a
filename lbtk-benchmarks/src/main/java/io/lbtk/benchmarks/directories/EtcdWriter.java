package io.lbtk.benchmarks.directories;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.lbtk.api.Target;
import java.net.InetSocketAddress;
import java.util.List;

/** Writes keys of etcd. */
final class EtcdWriter implements EntryWriter {

  private final StepsUnderWay steps = new StepsUnderWay();
  private final ManagedChannel channel;
  private final KVGrpc.KVStub keys;
  private final String prefix;

  EtcdWriter(InetSocketAddress server, String prefix) {
    this.channel = NettyChannelBuilder.forAddress(server).usePlaintext().build();
    this.keys = KVGrpc.newStub(channel);
    this.prefix = prefix;
  }

  /** A server takes no more by default. */
  @Override
  public int step() {
    return 128;
  }

  @Override
  public void write(List<Target> targets) throws InterruptedException {
    steps.begin();
    TxnRequest.Builder step = TxnRequest.newBuilder();
    targets.forEach(target -> step.addSuccess(put(target)));
    keys.txn(
        step.build(),
        new StreamObserver<TxnResponse>() {
          @Override
          public void onNext(TxnResponse response) {}

          @Override
          public void onError(Throwable cause) {
            steps.fail(cause);
          }

          @Override
          public void onCompleted() {
            steps.end();
          }
        });
  }

  private RequestOp put(Target target) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix + target.hostPort()))
                .setValue(ByteString.copyFromUtf8(target.toString())))
        .build();
  }

  @Override
  public void await() throws InterruptedException {
    steps.await();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
