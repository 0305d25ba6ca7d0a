package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.net.NoLeaks;
import io.lbtk.net.OpenDescriptors;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.FakeTokenSource;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections that end in each way on either side, all combinations of them: no descriptor, no
 * accept slot and no token is left behind, though abandoned sockets are not closed.
 *
 * <p>More connections: {@code -Dlbtk.test.args=-Dlbtk.test.ends=20000}.
 */
@ExtendWith(NoLeaks.class)
class MixedEndsTest {

  private static final int ENDS = Integer.getInteger("lbtk.test.ends", 1500);
  private static final int AT_ONCE = 150;
  private static final Duration IDLE_TIMEOUT = Duration.ofMillis(400);
  private static final Duration FIN_TIMEOUT = Duration.ofMillis(200);
  private static final int SO_TIMEOUT_MILLIS = 30_000;

  private final AtomicInteger targets = new AtomicInteger();
  private final Queue<Socket> abandoned = new ConcurrentLinkedQueue<>();
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftHoweverConnectionsEnd(Route route) throws Exception {
    assumeTrue(route.isAvailable(), "there is no splice here");
    OpenDescriptors before = OpenDescriptors.now();
    FakeTokenSource tokens = new FakeTokenSource();
    ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
    try (Backend backend = new Backend(this::serve);
        Route.Running running =
            route.start(
                tokens,
                builder -> builder.loops(2).idleTimeout(IDLE_TIMEOUT).finTimeout(FIN_TIMEOUT),
                folder)) {
      tokens.always(backend.target());
      OpenDescriptors idle = OpenDescriptors.now();
      List<Future<Void>> ends = new ArrayList<>();
      for (int i = 0; i < ENDS; i++) {
        ends.add(clients.submit(client(running, End.of(i))));
      }
      for (Future<Void> end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }

      await().atMost(Duration.ofSeconds(30)).until(() -> running.connections() == 0);
      await().atMost(Duration.ofSeconds(30)).until(() -> tokens.live() == 0);
      assertThat(tokens.waiting()).as("demands that wait").isZero();
      assertThat(tokens.repeatedReleases()).as("tokens released twice").isZero();
      assertThat(tokens.releases()).hasSameSizeAs(tokens.taken());
      for (Socket socket : abandoned) {
        socket.close();
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> backend.open() == 0);
      // Pipes may be kept for the next connections.
      new OpenDescriptors(idle.sockets(), Long.MAX_VALUE).awaitNoMore();
    } finally {
      clients.shutdownNow();
    }
    before.awaitNoMore();
  }

  private Callable<Void> client(Route.Running running, End end) {
    return () -> {
      Socket socket = new Socket(running.address().getAddress(), running.address().getPort());
      run(end, socket);
      return null;
    };
  }

  private void serve(Socket socket) {
    // 8 and 7 are coprime: each end of a client meets each end of a target.
    run(End.of(targets.getAndIncrement() % 7), socket);
  }

  private void run(End end, Socket socket) {
    try {
      socket.setSoTimeout(SO_TIMEOUT_MILLIS);
      if (end.run(socket)) {
        socket.close();
      } else {
        abandoned.add(socket);
        // The backend closes a socket when its handler returns.
        while (!socket.isClosed() && isTarget()) {
          LockSupport.parkNanos(10_000_000);
        }
      }
    } catch (IOException e) {
      close(socket);
    }
  }

  private static boolean isTarget() {
    return Thread.currentThread().getName().equals("backend");
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The behaviour of one side of a connection. */
  private enum End {
    IN_ORDER {
      @Override
      boolean run(Socket socket) throws IOException {
        socket.getOutputStream().write(new byte[5_000]);
        socket.shutdownOutput();
        readToTheEnd(socket);
        return true;
      }
    },
    AT_ONCE {
      @Override
      boolean run(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
        return true;
      }
    },
    RESET {
      @Override
      boolean run(Socket socket) throws IOException {
        socket.getOutputStream().write(new byte[1_000]);
        Backend.reset(socket);
        return true;
      }
    },
    ABANDONED {
      @Override
      boolean run(Socket socket) throws IOException {
        socket.getOutputStream().write(new byte[100]);
        return false;
      }
    },
    HALF_CLOSED_AND_SILENT {
      @Override
      boolean run(Socket socket) throws IOException {
        socket.getOutputStream().write(new byte[100]);
        socket.shutdownOutput();
        return false;
      }
    },
    WRITES_ONLY {
      @Override
      boolean run(Socket socket) throws IOException {
        byte[] chunk = new byte[5_000];
        for (int i = 0; i < 60; i++) {
          socket.getOutputStream().write(chunk);
          LockSupport.parkNanos(2_000_000);
        }
        return true;
      }
    },
    READS_ONLY {
      @Override
      boolean run(Socket socket) throws IOException {
        readToTheEnd(socket);
        return true;
      }
    },
    SILENT {
      @Override
      boolean run(Socket socket) {
        return false;
      }
    };

    static End of(int number) {
      return values()[number % values().length];
    }

    /** Returns whether the socket is to be closed; if not, it is abandoned. */
    abstract boolean run(Socket socket) throws IOException;

    static void readToTheEnd(Socket socket) throws IOException {
      byte[] buffer = new byte[64 * 1024];
      while (socket.getInputStream().read(buffer) >= 0) {
        // The content does not matter.
      }
    }
  }
}
