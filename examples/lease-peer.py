#!/usr/bin/env python3
"""A lease peer: asks a generator where to connect to, connects there, and says how that went.

    lease-peer.py tcp://127.0.0.1:1024 10

asks for ten tokens, one after the other, and prints each target with what became of the connection.
It needs pyzmq (Debian: python3-zmq). The lines it speaks are described in docs/protocol.md.
"""
import socket, sys, uuid, zmq

address, left = sys.argv[1], int(sys.argv[2])
name, wid = f"example-{uuid.uuid4()}", 0  # the name is this peer's own for its life
peer = zmq.Context.instance().socket(zmq.DEALER)
peer.connect(address)


def connect(target):
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host.strip("[]"), int(port)), 5).close()
        return "closed"
    except TimeoutError:
        return "timeout"
    except OSError:
        return "refused"


while left:
    for line in peer.recv().decode().split("\n"):
        verb, *words = line.split(" ")
        if verb == "TOKEN" and words[0] == str(wid):
            outcome, left, wid = connect(words[2]), left - 1, wid + 1
            print(words[2], outcome, flush=True)
            peer.send_string(f"DONE {words[1]} {outcome}\n" + (f"WANT {wid} 1" if left else "BYE"))
        elif verb == "HELLO":  # a new connection, or the generator is a new one: begin anew
            peer.send_string(f"HELLO 1 {name}\nWANT {wid} 1")
        elif verb == "NONE" and words[1] in ("expired", "excluded"):
            peer.send_string(f"WANT {wid} 1")
        elif verb == "ERROR":
            sys.exit(line)
