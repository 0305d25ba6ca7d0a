package io.lbtk.dns;

import io.lbtk.api.Target;
import java.util.List;
import org.xbill.DNS.Name;

/** How the targets of a name are found. */
interface Lookup {

  /**
   * What was found.
   *
   * @param ttlSeconds for how long that holds
   */
  record Found(List<Target> targets, long ttlSeconds) {}

  /**
   * Asks for all that is needed; blocks.
   *
   * @throws LookupException if an answer cannot be used, or does not come
   */
  Found find(Name name, Questions questions) throws LookupException, InterruptedException;
}
