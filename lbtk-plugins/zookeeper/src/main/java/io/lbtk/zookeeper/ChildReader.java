package io.lbtk.zookeeper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/** Reads many children of a node, with many children per request and concurrent requests. */
final class ChildReader {

  /**
   * Concurrent requests for data; limits the answers in memory, each of which is limited by the
   * client.
   */
  private static final int MAX_READS = 2;

  private static final int MAX_LOOKS = 256;

  /** Children per request, to spread the cost of a request; more would hardly help. */
  private static final int MAX_PER_REQUEST = 128;

  /** Largest size of the paths in a request; servers accept 1 MiB by default. */
  private static final int LONGEST_REQUEST = 128 * 1024;

  /**
   * State of the node.
   *
   * @param lastChange the transaction that has last added or removed a child
   * @param children the number of children
   */
  record Node(Code code, long lastChange, int children) {}

  private interface Request {
    void send(List<String> names, Consumer<List<ChildAnswer>> answers);
  }

  private final String path;
  private final String prefix;
  private final int maxPerRequest;
  private final Duration timeout;

  /**
   * Creates a reader.
   *
   * @param maxSize the size in bytes of an answer above which the client breaks the connection
   * @param maxData the size in bytes of the data of a child up to which no answer becomes too long
   * @param timeout the time for each answer; longer than the detection of a silent server takes
   */
  ChildReader(String path, int maxSize, int maxData, Duration timeout) {
    this.path = path;
    this.prefix = path.equals("/") ? path : path + "/";
    // The other half is for the overhead of the data.
    this.maxPerRequest = Math.max(1, Math.min(MAX_PER_REQUEST, maxSize / 2 / maxData));
    this.timeout = timeout;
  }

  /**
   * Reads the data of children.
   *
   * @param each called with the answers, in the order of the names
   * @throws KeeperException if a child could not be read
   */
  void read(ZooKeeper zookeeper, Collection<String> names, Consumer<ChildAnswer> each)
      throws KeeperException, InterruptedException {
    send(
        inRequests(names),
        MAX_READS,
        each,
        (some, answers) ->
            zookeeper.multi(
                some.stream().map(name -> Op.getData(prefix + name)).toList(),
                (code, p, c, results) -> answers.accept(answers(some, code, results)),
                null));
  }

  private List<List<String>> inRequests(Collection<String> names) {
    List<List<String>> requests = new ArrayList<>();
    List<String> request = new ArrayList<>();
    int length = 0;
    for (String name : names) {
      if (request.size() == maxPerRequest || length > LONGEST_REQUEST) {
        requests.add(request);
        request = new ArrayList<>();
        length = 0;
      }
      request.add(name);
      length += prefix.length() + name.length();
    }
    if (!request.isEmpty()) {
      requests.add(request);
    }
    return requests;
  }

  /**
   * Returns the answers to one request.
   *
   * @param results the results; null if the request has failed, and fewer than names if the client
   *     gave up because of too much data, and breaks the connection
   */
  private static List<ChildAnswer> answers(
      List<String> names, int code, @Nullable List<OpResult> results) {
    int rest = results == null ? code : Code.CONNECTIONLOSS.intValue();
    List<OpResult> got = results == null ? List.of() : results;
    return IntStream.range(0, names.size())
        .mapToObj(
            i ->
                i < got.size()
                    ? ChildAnswer.of(names.get(i), got.get(i))
                    : ChildAnswer.of(names.get(i), rest, null))
        .toList();
  }

  /**
   * Checks the existence of children and the size of their data.
   *
   * @param each called with the answers, in the order of the names
   * @throws KeeperException if the check of a child failed
   */
  void look(ZooKeeper zookeeper, Collection<String> names, Consumer<ChildAnswer> each)
      throws KeeperException, InterruptedException {
    send(
        names.stream().map(List::of).toList(),
        MAX_LOOKS,
        each,
        (one, answers) ->
            zookeeper.exists(
                prefix + one.get(0),
                false,
                (code, p, c, stat) ->
                    answers.accept(List.of(ChildAnswer.of(one.get(0), code, stat))),
                null));
  }

  /**
   * Reads the state of the node. Events of watches for earlier changes have been delivered when
   * this returns, because they arrive on the same thread.
   *
   * @throws KeeperException if the node does not exist or cannot be read
   */
  Node node(ZooKeeper zookeeper) throws KeeperException, InterruptedException {
    BlockingQueue<Node> nodes = new LinkedBlockingQueue<>();
    zookeeper.exists(
        path,
        false,
        (code, p, c, stat) ->
            nodes.add(
                stat == null
                    ? new Node(Code.get(code), 0, 0)
                    : new Node(Code.OK, stat.getPzxid(), stat.getNumChildren())),
        null);
    Node node = nodes.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (node == null) {
      throw KeeperException.create(Code.OPERATIONTIMEOUT, path);
    }
    if (node.code() != Code.OK) {
      throw KeeperException.create(node.code(), path);
    }
    return node;
  }

  private void send(
      List<List<String>> requests, int most, Consumer<ChildAnswer> each, Request request)
      throws KeeperException, InterruptedException {
    BlockingQueue<List<ChildAnswer>> answers = new LinkedBlockingQueue<>();
    int pending = 0;
    for (List<String> names : requests) {
      if (pending == most) {
        take(answers, each);
        pending--;
      }
      request.send(names, answers::add);
      pending++;
    }
    for (; pending > 0; pending--) {
      take(answers, each);
    }
  }

  private void take(BlockingQueue<List<ChildAnswer>> answers, Consumer<ChildAnswer> each)
      throws KeeperException, InterruptedException {
    List<ChildAnswer> next = answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw KeeperException.create(Code.OPERATIONTIMEOUT, prefix);
    }
    for (ChildAnswer answer : next) {
      Code code = answer.code();
      if (code != Code.OK && code != Code.NONODE && code != Code.NOAUTH) {
        throw KeeperException.create(code, prefix + answer.name());
      }
      each.accept(answer);
    }
  }
}
