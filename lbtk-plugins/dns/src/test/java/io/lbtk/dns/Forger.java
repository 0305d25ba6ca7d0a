package io.lbtk.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Answers every question at once, with a question and a record of its own choice. */
final class Forger implements AutoCloseable {

  private final DatagramSocket socket;
  private final String question;
  private final String record;

  /**
   * Answers from now on.
   *
   * @param question the name that the answers say was asked for
   * @param record what they say, an SRV record as in a file of a zone
   */
  Forger(String question, String record) throws IOException {
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    this.question = question;
    this.record = record;
    Thread thread = new Thread(this::answerAll, "forger");
    thread.setDaemon(true);
    thread.start();
  }

  private void answerAll() {
    byte[] buffer = new byte[4096];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] answer = answer(new Message(buffer).getHeader().getID());
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private byte[] answer(int id) throws IOException {
    Message answer = new Message(id);
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    answer.addRecord(
        Record.newRecord(Name.fromString(question), Type.SRV, DClass.IN), Section.QUESTION);
    String[] words = record.split(" ", 5);
    answer.addRecord(
        Record.fromString(
            Name.fromString(words[0]),
            Type.SRV,
            DClass.IN,
            Long.parseLong(words[1]),
            words[4],
            Name.root),
        Section.ANSWER);
    return answer.toWire();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  @Override
  public void close() {
    socket.close();
  }
}
