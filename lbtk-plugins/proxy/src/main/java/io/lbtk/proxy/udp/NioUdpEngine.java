package io.lbtk.proxy.udp;

import io.lbtk.net.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/**
 * The UDP engine of all platforms: channels of the JDK on Netty's NIO loops. A port has one socket,
 * since only some systems distribute datagrams evenly over several.
 */
final class NioUdpEngine implements UdpEngine {

  @Override
  public IoHandlerFactory ioHandlers() {
    return NioIoHandler.newFactory();
  }

  @Override
  public boolean sharesPorts() {
    return false;
  }

  @Override
  public UdpSocket bind(ListenAddress listen, InetSocketAddress address, boolean shared)
      throws IOException {
    DatagramChannel channel =
        listen.isIpV4() ? open(StandardProtocolFamily.INET) : open(DatagramChannel.open());
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
      channel.bind(address);
      return new NioUdpSocket(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public UdpSocket connect(InetSocketAddress address) throws IOException {
    DatagramChannel channel = openFor(address);
    try {
      channel.connect(address);
      return new NioUdpSocket(channel);
    } catch (BindException e) {
      channel.close();
      throw new ChannelException("no port is left to send from", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static DatagramChannel openFor(InetSocketAddress address) throws IOException {
    boolean ipV4 = address.getAddress() instanceof Inet4Address;
    try {
      return open(ipV4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    } catch (UnsupportedOperationException e) {
      ConnectException none = new ConnectException("this machine has no IPv6");
      none.initCause(e);
      throw none;
    } catch (IOException e) {
      throw new ChannelException(e.getMessage(), e);
    }
  }

  private static DatagramChannel open(ProtocolFamily family) throws IOException {
    return open(DatagramChannel.open(family));
  }

  private static DatagramChannel open(DatagramChannel channel) throws IOException {
    channel.configureBlocking(false);
    return channel;
  }
}
