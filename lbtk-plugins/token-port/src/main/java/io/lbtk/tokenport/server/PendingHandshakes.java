package io.lbtk.tokenport.server;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections that have not said yet what they are. There may be only so many: when one more
 * comes, the oldest has to go, since a peer that means it has long said what it is. Thread-safe.
 */
final class PendingHandshakes {

  private final int max;
  private final Set<Channel> channels = new LinkedHashSet<>();

  PendingHandshakes(int max) {
    this.max = max;
  }

  /** A connection was made. */
  void add(Channel channel) {
    Channel oldest = null;
    synchronized (this) {
      channels.add(channel);
      if (channels.size() > max) {
        Iterator<Channel> order = channels.iterator();
        oldest = order.next();
        order.remove();
      }
    }
    if (oldest != null) {
      oldest.close();
    }
    channel.closeFuture().addListener(closed -> remove(channel));
  }

  /** A connection has said what it is, or is over. */
  synchronized void remove(Channel channel) {
    channels.remove(channel);
  }

  /** How many there are. */
  synchronized int size() {
    return channels.size();
  }
}
