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

/** Reads many children of a node: many in one request, and several requests under way at a time. */
final class ChildReader {

  /**
   * So many answers with data may be in memory at once, none of which is longer than the client
   * takes.
   */
  private static final int READS_UNDER_WAY = 2;

  private static final int LOOKS_UNDER_WAY = 256;

  /** Most of the time goes by for a request, not for what it asks for; of more, little is left. */
  private static final int MOST_IN_ONE = 128;

  /** A server takes a request of 1 MiB, by default. */
  private static final int LONGEST_REQUEST = 128 * 1024;

  /**
   * The node itself.
   *
   * @param lastChange the number of the change by which a child came or went last
   * @param children how many there are
   */
  record Node(Code code, long lastChange, int children) {}

  private interface Request {
    void send(List<String> names, Consumer<List<ChildAnswer>> answers);
  }

  private final String path;
  private final String prefix;
  private final int mostInOne;
  private final Duration patience;

  /**
   * Reads children of a node.
   *
   * @param maxSize of an answer, in bytes; the client breaks the connection over a longer one
   * @param maxData of a child, in bytes; no number of these makes an answer too long, but longer
   *     ones can
   * @param patience longer than it takes to find out that a server is silent
   */
  ChildReader(String path, int maxSize, int maxData, Duration patience) {
    this.path = path;
    this.prefix = path.equals("/") ? path : path + "/";
    // Half of it is left for what comes with the data.
    this.mostInOne = Math.max(1, Math.min(MOST_IN_ONE, maxSize / 2 / maxData));
    this.patience = patience;
  }

  /**
   * Reads the data of children.
   *
   * @param each takes the answers in the order of the names
   * @throws KeeperException if one could not be read
   */
  void read(ZooKeeper zookeeper, Collection<String> names, Consumer<ChildAnswer> each)
      throws KeeperException, InterruptedException {
    ask(
        inRequests(names),
        READS_UNDER_WAY,
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
      if (request.size() == mostInOne || length > LONGEST_REQUEST) {
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
   * Answers to one request.
   *
   * @param results null if the request has failed; and fewer than there are names if the client
   *     gave up in the midst of them, over data that was too long, and breaks the connection
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
   * Looks which children there are, and how long their data is.
   *
   * @param each takes the answers in the order of the names
   * @throws KeeperException if that could not be said of one
   */
  void look(ZooKeeper zookeeper, Collection<String> names, Consumer<ChildAnswer> each)
      throws KeeperException, InterruptedException {
    ask(
        names.stream().map(List::of).toList(),
        LOOKS_UNDER_WAY,
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
   * Looks at the node. What a watch tells of changes until then it has told by now, for both come
   * on the same thread.
   *
   * @throws KeeperException if there is none, or that could not be said
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
    Node node = nodes.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (node == null) {
      throw KeeperException.create(Code.OPERATIONTIMEOUT, path);
    }
    if (node.code() != Code.OK) {
      throw KeeperException.create(node.code(), path);
    }
    return node;
  }

  private void ask(
      List<List<String>> requests, int most, Consumer<ChildAnswer> each, Request request)
      throws KeeperException, InterruptedException {
    BlockingQueue<List<ChildAnswer>> answers = new LinkedBlockingQueue<>();
    int underWay = 0;
    for (List<String> names : requests) {
      if (underWay == most) {
        take(answers, each);
        underWay--;
      }
      request.send(names, answers::add);
      underWay++;
    }
    for (; underWay > 0; underWay--) {
      take(answers, each);
    }
  }

  private void take(BlockingQueue<List<ChildAnswer>> answers, Consumer<ChildAnswer> each)
      throws KeeperException, InterruptedException {
    List<ChildAnswer> next = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
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
