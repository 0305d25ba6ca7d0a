package io.lbtk.proxy.splice;

import io.lbtk.proxy.tcp.ProxyLoop;
import io.lbtk.proxy.tcp.Tunnel;
import io.netty.channel.unix.Socket;

/** Starts the tunnels of one loop, within the limit of the proxy. */
record SpliceAcceptHandler(ProxyLoop loop, SpliceLoop sockets) implements AcceptHandler {

  @Override
  public boolean reserve() {
    return loop.reserve();
  }

  @Override
  public void giveBack() {
    loop.giveBack();
  }

  @Override
  public void whenRoom(Runnable resume) {
    loop.whenRoom(resume);
  }

  @Override
  public long accepted(long now) {
    return loop.accepted(now);
  }

  @Override
  public void begin(Socket accepted) {
    sockets.setUserTimeout(accepted);
    Tunnel tunnel = new Tunnel(loop, made -> SpliceEnd.accepted(made, sockets, accepted));
    if (((SpliceEnd) tunnel.client()).register()) {
      tunnel.begin();
    } else {
      tunnel.client().close(true);
      loop.giveBack();
    }
  }
}
