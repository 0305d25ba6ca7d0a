package io.lbtk.proxy.token;

import java.util.HashMap;
import java.util.Map;

/**
 * The targets of the tokens in use on one loop. Notifies their users when a target is gone.
 * Confined to the loop.
 */
public final class LiveTargets {

  private final Map<String, Use> uses = new HashMap<>();

  /** Adds a use of a target, which the caller must end. */
  public Use use(String hostPort) {
    Use use = uses.computeIfAbsent(hostPort, Use::new);
    use.users++;
    return use;
  }

  /** Marks all present uses of a target that may not be picked any more. */
  public void gone(String hostPort) {
    Use use = uses.remove(hostPort);
    if (use != null) {
      use.gone = true;
    }
  }

  /** A use of one target, shared by all its users. */
  public final class Use {

    private final String hostPort;
    private int users;
    private boolean gone;

    private Use(String hostPort) {
      this.hostPort = hostPort;
    }

    /** Returns whether the target has gone since this use began, even if it is back by now. */
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
