package io.lbtk.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQ.Poller;
import org.zeromq.ZMQ.Socket;

/**
 * What the token port would be with JeroMQ, at least: a ROUTER that answers each message by one of
 * the size of a token, and DEALERs that share one thread.
 */
final class JeromqExchange implements TokenExchange {

  private static final byte[] WANT = "WANT 1234567 1\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TOKEN =
      "TOKEN 1234567 7654321 10.0.0.1:80\n".getBytes(StandardCharsets.US_ASCII);
  private static final int POLL_MILLIS = 100;

  private final ZContext context = new ZContext();
  private final AtomicLong answers = new AtomicLong();
  private final Thread router;
  private final Thread dealers;
  private volatile boolean running;
  private volatile boolean closed;

  /** Peers that connect. */
  JeromqExchange(int peerCount) {
    Socket server = context.createSocket(SocketType.ROUTER);
    int port = server.bindToRandomPort("tcp://127.0.0.1", 20000, 32000);
    List<Socket> peers = new ArrayList<>();
    for (int i = 0; i < peerCount; i++) {
      Socket peer = context.createSocket(SocketType.DEALER);
      peer.connect("tcp://127.0.0.1:" + port);
      peers.add(peer);
    }
    router = new Thread(() -> answer(server), "router");
    dealers = new Thread(() -> ask(peers), "dealers");
    router.start();
    dealers.start();
  }

  @Override
  public String name() {
    return "JeroMQ, ROUTER and DEALERs";
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public long answers() {
    return answers.get();
  }

  private void answer(Socket server) {
    server.setReceiveTimeOut(POLL_MILLIS);
    while (!closed) {
      byte[] peer = server.recv();
      if (peer != null) {
        server.recv();
        server.sendMore(peer);
        server.send(TOKEN);
      }
    }
  }

  private void ask(List<Socket> peers) {
    try (Poller poller = context.createPoller(peers.size())) {
      peers.forEach(peer -> poller.register(peer, ZMQ.Poller.POLLIN));
      boolean[] waiting = new boolean[peers.size()];
      while (!closed) {
        for (int i = 0; i < waiting.length; i++) {
          if (running && !waiting[i]) {
            waiting[i] = true;
            peers.get(i).send(WANT);
          }
        }
        poller.poll(POLL_MILLIS);
        for (int i = 0; i < waiting.length; i++) {
          if (poller.pollin(i)) {
            peers.get(i).recv();
            waiting[i] = false;
            answers.lazySet(answers.get() + 1);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      router.join();
      dealers.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.close();
  }
}
