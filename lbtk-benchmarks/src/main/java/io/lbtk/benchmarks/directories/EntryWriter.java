package io.lbtk.benchmarks.directories;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/** Writes targets to a directory, by the fastest means that the directory has. */
interface EntryWriter extends AutoCloseable {

  /** The target of an entry: one of its own for each number below 2^24. */
  static Target target(int entry) {
    return Target.parse(
        "10.%d.%d.%d:8080 weight=3".formatted(entry >> 16 & 255, entry >> 8 & 255, entry & 255));
  }

  /** Returns the maximum number of entries in one step. */
  int step();

  /**
   * Begins to write entries, and waits only as far as that many steps are under way.
   *
   * @param targets at most as many as go into one step
   */
  void write(List<Target> targets) throws Exception;

  /**
   * Waits until all is written.
   *
   * @throws Exception if it is not
   */
  void await() throws Exception;

  @Override
  void close();

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

  /** Writes fields of a hash of Redis. */
  final class RedisWriter implements EntryWriter {

    private final StepsUnderWay steps = new StepsUnderWay();
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String key;

    RedisWriter(URI server, String key) {
      this.client = RedisClient.create(server.toString());
      this.connection = client.connect();
      this.key = key;
    }

    @Override
    public int step() {
      return 1000;
    }

    @Override
    public void write(List<Target> targets) throws InterruptedException {
      steps.begin();
      var unused =
          connection
              .async()
              .hset(
                  key,
                  targets.stream()
                      .collect(
                          Collectors.toMap(
                              Target::hostPort, target -> "weight=" + target.weight())))
              .whenComplete(
                  (done, cause) -> {
                    if (cause == null) {
                      steps.end();
                    } else {
                      steps.fail(cause);
                    }
                  });
    }

    @Override
    public void await() throws InterruptedException {
      steps.await();
    }

    @Override
    public void close() {
      connection.close();
      client.shutdown();
    }
  }

  /** Writes children of a node of ZooKeeper. */
  final class ZookeeperWriter implements EntryWriter {

    private static final int SESSION_MILLIS = 30_000;
    private static final byte[] NO_DATA = {};

    private final StepsUnderWay steps = new StepsUnderWay();
    private final ZooKeeper zookeeper;
    private final String path;
    private final boolean data;

    /**
     * Connects, and makes the node where there is none.
     *
     * @param data whether children have the target as data, too
     */
    ZookeeperWriter(String connect, String path, boolean data) throws Exception {
      this.path = path;
      this.data = data;
      CountDownLatch connected = new CountDownLatch(1);
      this.zookeeper =
          new ZooKeeper(
              connect,
              SESSION_MILLIS,
              event -> {
                if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                  connected.countDown();
                }
              });
      connected.await();
      if (zookeeper.exists(path, false) == null) {
        zookeeper.create(path, NO_DATA, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      }
    }

    @Override
    public int step() {
      return 1000;
    }

    @Override
    public void write(List<Target> targets) throws InterruptedException {
      steps.begin();
      zookeeper.multi(
          targets.stream().map(this::create).toList(),
          (code, at, context, results) -> {
            if (code == KeeperException.Code.OK.intValue()) {
              steps.end();
            } else {
              steps.fail(KeeperException.create(KeeperException.Code.get(code), path));
            }
          },
          null);
    }

    private Op create(Target target) {
      return Op.create(
          path + "/" + target.hostPort(),
          data ? target.toString().getBytes(UTF_8) : NO_DATA,
          ZooDefs.Ids.OPEN_ACL_UNSAFE,
          CreateMode.PERSISTENT);
    }

    @Override
    public void await() throws InterruptedException {
      steps.await();
    }

    @Override
    public void close() {
      try {
        zookeeper.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Counts what is under way at a time. Thread-safe. */
  final class StepsUnderWay {

    private static final int MOST = 32;

    private final Semaphore room = new Semaphore(MOST);
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();

    /** Waits for room for one more. */
    void begin() throws InterruptedException {
      room.acquire();
    }

    /** One has ended. */
    void end() {
      room.release();
    }

    /** One has ended, and did not do what it should. */
    void fail(Throwable cause) {
      failed.compareAndSet(null, cause);
      room.release();
    }

    /**
     * Waits until all have ended.
     *
     * @throws IllegalStateException if one of them has failed
     */
    void await() throws InterruptedException {
      room.acquire(MOST);
      room.release(MOST);
      Throwable cause = failed.get();
      if (cause != null) {
        throw new IllegalStateException("not all could be written", cause);
      }
    }
  }
}
