package io.lbtk.zookeeper;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/** Reads many children of a node, with many requests under way at a time. */
final class ChildReader {

  /**
   * So many answers may be in memory at once, and no answer is longer than the servers' limit, 1
   * MiB by default.
   */
  private static final int UNDER_WAY = 256;

  private static final byte[] NONE = {};

  /** What the server said of a child. */
  static final class Answer {

    private final String name;
    private final Code code;
    private final byte[] data;
    private final int length;

    private Answer(String name, int code, byte[] data, int length) {
      this.name = name;
      this.code = Code.get(code);
      this.data = data;
      this.length = length;
    }

    String name() {
      return name;
    }

    /** OK, NONODE for one that is gone, or NOAUTH for one that may not be read. */
    Code code() {
      return code;
    }

    /** Empty where it was not asked for. */
    byte[] data() {
      return data;
    }

    /** That of the data, whether asked for or not, in bytes. */
    int length() {
      return length;
    }
  }

  /**
   * The node itself.
   *
   * @param lastChange the number of the change by which a child came or went last
   * @param children how many there are
   */
  record Node(Code code, long lastChange, int children) {}

  private interface Request {
    void send(String path, String name, Consumer<Answer> answers);
  }

  private final String path;
  private final String prefix;
  private final Duration patience;

  /**
   * Reads children of a node.
   *
   * @param patience longer than it takes to find out that a server is silent
   */
  ChildReader(String path, Duration patience) {
    this.path = path;
    this.prefix = path.equals("/") ? path : path + "/";
    this.patience = patience;
  }

  /**
   * Reads the data of children.
   *
   * @param each takes the answers in the order of the names
   * @throws KeeperException if one could not be read
   */
  void read(ZooKeeper zookeeper, Collection<String> names, Consumer<Answer> each)
      throws KeeperException, InterruptedException {
    ask(
        names,
        each,
        (path, name, answers) ->
            zookeeper.getData(
                path,
                false,
                (code, p, c, data, stat) ->
                    answers.accept(
                        data == null
                            ? new Answer(name, code, NONE, 0)
                            : new Answer(name, code, data, data.length)),
                null));
  }

  /**
   * Looks which children there are, and how long their data is.
   *
   * @param each takes the answers in the order of the names
   * @throws KeeperException if that could not be said of one
   */
  void look(ZooKeeper zookeeper, Collection<String> names, Consumer<Answer> each)
      throws KeeperException, InterruptedException {
    ask(
        names,
        each,
        (path, name, answers) ->
            zookeeper.exists(
                path,
                false,
                (code, p, c, stat) ->
                    answers.accept(
                        new Answer(name, code, NONE, stat == null ? 0 : stat.getDataLength())),
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

  private void ask(Collection<String> names, Consumer<Answer> each, Request request)
      throws KeeperException, InterruptedException {
    BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    int underWay = 0;
    for (String name : names) {
      if (underWay == UNDER_WAY) {
        each.accept(next(answers));
        underWay--;
      }
      request.send(prefix + name, name, answers::add);
      underWay++;
    }
    for (; underWay > 0; underWay--) {
      each.accept(next(answers));
    }
  }

  private Answer next(BlockingQueue<Answer> answers) throws KeeperException, InterruptedException {
    Answer answer = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null) {
      throw KeeperException.create(Code.OPERATIONTIMEOUT, prefix);
    }
    if (answer.code() != Code.OK && answer.code() != Code.NONODE && answer.code() != Code.NOAUTH) {
      throw KeeperException.create(answer.code(), prefix + answer.name());
    }
    return answer;
  }
}
