package io.lbtk.dns;

import io.lbtk.api.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Name;

/** The addresses of a name, each with the same port. */
final class AddressLookup implements Lookup {

  private final int port;

  AddressLookup(int port) {
    this.port = port;
  }

  @Override
  public Found find(Name name, Questions questions) throws LookupException, InterruptedException {
    Addresses addresses = Addresses.ask(name, questions).await();
    List<Target> targets = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    for (InetAddress address : addresses.all()) {
      String host = address.getHostAddress();
      try {
        targets.add(Target.of(host, port));
      } catch (IllegalArgumentException e) {
        skipped.add(new Skipped("address of " + name, host, String.valueOf(e.getMessage())));
      }
    }
    return new Found(targets, skipped, addresses.ttlSeconds());
  }
}
