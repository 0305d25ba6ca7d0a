package io.lbtk.dns;

import io.lbtk.api.Target;
import java.net.InetAddress;
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
    List<Target> targets =
        addresses.all().stream()
            .map(InetAddress::getHostAddress)
            .map(host -> Target.of(host, port))
            .toList();
    return new Found(targets, addresses.ttlSeconds());
  }
}
