package io.lbtk.proxy.token;

import java.util.HashMap;
import java.util.Map;

/** The targets whose tokens are used on one loop, to tell those users that a target is gone. */
public final class LiveTargets {

  private final Map<String, Use> uses = new HashMap<>();

  /** Returns the use of a target, which the caller has to end. */
  public Use use(String hostPort) {
    Use use = uses.computeIfAbsent(hostPort, Use::new);
    use.users++;
    return use;
  }

  /** Marks every use that has begun: the target may not be picked any more. */
  public void gone(String hostPort) {
    Use use = uses.remove(hostPort);
    if (use != null) {
      use.gone = true;
    }
  }

  /** What the users of one target share. */
  public final class Use {

    private final String hostPort;
    private int users;
    private boolean gone;

    private Use(String hostPort) {
      this.hostPort = hostPort;
    }

    /** Returns whether the target went after this use had begun, even if it is back by now. */
    public boolean isGone() {
      return gone;
    }

    /** Ends the use by one user. */
    public void end() {
      users--;
      if (users == 0) {
        uses.remove(hostPort, this);
      }
    }
  }
}
