package io.lbtk.tokenport.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Token;
import io.lbtk.net.Python;
import io.lbtk.tokenport.PullTokenTransport;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Tokens pushed by libzmq and by JeroMQ. */
@Timeout(120)
class PullInteropTest {

  private final PullTokenTransport transport = new PullTokenTransport();

  @AfterEach
  void close() {
    transport.close();
  }

  private void expectInOrder(int port, int count) {
    RemoteTokenSource tokens =
        transport.connect(URI.create("pull+tcp://127.0.0.1:" + port), Runnable::run);
    for (int i = 0; i < count; i++) {
      Token token = tokens.take(Demand.any().timeout(Duration.ofMinutes(1))).join();
      assertThat(token.target().hostPort()).isEqualTo(i % 2 == 0 ? "10.0.0.1:80" : "[::1]:80");
    }
  }

  @Test
  void targetsPushedByLibzmqAreTakenInTheirOrder() {
    String push =
        """
        import zmq
        push = zmq.Context.instance().socket(zmq.PUSH)
        push.sndhwm = 10
        print(push.bind_to_random_port("tcp://127.0.0.1", 20000, 32000), flush=True)
        while True:
            push.send_string("10.0.0.1:80")
            push.send_string("[::1]:80")
        """;
    try (Python libzmq = Python.program(push)) {
      expectInOrder(Integer.parseInt(libzmq.line()), 2000);
    }
  }

  @Test
  void targetsPushedByJeromqAreTakenInTheirOrder() throws InterruptedException {
    try (ZContext context = new ZContext()) {
      ZMQ.Socket push = context.createSocket(SocketType.PUSH);
      push.setSndHWM(10);
      push.setSendTimeOut(100);
      int port = push.bindToRandomPort("tcp://127.0.0.1", 20000, 32000);
      Thread pusher = new Thread(() -> pushForEver(push));
      pusher.start();
      expectInOrder(port, 2000);
      stopped = true;
      pusher.join();
    }
  }

  private volatile boolean stopped;

  private void pushForEver(ZMQ.Socket push) {
    for (int i = 0; !stopped; i++) {
      String target = i % 2 == 0 ? "10.0.0.1:80" : "[::1]:80";
      while (!push.send(target) && !stopped) {
        Thread.onSpinWait();
      }
    }
  }
}
