package io.lbtk.proxy.echo;

import io.lbtk.proxy.udp.UdpSocket;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Datagrams with senders that no socket of a test could have. */
final class ScriptedSocket implements UdpSocket {

  private final Deque<InetSocketAddress> senders;
  private final List<InetSocketAddress> answered = new ArrayList<>();

  /** Receives one datagram of each. */
  ScriptedSocket(InetSocketAddress... senders) {
    this.senders = new ArrayDeque<>(List.of(senders));
  }

  /** To whom was sent, in order. */
  List<InetSocketAddress> answered() {
    return answered;
  }

  @Override
  public InetSocketAddress localAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean register(IoEventLoop loop, Runnable readable) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable InetSocketAddress receiveFrom(ByteBuffer into) {
    into.clear().put((byte) 7).flip();
    return senders.pollFirst();
  }

  @Override
  public boolean receive(ByteBuffer into) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sendTo(ByteBuffer datagram, InetSocketAddress address) {
    answered.add(address);
  }

  @Override
  public void send(ByteBuffer datagram) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
