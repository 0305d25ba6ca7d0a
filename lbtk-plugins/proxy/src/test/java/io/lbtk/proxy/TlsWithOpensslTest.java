package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.EchoBackend;
import io.netty.pkitesting.X509Bundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with another implementation at the other end. */
class TlsWithOpensslTest extends TlsTest {

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void itsClientIsServed(String version) throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()));

    Openssl client = client(proxy, "-quiet", version);
    client.say("hello");

    assertThat(client.line()).isEqualTo("hello");
    client.close();
    tokens.awaitReleases(1);
    awaitNoConnection(proxy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void itsClientSeesTheEndOfTheTarget(String version) throws Exception {
    tokens.always(
        open(new Backend(
                socket -> {
                  socket.getInputStream().read();
                  socket.getOutputStream().write("answer\n".getBytes(StandardCharsets.US_ASCII));
                }))
            .target());
    TcpProxy proxy = start(builder(withClients()));

    Openssl client = client(proxy, "-quiet", version);
    client.say("question");

    assertThat(client.line()).isEqualTo("answer");
    assertThat(client.line()).isNull();
    // An end without a close_notify would be an error.
    assertThat(client.exitCode()).isZero();
    tokens.awaitReleases(1);
    assertThat(tokens.releases().get(0).outcome().bytesDown()).isEqualTo(7);
  }

  @Test
  void itsClientResumesASession() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()));
    String session = folder.resolve("session.pem").toString();
    Openssl first = client(proxy, "-quiet", "-sess_out", session);
    first.say("hello");
    assertThat(first.line()).isEqualTo("hello");
    first.close();

    Openssl second = client(proxy, "-sess_in", session);

    assertThat(second.awaitLine("Reused")).contains("TLSv1.3");
    second.close();
    tokens.awaitReleases(2);
    awaitNoConnection(proxy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2"})
  void itsServerIsATarget(String version) throws Exception {
    X509Bundle bundle = pki.issue("127.0.0.1");
    Openssl server =
        open(
            new Openssl(
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                pki.certificate("server.pem", bundle).toString(),
                "-key",
                pki.key("server.key", bundle).toString(),
                "-rev",
                version));
    String accepts = server.awaitLine("ACCEPT");
    tokens.always(Target.parse(accepts.substring("ACCEPT ".length())));
    TcpProxy proxy = start(builder(withTargets()));
    Socket client = connect(proxy);

    client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));

    assertThat(lineOf(client)).isEqualTo("olleh");
    client.close();
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
    awaitNoConnection(proxy);
  }

  private static String lineOf(Socket client) throws IOException {
    return new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  private Openssl client(TcpProxy proxy, String... args) {
    String[] common = {
      "s_client",
      "-connect",
      "127.0.0.1:" + proxy.address().getPort(),
      "-servername",
      "localhost",
      "-verify_hostname",
      "localhost",
      "-CAfile",
      pki.authority().toString(),
      "-verify_return_error",
      "-no_ign_eof"
    };
    String[] all = Arrays.copyOf(common, common.length + args.length);
    System.arraycopy(args, 0, all, common.length, args.length);
    return open(new Openssl(all));
  }
}
