#!/usr/bin/env python3
"""A PULL peer: prints tokens of the open queue, one host:port a line.

    pull-peer.py tcp://127.0.0.1:1024 10

takes ten. It needs pyzmq (Debian: python3-zmq). Any ZeroMQ library in any language does the same:
connect a PULL socket, receive. What arrived was picked when there was room for it, so a small
high-water mark keeps it fresh.
"""
import sys, zmq

peer = zmq.Context.instance().socket(zmq.PULL)
peer.rcvhwm = 1
peer.connect(sys.argv[1])
for _ in range(int(sys.argv[2])):
    print(peer.recv_string(), flush=True)
