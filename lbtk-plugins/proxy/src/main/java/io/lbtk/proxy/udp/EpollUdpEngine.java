package io.lbtk.proxy.udp;

import io.lbtk.net.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** The UDP engine of Linux: sockets on Netty's epoll loops. */
final class EpollUdpEngine implements UdpEngine {

  /**
   * Creates the engine.
   *
   * @throws UnsatisfiedLinkError if it cannot run here
   */
  EpollUdpEngine() {
    Epoll.ensureAvailability();
  }

  @Override
  public IoHandlerFactory ioHandlers() {
    return EpollIoHandler.newFactory();
  }

  @Override
  public boolean sharesPorts() {
    return true;
  }

  @Override
  public UdpSocket bind(ListenAddress listen, InetSocketAddress address, boolean shared)
      throws IOException {
    LinuxSocket socket = LinuxSocket.newSocketDgram(!listen.isIpV4() && Socket.isIPv6Preferred());
    EpollUdpSocket bound = new EpollUdpSocket(socket);
    try {
      socket.setReusePort(shared);
      socket.setReceiveBufferSize(RECEIVE_BUFFER);
      socket.bind(address);
      return bound;
    } catch (IOException e) {
      bound.close();
      throw e;
    }
  }

  @Override
  public UdpSocket connect(InetSocketAddress address) throws IOException {
    boolean ipV6 = address.getAddress() instanceof Inet6Address;
    if (ipV6 && !Socket.isIPv6Preferred()) {
      throw new ConnectException("this machine has no IPv6");
    }
    LinuxSocket socket = LinuxSocket.newSocketDgram(ipV6);
    EpollUdpSocket connected = new EpollUdpSocket(socket);
    try {
      socket.connect(address);
      return connected;
    } catch (IOException e) {
      connected.close();
      // The error of the kernel when all local ports are in use.
      if (String.valueOf(e.getMessage()).contains("Resource temporarily unavailable")) {
        throw new ChannelException("no port is left to send from", e);
      }
      throw e;
    }
  }
}
